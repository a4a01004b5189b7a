"""A PDF between a bill and its code: prepared for a signature, kept as a record keeps it, and finished."""

from __future__ import annotations

import asyncio
import base64

from simulators.ca import pdf_signing
from simulators.ca.agreements import PreparedPdf
from simulators.ca.pdf_signing import Prepared, Signer, Unsignable
from simulators.ca.reasons import Reason, Refused
from simulators.kernel.records import Instant


async def prepared(raw: bytes, signer: Signer, field: str, now: Instant) -> tuple[PreparedPdf, str]:
    """With the hexadecimal digest of its signed attributes."""
    try:
        made = await asyncio.to_thread(pdf_signing.prepared, raw, signer, field, now)
    except Unsignable as error:
        raise Refused(Reason.BAD_FILES, f"signingFileData is no PDF that can be signed: {error}") from error
    kept = PreparedPdf(_text(made.file), _text(made.attributes), _text(made.ranged), made.start, made.end)
    return kept, made.digest


async def finished(file: PreparedPdf, signer: Signer, value: bytes) -> bytes:
    """The signed PDF, with this raw RSA value over its digest."""
    pdf, attributes, ranged = map(base64.b64decode, (file.pdf, file.attributes, file.digest))
    made = Prepared("", attributes, pdf, ranged, file.start, file.end)
    return await asyncio.to_thread(pdf_signing.finished, made, signer, value)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
