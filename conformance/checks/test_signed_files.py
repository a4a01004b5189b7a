"""Section D: files that claim to be signed, and what counts at submission."""

from collections.abc import Callable

import pytest

from conformance.adapter import Dossiers
from conformance.dossiers import DRAFT
from conformance.failures import came
from conformance.filing import Filing
from conformance.forgeries import flip_covered_byte, look_alike, stamp_only
from conformance.lab import Lab, Visitor
from conformance.oracles import Judgement
from conformance.people import Citizen
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.samples import FILE_NAME, attachment, pdf
from conformance.sources import ASVS, GUIDE_BINH_PHUOC, ISO32000, LAW_20, ND23, PADES, RFC5652, SIGNING_SOFTWARE
from conformance.trust import authorities, judged
from conformance.uploads import demand_not_taken, demand_signed_is_taken

pytestmark = pytest.mark.role("signed")


def problems(judgement: Judgement) -> str:
    """What the oracle says, on one line."""
    return " · ".join(line.strip() for line in str(judgement).splitlines()[1:])


@requirement(
    "D03",
    MUST,
    "Chứng thư số bị tạm dừng trước khi nộp thì hồ sơ không được nhận, trừ khi chữ ký vẫn kiểm tra được là hợp lệ.",
    "When the certificate is suspended before the submission, the dossier is not taken unless the signature still verifies.",
    basis=(
        SIGNING_SOFTWARE.at("kiểm tra trạng thái chứng thư số trước và sau khi ký"),
        ND23.at("Điều 15, 16", "status is checked before signing and before a signature is accepted"),
    ),
)
def test_a_suspended_certificate_stops_signing_or_submission(
    filing: Filing, dossiers: Dossiers, draft: Dossier, lab: Lab
) -> None:
    first = draft.components[0].id
    chosen = filing.certificate()
    signed = filing.signed(draft, first, chosen.way)
    lab.certificate(chosen.serial).suspend()

    with may_be_refused():
        dossiers.act(draft, "submit")

    now = dossiers.read(draft)
    judgement = judged(lab, dossiers.file(draft, str(signed.component(first).file)))
    assert now.state == DRAFT or judgement.verdict == "valid", came(
        f"hồ sơ được nhận, chữ ký số kiểm tra lúc đó là {judgement.verdict}: {problems(judgement)}",
        f"the dossier was taken, its signature was {judgement.verdict} then: {problems(judgement)}",
    )

    lab.certificate(chosen.serial).unsuspend()
    demand_signed_is_taken(filing, filing.draft("signed"))


@requirement(
    "D08",
    MUST,
    "Tập tin đã ký được trình kiểm tra độc lập xác nhận: phủ toàn bộ tập tin, đúng người ký, đúng băm đã xác nhận.",
    "The signed file verifies independently: it covers the whole file, by the signer, with the digest that was approved.",
    basis=(
        SIGNING_SOFTWARE.at("PAdES hoặc ISO 32000; kiểm tra chữ ký số"),
        PADES.at("6.3"),
        RFC5652.at("5.4", "what is signed is the digest of the signed attributes"),
    ),
)
def test_the_signed_file_verifies(filing: Filing, dossiers: Dossiers, citizen: Citizen, lab: Lab) -> None:
    assert lab.capabilities.signing, "capabilities names no way of signing"
    for way in lab.capabilities.signing:
        draft = filing.draft("signed")
        first = draft.components[0].id
        signed = filing.signed(draft, first, way)

        judgement = judged(lab, dossiers.file(draft, str(signed.component(first).file)))

        assert judgement.verdict == "valid", came(
            f"ký qua {way.through} {way.ca}, chữ ký là {judgement.verdict}: {problems(judgement)}",
            f"signed through {way.through} {way.ca}, the signature is {judgement.verdict}: {problems(judgement)}",
        )
        signature = judgement.findings[-1]
        assert signature.signer is not None
        assert signature.signer.has(citizen.id), came(f"người ký là {signature.signer}", f"by {signature.signer}")
        rows = lab.rows("signing_approved", subject=citizen.id)
        approved = {document["digest"].lower() for row in rows for document in row.body["docs"]}
        assert signature.recovered_digest in approved, came(
            f"băm trong chữ ký {signature.recovered_digest} không phải băm đã xác nhận {approved}",
            f"the file's digest {signature.recovered_digest} is none that was approved: {approved}",
        )


