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
from conformance.samples import attachment
from conformance.sources import ASVS, CWE, GUIDE_KBNN, ND61, TT01, TT03

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
        dossiers.attach(dossier, first.id, *attachment(first.media, "changed behind the desk's back"))
    with may_be_refused():
        dossiers.take_away(dossier, first.id)

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(
        f"thành phần không được yêu cầu đã đổi: {changed}", f"not asked for, and changed: {changed}"
    )
    with good_twin():
        given = dossiers.attach(dossier, asked.id, *attachment(asked.media, "the supplement"))
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
        dossiers.attach(dossier, first.id, *attachment(first.media, "after the refusal"))
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
        filing.give_all(copy)
        assert dossiers.act(copy, "submit").state != DRAFT


@requirement(
    "E17.form",
    MUST,
    "Tờ khai của hồ sơ đã nộp hoặc đã bị từ chối không khai lại được.",
    "The form of a dossier that was filed, or refused, cannot be filled anew.",
    basis=(
        ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not altered"),
        CWE.at("CWE-841", "what the desk has examined must not change behind its back"),
    ),
)
@pytest.mark.role("signed")
def test_a_filed_form_stays_as_it_is(filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    first = filing.first("signed")
    other = dict.fromkeys(first.form, "Đã sửa sau khi nộp")

    changed = []
    for deed in (lambda: None, lambda: officer.refuse(dossier, REASON)):
        deed()
        before = dossiers.read(dossier)
        with may_be_refused():
            dossiers.fill(dossier, first.id, other)
        changed.append(differences(before, dossiers.read(dossier)))

    assert not any(changed), came(
        f"tờ khai đã nộp bị đổi: {' / '.join(changed)}", f"a filed form changed: {' / '.join(changed)}"
    )
    with good_twin():
        copy = dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier)
        assert dossiers.fill(copy, first.id, other).component(first.id).form


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
    dossiers.attach(dossier, first.id, *attachment(first.media, "the supplement"))
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
