"""Section D: files that were forged around a right signature, and signatures of files that nobody saw."""

from collections.abc import Callable

import pytest

from conformance.adapter import Dossiers
from conformance.drawing import drawn
from conformance.failures import came
from conformance.filing import Filing
from conformance.forgeries import borrowed, flip_covered_byte, pasted
from conformance.lab import Lab, Visitor
from conformance.people import Citizen
from conformance.records import Dossier
from conformance.requirement import MUST, may_be_refused, requirement
from conformance.samples import FILE_NAME, pdf
from conformance.shadows import revealed, shadow_form
from conformance.sources import CWE, ISO32000, LAW_20, ND23, PADES, RFC5280, RFC5652, SIGNING_SOFTWARE
from conformance.trust import authorities
from conformance.uploads import demand_not_taken, demand_signed_is_taken, words_of

pytestmark = pytest.mark.role("signed")


@requirement(
    "D09",
    MUST,
    "Các trang được ký đúng là các trang công dân đã xem trước khi ký; dấu ký hiển thị chỉ là chú thích đặt lên trên.",
    "The pages that are signed are the pages that the citizen saw before; a visible stamp is an annotation upon them.",
    basis=(
        LAW_20.at("Điều 22", "a signature shows the signer's approval of the data that it is bound to"),
        ND23.at("Điều 15", "the signer checks what is signed before signing"),
        CWE.at("451", "what the user is shown is not what is acted upon"),
    ),
)
def test_what_is_signed_is_what_was_shown(filing: Filing, dossiers: Dossiers, draft: Dossier) -> None:
    first = filing.first("signed").id
    seen = dossiers.file(draft, str(dossiers.read(draft).component(first).file))

    signed = filing.signed(draft, first).component(first)

    pages = drawn(dossiers.file(draft, str(signed.file)))
    assert pages == drawn(seen), came(
        f"nội dung trang trong tập tin đã ký ({len(pages)} trang) khác tập tin đã xem ({len(drawn(seen))} trang)",
        f"the signed file's pages ({len(pages)}) draw something else than those that were shown ({len(drawn(seen))})",
    )


@requirement(
    "D11",
    MUST,
    "Tập tin do người khác ký bị từ chối với đúng lý do đó, không lẫn với chữ ký bị hỏng.",
    "A file that somebody else signed is refused with that reason, which is not the one for a broken signature.",
    basis=(
        SIGNING_SOFTWARE.at("hiển thị kết quả kiểm tra: người ký, tính toàn vẹn, hiệu lực", "results are told apart"),
        ND23.at("Điều 16", "who signed is checked before a signature is accepted"),
    ),
)
def test_anothers_signature_is_refused_with_that_reason(
    filing: Filing, dossiers: Dossiers, draft: Dossier, filing_of: Callable[[Visitor], Filing]
) -> None:
    theirs = filing_of(filing.lab.log_in(filing.lab.citizen()))
    source, first = theirs.draft("signed"), draft.components[0].id
    signed = theirs.signed(source, first).component(first)
    content = theirs.applicant.dossiers.file(source, str(signed.file))

    with may_be_refused() as foreign:
        dossiers.attach(draft, first, content, FILE_NAME)
    of_another = words_of(foreign, dossiers.read(draft).component(first))
    damaged = filing.draft("signed")
    with may_be_refused() as broken:
        dossiers.attach(damaged, first, flip_covered_byte(content), FILE_NAME)
    of_damage = words_of(broken, dossiers.read(damaged).component(first))

    assert of_another, came("không nêu lý do nào", "no reason is told")
    assert of_another != of_damage, came(
        f"người khác ký và tập tin hỏng đều chỉ nhận “{of_another}”",
        f"another's signature and a damaged file are both told “{of_another}”",
    )
    demand_not_taken(filing, draft, "tập tin do người khác ký", "a file that somebody else signed")
    demand_signed_is_taken(filing, filing.draft("signed"))


@requirement(
    "D14",
    MUST,
    "Chữ ký số của tài liệu khác được dán vào tập tin không được coi là chữ ký của tập tin.",
    "The signature of another document, pasted into a file, is no signature of that file.",
    basis=(
        LAW_20.at("Điều 22", "a signature is bound to the data that were signed"),
        RFC5652.at("5.6", "messageDigest must be the digest of the content"),
        ISO32000.at("12.8.1", "the ByteRange digest"),
    ),
)
def test_a_pasted_signature_is_no_signature(filing: Filing, dossiers: Dossiers) -> None:
    source, draft = filing.draft("signed"), filing.draft("signed")
    first = source.components[0].id
    signed = dossiers.file(source, str(filing.signed(source, first).component(first).file))

    with may_be_refused():
        dossiers.attach(draft, first, pasted(signed, pdf("mot to khai khac")), FILE_NAME)

    demand_not_taken(filing, draft, "chữ ký dán từ tài liệu khác", "a signature pasted from another document")
    demand_signed_is_taken(filing, draft)


@requirement(
    "D10.filled",
    MUST,
    "Ô biểu mẫu được điền lại sau chữ ký số (tấn công bóng) làm tập tin không còn được coi là đã ký.",
    "A form field that is filled anew behind a signature (a shadow attack) ends the file's being signed.",
    basis=(
        LAW_20.at("Điều 22", "every change after signing can be detected"),
        ISO32000.at("12.8.2", "only a certifying signature can have allowed that forms are filled after it"),
        PADES.at("6.3"),
    ),
)
def test_a_field_filled_after_signing_ends_the_signature(filing: Filing, dossiers: Dossiers) -> None:
    source, draft = filing.draft("signed"), filing.draft("signed")
    first = source.components[0].id
    dossiers.attach(source, first, shadow_form("to khai", "50000"), FILE_NAME)
    signed = dossiers.file(source, str(filing.signed(source, first).component(first).file))

    with may_be_refused():
        dossiers.attach(draft, first, revealed(signed, "0"), FILE_NAME)

    demand_not_taken(
        filing, draft, "tập tin có ô được điền lại sau khi ký", "a file whose field was filled after signing"
    )
    demand_signed_is_taken(filing, draft)


@requirement(
    "D12.borrowed",
    MUST,
    "Chứng thư tự tạo ghi tên tổ chức chứng thực thật làm bên cấp, kèm chứng thư thật của tổ chức đó, không được chấp nhận.",
    "A home-made certificate that names the real CA as its issuer, the CA's real certificate beside it, is refused.",
    basis=(
        RFC5280.at("6.1.3", "each certificate's signature is verified with its issuer's key"),
        SIGNING_SOFTWARE.at("đường dẫn chứng thư đến chứng thư số gốc quốc gia"),
    ),
)
def test_a_borrowed_issuer_is_refused(filing: Filing, draft: Dossier, citizen: Citizen, lab: Lab) -> None:
    issuer, *_ = authorities(lab)
    forged = borrowed(pdf("to khai"), citizen.name, citizen.id, issuer)

    with may_be_refused():
        filing.applicant.dossiers.attach(draft, draft.components[0].id, forged, FILE_NAME)

    demand_not_taken(filing, draft, "chứng thư mượn tên CA thật", "a certificate that borrows a real CA's name")
    demand_signed_is_taken(filing, draft)
