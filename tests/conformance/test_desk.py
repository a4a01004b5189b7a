"""The desk in a check's words: a dossier is older only when the portal made it so."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.desk import Officer
from conformance.failures import NotExercised
from conformance.records import Dossier, Line
from conformance.seeing import in_time

A_WEEK = timedelta(weeks=1)
FIELDS = {"id": "h1", "code": "c", "procedure": "p", "agency": "a", "state": 2, "state_text": "Mới"}
EMPTY = dict.fromkeys(("components", "fees", "payments", "receipts", "history"), ())


def a_dossier(day: int | None) -> Dossier:
    return Dossier(**FIELDS, **EMPTY, due=day and f"2026-11-{day:02d}T17:00:00+07:00")


def desk(before: int | None, after: int | None) -> Officer:
    """Of a portal whose dossier is due on one day, and after `age` on another."""

    def officer(_who: str, action: str, _dossier: Line | None, _details: Mapping[str, Any]) -> Dossier:
        return a_dossier(after if action == "age" else before)

    return Officer(SimpleNamespace(officer=officer))  # type: ignore[arg-type]  # of a portal only this is asked


def test_a_dossier_that_was_made_older_is_shown() -> None:
    assert desk(20, 13).older(a_dossier(20), A_WEEK).due == a_dossier(13).due


@pytest.mark.parametrize(("before", "after"), [(20, 20), (20, 14), (None, None)])
def test_a_portal_that_did_not_make_it_older_cannot_be_judged_by_time(before: int | None, after: int | None) -> None:
    with pytest.raises(NotExercised, match="officer age by 7 days"):
        desk(before, after).older(a_dossier(before), A_WEEK)


def test_what_comes_a_little_late_is_seen_in_time() -> None:
    shown = iter((1, 1, 2))
    assert in_time(lambda: next(shown), 2) == 2
