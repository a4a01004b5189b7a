"""Whether a certificate that was read from a token may sign now: its path to our root, its time, its use, its revocation."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, ValidationError

from reference_portal import examination, revocation

_UNTRUSTED = "Chứng thư số không thuộc tổ chức chứng thực chữ ký số được công nhận, hoặc không còn hiệu lực."


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
