"""The table of transitions that no portal may exceed."""

from conformance.dossiers import DRAFT, HANDED_OVER, PROCESSING, REFUSED, STOPPED, SUBMITTED
from conformance.transitions import FROM, LIVES, TERMINAL, forbidden


def test_nothing_at_all_is_allowed_in_a_state_that_ends_a_dossier() -> None:
    assert {state: set(forbidden(state)) for state in TERMINAL} == {state: set(FROM) for state in TERMINAL}


def test_what_the_official_table_holds_is_never_forbidden() -> None:
    official = {
        (DRAFT, "submit"),
        (SUBMITTED, "accept"),
        (SUBMITTED, "refuse"),
        (SUBMITTED, "ask"),
        (PROCESSING, "finish"),
        (STOPPED, "process"),
    }
    assert not [(state, deed) for state, deed in official if deed in forbidden(state)]


def test_each_life_goes_by_deeds_that_are_known_and_together_they_end_in_every_way() -> None:
    assert {deed for life in LIVES for deed in life} <= set(FROM)
    assert {life[-1] for life in LIVES} >= {"hand_over", "refuse", "withdraw", "stop", "fee"}
    assert {REFUSED, HANDED_OVER} <= TERMINAL
