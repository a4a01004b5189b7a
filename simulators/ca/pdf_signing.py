"""What a provider does to a PDF around a remote signature: space for it and the digest to be signed, then the value put in.

Both halves take 50 ms and more of a CPU: they are called in a thread, never in the loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from dataclasses import dataclass
from typing import Any

from simulators.kernel.clock import in_vietnam
from simulators.kernel.records import Instant

RESERVED = 24_576
"""Hexadecimal digits of the space: twice the bytes of a CMS with its chain, and more."""


class Unsignable(Exception):
    """A file that is no PDF to which a signature can be added; the text says why."""


@dataclass(frozen=True)
class Signer:
    """DER of the certificate, of its issuer and of the root; `subfilter` as the PDF names it."""

    certificates: tuple[bytes, ...]
    subfilter: str


@dataclass(frozen=True)
class Prepared:
    """`digest`: SHA-256 of the signed attributes in DER, in hexadecimal; the rest is kept for `finished`.

    `ranged` is the digest of the byte range; `start` and `end` are the room's first and last place."""

    digest: str
    attributes: bytes
    file: bytes
    ranged: bytes
    start: int
    end: int


def prepared(raw: bytes, signer: Signer, field: str, now: Instant) -> Prepared:
    """Raises Unsignable whatever is wrong with the file."""
    if not raw.startswith(b"%PDF-"):
        raise Unsignable("it does not begin with %PDF-")
    try:
        return asyncio.run(_prepared(raw, signer, field, now))
    except Exception as error:  # a hostile file breaks a parser in any way there is
        raise Unsignable(f"{type(error).__name__}: {error}"[:200]) from error


def finished(made: Prepared, signer: Signer, value: bytes) -> bytes:
    """The signed file, for the raw RSA value over the digest."""
    return asyncio.run(_finished(made, signer, value))


async def _prepared(raw: bytes, signer: Signer, field: str, now: Instant) -> Prepared:
    # Imported when the first file comes: the library takes longer to load than all the rest of a start.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner  # noqa: PLC0415
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes  # noqa: PLC0415

    kind, moment = SigSeedSubFilter(f"/{signer.subfilter}"), in_vietnam(now)
    external = _external(signer, bytes(256))
    metadata = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=kind)
    session = PdfSigner(metadata, signer=external).init_signing_session(IncrementalPdfFileWriter(io.BytesIO(raw)))
    session.system_time = moment
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED)
    space, output = document.digest_tbs_document()
    pades = kind is SigSeedSubFilter.PADES
    settings = None if pades else PdfCMSSignedAttributes(signing_time=moment)
    attributes = await external.signed_attrs(space.document_digest, "sha256", attr_settings=settings, use_pades=pades)
    assert isinstance(output, io.BytesIO), "none was given to write to"
    der = attributes.dump()
    room = (space.reserved_region_start, space.reserved_region_end)
    return Prepared(hashlib.sha256(der).hexdigest(), der, output.getvalue(), space.document_digest, *room)


async def _finished(made: Prepared, signer: Signer, value: bytes) -> bytes:
    from asn1crypto import cms  # noqa: PLC0415  # as above
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest  # noqa: PLC0415

    attributes = cms.CMSAttributes.load(made.attributes)
    message = await _external(signer, value).async_sign_prescribed_attributes("sha256", signed_attrs=attributes)
    output = io.BytesIO(made.file)
    PreparedByteRangeDigest(made.ranged, made.start, made.end).fill_with_cms(output, message)
    return output.getvalue()


def _external(signer: Signer, value: bytes) -> Any:
    """The library's signer whose value comes from elsewhere."""
    from asn1crypto import x509  # noqa: PLC0415  # as above
    from asn1crypto.algos import SignedDigestAlgorithm  # noqa: PLC0415
    from pyhanko.sign.signers import ExternalSigner  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    leaf, *above = (x509.Certificate.load(der) for der in signer.certificates)
    store = SimpleCertificateStore.from_certs(above)
    mechanism = SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
    return ExternalSigner(leaf, store, signature_value=value, signature_mechanism=mechanism)
