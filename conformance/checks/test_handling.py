"""Section E: what the desk asks, stops and shows, and what stays of it."""

from collections.abc import Callable
from hashlib import sha256

from conformance.adapter import Dossiers
from conformance.desk import Officer
from conformance.dossiers import (
    ACCEPTED,
    DRAFT,
    FINISHED,
    PROCESSING,
    STOPPED,
    SUPPLEMENT,
    WITHDRAWN,
    differences,
    written,
)
from conformance.failures import came
from conformance.filing import Filing
from conformance.lab import Visitor
from conformance.people import Inbox
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.samples import attachment
from conformance.seeing import in_time
from conformance.sources import CWE, ND61, ND224, RFC9110, TT01, TT03, TT22
from conformance.wandering import demand_shown, wander

REQUEST = "Đề nghị bổ sung bản sao có chứng thực, đủ các trang."
NUMBER = "4127/TB-DVC"
"""Plain letters, so that an SMS without accents has them too."""
REASON = f"{NUMBER}: cơ quan phối hợp không xác nhận được giấy tờ."


@requirement(
    "E07",
    MUST,
    "Không thể yêu cầu bổ sung mà không nêu nội dung hoặc không nêu thành phần cần bổ sung.",
    "No supplement can be asked for without saying what, or without naming the components.",
    basis=(ND61.at("Điều 17 khoản 2 điểm a"), TT03.at("mẫu số 02: phiếu yêu cầu bổ sung")),
)
def test_a_supplement_request_names_content_and_components(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    asked = filing.first("free").id
    before = dossiers.read(dossier)

    for reason, components in (
        ("", [asked]),
        (" \n\t\u00a0 ", [asked]),
        (REQUEST, []),
        (REQUEST, [f"{asked}-khong-co"]),
    ):
        with may_be_refused():
            officer.supplement(dossier, reason, components)

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(
        f"yêu cầu bổ sung thiếu nội dung hoặc thành phần đã làm đổi: {changed}",
        f"a request without content or without components changed: {changed}",
    )
    with good_twin():
        officer.supplement(dossier, REQUEST, [asked])
        now = dossiers.read(dossier)
        assert now.state == SUPPLEMENT
        assert now.supplement is not None
        assert (written(now.supplement.reason), now.supplement.components) == (written(REQUEST), (asked,))


@requirement(
    "E16",
    MUST,
    "Tệp cũ của thành phần đã bổ sung vẫn còn, cả người nộp lẫn cán bộ đều thấy, mở ra đúng từng byte.",
    "After a supplement the file that was replaced is still there for both sides, and opens byte for byte.",
    basis=(
        TT01.at("Điều 17 khoản 1 điểm b", "each step recorded, history kept"),
        ND61.at("Điều 5 khoản 1", "electronic data of a dossier are neither altered nor removed"),
    ),
)
def test_a_replaced_file_stays_readable(filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    rule = filing.first("free")
    old = dossiers.read(dossier).component(rule.id)
    content = dossiers.file(dossier, old.file or "")
    digest = sha256(content).hexdigest()
    officer.supplement(dossier, REQUEST, [rule.id])

    dossiers.attach(dossier, rule.id, *attachment(rule.media, "in place of the first"))
    dossiers.act(dossier, "supplement")

    now = dossiers.read(dossier).component(rule.id)
    assert now.sha256 != digest, "the supplement did not replace the file"
    kept = [version for version in now.versions if version.sha256 == digest]
    assert kept, came(
        f"bản cũ không còn trong {len(now.versions)} phiên bản", f"not among the {len(now.versions)} versions shown"
    )
    assert dossiers.file(dossier, kept[0].file) == content, came(
        "bản cũ mở ra không phải tệp đã nộp", "what the old version opens is not what was filed"
    )
    at_the_desk = [version.sha256 for version in officer.read(dossier).component(rule.id).versions]
    assert digest in at_the_desk, came("cán bộ không còn thấy bản cũ", "the desk no longer sees the old version")


@requirement(
    "E21",
    MUST,
    "Người nộp rút hồ sơ thì trạng thái là 7, nhật ký ghi người nộp đã rút, và cơ quan không xử lý tiếp được.",
    "A withdrawal by the applicant is status 7, is written down as the applicant's, and ends the handling.",
    basis=(TT01.at("Điều 17 khoản 1 điểm b"), ND224.at("Điều 15 khoản 1 điểm g")),
)
def test_a_withdrawal_is_recorded_and_ends_the_handling(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    dossiers.act(dossier, "withdraw")

    now = dossiers.read(dossier)
    assert now.state == WITHDRAWN, came(
        f"rút hồ sơ, cổng ghi “{now.state_text}” ({now.state})", f"withdrawn, and the portal says state {now.state}"
    )
    told = [(step.target, step.role) for step in now.history[len(dossier.history) :]]
    assert told == [(WITHDRAWN, "citizen")], came(f"nhật ký ghi thêm {told}", f"the history gained {told}")
    for deed in (officer.accept, officer.process, officer.finish):
        with may_be_refused():
            deed(dossier)
    changed = differences(now, dossiers.read(dossier))
    assert not changed, came(f"hồ sơ đã rút vẫn đổi: {changed}", f"of the withdrawn dossier this changed: {changed}")


@requirement(
    "E22",
    MUST,
    "Dừng xử lý phải nêu lý do bằng văn bản, và người nộp được thông báo lý do ấy.",
    "Stopping needs a written reason, and the applicant is told it.",
    basis=(TT03.at("mẫu số 05: thông báo dừng xử lý, lý do"), ND224.at("Điều 15 khoản 1 điểm g")),
)
def test_stopping_needs_a_reason_and_is_told(
    dossiers: Dossiers, dossier: Dossier, officer: Officer, inbox: Inbox
) -> None:
    officer.accept(dossier)
    before = dossiers.read(dossier)

    with may_be_refused():
        officer.stop(dossier, "")
    with may_be_refused():
        officer.stop(dossier, " \n\t\u00a0 ")

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(f"dừng không lý do đã làm đổi: {changed}", f"stopped without a reason: {changed}")
    with good_twin():
        officer.stop(dossier, REASON)
        now = dossiers.read(dossier)
        assert now.state == STOPPED
    last = now.history[-1]
    assert written(last.reason) == written(REASON), came(
        f"nhật ký ghi lý do: {last.reason}", f"the history gives as reason: {last.reason}"
    )
    inbox.heard(NUMBER)


@requirement(
    "E26",
    MUST,
    "Sau mỗi bước, người nộp thấy ngay đúng trạng thái, trong danh sách cũng như trong hồ sơ.",
    "After each step the applicant sees the matching state at once, in the list as in the dossier.",
    basis=(TT22.at("Điều 4", "at every step the portal shows the matching status"), ND224.at("Điều 15 khoản 1 điểm g")),
)
def test_each_step_is_seen_at_once(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    for deed, due in ((officer.accept, ACCEPTED), (officer.process, PROCESSING), (officer.finish, FINISHED)):
        deed(dossier)
        whole = in_time(lambda: dossiers.read(dossier).state, due)
        listed = in_time(lambda: [line.state for line in dossiers.list() if line.id == dossier.id], [due])
        assert (whole, listed) == (due, [due]), came(
            f"hồ sơ đã ở trạng thái {due}, người nộp thấy {whole}, trong danh sách {listed}",
            f"the dossier is in state {due}; its applicant sees {whole}, in the list {listed}",
        )


@requirement(
    "E31",
    MUST,
    "Xem danh sách, chi tiết, tệp, dù người nộp hay cán bộ xem, không bao giờ làm đổi hồ sơ.",
    "Reading lists, dossiers and files, by applicant or officer, never changes anything.",
    basis=(
        CWE.at("CWE-650", "a reading method trusted to be harmless changes state"),
        ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not altered"),
    ),
)
def test_reading_changes_nothing(filing: Filing, dossiers: Dossiers, draft: Dossier, officer: Officer) -> None:
    asked = filing.first("free").id
    deeds: tuple[Callable[[], Dossier], ...] = (
        lambda: dossiers.act(draft, "submit"),
        lambda: officer.supplement(draft, REQUEST, [asked]),
    )
    states = {dossiers.read(draft).state}
    for deed in deeds:
        before = deed()
        states.add(before.state)
        for look in (dossiers.list, dossiers.procedures, lambda: dossiers.read(draft), lambda: officer.read(draft)):
            look()
        dossiers.file(draft, before.files[0])
        changed = differences(before, dossiers.read(draft))
        assert not changed, came(f"chỉ xem mà đã đổi: {changed}", f"reading alone changed: {changed}")
    assert len(states) == len(deeds) + 1, f"from {DRAFT} on the dossier went through {sorted(states)} only"


@requirement(
    "E31.links",
    MUST,
    "Mở bất kỳ đường dẫn nào trên các trang của cổng cũng không làm đổi hồ sơ đã nộp.",
    "Following any link on the portal's pages changes nothing of a dossier that was filed.",
    basis=(
        CWE.at("CWE-650", "a reading method trusted to be harmless changes state"),
        RFC9110.at("9.2.1", "GET is safe: browsers, scanners and caches may send it unasked"),
    ),
)
def test_following_links_changes_nothing(applicant: Visitor, dossier: Dossier, officer: Officer) -> None:
    before = officer.read(dossier)

    pages = wander(applicant.browser, (dossier.id, dossier.code or dossier.id))

    changed = differences(before, officer.read(dossier))
    assert not changed, came(
        f"mở {len(pages)} trang theo đường dẫn mà đã đổi: {changed}",
        f"following links to {len(pages)} pages changed: {changed}",
    )
    demand_shown(pages, before.code or dossier.state_text)
