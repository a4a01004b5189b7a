"""Section E: supplement, refusal and resubmission."""

from datetime import datetime

import pytest

from conformance.adapter import Dossiers
from conformance.desk import Officer
from conformance.dossiers import DRAFT, REFUSED, SUBMITTED, SUPPLEMENT, differences, written
from conformance.failures import came
from conformance.filing import Filing
from conformance.records import Dossier, Step
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.samples import FILE_NAME, pdf
from conformance.sources import ASVS, CWE, GUIDE_KBNN, ISO32000, LAW_20, ND61, TT01, TT03

REASON = "Bản chụp “Giấy khai sinh” bị mờ & thiếu trang 2, không đọc được ngày, tháng, năm sinh."
REQUEST = "Đề nghị bổ sung bản sao có chứng thực, đủ các trang."


@requirement(
    "E05",
    MUST,
    "Cán bộ không thể từ chối tiếp nhận hồ sơ mà không nêu lý do.",
    "A dossier cannot be refused without a reason.",
    basis=(ND61.at("Điều 17 khoản 1 điểm b"), TT03.at("mẫu số 03: phiếu từ chối, lý do")),
)
def test_a_refusal_without_a_reason_is_impossible(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    with may_be_refused():
        officer.refuse(dossier, "")
    with may_be_refused():
        officer.refuse(dossier, " \n\t\u00a0 ")

    now = dossiers.read(dossier)
    assert now.state == dossier.state, came(
        f"hồ sơ chuyển sang “{now.state_text}” mà không có lý do",
        f"without a reason the dossier went to state {now.state}",
    )
    with good_twin():
        officer.refuse(dossier, REASON)
        assert dossiers.read(dossier).state == REFUSED


@requirement(
    "E06",
    MUST,
    "Lý do từ chối hiện nguyên văn cho người nộp, cả trong danh sách lẫn trong chi tiết hồ sơ.",
    "The applicant reads the officer's reason, word for word, in the list and in the dossier.",
    basis=(ND61.at("Điều 17 khoản 2"), GUIDE_KBNN.at("tra cứu hồ sơ: lý do từ chối trong danh sách")),
)
def test_the_reason_stands_in_list_and_dossier(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    officer.refuse(dossier, REASON)

    whole = dossiers.read(dossier)
    listed = [line.refusal for line in dossiers.list() if line.id == dossier.id]
    assert written(whole.refusal) == written(REASON), came(
        f"chi tiết hồ sơ ghi: {whole.refusal}", f"the dossier shows: {whole.refusal}"
    )
    assert [written(shown) for shown in listed] == [written(REASON)], came(
        f"danh sách ghi: {listed}", f"the list shows: {listed}"
    )


@requirement(
    "E11",
    MUST,
    "Khi được yêu cầu bổ sung, người nộp chỉ sửa được những thành phần được yêu cầu.",
    "While a supplement is asked for, only the components that were asked for can be changed.",
    basis=(
        ND61.at("Điều 15 khoản 3; Điều 17 khoản 2", "the request lists, once and completely, what is to be added"),
        CWE.at("CWE-841", "what the desk has examined must not change behind its back"),
    ),
)
def test_a_supplement_opens_only_what_was_asked(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    first, *_, asked = filing.procedure("free").components
    officer.supplement(dossier, REQUEST, [asked.id])
    before = dossiers.read(dossier)

    with may_be_refused():
        dossiers.attach(dossier, first.id, pdf("changed behind the desk's back"), FILE_NAME)
    with may_be_refused():
        dossiers.take_away(dossier, first.id)

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(
        f"thành phần không được yêu cầu đã đổi: {changed}", f"not asked for, and changed: {changed}"
    )
    with good_twin():
        given = dossiers.attach(dossier, asked.id, pdf("the supplement"), FILE_NAME)
        assert given.component(asked.id) != before.component(asked.id)
        assert dossiers.act(dossier, "supplement").history != before.history


@requirement(
    "E17",
    MUST,
    "Hồ sơ đã bị từ chối không thể sửa hay nộp lại dưới mã cũ.",
    "A refused dossier can neither be changed nor be sent again under its code.",
    basis=(
        ND61.at("Điều 17 khoản 1 điểm b, khoản 3", "a refusal ends it, and one code stands for one dossier"),
        GUIDE_KBNN.at("KBNN từ chối tiếp nhận: sao chép sang hồ sơ mới"),
        CWE.at("CWE-841"),
    ),
)
def test_a_refused_dossier_stays_as_it_is(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    first = filing.first("free")
    officer.refuse(dossier, REASON)
    before = dossiers.read(dossier)

    with may_be_refused():
        dossiers.attach(dossier, first.id, pdf("after the refusal"), FILE_NAME)
    with may_be_refused():
        dossiers.take_away(dossier, first.id)
    with may_be_refused():
        dossiers.act(dossier, "withdraw")
    with may_be_refused():
        dossiers.act(dossier, "submit")
    with may_be_refused():
        dossiers.act(dossier, "supplement")

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(f"hồ sơ đã từ chối bị đổi: {changed}", f"of the refused dossier this changed: {changed}")
    with good_twin():
        copy = dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier)
        dossiers.attach(copy, first.id, pdf("in the copy"), FILE_NAME)
        assert dossiers.act(copy, "submit").state == SUBMITTED


@requirement(
    "E18",
    MUST,
    "“Sao chép” hồ sơ bị từ chối tạo bản nháp mới: giữ dữ liệu đã khai, không mang chữ ký số cũ, có liên kết với hồ sơ cũ.",
    "A copy of a refused dossier is a new draft: the form's data kept, no signature carried over, linked to the old one.",
    basis=(
        GUIDE_KBNN.at("nút Sao chép"),
        LAW_20.at("Điều 22", "a signature attests the very data that its owner saw and approved"),
        ISO32000.at("12.8", "a signature belongs to one document"),
    ),
)
def test_a_copy_keeps_the_data_and_no_signature(filing: Filing, dossiers: Dossiers, officer: Officer) -> None:
    first, old = filing.first("signed"), filing.filed("signed")
    officer.refuse(old, REASON)
    declared = dossiers.read(old).component(first.id).form

    copy = dossiers.draft(old.procedure, old.agency, copy_of=old)

    component = copy.component(first.id)
    assert declared, "the dossier that was filed shows no form data to copy"
    assert component.form == declared, came(
        f"dữ liệu tờ khai trong bản sao: {component.form}", f"the form's data in the copy: {component.form}"
    )
    sealed = {one.id for one in copy.components if one.file and b"/ByteRange" in dossiers.file(copy, one.file)}
    carried = sealed | {one.id for one in copy.components if one.state == "signed" or one.signatures}
    assert not carried, came(f"bản sao mang chữ ký cũ: {carried}", f"the copy carries the old signature: {carried}")
    assert (copy.state, copy.copy_of) == (DRAFT, old.id), came(
        f"bản sao ở trạng thái {copy.state}, liên kết {copy.copy_of}",
        f"the copy's state is {copy.state}, its link {copy.copy_of}",
    )
    assert copy.id != old.id, came("bản sao chính là hồ sơ cũ", "the copy is the old dossier itself")
    assert copy.code is None or copy.code != old.code, came("bản sao giữ mã cũ", "the copy kept the old code")


@requirement(
    "E19",
    MUST,
    "Sửa và nộp bản sao không làm đổi hồ sơ cũ: tập tin, tờ khai và lý do từ chối còn nguyên.",
    "Editing and filing the copy leaves the old dossier untouched: its files, its form and the reason of refusal.",
    basis=(
        ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not altered"),
        TT01.at("Điều 17 khoản 1 điểm b", "history is kept"),
        GUIDE_KBNN.at("nút Sao chép"),
    ),
)
def test_editing_the_copy_leaves_the_old_dossier_alone(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    first = filing.first("free")
    officer.refuse(dossier, REASON)
    before = dossiers.read(dossier)
    content = dossiers.file(before, before.component(first.id).file or "")

    copy = dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier)
    dossiers.attach(copy, first.id, pdf("mended in the copy"), FILE_NAME)
    filed = dossiers.act(copy, "submit")

    now = dossiers.read(dossier)
    changed = differences(before, now)
    assert not changed, came(f"trong hồ sơ cũ đã đổi: {changed}", f"changed in the old dossier: {changed}")
    assert dossiers.file(now, now.component(first.id).file or "") == content, came(
        "tập tin của hồ sơ cũ đã đổi", "the old dossier's file was changed"
    )
    assert not filed.code or filed.code != before.code, came("hai hồ sơ cùng một mã", "both dossiers have one code")


@requirement(
    "E19.form",
    MUST,
    "Khai lại tờ khai hoặc xóa tập tin trong bản sao không làm đổi hồ sơ cũ đã ký.",
    "Filling the form anew in the copy, or deleting its file, changes nothing in the old signed dossier.",
    basis=(ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not altered"), GUIDE_KBNN.at("nút Sao chép")),
)
@pytest.mark.role("signed")
def test_filling_the_copy_leaves_the_old_form_alone(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    first = filing.first("signed")
    officer.refuse(dossier, REASON)
    before = dossiers.read(dossier)

    copy = dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier)
    refilled = dossiers.fill(copy, first.id, dict.fromkeys(first.form, "Đã sửa trong bản sao")).component(first.id)
    dossiers.take_away(copy, first.id)

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(f"trong hồ sơ cũ đã đổi: {changed}", f"changed in the old dossier: {changed}")
    with good_twin():
        assert refilled.form != before.component(first.id).form


@requirement(
    "E25",
    MUST,
    "Mỗi lần chuyển trạng thái thêm một dòng nhật ký: ai, vai trò, khi nào, từ đâu, đến đâu, lý do; dòng cũ không mất.",
    "Each transition adds a row of history: who, in which role, when, from, to and why; earlier rows stay.",
    basis=(TT01.at("Điều 17 khoản 1 điểm b"), ASVS.at("16.2.1", "each entry says when, who and what")),
)
def test_each_transition_is_written_down(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    first = filing.first("free")
    asked = officer.supplement(dossier, REQUEST, [first.id]).history
    dossiers.attach(dossier, first.id, pdf("the supplement"), FILE_NAME)
    dossiers.act(dossier, "supplement")
    Officer(officer.portal, "binh").refuse(dossier, REASON)

    history = dossiers.read(dossier).history
    steps = [step for step in history if step.source != step.target]
    told = [(step.source, step.target, step.role) for step in steps]
    assert told == [
        (DRAFT, SUBMITTED, "citizen"),
        (SUBMITTED, SUPPLEMENT, "officer"),
        (SUPPLEMENT, SUBMITTED, "citizen"),
        (SUBMITTED, REFUSED, "officer"),
    ], came(f"nhật ký ghi (từ, đến, vai trò): {told}", f"the history says (from, to, role): {told}")
    assert all(step.who.strip() for step in steps), came(
        f"dòng không ghi ai làm: {_unsigned(steps)}", f"rows that do not say who acted: {_unsigned(steps)}"
    )
    actors = [steps[row].who for row in (0, 1, 3)]
    assert len(set(actors)) == len(actors), came(
        f"người nộp và hai cán bộ được ghi là {actors}", f"applicant and two officers are written down as {actors}"
    )
    assert [written(steps[row].reason) for row in (1, 3)] == [written(REQUEST), written(REASON)], came(
        f"lý do trong nhật ký: {steps[1].reason}; {steps[3].reason}",
        f"the reasons in the history: {steps[1].reason}; {steps[3].reason}",
    )
    moments = [datetime.fromisoformat(step.at) for step in steps]
    assert moments == sorted(moments), came(f"thời điểm không theo thứ tự: {moments}", f"out of order: {moments}")
    assert all(moment.tzinfo for moment in moments), came("thời điểm không ghi múi giờ", "instants without an offset")
    assert history[: len(asked)] == asked, came("dòng nhật ký cũ đã đổi", "earlier rows of history were changed")


def _unsigned(steps: list[Step]) -> list[tuple[int, int]]:
    return [(step.source, step.target) for step in steps if not step.who.strip()]
