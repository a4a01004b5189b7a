"""Section D: what the phone and the stamp show of a paper, Word files, and two requests for one file."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from conformance.adapter import Dossiers, Signings
from conformance.failures import NotThere, came
from conformance.filing import Filing
from conformance.lab import Lab
from conformance.oracles.words import stamps, unspaced, words
from conformance.people import Phone
from conformance.records import Dossier
from conformance.requirement import MUST, SHOULD, may_be_refused, requirement
from conformance.samples import DOCX, WORD_NAME, WORDS, docx
from conformance.sources import GUIDE_BINH_PHUOC, LAW_20, QD769, SIGNING_SOFTWARE, VNPT_SMARTCA
from conformance.trust import judged

pytestmark = pytest.mark.role("signed")

VIETNAM = timezone(timedelta(hours=7))
A_MINUTE = timedelta(minutes=1)
_YEAR_FIRST = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D{1,3}(\d{1,2}):(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\D(\d{1,2})\D(\d{4})\D{1,3}(\d{1,2}):(\d{2})")
_CLOCK_FIRST = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\D{1,3}(\d{1,2})\D(\d{1,2})\D(\d{4})")


def instants(text: str) -> Iterator[datetime]:
    """Every day with a time of day that is written there, taken as Vietnam's, to the minute."""
    for year, month, day, hour, minute in _written(text):
        try:
            yield datetime(year, month, day, hour, minute, tzinfo=VIETNAM)
        except ValueError:
            continue


def _written(text: str) -> Iterator[tuple[int, int, int, int, int]]:
    for found in _YEAR_FIRST.finditer(text):
        year, month, day, hour, minute = map(int, found.groups())
        yield year, month, day, hour, minute
    for found in _DAY_FIRST.finditer(text):
        day, month, year, hour, minute = map(int, found.groups())
        yield year, month, day, hour, minute
    for found in _CLOCK_FIRST.finditer(text):
        hour, minute, day, month, year = map(int, found.groups())
        yield year, month, day, hour, minute


@requirement(
    "D05",
    SHOULD,
    "Điện thoại cho biết tài liệu nào đang được ký, và cổng hiển thị đúng mã giao dịch đã gửi cho tổ chức chứng thực.",
    "The phone says which document is being signed, and the portal shows the transaction number that it gave the CA.",
    basis=(GUIDE_BINH_PHUOC.at("Xác thực giao dịch"), VNPT_SMARTCA.at("sign: transaction_desc, transaction_id")),
)
def test_the_phone_says_what_is_signed(
    filing: Filing, signing: Signings, draft: Dossier, lab: Lab, phone: Phone
) -> None:
    component = draft.components[0]
    demand_direct(lab)
    pending = signing.start(draft, component.id, filing.certificate(filing.way("direct")))
    prompt = phone.prompt()
    phone.refuse(prompt)

    paper = (component.file_name or "").rpartition(".")[0]
    names = [name for name in (paper, filing.procedure("signed").name) if name]
    assert any(unspaced(name).casefold() in unspaced(prompt.text).casefold() for name in names), came(
        f"điện thoại hiển thị “{prompt.text}”, không có tên tài liệu hay thủ tục ({names})",
        f"the phone shows {prompt.text!r}, neither the paper's nor the procedure's name ({names})",
    )
    sent = lab.wait_for("signing_requested", subject=phone.citizen.id)[0].ref
    assert pending.signing.transaction == sent, came(
        f"cổng hiển thị mã giao dịch {pending.signing.transaction}, đã gửi cho CA {sent}",
        f"the portal shows transaction {pending.signing.transaction}, and gave the CA {sent}",
    )


@requirement(
    "D15",
    SHOULD,
    "Chữ ký hiển thị trên tập tin nêu đúng người ký và đúng giờ ký (UTC+7) của chữ ký số.",
    "The visible stamp names the signer and the time (UTC+7) that the signature itself tells.",
    basis=(
        GUIDE_BINH_PHUOC.at("Digitally signed by …, Date: … +07:00"),
        SIGNING_SOFTWARE.at("hiển thị người ký và thời điểm ký"),
    ),
)
def test_the_stamp_tells_signer_and_time(filing: Filing, dossiers: Dossiers, draft: Dossier, lab: Lab) -> None:
    first = draft.components[0].id
    signed = filing.signed(draft, first)
    content = dossiers.file(draft, str(signed.component(first).file))

    (finding,) = judged(lab, content).findings
    told = [at for at in (finding.stamped_time, finding.claimed_time) if at]
    shown = " ".join(stamps(content))
    assert finding.signer is not None, "the oracle found no signer"
    assert unspaced(finding.signer.name).casefold() in unspaced(shown).casefold(), came(
        f"chữ ký hiển thị “{shown}”, người ký là {finding.signer.name}",
        f"the stamp shows {shown!r}, the signer is {finding.signer.name}",
    )
    assert any(abs(read - at) <= A_MINUTE for read in instants(shown) for at in told), came(
        f"chữ ký hiển thị “{shown}”, chữ ký số ghi {told}", f"the stamp shows {shown!r}, the signature tells {told}"
    )


