"""Flaws of time limits: what comes too late, too early or too often, and what is not said of it."""

from datetime import datetime

from msgspec.structs import replace

from reference_portal import law
from reference_portal.catalogue import CATALOGUE
from reference_portal.dossiers import REFUSED, SUPPLEMENT, Dossier, Step
from reference_portal.flaws.row import Flaw, ids, ruled
from reference_portal.parts import RIGHT

_RIGHT = RIGHT.rules


def _as_it_was(dossier: Dossier, _now: datetime, _days: int) -> datetime:
    return datetime.fromisoformat(dossier.due or "")


def _moved_by_the_wait(dossier: Dossier, now: datetime, _days: int) -> datetime:
    asked = [step.at for step in dossier.history if step.deed == "supplement"][-1]
    return datetime.fromisoformat(dossier.due or "") + (now - datetime.fromisoformat(asked))


def _not_on_the_end_of_days(step: Step) -> bool:
    return _RIGHT.notices.tells(step) and (step.source, step.target) != (SUPPLEMENT, REFUSED)


def _unexplained(deed: str, reason: str) -> bool:
    return deed == "reschedule" or _RIGHT.filing.reason_given(deed, reason)


def _counted_anew(dossier: Dossier, now: datetime) -> Dossier:
    return replace(dossier, due=law.due(now, CATALOGUE[dossier.procedure].days).isoformat())


ROWS = (
    Flaw(
        "lateness_hidden",
        ruled("handling", late=lambda _dossier, _now: False),
        ids("E02"),
        "specs/portal.md 2.4: the reception deadline of 8 working hours is a message at submission; here nothing shows it later",
        "Quá 8 giờ làm việc chưa trả lời mà không hiện là trễ.",
        "A dossier that nobody answers is never shown as late.",
    ),
    Flaw(
        "request_at_any_time",
        ruled("handling", asks_in_time=lambda _dossier, _now: True),
        ids("E09"),
        "specs/portal.md 2.4: the guards from 2 and 4 to 5 say nothing of the days since reception",
        "Yêu cầu bổ sung được bao lâu sau tiếp nhận cũng được.",
        "A supplement can be asked for any time after reception.",
    ),
    Flaw(
        "due_left_as_it_was",
        ruled("handling", due_after_supplement=_as_it_was),
        ids("E13"),
        "specs/portal.md 2.14.1: an action changes the due date only where its dateOption says so",
        "Bổ sung xong, ngày hẹn trả vẫn như cũ.",
        "After a supplement the due time is what it was.",
    ),
    Flaw(
        "due_moved_by_the_wait",
        ruled("handling", due_after_supplement=_moved_by_the_wait),
        ids("E13"),
        "specs/portal.md 4.1 row 2: the due date shifted by the waiting time, where the decree counts from the start",
        "Bổ sung xong, ngày hẹn trả chỉ lùi bằng thời gian chờ, không tính lại từ đầu.",
        "After a supplement the due time moves by the waiting, it is not counted from the start.",
    ),
    Flaw(
        "refused_with_days_left",
        ruled("handling", may_refuse=lambda _dossier, _now: True),
        ids("E14"),
        "specs/portal.md 2.14.1: unknown text of a precondition (waiting_overdue) is ignored, so that the action is open",
        "Từ chối được khi còn hạn bổ sung.",
        "A dossier is refused while days for its supplement are left.",
    ),
    Flaw(
        "silent_end_of_days",
        ruled("notices", tells=_not_on_the_end_of_days),
        ids("E15"),
        "specs/portal.md 2.11: a template for each change, one of them not sent",
        "Hết hạn bổ sung, hồ sơ bị từ chối mà không báo.",
        "When the days are over the dossier is refused without a word.",
    ),
    Flaw(
        "apology_without_reason",
        ruled("filing", reason_given=_unexplained),
        ids("E23"),
        "specs/portal.md 2.14.2: an action carries an actionNote; here it may be empty",
        "Hẹn lại ngày trả mà không nêu lý do.",
        "A new due time is set without a reason.",
    ),
    Flaw(
        "apology_after_the_limit",
        ruled("handling", apologises_in_time=lambda _dossier, _now: True),
        ids("E23"),
        "specs/portal.md 2.14.2: fixDueDate sets a date; here at any time",
        "Sát hoặc quá hạn vẫn hẹn lại được.",
        "A new due time can be set at the last minute.",
    ),
    Flaw(
        "silent_apology",
        ruled("notices", tells=lambda step: step.source != step.target),
        ids("E23"),
        "specs/portal.md 2.14.2: fixDueDate sets a date; here without a notice",
        "Đổi ngày hẹn trả mà không báo người nộp.",
        "The due time is changed and nobody is told.",
    ),
    Flaw(
        "put_off_again",
        ruled("handling", may_put_off=lambda _dossier: True),
        ids("E24"),
        "specs/portal.md 2.14.2: fixDueDate sets a date; here as often as one likes",
        "Hẹn lại ngày trả bao nhiêu lần cũng được.",
        "The due time is put off again and again.",
    ),
    Flaw(
        "overdue_hidden",
        ruled("handling", overdue=lambda _dossier, _now: False),
        ids("E29"),
        "specs/portal.md 2.14.1: dateOption 9 pauses overdue",
        "Hồ sơ quá hạn không hiện là quá hạn.",
        "An overdue dossier is not shown as one.",
    ),
    Flaw(
        "overdue_cleared_by_handing_on",
        ruled("handling", handed_on=_counted_anew),
        ids("E29"),
        "specs/portal.md 2.14.1: dateOption 6 resets the due date with an action",
        "Chuyển bộ phận là hết quá hạn.",
        "Handing a dossier on clears that it is overdue.",
    ),
)
