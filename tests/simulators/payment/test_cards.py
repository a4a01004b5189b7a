"""Cards: what a payer types fits as banks compare it."""

from __future__ import annotations

import pytest

from simulators.payment.cards import Typed, fits
from simulators.payment.spec import Card

CITIZEN = Card("9704190000000000001", "Đặng Thị Mỹ Huyền", "07/15", "NCB")
ABROAD = Card("4456530000001005", "", "12/2x", "INTCARD", cvv="123")


@pytest.mark.parametrize(
    ("card", "typed", "right"),
    [
        (CITIZEN, Typed("9704190000000000001", "Đặng Thị Mỹ Huyền", "07/15"), True),
        (CITIZEN, Typed("9704 1900 0000 0000 001", "dang thi  my huyen", " 07/15 "), True),
        (CITIZEN, Typed("9704190000000000001", "DANG THI MY HUYEN", "07/16"), False),
        (CITIZEN, Typed("9704190000000000001", "DANG THI MY", "07/15"), False),
        (CITIZEN, Typed("9704190000000000001", "", "07/15"), False),
        (CITIZEN, Typed("970419000000000000²", "DANG THI MY HUYEN", "07/15"), False),
        (ABROAD, Typed("4456530000001005", "anyone", "12/26", "123"), True),
        (ABROAD, Typed("4456530000001005", "anyone", "12/26", "124"), False),
        (ABROAD, Typed("4456530000001005", "anyone", "11/26", "123"), False),
        (ABROAD, Typed("4456530000001005", "anyone", "12/2", "123"), False),
        (ABROAD, Typed("4456530000001005", "anyone", "12/2٣", "123"), False),
    ],
)
def test_what_is_typed_fits_the_card(card: Card, typed: Typed, right: bool) -> None:
    assert fits(card, typed) is right