@requirement(
    "D17",
    SHOULD,
    "Tập tin Word được chọn để ký trở thành PDF có cùng nội dung rồi mới được ký.",
    "A Word file that is chosen for signing becomes a PDF of the same words and is then signed.",
    basis=(
        GUIDE_BINH_PHUOC.at("Bước 4: file pdf hoặc doc, docx"),
        LAW_20.at("Điều 22", "a signature is bound to the data that were signed"),
    ),
)
def test_a_word_file_becomes_a_pdf_of_the_same_words(
    filing: Filing, signing: Signings, dossiers: Dossiers, draft: Dossier, lab: Lab
) -> None:
    del signing
    rule = filing.first("signed")
    demand_word(rule.media)

    dossiers.attach(draft, rule.id, docx(WORDS), WORD_NAME)
    signed = filing.signed(draft, rule.id)

    content = dossiers.file(draft, str(signed.component(rule.id).file))
    judgement = judged(lab, content)
    assert judgement.verdict == "valid", came(f"tập tin đã ký: {judgement}", f"the signed file: {judgement}")
    read = unspaced(words(content))
    lost = [text for text in WORDS if unspaced(text) not in read]
    assert not lost, came(f"trong PDF không còn: {lost}", f"not in the PDF any more: {lost}")


def demand_direct(lab: Lab) -> None:
    """Through the hub neither a description nor a transaction number travels (variant A)."""
    if all(way.through != "direct" for way in lab.capabilities.signing):
        raise NotThere("the portal signs through the hub alone")


def demand_word(media: tuple[str, ...]) -> None:
    if media and DOCX not in media:
        raise NotThere("the portal's component takes no Word file (media)")


@requirement(
    "D23",
    MUST,
    "Hai yêu cầu ký cùng một tập tin không làm hỏng tập tin: cái gì được xác nhận thì có chữ ký hợp lệ, không thừa.",
    "Two requests for one file never spoil it: what was approved is there as a valid signature, and nothing besides.",
    basis=(
        QD769.at("transaction_id, data_to_be_signed: mỗi yêu cầu một băm"),
        LAW_20.at("Điều 22", "a signature is bound to the very data"),
    ),
)
def test_two_requests_for_one_file_do_not_spoil_it(
    filing: Filing, signing: Signings, dossiers: Dossiers, draft: Dossier, lab: Lab
) -> None:
    first, certificate, phone = draft.components[0].id, filing.certificate(), lab.phone(filing.applicant.citizen)
    pending = [signing.start(draft, first, certificate)]
    with may_be_refused():
        pending.append(signing.start(draft, first, certificate))

    # A portal may answer a second request with the first, or withdraw the first for it.
    requests = {one.signing.id: one for one in pending}
    asked = {prompt.id: prompt for one in requests.values() for prompt in phone.prompts(doc_id=one.doc_id, seconds=5)}
    for prompt in asked.values():
        phone.approve(prompt)
    states = [signing.outcome(one).state for one in requests.values()]

    now = dossiers.read(draft).component(first)
    assert "signed" in states, came(f"đã xác nhận, cổng báo {states}", f"approved, and the portal says {states}")
    assert now.state == "signed", came(f"tập tin ở trạng thái {now.state}", f"the file's state is {now.state}")
    judgement = judged(lab, dossiers.file(draft, str(now.file)))
    assert judgement.verdict == "valid", came(f"tập tin hỏng: {judgement}", f"the file is spoilt: {judgement}")
    assert len(judgement.findings) == states.count("signed"), came(
        f"cổng báo {states}, trong tập tin có {len(judgement.findings)} chữ ký",
        f"the portal says {states}, the file has {len(judgement.findings)} signatures",
    )