@requirement(
    "D10",
    MUST,
    "Tập tin bị sửa sau khi ký không còn được coi là đã ký, và không nộp được khi bắt buộc có chữ ký số.",
    "A file that was changed after signing counts as signed no more, and cannot be submitted where a signature is due.",
    basis=(
        LAW_20.at("Điều 22", "every change after signing can be detected"),
        ISO32000.at("12.8"),
        PADES.at("6.3"),
    ),
)
def test_a_changed_file_does_not_count_as_signed(filing: Filing, dossiers: Dossiers) -> None:
    source, draft = filing.draft("signed"), filing.draft("signed")
    first = source.components[0].id
    signed = filing.signed(source, first).component(first)
    changed = flip_covered_byte(dossiers.file(source, str(signed.file)))

    with may_be_refused():
        dossiers.attach(draft, first, changed, FILE_NAME)

    demand_not_taken(filing, draft, "tập tin bị sửa sau khi ký", "a file that was changed after signing")
    demand_signed_is_taken(filing, draft)


@requirement(
    "D10.appended",
    MUST,
    "Nội dung vẽ thêm sau chữ ký số (cập nhật nối tiếp) làm tập tin không còn được coi là đã ký.",
    "What is drawn into a file behind its signature (an incremental update) ends its being signed.",
    basis=(
        LAW_20.at("Điều 22", "every change after signing can be detected"),
        ISO32000.at("12.8.2", "changes in later updates are judged too, not only the bytes that were covered"),
        PADES.at("6.3"),
    ),
)
def test_a_file_with_an_addition_does_not_count_as_signed(filing: Filing, dossiers: Dossiers, citizen: Citizen) -> None:
    source, draft = filing.draft("signed"), filing.draft("signed")
    first = source.components[0].id
    signed = dossiers.file(source, str(filing.signed(source, first).component(first).file))

    with may_be_refused():
        dossiers.attach(draft, first, stamp_only(signed, citizen.name), FILE_NAME)

    demand_not_taken(filing, draft, "tập tin được vẽ thêm sau khi ký", "a file that was added to after signing")
    demand_signed_is_taken(filing, draft)


@requirement(
    "D01.uploaded",
    MUST,
    "Tập tin do người khác ký hợp lệ rồi tải lên không được coi là chữ ký của người nộp.",
    "A file that somebody else signed rightly, uploaded, does not carry the applicant's signature.",
    basis=(
        LAW_20.at("Điều 22", "a digital signature identifies the signer"),
        ND23.at("Điều 16", "who signed is checked before a signature is accepted"),
    ),
)
def test_anothers_signed_file_does_not_count(
    filing: Filing, draft: Dossier, citizen: Citizen, filing_of: Callable[[Visitor], Filing]
) -> None:
    theirs = filing_of(filing.lab.log_in(filing.lab.citizen(name=citizen.name)))
    source, first = theirs.draft("signed"), draft.components[0].id
    signed = theirs.signed(source, first).component(first)

    with may_be_refused():
        content = theirs.applicant.dossiers.file(source, str(signed.file))
        filing.applicant.dossiers.attach(draft, first, content, FILE_NAME)

    demand_not_taken(filing, draft, "tập tin do người trùng tên ký", "a file that a namesake signed")
    demand_signed_is_taken(filing, draft)


@requirement(
    "D12",
    MUST,
    "Chữ ký bằng chứng thư tự tạo, dù mang tên của tổ chức chứng thực thật, không được chấp nhận.",
    "A signature under a self-made chain is refused, whatever names the chain bears.",
    basis=(
        SIGNING_SOFTWARE.at("đường dẫn chứng thư đến chứng thư số gốc quốc gia"),
        ND23.at("Điều 16", "validity of the certificate is checked before acceptance"),
    ),
)
def test_a_look_alike_chain_is_refused(filing: Filing, draft: Dossier, citizen: Citizen, lab: Lab) -> None:
    issuer, *_, root = authorities(lab)
    forged = look_alike(pdf("to khai"), citizen.name, citizen.id, authorities=(issuer, root))

    with may_be_refused():
        filing.applicant.dossiers.attach(draft, draft.components[0].id, forged, FILE_NAME)

    demand_not_taken(filing, draft, "chữ ký của một CA tự tạo", "a signature of a self-made CA")
    demand_signed_is_taken(filing, draft)


