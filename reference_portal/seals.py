"""Signing a PDF in two phases (PAdES, incremental), with the signature value made elsewhere in between."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from reference_portal import certificates, stamps
from reference_portal.examination import ALL, Seal, Strictness, examine

__all__ = ["ALL", "Prepared", "Seal", "Strictness", "Unsealable", "WrongAnswer", "examine", "fill", "finish", "prepare"]

_BESIDE_CERTIFICATES = 2048
"""Bytes of a CMS beside its certificates: attributes, names, a value of up to 4096 bits."""
_STAMPS_A_ROW = 3
_EDGE = 10.0
_LOCATION = "Cổng dịch vụ công"


class WrongAnswer(Exception):
    """What the provider returned is no signature of this document by this certificate."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unsealable(Exception):
    """The file cannot be signed."""

    def __init__(self, message_vi: str) -> None:
        super().__init__(message_vi)
        self.message_vi = message_vi


@dataclass(frozen=True)
class Prepared:
    """`digest` goes to the provider; `state` (the document with its hole, and what fills it) is kept until the answer."""

    digest: bytes
    state: bytes


def prepare(  # noqa: PLR0913  # what a stamp says is one of six things that a signature is made of
    pdf: bytes,
    *,
    certificate: bytes,
    chain: tuple[bytes, ...],
    doc_id: str,
    now: datetime,
    stamp: Callable[[str, datetime, str, str], tuple[str, ...]] = stamps.lines,
) -> Prepared:
    """The digest is SHA-256 of the DER SET OF signedAttrs, never of the ByteRange."""
    try:
        signer = certificates.common_name(x509.load_der_x509_certificate(certificate))
        reserved = _BESIDE_CERTIFICATES + len(certificate) + sum(map(len, chain))
        reason = f"Ký nộp hồ sơ trực tuyến ({doc_id})"
        placeholder = SignatureObject(
            timestamp=now.astimezone(stamps.VIETNAM),
            subfilter=SigSeedSubFilter.PADES,
            name=signer,
            location=_LOCATION,
            reason=reason,
            bytes_reserved=2 * reserved,  # it is written in hex
        )
        texts = stamp(signer, now, reason, _LOCATION)
        document, hole = _with_hole(pdf, placeholder, texts)
    except Exception as error:  # a foreign file may raise anything in a parser; the citizen gets one sentence
        raise Unsealable("Không ký số được tệp này: tệp không phải PDF hợp lệ hoặc đang được bảo vệ.") from error
    attributes = _attributes(hole.document_digest, certificate)
    kept = {
        "start": hole.reserved_region_start,
        "end": hole.reserved_region_end,
        "byte_range_digest": hole.document_digest.hex(),
        "attributes": attributes.hex(),
        "certificates": [der.hex() for der in (certificate, *chain)],
    }
    return Prepared(hashlib.sha256(attributes).digest(), json.dumps(kept).encode() + b"\n" + document)


def finish(prepared: Prepared, value: bytes) -> bytes:
    """The signed file, once `value` (raw PKCS#1 v1.5) verifies under the offered certificate over our digest."""
    kept, _ = _kept(prepared)
    _verify(x509.load_der_x509_certificate(bytes.fromhex(kept["certificates"][0])), prepared.digest, value)
    return fill(prepared, value)


def fill(prepared: Prepared, value: bytes) -> bytes:
    """Exactly the original bytes and an update behind them, with whatever value; `finish` asks first whether it is one."""
    kept, document = _kept(prepared)
    hole = PreparedByteRangeDigest(bytes.fromhex(kept["byte_range_digest"]), kept["start"], kept["end"])
    output = BytesIO(document)
    ders = tuple(bytes.fromhex(der) for der in kept["certificates"])
    hole.fill_with_cms(output, _signed_data(bytes.fromhex(kept["attributes"]), ders, value))
    return output.getvalue()


def _kept(prepared: Prepared) -> tuple[dict[str, Any], bytes]:
    head, _, document = prepared.state.partition(b"\n")
    return json.loads(head), document


def _verify(certificate: x509.Certificate, digest: bytes, value: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise WrongAnswer("the certificate's key is not RSA")
    try:
        key.verify(value, digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
    except InvalidSignature as error:
        raise WrongAnswer("the value does not verify under the offered certificate over our digest") from error


def _with_hole(
    pdf: bytes, placeholder: SignatureObject, texts: tuple[str, ...]
) -> tuple[bytes, PreparedByteRangeDigest]:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    taken = {name for name, _, _ in enumerate_sig_fields(writer.prev)}
    name = next(name for name in (f"Seal{number}" for number in range(len(taken) + 1)) if name not in taken)
    box = _box(writer, len(taken))
    embedder = PdfCMSEmbedder(new_field_spec=SigFieldSpec(name, on_page=0, box=box)).write_cms(name, writer)
    field = next(embedder).get_object()
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): stamps.appearance(writer, texts)})
    embedder.send(SigObjSetup(sig_placeholder=placeholder))
    hole, output = embedder.send(SigIOSetup(md_algorithm="sha256", output=BytesIO()))
    return output.getvalue(), hole


def _box(writer: IncrementalPdfFileWriter, before: int) -> tuple[float, float, float, float]:
    """At the top of the first page, beside the stamps that stand there."""
    page = writer.find_page_for_modification(0)[0].get_object()
    while "/MediaBox" not in page:
        page = page["/Parent"]
    left, _, _, top = (float(number) for number in page["/MediaBox"])
    row, column = divmod(before, _STAMPS_A_ROW)
    x = left + _EDGE + column * (stamps.WIDTH + 2)
    y = top - _EDGE - stamps.HEIGHT - row * (stamps.HEIGHT + 2)
    return x, y, x + stamps.WIDTH, y + stamps.HEIGHT


def _attributes(byte_range_digest: bytes, certificate: bytes) -> bytes:
    """No signing-time: in PAdES the signature dictionary's /M claims it (EN 319 142-1)."""
    named = tsp.SigningCertificateV2.load(_signing_certificate(certificate))
    attributes = [
        cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
        cms.CMSAttribute({"type": "message_digest", "values": [byte_range_digest]}),
        cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
    ]
    return bytes(cms.CMSAttributes(attributes).dump())


def _signing_certificate(certificate: bytes) -> bytes:
    """As bytes: asn1crypto writes what was parsed as it is, and what was built anew at each level around it."""
    parsed = asn1_x509.Certificate.load(certificate)
    issuer_serial = {
        "issuer": [asn1_x509.GeneralName("directory_name", parsed.issuer)],
        "serial_number": parsed.serial_number,
    }
    reference = tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "cert_hash": hashlib.sha256(certificate).digest(),
            "issuer_serial": issuer_serial,
        }
    ).dump()
    return bytes(tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2.load(reference)]}).dump())


def _signed_data(attributes: bytes, ders: tuple[bytes, ...], value: bytes) -> bytes:
    parsed = [asn1_x509.Certificate.load(der) for der in ders]
    identifier = cms.IssuerAndSerialNumber({"issuer": parsed[0].issuer, "serial_number": parsed[0].serial_number})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", identifier),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": value,
        }
    )
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", each) for each in parsed],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())
