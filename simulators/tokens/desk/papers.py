"""What a token's signature is put into by software on the computer: a detached CMS, or a PDF; made by pyHanko off the loop."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko_certvalidator.registry import SimpleCertificateStore

from simulators.kernel.clock import in_utc
from simulators.kernel.records import Instant
from simulators.tokens.reasons import Reason, Refused

SIGNATURE_BYTES = 256
RESERVED = 16_384
FIELD = "Signature{}"


@dataclass(frozen=True)
class Signer:
    """Certificates as DER, the signer's and those above it; `now` is what the signature says of the time."""

    certificate: bytes
    chain: Sequence[bytes]
    now: Instant


@dataclass(frozen=True)
class Prepared:
    """A file that waits for its signature: `digest` is what the token signs."""

    digest: bytes
    signer: Signer
    attributes: Any
    pdf: Any = None
    """None for a CMS; what pyHanko goes on with otherwise."""


async def prepare_cms(content: bytes, signer: Signer) -> Prepared:
    return await asyncio.to_thread(lambda: asyncio.run(_prepared_cms(content, signer)))


async def prepare_pdf(pdf: bytes, page: int, signer: Signer) -> Prepared:
    """Raises Refused: no PDF, or no such page (from 1)."""
    return await asyncio.to_thread(lambda: asyncio.run(_prepared_pdf(pdf, page, signer)))


async def finish(prepared: Prepared, value: bytes) -> bytes:
    """The CMS as DER, or the signed PDF."""
    return await asyncio.to_thread(lambda: asyncio.run(_finished(prepared, value)))


def digest_of(content: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(content).digest()


async def _prepared_cms(content: bytes, signer: Signer) -> Prepared:
    attributes = await _attributes(signer, hashlib.sha256(content).digest(), is_pdf=False)
    return Prepared(hashlib.sha256(attributes.dump()).digest(), signer, attributes)


async def _prepared_pdf(pdf: bytes, page: int, signer: Signer) -> Prepared:
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        pages = int(writer.root["/Pages"]["/Count"])
        taken = len(writer.prev.embedded_signatures)
    except Exception as error:  # pyHanko raises many kinds for what is no PDF, or one that it cannot read
        raise Refused(
            Reason.UNREADABLE, f"args: the file is no PDF that can be signed ({type(error).__name__})"
        ) from error
    if not 1 <= page <= pages:
        raise Refused(Reason.NO_PAGE, f"PdfSigner.page is {page}: the file has pages 1 to {pages}")
    metadata = signers.PdfSignatureMetadata(FIELD.format(taken + 1), md_algorithm="sha256")
    try:
        digest, to_sign, out = await signers.PdfSigner(
            metadata, signer=_external(signer, bytes(SIGNATURE_BYTES))
        ).async_digest_doc_for_signing(writer, bytes_reserved=RESERVED)
    except Exception as error:  # the same
        raise Refused(Reason.UNREADABLE, f"args: the PDF cannot be signed ({type(error).__name__})") from error
    attributes = await _attributes(signer, digest.document_digest, is_pdf=True)
    return Prepared(hashlib.sha256(attributes.dump()).digest(), signer, attributes, (out, digest, to_sign))


async def _finished(prepared: Prepared, value: bytes) -> bytes:
    external = _external(prepared.signer, value)
    cms = await external.async_sign_prescribed_attributes("sha256", prepared.attributes)
    if prepared.pdf is None:
        return bytes(cms.dump())
    out, digest, to_sign = prepared.pdf
    await PdfTBSDocument.async_finish_signing(out, digest, cms, post_sign_instr=to_sign.post_sign_instructions)
    return bytes(out.getvalue())


async def _attributes(signer: Signer, digest: bytes, *, is_pdf: bool) -> Any:
    said = PdfCMSSignedAttributes(signing_time=in_utc(signer.now))
    external = _external(signer, bytes(SIGNATURE_BYTES))
    return await external.signed_attrs(digest, "sha256", attr_settings=said, is_pdf_sig=is_pdf)


def _external(signer: Signer, value: bytes) -> signers.ExternalSigner:
    return signers.ExternalSigner(
        x509.Certificate.load(signer.certificate),
        SimpleCertificateStore.from_certs([x509.Certificate.load(der) for der in signer.chain]),
        signature_value=value,
        signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
    )