@requirement(
    "D13",
    MUST,
    "Dòng chữ “Digitally signed by” hoặc hình con dấu không được coi là chữ ký số.",
    "The words “Digitally signed by” or the picture of a stamp are no signature.",
    basis=(
        LAW_20.at("Điều 3 khoản 12", "a digital signature is made with a key pair"),
        SIGNING_SOFTWARE.at("kiểm tra"),
    ),
)
def test_a_drawn_stamp_is_no_signature(filing: Filing, draft: Dossier, citizen: Citizen) -> None:
    with may_be_refused():
        stamped = stamp_only(name=citizen.name)
        filing.applicant.dossiers.attach(draft, draft.components[0].id, stamped, FILE_NAME)

    demand_not_taken(filing, draft, "tập tin chỉ có hình con dấu", "a file with nothing but a drawn stamp")
    demand_signed_is_taken(filing, draft)


@requirement(
    "D16",
    MUST,
    "Ký một thành phần không làm thành phần khác thành đã ký.",
    "Signing one component marks no other.",
    basis=(
        GUIDE_BINH_PHUOC.at("Ký số tập tin đính kèm: từng tập tin"),
        LAW_20.at("Điều 22", "a signature is bound to the data that were signed"),
    ),
)
def test_signing_one_component_marks_no_other(filing: Filing, dossiers: Dossiers, draft: Dossier) -> None:
    rules = filing.procedure("signed").components
    first, other = rules[0].id, rules[1].id
    dossiers.attach(draft, other, *attachment(rules[1].media, "van ban cam doan"))

    signed = filing.signed(draft, first)

    assert signed.component(first).state == "signed"
    assert signed.component(other).state != "signed", came(
        f"ký {first}, thành phần {other} cũng thành đã ký", f"{first} was signed, and {other} is marked too"
    )


@requirement(
    "D18",
    MUST,
    "Thay hoặc xóa tập tin đã ký thì dấu “đã ký” không còn.",
    "Replacing or deleting a signed file removes its mark.",
    basis=(
        GUIDE_BINH_PHUOC.at("Ký số tập tin đính kèm"),
        LAW_20.at("Điều 22", "a signature is bound to the data that were signed"),
    ),
)
def test_a_replaced_file_is_unsigned(filing: Filing, dossiers: Dossiers, draft: Dossier) -> None:
    rule = filing.first("signed")
    filing.signed(draft, rule.id)

    replaced = dossiers.attach(draft, rule.id, pdf("ban thay the"), FILE_NAME).component(rule.id).state

    assert replaced != "signed", came("thay tập tin, dấu vẫn còn", "the file was replaced, the mark stays")
    with good_twin():
        assert filing.signed(draft, rule.id).component(rule.id).state == "signed"
    filled = filing.give(draft, rule).component(rule.id).state
    assert filled != "signed", came("điền lại tờ khai, dấu vẫn còn", "the form was filled anew, the mark stays")
    with good_twin():
        assert filing.signed(draft, rule.id).component(rule.id).state == "signed"
    removed = dossiers.take_away(draft, rule.id).component(rule.id).state
    assert removed != "signed", came("xóa tập tin, dấu vẫn còn", "the file was deleted, the mark stays")


@requirement(
    "D19",
    MUST,
    "Máy chủ không nhận hồ sơ thiếu chữ ký số bắt buộc.",
    "The server takes no dossier that lacks a demanded signature.",
    basis=(
        GUIDE_BINH_PHUOC.at("ký số trước khi nộp"),
        ASVS.at("2.3.1", "business flows run in their order, no step is skipped"),
    ),
)
def test_a_missing_signature_stops_submission(filing: Filing, draft: Dossier) -> None:
    demand_not_taken(filing, draft, "tờ khai chưa ký", "an unsigned declaration")
    demand_signed_is_taken(filing, draft)
