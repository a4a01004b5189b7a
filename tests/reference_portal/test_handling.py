"""Decisions about handling in time, by calling them: each limit at its last moment and one second past it."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from reference_portal import law
from reference_portal.dossiers import Request, Step
from reference_portal.rules import RIGHT_RULES
from tests.reference_portal.test_dossiers import AT, a_dossier

RULES = RIGHT_RULES.handling
FRIDAY = datetime.fromisoformat("2026-11-20T16:00:00+07:00")
MONDAY, WEDNESDAY = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=5)
A_SECOND = timedelta(seconds=1)


def asked(source: int, deed: str = "supplement") -> Step:
    return Step(at=AT, who="An", role="officer", source=source, target=5, reason="Thiếu", deed=deed)


def test_working_days_pass_over_saturday_and_sunday() -> None:
    assert law.worked(FRIDAY, 0) == FRIDAY
    assert law.worked(FRIDAY, 1) == MONDAY
    assert law.worked(FRIDAY, law.RETURN_DAYS) == WEDNESDAY


def test_the_answer_is_late_after_eight_working_hours_and_only_while_there_is_none() -> None:
    waiting = a_dossier(state=1, submitted=FRIDAY.isoformat())
    assert not RULES.late(waiting, MONDAY)
    assert RULES.late(waiting, MONDAY + A_SECOND)
    assert not RULES.late(replace(waiting, state=2), MONDAY + A_SECOND)


def test_a_dossier_is_overdue_while_an_agency_has_it_after_the_due_time() -> None:
    held = a_dossier(state=4, due=FRIDAY.isoformat())
    assert not RULES.overdue(held, FRIDAY)
    assert [RULES.overdue(replace(held, state=state), FRIDAY + A_SECOND) for state in (2, 4, 5, 7, 10)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_refusal_waits_until_the_days_for_the_supplement_are_over() -> None:
    request = Request(reason="Thiếu", components=("giay-to",), until=FRIDAY.isoformat(), before=1)
    waiting = a_dossier(state=5, supplement=request)
    assert not RULES.may_refuse(waiting, FRIDAY - A_SECOND)
    assert RULES.may_refuse(waiting, FRIDAY)
    assert not RULES.may_refuse(replace(waiting, supplement=replace(request, answered=True)), FRIDAY)
    assert RULES.may_refuse(a_dossier(state=1), FRIDAY)


@pytest.mark.parametrize("state", [2, 4])
def test_after_reception_more_is_asked_for_within_three_working_days(state: int) -> None:
    held = a_dossier(state=state, received=FRIDAY.isoformat())
    assert RULES.asks_in_time(held, WEDNESDAY)
    assert not RULES.asks_in_time(held, WEDNESDAY + A_SECOND)


def test_before_reception_more_is_asked_for_at_any_time() -> None:
    assert RULES.asks_in_time(a_dossier(state=1, submitted=AT), WEDNESDAY + timedelta(days=99))


@pytest.mark.parametrize(
    ("state", "before", "may"), [(1, 1, False), (2, 1, True), (2, 2, False), (4, 2, False), (1, 4, True)]
)
def test_more_is_asked_for_once_before_reception_and_once_after_it(state: int, before: int, *, may: bool) -> None:
    assert RULES.may_ask_again(a_dossier(state=state, history=(asked(before),))) is may


def test_an_apology_comes_a_day_before_at_the_latest_and_once() -> None:
    held = a_dossier(state=4, due=FRIDAY.isoformat())
    assert RULES.apologises_in_time(held, FRIDAY - timedelta(days=1))
    assert not RULES.apologises_in_time(held, FRIDAY - timedelta(days=1) + A_SECOND)
    assert not RULES.apologises_in_time(a_dossier(state=4), FRIDAY)
    assert RULES.may_put_off(replace(held, history=(asked(2),)))
    assert not RULES.may_put_off(replace(held, history=(asked(4, "reschedule"),)))


def test_after_a_supplement_the_time_limit_counts_from_the_start() -> None:
    held = a_dossier(state=5, due=AT)
    assert RULES.due_after_supplement(held, FRIDAY, 1).isoformat() == "2026-11-23T17:00:00+07:00"
