"""A small PKI for tests: a root, a CA, citizens with keys of their own, and an OCSP responder over respx."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 21, 3, 15, 22, tzinfo=UTC)
OCSP = "http://127.0.0.1:1/ocsp"
DER = serialization.Encoding.DER


@dataclass(frozen=True)
class Holder:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    def sign(self, digest: bytes) -> bytes:
        """As a provider does: raw PKCS#1 v1.5 over DigestInfo(SHA-256, digest)."""
        return self.key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


@dataclass(frozen=True)
class Leaf:
    name: str = "Nguyễn Thị Mỹ Dưỡng"
    uids: tuple[str, ...] = ("CCCD:001099000001",)
    start: datetime = NOW - timedelta(days=30)
    end: datetime = NOW + timedelta(days=330)
    signing: bool = True
    bits: int = 2048


@dataclass(frozen=True)
class Authority:
    root: Holder
    ca: Holder
    status: dict[int, ocsp.OCSPCertStatus] = field(default_factory=dict)

    @classmethod
    def make(cls) -> Authority:
        root = _made(_name("Vietnam National Root CA (MO PHONG)"), None, ca=1)
        return cls(root, _made(_name("VNPT SmartCA RS (MO PHONG)"), root, ca=0))

    def issue(self, leaf: Leaf = Leaf()) -> Holder:  # frozen
        subject = x509.Name([*_name(leaf.name), *(x509.NameAttribute(NameOID.USER_ID, uid) for uid in leaf.uids)])
        return _made(subject, self.ca, leaf=leaf)

    @contextmanager
    def answering(self, *, nonce: bytes | None = None, age: timedelta = timedelta(0)) -> Iterator[respx.MockRouter]:
        with respx.mock(assert_all_called=False) as router:
            router.post(OCSP).mock(side_effect=lambda request: self._answer(request, nonce, NOW - age))
            yield router

    def _answer(self, request: httpx.Request, nonce: bytes | None, at: datetime) -> httpx.Response:
        asked = ocsp.load_der_ocsp_request(request.content)
        by_root = asked.issuer_key_hash == _key_hash(self.root)
        issuer = self.root if by_root else self.ca
        status = self.status.get(asked.serial_number, ocsp.OCSPCertStatus.GOOD)
        revoked = status is ocsp.OCSPCertStatus.REVOKED
        echoed = nonce or asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        answer = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=asked.issuer_name_hash,
                issuer_key_hash=asked.issuer_key_hash,
                serial_number=asked.serial_number,
                algorithm=asked.hash_algorithm,
                cert_status=status,
                this_update=at,
                next_update=at + timedelta(minutes=10),
                revocation_time=at if revoked else None,
                revocation_reason=x509.ReasonFlags.certificate_hold if revoked else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
            .add_extension(x509.OCSPNonce(echoed), critical=False)
            .sign(issuer.key, hashes.SHA256())
        )
        return httpx.Response(200, content=answer.public_bytes(DER))


def _key_hash(holder: Holder) -> bytes:
    request = ocsp.OCSPRequestBuilder().add_certificate(holder.certificate, holder.certificate, hashes.SHA1()).build()
    return request.issuer_key_hash


def _name(common: str) -> x509.Name:
    fields = ((NameOID.COUNTRY_NAME, "VN"), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in fields])


def _made(subject: x509.Name, issuer: Holder | None, *, ca: int | None = None, leaf: Leaf = Leaf()) -> Holder:  # frozen
    key = rsa.generate_private_key(public_exponent=65537, key_size=leaf.bits)
    is_ca = ca is not None
    usage = dict.fromkeys(("data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    usage |= {"digital_signature": not is_ca and leaf.signing, "content_commitment": not is_ca and leaf.signing}
    usage |= {"key_encipherment": not is_ca, "key_cert_sign": is_ca, "crl_sign": is_ca}
    location = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP))
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(int("5401", 16) << 112 | (x509.random_serial_number() >> 48))
        .not_valid_before(leaf.start if not is_ca else NOW - timedelta(days=900))
        .not_valid_after(leaf.end if not is_ca else NOW + timedelta(days=900))
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if is_ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=ca), critical=True)
    else:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
    if issuer:
        builder = builder.add_extension(x509.AuthorityInformationAccess([location]), critical=False)
    return Holder(key, builder.sign(signer, hashes.SHA256()))
