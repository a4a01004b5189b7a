"""Timestamps that came with a file: whatever they are good for, one that is attached must itself verify."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

UNSOUND = "Dấu thời gian kèm theo chữ ký số không hợp lệ."


def context(
    roots: Sequence[asn1_x509.Certificate], known: Sequence[asn1_x509.Certificate], now: datetime
) -> ValidationContext:
    """Our roots and the authorities that we know, now."""
    return ValidationContext(trust_roots=list(roots), other_certs=list(known), moment=now, allow_fetching=False)


def problem(embedded: EmbeddedPdfSignature, certificate: x509.Certificate, trusted: ValidationContext) -> str | None:
    """Of the timestamp on this signature; None where there is none, or a sound one."""
    if "signature_time_stamp_token" not in {one["type"].native for one in embedded.signer_info["unsigned_attrs"]}:
        return None
    stamp = asyncio.run(async_validate_pdf_signature(embedded, trusted, trusted)).timestamp_validity
    if stamp is None or not (stamp.valid and stamp.intact and stamp.trusted):
        return UNSOUND
    alive = certificate.not_valid_before_utc <= stamp.timestamp <= certificate.not_valid_after_utc
    return None if alive and stamp.timestamp <= trusted.moment else UNSOUND


def documents_hold(reader: PdfFileReader, trusted: ValidationContext) -> bool:
    """Every timestamp over the document itself is intact and of an authority that we trust."""
    found = [asyncio.run(async_validate_pdf_timestamp(one, trusted)) for one in reader.embedded_timestamp_signatures]
    return all(one.valid and one.intact and one.trusted for one in found)
