"""A PDF signed by the CA itself: room for a signature is made first, the CMS put into it when the citizen has said yes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from simulators.ca.agreements import PreparedPdf
from simulators.ca.reasons import Reason, Refused

ROOM = 16_384
"""Hexadecimal digits of the room for a CMS with its chain."""
FIELD = "FPTeSignCloud"


@dataclass(frozen=True)
class Chain:
    """DER of the leaf, and of those above it."""

    leaf: bytes
    above: tuple[bytes, ...]


async def prepared(raw: bytes, chain: Chain, at: datetime) -> tuple[PreparedPdf, str]:
    """With the hexadecimal digest of its signed attributes; in a thread, for a large file takes long."""
    return await asyncio.to_thread(lambda: asyncio.run(_prepared(raw, chain, at)))


async def finished(file: PreparedPdf, chain: Chain, value: bytes) -> bytes:
    """The signed PDF, with this raw RSA value."""
    return await asyncio.to_thread(lambda: asyncio.run(_finished(file, chain, value)))


async def _prepared(raw: bytes, chain: Chain, at: datetime) -> tuple[PreparedPdf, str]:
    # Imported when the first file comes: pyHanko takes longer to load than all the rest of a start.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import fields, signers  # noqa: PLC0415
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes  # noqa: PLC0415

    signer = _signer(chain, b"\x00" * 256)
    try:
        writer = IncrementalPdfFileWriter(BytesIO(raw))
        number = len(list(fields.enumerate_sig_fields(writer.prev)))
        told = signers.PdfSignatureMetadata(
            field_name=f"{FIELD}{number + 1}",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
        )
        session = signers.PdfSigner(told, signer).init_signing_session(writer)
        session.system_time = at
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=ROOM)
        ranged, output = document.digest_tbs_document()
    except Exception as error:  # a parser of foreign bytes raises whatever it likes
        why = f"signingFileData is no PDF that can be signed: {type(error).__name__} {str(error)[:80]}"
        raise Refused(Reason.BAD_FILES, why) from error
    settings = PdfCMSSignedAttributes(signing_time=at)
    attributes = (await signer.signed_attrs(ranged.document_digest, "sha256", attr_settings=settings)).dump()
    file = PreparedPdf(
        _text(output.getvalue()),
        _text(attributes),
        _text(ranged.document_digest),
        ranged.reserved_region_start,
        ranged.reserved_region_end,
    )
    return file, hashlib.sha256(attributes).hexdigest()


async def _finished(file: PreparedPdf, chain: Chain, value: bytes) -> bytes:
    from asn1crypto import cms  # noqa: PLC0415  # with pyHanko
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest  # noqa: PLC0415

    attributes = cms.CMSAttributes.load(base64.b64decode(file.attributes))
    made = await _signer(chain, value).async_sign_prescribed_attributes("sha256", signed_attrs=attributes)
    output = BytesIO(base64.b64decode(file.pdf))
    ranged = PreparedByteRangeDigest(base64.b64decode(file.digest), file.start, file.end)
    ranged.fill_with_cms(output, made)
    return output.getvalue()


def _signer(chain: Chain, value: bytes) -> Any:
    from asn1crypto import x509  # noqa: PLC0415  # with pyHanko
    from pyhanko.sign import signers  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    store = SimpleCertificateStore()
    store.register_multiple(_parsed(x509, chain.above))
    return signers.ExternalSigner(
        signing_cert=x509.Certificate.load(chain.leaf), cert_registry=store, signature_value=value
    )


def _parsed(x509: Any, ders: Sequence[bytes]) -> list[Any]:
    return [x509.Certificate.load(der) for der in ders]


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
