"""A certificate that was read from a token: whose it is, and whether it may sign now (path, time, use, revocation)."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, ValidationError

from reference_portal import certificates, examination, revocation
from reference_portal.dossiers import Refused
from reference_portal.kbnn.registrations import Held
from reference_portal.office import Office

_UNTRUSTED = "Chứng thư số không thuộc tổ chức chứng thực chữ ký số được công nhận, hoặc không còn hiệu lực."


def held_of(der: bytes) -> Held:
    certificate = x509.load_der_x509_certificate(der)
    return Held(certificates.serial(certificate), certificates.personal_id(certificate))


def der_of(certificate: str) -> bytes:
    """The certificate that the page read from a token, base64 DER."""
    try:
        der = base64.b64decode(certificate, validate=True)
        x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError) as error:
        raise Refused("bad_certificate", "Không đọc được chứng thư số từ USB token.", status=422) from error
    return der


async def demand_sound(office: Office, der: bytes) -> None:
    """Of the national root, valid now, for signing, not revoked."""
    told = {"roots": office.settings.roots, "authorities": office.settings.authorities, "now": office.now()}
    if problem := await office.workers.run(trouble, der, **told):
        raise Refused("bad_certificate", problem, status=422, field="certificate")


def trouble(der: bytes, *, roots: Sequence[bytes], authorities: Sequence[bytes], now: datetime) -> str | None:
    """The first thing wrong, as a sentence; run where waiting for the CA's OCSP stops nobody."""
    certificate = x509.load_der_x509_certificate(der)
    if not examination.may_sign(certificate):
        return "Chứng thư số không được cấp để ký số hoặc khóa quá yếu."
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root) for root in roots], moment=now, allow_fetching=False
    )
    known = [asn1_x509.Certificate.load(each) for each in authorities]
    validator = CertificateValidator(
        asn1_x509.Certificate.load(der), intermediate_certs=known, validation_context=context
    )
    try:
        found = asyncio.run(validator.async_validate_path())
    except (PathBuildingError, PathValidationError, ValidationError):
        return _UNTRUSTED
    path = [x509.load_der_x509_certificate(each.dump()) for each in reversed(list(found.iter_certs(include_root=True)))]
    return revocation.problem(path, now)
