"""Roots, authorities and citizens of the corpus, made with cryptography alone; nobody in them exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)

# Where `python -m conformance.corpus DIR --serve` answers; no certificate names another host.
STATUS_PORT = 8490
STATUS_URL = f"http://127.0.0.1:{STATUS_PORT}"
OCSP_URL, CRL_URL = f"{STATUS_URL}/ocsp", f"{STATUS_URL}/crl"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

CURVES = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p192": ec.SECP192R1()}
_USAGES = (
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
    "digital_signature",
    "content_commitment",
)


@cache
def key_of(label: str, bits: int = 2048) -> Key:
    """One key a label; a label of CURVES is a key on that curve, "ed25519" one of Edwards."""
    if label == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if label in CURVES:
        return ec.generate_private_key(CURVES[label])
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Held:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def serial(self) -> int:
        return self.certificate.serial_number


def name(common: str, *uids: str, organisation: str = "MÔ PHỎNG") -> x509.Name:
    """`uids` as they stand in UID: "CCCD:001…", "MST:…", "MNS:…"."""
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
    ]
    parts += [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    return x509.Name([*parts, *(x509.NameAttribute(NameOID.USER_ID, uid) for uid in uids)])


@dataclass(frozen=True)
class Wish:
    """What may be odd about a certificate; `ca` makes it an authority, `ocsp` and `crl` are the paths of its status
    services ("" = names none), where the last part of a path names what is odd about the answers (see status.py)."""

    begins: datetime = NOW - 30 * DAY
    ends: datetime = NOW + 300 * DAY
    ca: bool = False
    signs: bool = True
    path_length: int | None = 0
    critical: ObjectIdentifier | None = None
    purposes: Sequence[ObjectIdentifier] = (ExtendedKeyUsageOID.EMAIL_PROTECTION,)
    ocsp: str = OCSP_URL
    crl: str = CRL_URL


def issue(subject: x509.Name, key: Key, issuer: Held | None, wish: Wish = Wish()) -> Held:
    """A certificate under `issuer`; None = under itself."""
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wish.begins)
        .not_valid_after(wish.ends)
        .add_extension(_usage(wish), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if wish.ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=wish.path_length), critical=True)
    elif wish.purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(wish.purposes)), critical=True)
    if issuer and wish.ocsp:
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(wish.ocsp))
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    if issuer and wish.crl:
        where = f"{wish.crl}/{issuer.serial:x}"
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(where)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    if wish.critical:
        builder = builder.add_extension(x509.UnrecognizedExtension(wish.critical, b"\x30\x00"), critical=True)
    return Held(builder.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()), key)


def _usage(wish: Wish) -> x509.KeyUsage:
    signs = wish.signs and not wish.ca
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": signs, "content_commitment": signs}
    return x509.KeyUsage(**usage, key_encipherment=not wish.ca, key_cert_sign=wish.ca, crl_sign=wish.ca)


# The public tree: the national root, one CA, citizens.
ROOT = issue(
    name("Vietnam National Root CA"), key_of("root"), None, Wish(begins=NOW - 900 * DAY, ca=True, path_length=1)
)
CA = issue(
    name("VNPT-CA", organisation="VNPT GROUP"),
    key_of("ca"),
    ROOT,
    Wish(begins=NOW - 800 * DAY, ca=True),
)
CITIZEN_ID = "001201000123"
CITIZEN_UID = f"CCCD:{CITIZEN_ID}"
CITIZEN_NAME = "Tô Kiến Thanh"
CITIZEN = issue(name(CITIZEN_NAME, CITIZEN_UID), key_of("citizen"), CA)

# The official-duty tree (specs/ca.md 13.2): state bodies sign results and certified copies under it, citizens never.
OFFICIAL_ROOT = issue(
    name("Co quan chung thuc so chuyen dung Chinh phu (RootCA) - MO PHONG", organisation="Ban Co yeu Chinh phu"),
    key_of("official root"),
    None,
    Wish(begins=NOW - 900 * DAY, ca=True, path_length=1),
)
OFFICIAL_CA = issue(
    name("CA phuc vu cac co quan nha nuoc - MO PHONG", organisation="Ban Co yeu Chinh phu"),
    key_of("official ca"),
    OFFICIAL_ROOT,
    Wish(begins=NOW - 800 * DAY, ca=True),
)
