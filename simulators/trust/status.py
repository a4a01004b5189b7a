"""OCSP answers and CRLs: pure, given the certificates, the key and the time (RFC 6960, RFC 5280)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp

from simulators.kernel.clock import SECOND, in_utc
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Instant

DER = serialization.Encoding.DER
LONGEST_NONCE = 128  # RFC 9654
UNREADABLE = (ValueError, NotImplementedError, UnsupportedAlgorithm, x509.DuplicateExtension)
READABLE = (hashes.SHA1, hashes.SHA224, hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True)
class Signer:
    """A CA with its loaded key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


class Malformed(Exception):
    """What came is no OCSP request that we can read (one certificate a request)."""


def asked(body: bytes) -> ocsp.OCSPRequest:
    """The request, with everything that will be read looked at once."""
    try:
        request = ocsp.load_der_ocsp_request(body)
        nonce = _nonce(request)
        serial, algorithm = request.serial_number, request.hash_algorithm
        names = request.issuer_key_hash, request.issuer_name_hash
    except UNREADABLE as error:
        raise Malformed(str(error)) from error
    if serial <= 0 or not all(names):
        raise Malformed("a serial number is positive, and the issuer is named")
    if nonce is not None and not 0 < len(nonce.nonce) <= LONGEST_NONCE:
        raise Malformed(f"a nonce of {len(nonce.nonce)} bytes")
    if not isinstance(algorithm, READABLE):
        raise Malformed(f"hash {algorithm.name}")
    return request


def is_about(request: ocsp.OCSPRequest, issuer: x509.Certificate) -> bool:
    """Whether the certificate asked about claims this issuer: hashes of its subject and of its RSA key's bits."""
    bits = issuer.public_key().public_bytes(DER, serialization.PublicFormat.PKCS1)
    asked_about = (request.issuer_name_hash, request.issuer_key_hash)
    return asked_about == (
        _hash(request.hash_algorithm, issuer.subject.public_bytes()),
        _hash(request.hash_algorithm, bits),
    )


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def answered(request: ocsp.OCSPRequest, found: Certificate | None, signer: Signer, now: Instant, life: int) -> bytes:
    """Good, revoked (a suspended one with certificateHold) or unknown; the nonce comes back as it came."""
    status = ocsp.OCSPCertStatus.UNKNOWN
    if found:
        status = ocsp.OCSPCertStatus.GOOD if found.status == "good" else ocsp.OCSPCertStatus.REVOKED
    withdrawn = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=request.issuer_name_hash,
        issuer_key_hash=request.issuer_key_hash,
        serial_number=request.serial_number,
        algorithm=request.hash_algorithm,
        cert_status=status,
        this_update=whole(now),
        next_update=whole(now) + timedelta(milliseconds=life),
        revocation_time=whole(found.since or now) if found and withdrawn else None,
        revocation_reason=_reason(found) if found and withdrawn else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    if nonce := _nonce(request):
        builder = builder.add_extension(nonce, critical=False)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(DER)


def unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(DER)


def revocation_list(withdrawn: Iterable[Certificate], signer: Signer, now: Instant, life: int) -> bytes:
    """Everything that is revoked or held, fresh."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.certificate.subject)
        .last_update(whole(now))
        .next_update(whole(now) + timedelta(milliseconds=life))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
        # Milliseconds: two lists of one second differ, and so must their numbers (RFC 5280, 5.2.3).
        .add_extension(x509.CRLNumber(now), critical=False)
    )
    for certificate in withdrawn:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(int(certificate.id, 16))
            .revocation_date(whole(certificate.since or now))
            .add_extension(x509.CRLReason(_reason(certificate)), critical=False)
        )
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(DER)


def whole(instant: Instant) -> datetime:
    """Cut to whole seconds: ASN.1 times have no others."""
    return in_utc(Instant(instant // SECOND * SECOND))


def _reason(certificate: Certificate) -> x509.ReasonFlags:
    held = certificate.status == "suspended"
    return x509.ReasonFlags.certificate_hold if held else x509.ReasonFlags.cessation_of_operation


def _nonce(request: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    try:
        return request.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
