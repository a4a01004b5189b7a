"""People who act at the same moment: both are ready before one begins, and each is told how it ended."""

from threading import Barrier

import pytest
from msgspec.structs import replace

from conformance.failures import Ours
from conformance.records import Broken, Dossier, Step
from conformance.rivals import at_once, mixture

DOSSIER = Dossier(
    id="h1",
    code="c",
    procedure="p",
    agency="a",
    state=1,
    state_text="Mới",
    components=(),
    fees=(),
    payments=(),
    receipts=(),
    history=(),
)


def test_deeds_overlap_and_end_in_the_order_given() -> None:
    inside = Barrier(2)

    def taken() -> Dossier:
        inside.wait(10)
        return DOSSIER

    def turned_away() -> Dossier:
        inside.wait(10)
        raise Broken("officer", 409, "xung đột")

    ends = at_once(turned_away, taken)
    assert [end.refused is None for end in ends] == [False, True]


def test_an_error_of_ours_in_a_thread_is_not_lost() -> None:
    def broken() -> Dossier:
        raise Ours("down")

    with pytest.raises(Ours):
        at_once(broken, lambda: DOSSIER)


def after(*states: int, **fields: object) -> Dossier:
    """The dossier after rows that lead from state to state."""
    rows = tuple(
        Step(at="", who="an", source=source, target=target)
        for source, target in zip((1, *states), states, strict=False)
    )
    return replace(DOSSIER, **{"state": states[-1], "history": rows, **fields})


def test_an_order_of_deeds_is_no_mixture() -> None:
    assert mixture(DOSSIER, after(2), 1) == ""
    assert mixture(DOSSIER, after(2, 3, refusal="sai"), 2) == ""


@pytest.mark.parametrize(
    ("now", "won", "said"),
    [
        (after(3, refusal="sai"), 2, "2 deeds were taken, 1 are written down"),
        (after(2, history=(Step(at="", who="an", source=1, target=2),) * 2), 2, "rows do not follow each other"),
        (after(2, state=3, refusal="sai"), 1, "the last row leads to 2, the dossier is in state 3"),
        (after(2, refusal="sai"), 1, "state 2 with the refusal “sai”"),
    ],
)
def test_what_two_deeds_left_together_is_named(now: Dossier, won: int, said: str) -> None:
    assert said in mixture(DOSSIER, now, won)
