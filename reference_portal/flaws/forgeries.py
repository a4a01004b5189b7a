"""Flaws of a portal that looks at a signed file and believes the wrong part of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from reference_portal import seals
from reference_portal.components import Signature
from reference_portal.flaws.row import Flaw, both, ids, lax, ruled, sealed
from reference_portal.seals import ALL, Prepared, Seal, Strictness

_INVALID = "Chữ ký số không hợp lệ."
_MARK = b"q 0.9 g 400 20 150 40 re f Q"


def _drawn_on(pdf: bytes, **named: Any) -> Prepared:
    """A mark of the portal's is drawn into the first page before the digest is taken."""
    output = BytesIO(pdf)
    writer = IncrementalPdfFileWriter(output)
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=_MARK)))
    writer.write_in_place()
    return seals.prepare(output.getvalue(), **named)


def _one_reason(_signature: Signature) -> str:
    return _INVALID


def _nameless(pdf: bytes, **named: Any) -> tuple[Seal, ...]:
    found = seals.examine(pdf, **named)
    return tuple(seal if seal.valid else replace(seal, problem_vi=_INVALID) for seal in found)


def _forms_may_be_filled(pdf: bytes, *, strictness: Strictness = ALL, **named: Any) -> tuple[Seal, ...]:
    """A library's own opinion in place of the rule that the file ends where its last signature ends."""
    found = seals.examine(pdf, strictness=replace(strictness, additions=False), **named)
    return _doubted(pdf, found, lambda each: each.summarise_integrity_info()["docmdp_ok"] is True)


def _doubted(pdf: bytes, found: tuple[Seal, ...], sound: Callable[[Any], bool]) -> tuple[Seal, ...]:
    if not any(seal.valid for seal in found):
        return found
    embedded = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    for each in embedded:
        each.compute_integrity_info()
    pairs = zip(found, embedded, strict=True)
    return tuple(seal if sound(each) else replace(seal, valid=False) for seal, each in pairs)


def _issuer_by_name(
    pdf: bytes, *, intermediates: Sequence[bytes], strictness: Strictness = ALL, **named: Any
) -> tuple[Seal, ...]:
    """A known authority's certificate lies in the file and bears the issuer's name: that is taken for a chain."""
    found = seals.examine(pdf, intermediates=intermediates, strictness=strictness, **named)
    if not found or all(seal.valid for seal in found):
        return found
    lax_found = seals.examine(
        pdf, intermediates=intermediates, strictness=replace(strictness, chain=False, revocation=False), **named
    )
    known = {asn1_x509.Certificate.load(der).sha256 for der in intermediates}
    believed = _doubted(pdf, lax_found, lambda each: _names_a_known_issuer(each, known))
    return tuple(lenient if lenient.valid else strict for lenient, strict in zip(believed, found, strict=True))


def _names_a_known_issuer(embedded: Any, known: set[bytes]) -> bool:
    others = (one for one in embedded.other_embedded_certs if one.sha256 in known)
    return any(one.subject == embedded.signer_cert.issuer for one in others) and not _really_issued(embedded)


def _really_issued(embedded: Any) -> bool:
    """Of those the strict examination has said all: expired, revoked, not allowed to sign."""
    key = embedded.signer_cert.authority_key_identifier
    return any(one.key_identifier == key for one in embedded.other_embedded_certs)


ROWS = (
    Flaw(
        "marked_before_signing",
        sealed(prepare=_drawn_on),
        ids("D09"),
        "specs/ca.md 16.16: the file is written anew for signing, not saved incrementally as it was seen",
        "Vẽ thêm vào trang trước khi băm: công dân ký thứ chưa được xem.",
        "The page is drawn on before the digest is taken: what is signed was never shown.",
    ),
    Flaw(
        "reason_of_refusal_unnamed",
        both(ruled("signing", not_theirs=_one_reason), sealed(examine=_nameless)),
        ids("D11"),
        "specs/ca.md 14 (annex II, item 9): signer, integrity and validity are one word, “invalid”",
        "Mọi chữ ký không dùng được đều chỉ nhận một câu.",
        "Whatever is wrong with a signature is told in one sentence.",
    ),
    Flaw(
        "digest_not_compared",
        lax("upload", "submission", content=False),
        ids("D14"),
        "specs/ca.md 16.9: the value verifies, and nobody asks of which document",
        "Giá trị chữ ký đúng, nhưng không so messageDigest với tập tin.",
        "The value verifies, but messageDigest is not compared with the file.",
        also=ids("D10", "D11"),
    ),
    Flaw(
        "filling_forms_is_no_change",
        sealed(examine=_forms_may_be_filled),
        ids("D10"),
        "specs/ca.md 16.9: what came is trusted: a library's default policy takes a shadow attack for form filling",
        "Coi việc điền lại ô biểu mẫu sau khi ký là không thay đổi gì.",
        "Filling a form behind the signature is no change.",
    ),
    Flaw(
        "issuer_compared_by_name",
        sealed(examine=_issuer_by_name),
        ids("D12"),
        "specs/ca.md 13.1: names are compared where keys must be",
        "Nhận bên cấp chứng thư theo tên.",
        "The issuer is known by its name.",
    ),
)
