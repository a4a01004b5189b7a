"""Whether a certificate is revoked or suspended, asked from its CA by OCSP (RFC 6960)."""

import secrets
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from reference_portal import certificates

_PATIENCE = 5.0
_LEEWAY = timedelta(minutes=5)
_WITHOUT_NEXT = timedelta(hours=1)
"""How long an answer lasts that does not say it."""
UNREACHABLE = "Không kiểm tra được trạng thái thu hồi của chứng thư số (OCSP)."


class _Unusable(Exception):
    """The answer cannot be believed."""


def problem(path: Sequence[x509.Certificate], now: datetime) -> str | None:
    """`path` from the signer up to the root. The first thing wrong, as a sentence; None when all are good."""
    # OCSP is plain http (specs of the CAs): an empty trust store costs nothing and refuses every https responder.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(timeout=_PATIENCE, verify=context, trust_env=False) as http:
        answers = (_status(http, each, issuer, now) for each, issuer in pairwise(path))
        return next((wrong for wrong in answers if wrong), None)


def _status(http: httpx.Client, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> str | None:
    nonce = secrets.token_bytes(16)
    # SHA-1 only names the certificate here, and is the one hash that every responder knows.
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303  # see above
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    try:
        reply = http.post(
            _responder(certificate),
            content=request.public_bytes(serialization.Encoding.DER),
            headers={"Content-Type": "application/ocsp-request"},
        )
        answer = ocsp.load_der_ocsp_response(reply.raise_for_status().content)
        _believe(answer, certificate, issuer, now)
        _same_nonce(answer, nonce)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, _Unusable):
        return UNREACHABLE
    if answer.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return None
    if answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return "Tổ chức chứng thực không biết chứng thư số này."
    held = answer.revocation_reason is x509.ReasonFlags.certificate_hold
    return "Chứng thư số đang bị tạm dừng." if held else "Chứng thư số đã bị thu hồi."


def _responder(certificate: x509.Certificate) -> str:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound as error:
        raise _Unusable("no OCSP address") from error
    for each in access:
        if each.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            each.access_location, x509.UniformResourceIdentifier
        ):
            return str(each.access_location.value)
    raise _Unusable("no OCSP address")


def _believe(answer: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> None:
    """About this certificate, fresh, and signed by its issuer or a responder that the issuer named."""
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise _Unusable(str(answer.response_status))
    wanted = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, answer.hash_algorithm).build()
    asked = (wanted.serial_number, wanted.issuer_key_hash, wanted.issuer_name_hash)
    if (answer.serial_number, answer.issuer_key_hash, answer.issuer_name_hash) != asked:
        raise _Unusable("about another certificate")
    until = answer.next_update_utc or answer.this_update_utc + _WITHOUT_NEXT
    if not answer.this_update_utc - _LEEWAY <= now <= until + _LEEWAY:
        raise _Unusable("not fresh")
    signers = (issuer, *(each for each in answer.certificates if _delegated(each, issuer, now)))
    if not any(_signed_by(answer, signer) for signer in signers):
        raise _Unusable("signed by nobody that we know")


def _delegated(candidate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> bool:
    try:
        purposes = candidate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    lasting = candidate.not_valid_before_utc <= now <= candidate.not_valid_after_utc
    return lasting and ExtendedKeyUsageOID.OCSP_SIGNING in purposes and certificates.issued(candidate, issuer)


def _signed_by(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
            return True
    except InvalidSignature:
        return False
    return False


def _same_nonce(answer: ocsp.OCSPResponse, nonce: bytes) -> None:
    """A responder may leave the nonce out; another one is a replay."""
    try:
        echoed = answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return
    if echoed != nonce:
        raise _Unusable("another nonce")
