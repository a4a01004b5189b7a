"""Decisions about handling in time: what is late, what is overdue, what may still be asked, refused or put off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reference_portal import law
from reference_portal.dossiers import ACCEPTED, PROCESSING, SUBMITTED, SUPPLEMENT, Dossier, Step

_IN_HAND = (ACCEPTED, PROCESSING)


def _late(dossier: Dossier, now: datetime) -> bool:
    """Not answered within the hours that the law gives the desk."""
    days = -(-law.RESPONSE_HOURS // law.HOURS_OF_A_DAY)
    waiting = dossier.state == SUBMITTED and dossier.submitted is not None
    return waiting and now > law.worked(datetime.fromisoformat(dossier.submitted or ""), days)


def _overdue(dossier: Dossier, now: datetime) -> bool:
    """In an agency's hands after the due time, whoever has it now."""
    return dossier.state in _IN_HAND and dossier.due is not None and now > datetime.fromisoformat(dossier.due)


def _may_refuse(dossier: Dossier, now: datetime) -> bool:
    """While the applicant has time to supplement, or has answered, nothing is refused for want of it."""
    request = dossier.supplement if dossier.state == SUPPLEMENT else None
    return request is None or (not request.answered and now >= datetime.fromisoformat(request.until))


def _asks_in_time(dossier: Dossier, now: datetime) -> bool:
    """Before reception at any time; after it within the days of examination."""
    received = dossier.received if dossier.state in _IN_HAND else None
    return received is None or now <= law.worked(datetime.fromisoformat(received), law.RETURN_DAYS)


def _may_ask_again(dossier: Dossier) -> bool:
    """One request before reception, one after it."""
    desk = dossier.state == SUBMITTED
    asked = [step for step in dossier.history if step.deed == "supplement" and (step.source == SUBMITTED) == desk]
    return len(asked) < law.MOST_SUPPLEMENTS


def _due_after_supplement(_dossier: Dossier, now: datetime, days: int) -> datetime:
    """The time limit counts from the start (NĐ 61/2018 art. 19.4)."""
    return law.due(now, days)


def _apologises_in_time(dossier: Dossier, now: datetime) -> bool:
    return dossier.due is not None and now <= datetime.fromisoformat(dossier.due) - timedelta(days=law.APOLOGY_DAYS)


def _may_put_off(dossier: Dossier) -> bool:
    return len([step for step in dossier.history if step.deed == "reschedule"]) < law.MOST_RESCHEDULES


@dataclass(frozen=True)
class HandlingRules:
    late: Callable[[Dossier, datetime], bool] = _late
    overdue: Callable[[Dossier, datetime], bool] = _overdue
    may_refuse: Callable[[Dossier, datetime], bool] = _may_refuse
    asks_in_time: Callable[[Dossier, datetime], bool] = _asks_in_time
    founded: Callable[[str, str], str] = lambda reason, basis: f"{reason} (Căn cứ: {basis})"
    may_ask_again: Callable[[Dossier], bool] = _may_ask_again
    due_after_supplement: Callable[[Dossier, datetime, int], datetime] = _due_after_supplement
    apologises_in_time: Callable[[Dossier, datetime], bool] = _apologises_in_time
    may_put_off: Callable[[Dossier], bool] = _may_put_off
    handed_on: Callable[[Dossier, datetime], Dossier] = lambda dossier, _now: dossier
    recalled: Callable[[tuple[Step, ...]], tuple[Step, ...]] = lambda history: history
    slip: Callable[[dict[str, Any]], dict[str, Any]] = lambda slip: slip
