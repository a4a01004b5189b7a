"""Section E: what time limits demand; the dossier is made older by the desk's `age`, no clock moves."""

import re
from datetime import UTC, datetime, timedelta, timezone

from conformance.adapter import Dossiers
from conformance.desk import Officer
from conformance.dossiers import ACCEPTED, REFUSED, SUPPLEMENT, differences, written
from conformance.failures import came
from conformance.filing import Filing
from conformance.legal import Legal, surely
from conformance.people import Inbox
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.samples import attachment
from conformance.sources import CWE, ND45, ND61, ND224, TT03

REQUEST = "Đề nghị bổ sung bản sao có chứng thực, đủ các trang."
NUMBER = "4128/TB-DVC"
"""Plain letters, so that an SMS without accents has them too."""
REASON = f"{NUMBER}: quá hạn mà chưa nhận được giấy tờ bổ sung."
APOLOGY = f"{NUMBER}: cơ quan phối hợp chậm trả lời, xin lỗi ông/bà."
DAYS = 3
"""What the officer allows for a supplement in these checks."""
A_DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)
VIETNAM = timezone(timedelta(hours=7))


def instant(at: str | None) -> datetime:
    assert at, came("cổng không cho biết thời điểm", "the portal does not tell the instant")
    return datetime.fromisoformat(at)


def plain_part(reason: str | None) -> str:
    """The longest piece of a reason that an SMS without accents has too."""
    pieces: list[str] = re.findall(r"[ -~]+", written(reason))
    return max(pieces, key=len).strip()


@requirement(
    "E02",
    MUST,
    "Hồ sơ mới quá thời gian phản hồi mà chưa được trả lời thì phải hiện là trễ.",
    "A new dossier that was not answered within the response time is shown as late.",
    basis=(ND45.at("phản hồi hồ sơ trực tuyến", "read in summaries"), ND224.at("Điều 15 khoản 1 điểm g")),
)
def test_an_unanswered_dossier_is_shown_as_late(
    dossiers: Dossiers, dossier: Dossier, officer: Officer, legal: Legal
) -> None:
    fresh = (dossiers.read(dossier).late, officer.read(dossier).late)
    assert True not in fresh, came("hồ sơ vừa nộp đã bị ghi là trễ", "a dossier filed just now is called late")

    officer.older(dossier, legal.response_time)

    shown = (dossiers.read(dossier).late, officer.read(dossier).late)
    assert True in shown, came(
        f"sau {legal.response_time.days} ngày chưa trả lời, người nộp và cán bộ thấy trễ: {shown}",
        f"unanswered for {legal.response_time.days} days; late, as applicant and desk see it: {shown}",
    )


@requirement(
    "E09",
    MUST,
    "Sau thẩm tra, chỉ được yêu cầu bổ sung trong số ngày luật định kể từ khi tiếp nhận; trễ thì bị chặn hoặc hiện là trễ.",
    "After reception a supplement is asked for within the days of the law; a later request is blocked or shown as late.",
    basis=ND61.at("Điều 19 khoản 4"),
)
def test_a_request_after_examination_comes_in_time(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer, legal: Legal
) -> None:
    asked = [filing.first("free").id]
    officer.accept(dossier)
    officer.older(dossier, legal.examination_time)
    before = dossiers.read(dossier)

    with may_be_refused():
        officer.supplement(dossier, REQUEST, asked, DAYS)

    now = dossiers.read(dossier)
    assert now.late or not differences(before, now), came(
        f"{legal.examination_time.days} ngày sau tiếp nhận vẫn yêu cầu bổ sung được, không hiện là trễ",
        f"{legal.examination_time.days} days after reception a request is taken, and not shown as late",
    )
    with good_twin():
        soon = officer.supplement(officer.accept(filing.filed("free")), REQUEST, asked, DAYS)
        assert soon.state == SUPPLEMENT


