"""Signed PDFs made with pyHanko, as a portal makes them that signs with it: certified, timestamped, encrypted."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from conformance.corpus.authorities import CA, CITIZEN, ROOT, Held

LEGACY_CMS = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
_PASSWORD = "mo phong"  # noqa: S105 -- of a file that anybody may open


@dataclass(frozen=True)
class ByPyhanko:
    """`certify` = the permission of a certifying signature; `stamped` by `authority`; `says` = the visible text."""

    held: Held = CITIZEN
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES
    certify: MDPPerm | None = None
    stamped: datetime | None = None
    authority: Held | None = None
    field: str = "Sig1"
    says: str = ""

    def sign(self, pdf: bytes, *, password: str = "") -> bytes:
        metadata = signers.PdfSignatureMetadata(
            field_name=self.field,
            md_algorithm="sha256",
            subfilter=self.subfilter,
            certify=self.certify is not None,
            docmdp_permissions=self.certify or MDPPerm.FILL_FORMS,
        )
        stamper = timestamper(self.authority, self.stamped) if self.authority else None
        signer = signers.SimpleSigner(_asn1(self.held), _private(self.held), _store(CA))
        style = TextStampStyle(stamp_text=self.says) if self.says else None
        where = SigFieldSpec(self.field, on_page=0, box=(50, 600, 350, 680)) if self.says else None
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        if password:
            writer.encrypt(password)
        maker = signers.PdfSigner(metadata, signer, timestamper=stamper, stamp_style=style, new_field_spec=where)
        return bytes(maker.sign_pdf(writer, bytes_reserved=16_384).getvalue())


def timestamper(authority: Held, at: datetime | None) -> Any:
    return timestamps.DummyTimeStamper(_asn1(authority), _private(authority), _store(CA, ROOT), fixed_dt=at)


def document_stamped(pdf: bytes, authority: Held, at: datetime | None = None) -> bytes:
    """A DocTimeStamp over the whole file, as at the level B-LTA."""
    stamper = signers.PdfTimeStamper(timestamper(authority, at))
    return bytes(stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), "sha256").getvalue())


def encrypted(pdf: bytes) -> bytes:
    """Encrypted under a password that the receiver does not have, then signed."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    writer.encrypt(_PASSWORD, _PASSWORD)
    out = io.BytesIO()
    writer.write(out)
    return ByPyhanko().sign(out.getvalue(), password=_PASSWORD)


def with_xref_stream(pdf: bytes) -> bytes:
    """The same pages in a file whose cross-references and objects lie in streams."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)), writer_kwargs={"stream_xrefs": True})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def turned(pdf: bytes) -> bytes:
    """The first page turned around in an update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _asn1(held: Held) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(held.der)


def _private(held: Held) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(held.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _store(*helds: Held) -> SimpleCertificateStore:
    return SimpleCertificateStore.from_certs([_asn1(held) for held in helds])
