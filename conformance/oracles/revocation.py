"""Is a certificate of a path suspended or revoked at a moment: OCSP with a nonce, else the CRL, both verified by hand."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from conformance.oracles.chain import Path
from conformance.oracles.findings import Assertion
from conformance.transport import HttpTransport, Request, Unreachable

SKEW = timedelta(minutes=5)
PATIENCE_SECONDS = 10.0

Ask = Callable[[str, bytes | None], bytes | None]
"""(address, OCSP request or None for a CRL) -> the answer's bytes, or None when nobody answers."""


@dataclass(frozen=True)
class Status:
    """`held` None = could not be checked; `goods` are verified OCSP answers, where all of them say good and nothing else."""

    assertion: Assertion
    goods: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class _Word:
    held: bool | None
    detail: str
    good: bytes | None = None


def ask_over_http(url: str, request: bytes | None) -> bytes | None:
    """The addresses that stand in the certificates, asked over HTTP."""
    form = () if request is None else (("Content-Type", "application/ocsp-request"),)
    try:
        with HttpTransport(patience=PATIENCE_SECONDS) as send:
            reply = send("", Request("GET" if request is None else "POST", url, form, request or b""))
    except Unreachable:
        return None
    return reply.body if reply.status == HTTPStatus.OK else None


class AskFailedError(Exception):
    """The caller's `ask` broke: our own error, never a word about the file."""


def guarded(ask: Ask) -> Ask:
    def asked(url: str, request: bytes | None) -> bytes | None:
        try:
            return ask(url, request)
        except Exception as error:
            raise AskFailedError(f"asking {url}: {error}") from error

    return asked


def status_of(path: Path, ask: Ask, moment: datetime, at: datetime) -> Status:
    """Every certificate below the root, asked at `moment`; what was revoked only after `at` still counted then."""
    if path.broken:
        return Status(Assertion("not_revoked", held=None, detail="NOT CHECKED: there is no path to a root"))
    words = [
        _word(subject, issuer, ask, (moment, at))
        for subject, issuer in zip(path.certificates, path.certificates[1:], strict=False)
    ]
    held = False if any(w.held is False for w in words) else None if any(w.held is None for w in words) else True
    detail = "; ".join(dict.fromkeys(word.detail for word in words if word.held is held))
    goods = tuple(word.good for word in words if word.good)
    return Status(Assertion("not_revoked", held, detail), goods if len(goods) == len(words) else ())


def _word(subject: x509.Certificate, issuer: x509.Certificate, ask: Ask, times: tuple[datetime, datetime]) -> _Word:
    said = [_by_ocsp(url, subject, issuer, ask, times) for url in _ocsp_urls(subject)[:1]]
    if said and said[0].held is not None:
        return said[0]
    said += [_by_crl(url, subject, issuer, ask, times) for url in _crl_urls(subject)[:1]]
    silent = "; ".join(word.detail for word in said) or "the certificate names no status service"
    return next((word for word in said if word.held is not None), _Word(None, f"NOT CHECKED: {silent}"))


def _by_ocsp(
    url: str, subject: x509.Certificate, issuer: x509.Certificate, ask: Ask, times: tuple[datetime, datetime]
) -> _Word:
    nonce = os.urandom(16)
    builder = ocsp.OCSPRequestBuilder().add_certificate(subject, issuer, hashes.SHA1())  # noqa: S303 -- a name of the key (RFC 6960), not a seal
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    answer = ask(url, request.public_bytes(Encoding.DER))
    if answer is None:
        return _Word(None, f"no answer from {url}")
    try:
        single = _believed(ocsp.load_der_ocsp_response(answer), (subject, issuer), nonce, times[0])
    except (ValueError, x509.ExtensionNotFound) as error:
        return _Word(None, f"OCSP of {url} is not believed: {error}")
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        return _Word(held=False, detail=f"OCSP: {subject.serial_number:x} is unknown to its issuer")
    revoked = single.revocation_time_utc
    return _Word(_not_yet(revoked, times[1]), _said("OCSP", subject, revoked), good=None if revoked else answer)


def _by_crl(
    url: str, subject: x509.Certificate, issuer: x509.Certificate, ask: Ask, times: tuple[datetime, datetime]
) -> _Word:
    answer = ask(url, None)
    if answer is None:
        return _Word(None, f"no answer from {url}")
    try:
        pem = answer.startswith(b"-----BEGIN")
        crl = x509.load_pem_x509_crl(answer) if pem else x509.load_der_x509_crl(answer)
        sound = crl.issuer == issuer.subject and crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type] # other kinds raise TypeError
    except (ValueError, TypeError) as error:
        return _Word(None, f"the CRL of {url} is not believed: {error}")
    if not sound or not _is_fresh(crl.last_update_utc, crl.next_update_utc, times[0]):
        return _Word(
            None, f"the CRL of {url} is not believed: {'it is stale' if sound else 'not signed by the issuer'}"
        )
    row = crl.get_revoked_certificate_by_serial_number(subject.serial_number)
    revoked = row.revocation_date_utc if row else None
    return _Word(_not_yet(revoked, times[1]), _said("CRL", subject, revoked))


def _believed(
    response: ocsp.OCSPResponse, parties: tuple[x509.Certificate, x509.Certificate], nonce: bytes, moment: datetime
) -> ocsp.OCSPSingleResponse:
    subject, issuer = parties
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ValueError(f"status {response.response_status.name}")
    if not any(
        _signed_by(response, signer) and (signer == issuer or _may_answer_for(signer, issuer, moment))
        for signer in (issuer, *response.certificates)
    ):
        raise ValueError("neither the issuer nor a responder of the issuer signed it")
    if response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce != nonce:
        raise ValueError("it answers another nonce")
    single = next((one for one in response.responses if one.serial_number == subject.serial_number), None)
    if single is None:
        raise ValueError("it speaks of another certificate")
    if not _is_fresh(single.this_update_utc, single.next_update_utc, moment):
        raise ValueError(f"it speaks of {single.this_update_utc} to {single.next_update_utc}")
    return single


def _may_answer_for(responder: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> bool:
    try:
        responder.verify_directly_issued_by(issuer)
        purposes = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    in_time = responder.not_valid_before_utc <= moment <= responder.not_valid_after_utc
    return in_time and ExtendedKeyUsageOID.OCSP_SIGNING in purposes


def _signed_by(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    key, algorithm = certificate.public_key(), response.signature_hash_algorithm
    assert algorithm is not None
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _is_fresh(begins: datetime, ends: datetime | None, moment: datetime) -> bool:
    return begins - SKEW <= moment and (ends is None or moment <= ends + SKEW)


def _not_yet(revoked: datetime | None, at: datetime) -> bool:
    return revoked is None or revoked > at


def _said(by: str, subject: x509.Certificate, revoked: datetime | None) -> str:
    state = f"revoked or suspended since {revoked:%Y-%m-%d %H:%M:%S} UTC" if revoked else "good"
    return f"{by}: {subject.serial_number:x} is {state}"


def _ocsp_urls(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return [one.access_location.value for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]


def _crl_urls(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name.value for point in points for name in point.full_name or ()]