@requirement(
    "E13",
    MUST,
    "Sau khi bổ sung, ngày hẹn trả được tính lại theo quy định, không bao giờ giữ nguyên một cách im lặng.",
    "After a supplement the due time follows the law: from the start, or moved by the waiting; never left as it was.",
    basis=ND61.at("Điều 19 khoản 4", "the time limit is counted again from the start"),
)
def test_the_due_time_follows_a_supplement(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer, legal: Legal
) -> None:
    rule = filing.first("free")
    promised = instant(officer.accept(dossier).due)
    officer.older(dossier, A_DAY)
    officer.supplement(dossier, REQUEST, [rule.id], 2 * A_WEEK.days)
    left = instant(officer.older(dossier, A_WEEK).due)
    dossiers.attach(dossier, rule.id, *attachment(rule.media, "the supplement"))
    dossiers.act(dossier, "supplement")

    now = instant(officer.accept(dossier).due)

    # From the start: as promised at reception, for this very day is the start now. Moved: by the wait, less its holidays.
    least = {True: promised, False: left + A_WEEK / 2}[legal.restarts]
    assert now.date() >= least.date(), came(
        f"chờ bổ sung {A_WEEK.days} ngày; hẹn trả {left:%d/%m/%Y} thành {now:%d/%m/%Y}, ít nhất phải {least:%d/%m/%Y}",
        f"{A_WEEK.days} days of waiting; due {left:%d/%m/%Y} became {now:%d/%m/%Y}, at least {least:%d/%m/%Y} is due",
    )


