"""A root, an authority, citizens and a status service in memory, made with cryptography alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
OCSP_URL, CRL_URL = "http://status.example/ocsp", "http://status.example/ca.crl"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key_of(label: str, bits: int = 2048) -> Key:
    if label == "p256":
        return ec.generate_private_key(ec.SECP256R1())
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


def name(common: str, *uids: str, organisation: str = "MÔ PHỎNG") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
    ]
    parts += [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    return x509.Name([*parts, *(x509.NameAttribute(NameOID.USER_ID, uid) for uid in uids)])


@dataclass(frozen=True)
class Wish:
    """What may be odd about a certificate."""

    begins: datetime = NOW - 30 * DAY
    ends: datetime = NOW + 300 * DAY
    signs: bool = True
    path_length: int | None = 0
    critical: ObjectIdentifier | None = None
    purposes: Sequence[ObjectIdentifier] = (ExtendedKeyUsageOID.EMAIL_PROTECTION,)
    status: bool = True


def issue(subject: x509.Name, key: Key, issuer: Held | None, wish: Wish = Wish(), *, ca: bool = False) -> Held:
    usage = dict.fromkeys(
        (
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
            "digital_signature",
            "content_commitment",
        ),
        False,
    ) | {"key_encipherment": not ca, "key_cert_sign": ca, "crl_sign": ca}
    usage |= {"digital_signature": wish.signs and not ca, "content_commitment": wish.signs and not ca}
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wish.begins)
        .not_valid_after(wish.ends)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    signer = issuer.key if issuer else key
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    builder = builder.add_extension(authority, critical=False)
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=wish.path_length), critical=True)
    else:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(wish.purposes)), critical=True)
    if issuer and wish.status:
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP_URL))
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(CRL_URL)], None, None, None)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    if wish.critical:
        builder = builder.add_extension(x509.UnrecognizedExtension(wish.critical, b"\x30\x00"), critical=True)
    return Held(builder.sign(signer, hashes.SHA256()), key)


ROOT = issue(
    name("Vietnam National Root CA"), key_of("root"), None, Wish(begins=NOW - 900 * DAY, path_length=1), ca=True
)
CA = issue(name("VNPT-CA", organisation="VNPT GROUP"), key_of("ca"), ROOT, Wish(begins=NOW - 800 * DAY), ca=True)
CITIZEN_UID = "CCCD:001201000123"
CITIZEN = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("citizen"), CA)


@dataclass
class StatusService:
    """OCSP and CRL of all authorities made here; `ask` is what a judge is handed."""

    revoked: dict[int, datetime] = field(default_factory=dict)
    oddity: str = ""
    crl: bool = True
    issuers: list[Held] = field(default_factory=lambda: [CA, ROOT])

    def ask(self, url: str, request: bytes | None) -> bytes | None:
        if request is None:
            return self._crl() if self.crl else None
        if self.oddity == "silent":
            return None
        asked = ocsp.load_der_ocsp_request(request)
        issuer = next(one for one in self.issuers if _is_issuer(asked, one))
        revoked = self.revoked.get(asked.serial_number)
        ages = {"stale": (NOW - 40 * DAY, NOW - 20 * DAY), "future": (NOW + DAY, NOW + 2 * DAY)}
        this, until = ages.get(self.oddity, (NOW, NOW + DAY))
        status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
        status = ocsp.OCSPCertStatus.UNKNOWN if self.oddity == "unknown" else status
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            asked.hash_algorithm,
            status,
            this,
            until,
            revoked if status is ocsp.OCSPCertStatus.REVOKED else None,
            x509.ReasonFlags.certificate_hold if status is ocsp.OCSPCertStatus.REVOKED else None,
        )
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        nonce = b"another nonce 16" if self.oddity == "nonce" else nonce
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        if self.oddity == "wrong key":
            issuer = issue(issuer.certificate.subject, key_of("stranger"), None, ca=True)
            builder = builder.certificates([issuer.certificate])
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _crl(self) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(CA.certificate.subject)
        builder = builder.last_update(NOW).next_update(NOW + DAY)
        for serial, since in self.revoked.items():
            row = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
            builder = builder.add_revoked_certificate(row)
        return builder.sign(CA.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _is_issuer(asked: ocsp.OCSPRequest, held: Held) -> bool:
    probe = (
        ocsp.OCSPRequestBuilder().add_certificate(CITIZEN.certificate, held.certificate, asked.hash_algorithm).build()
    )
    return probe.issuer_key_hash == asked.issuer_key_hash
