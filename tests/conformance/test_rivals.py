"""People who act at the same moment: both are ready before one begins, and each is told how it ended."""

from threading import Barrier

import pytest

from conformance.failures import Ours
from conformance.records import Broken, Dossier
from conformance.rivals import at_once

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