@requirement(
    "E14",
    MUST,
    "Chưa hết số ngày cho phép bổ sung thì không thể từ chối hồ sơ vì chưa bổ sung.",
    "While the days allowed for a supplement run, the dossier cannot be refused for want of it.",
    basis=(
        TT03.at("mẫu số 02: phiếu yêu cầu bổ sung, thời hạn"),
        CWE.at("CWE-841", "what was promised for a step cannot be taken back within it"),
    ),
)
def test_nothing_is_refused_while_days_are_left(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    officer.supplement(dossier, REQUEST, [filing.first("free").id], DAYS)
    officer.older(dossier, (DAYS - 1) * A_DAY)
    before = dossiers.read(dossier)

    with may_be_refused():
        officer.refuse(dossier, REASON)

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(
        f"còn hạn bổ sung mà hồ sơ đã đổi: {changed}", f"with days left for the supplement this changed: {changed}"
    )
    with good_twin():
        officer.older(dossier, surely(DAYS))
        with may_be_refused():  # a portal may have closed it by itself
            officer.refuse(dossier, REASON)
        assert dossiers.read(dossier).state == REFUSED


@requirement(
    "E15",
    MUST,
    "Hết số ngày cho phép mà không bổ sung thì kết quả được nêu rõ, có lý do, và người nộp được thông báo.",
    "When the days allowed are over the outcome is stated with its reason, and the applicant is told.",
    basis=(ND61.at("Điều 17 khoản 2"), TT03.at("mẫu số 03: phiếu từ chối, lý do")),
)
def test_the_end_of_the_days_is_stated_and_told(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer, inbox: Inbox
) -> None:
    officer.supplement(dossier, REQUEST, [filing.first("free").id], DAYS)
    officer.older(dossier, surely(DAYS))

    with may_be_refused():  # a portal may have closed it by itself
        officer.refuse(dossier, REASON)

    now = dossiers.read(dossier)
    assert now.state == REFUSED, came(
        f"hết hạn bổ sung, hồ sơ vẫn ở “{now.state_text}”", f"the days are over, the dossier stays in state {now.state}"
    )
    assert written(now.refusal), came("không nêu lý do", "no reason is stated")
    assert written(now.history[-1].reason) == written(now.refusal), came(
        f"nhật ký ghi: {now.history[-1].reason}", f"the history says: {now.history[-1].reason}"
    )
    inbox.heard(plain_part(now.refusal))


@requirement(
    "E23",
    MUST,
    "Hồ sơ sẽ trễ hạn: chậm nhất một ngày trước ngày hẹn trả phải xin lỗi, nêu lý do, ngày trả mới, và báo người nộp.",
    "A dossier that will be late: a day before it is due at the latest an apology gives reason and new date, and is told.",
    basis=(ND61.at("Điều 19 khoản 9"), TT03.at("mẫu số 04: phiếu xin lỗi và hẹn lại ngày trả kết quả")),
)
def test_an_apology_comes_in_time_with_reason_and_date(
    filing: Filing, dossier: Dossier, officer: Officer, inbox: Inbox, legal: Legal
) -> None:
    dossiers = filing.applicant.dossiers
    promised = instant(officer.accept(dossier).due)
    before = dossiers.read(dossier)
    with may_be_refused():
        officer.reschedule(dossier, " \n", promised + A_WEEK)
    assert dossiers.read(dossier).due == before.due, came(
        "hẹn lại được mà không nêu lý do", "a new date is taken without a reason"
    )

    last_minute = officer.accept(filing.filed("free"))
    now_there = datetime.now(VIETNAM)
    tonight = now_there.replace(hour=23, minute=59, second=59)
    later_today = min(legal.apology_time, tonight - now_there) / 2  # late for who counts hours, and for who counts days
    officer.older(last_minute, max(instant(last_minute.due) - now_there - later_today, timedelta()))
    left = dossiers.read(last_minute)
    with may_be_refused():
        officer.reschedule(last_minute, APOLOGY, instant(left.due) + A_WEEK)
    now = dossiers.read(last_minute)
    assert now.late or now.due == left.due, came(
        f"còn chưa đến {legal.apology_time.days} ngày vẫn hẹn lại được, không hiện là trễ",
        f"less than {legal.apology_time.days} day before it is due a new date is taken, and not shown as late",
    )

    with good_twin():
        officer.reschedule(dossier, APOLOGY, promised + A_WEEK)
        moved = dossiers.read(dossier)
        assert instant(moved.due) > promised
    assert written(moved.history[-1].reason) == written(APOLOGY), came(
        f"nhật ký ghi lý do: {moved.history[-1].reason}", f"the history gives as reason: {moved.history[-1].reason}"
    )
    inbox.heard(NUMBER)


@requirement(
    "E24",
    MUST,
    "Ngày hẹn trả chỉ được hẹn lại không quá số lần luật định.",
    "The due time is put off no more often than the law allows.",
    basis=ND61.at("Điều 19 khoản 9"),
)
def test_the_due_time_is_not_put_off_again(
    dossiers: Dossiers, dossier: Dossier, officer: Officer, legal: Legal
) -> None:
    due = instant(officer.accept(dossier).due)
    with good_twin():
        for number in range(1, legal.most_reschedules + 1):
            assert instant(officer.reschedule(dossier, APOLOGY, due + number * A_WEEK).due) > due
    before = dossiers.read(dossier)

    with may_be_refused():
        officer.reschedule(dossier, APOLOGY, due + (legal.most_reschedules + 1) * A_WEEK)

    now = dossiers.read(dossier)
    assert now.due == before.due, came(
        f"đã hẹn lại {legal.most_reschedules} lần, vẫn hẹn lại được đến {now.due}",
        f"put off {legal.most_reschedules} times already, it is put off again to {now.due}",
    )


@requirement(
    "E29",
    MUST,
    "Hồ sơ quá hạn phải hiện là quá hạn, và không hết quá hạn vì chuyển người hay chuyển bộ phận.",
    "A dossier past its due time is shown as overdue, and handing it on does not clear that.",
    basis=(
        ND61.at("Điều 19 khoản 9"),
        ND224.at("Điều 15 khoản 1 điểm g"),
        CWE.at("CWE-223", "what matters for judging the handling must not be lost"),
    ),
)
def test_overdue_is_shown_and_stays(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    accepted = officer.accept(dossier)
    assert not dossiers.read(dossier).overdue, came("vừa tiếp nhận đã hiện là quá hạn", "overdue at its acceptance")

    due = officer.older(dossier, instant(accepted.due) - datetime.now(UTC) + A_WEEK).due
    seen = dossiers.read(dossier)
    assert (seen.state, seen.overdue) == (ACCEPTED, True), came(
        f"quá hạn {A_WEEK.days} ngày, cổng hiện overdue={seen.overdue}",
        f"{A_WEEK.days} days past its due time, the portal shows overdue={seen.overdue}",
    )
    Officer(officer.portal, "binh").process(dossier)

    now = dossiers.read(dossier)
    assert (now.overdue, now.due) == (True, due), came(
        f"chuyển người khác, cổng hiện overdue={now.overdue}, hẹn trả {due} thành {now.due}",
        f"handed on, the portal shows overdue={now.overdue}, due {due} became {now.due}",
    )
