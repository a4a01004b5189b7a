"""Bank cards that a checkout knows: the gateway's published test cards and one for each citizen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from simulators.kernel.records import Record
from simulators.payment.spec import Card

NO_DIGITS, NO_LETTERS = re.compile(r"[^0-9]+"), re.compile(r"[^0-9A-Za-z]+")


class CitizenCard(Record, frozen=True, kw_only=True):
    """`id` is the card's number."""

    KIND: ClassVar[str] = "bank_card"

    holder: str
    date: str
    otp: str


@dataclass(frozen=True)
class Typed:
    """What the payer typed into the card form."""

    number: str
    holder: str
    date: str
    cvv: str = ""

    @property
    def digits(self) -> str:
        return NO_DIGITS.sub("", self.number)


def of_citizen(held: CitizenCard, bank: str) -> Card:
    return Card(number=held.id, holder=held.holder, date=held.date, bank=bank, otp=held.otp)


def fits(card: Card, typed: Typed) -> bool:
    """Holder without regard to case, accents and blanks, as banks print it; x in the card's date stands for any digit."""
    return (
        typed.digits == card.number
        and (not card.date or _same_shape(card.date, typed.date.strip()))
        and (not card.holder or plain(typed.holder) == plain(card.holder))
        and (not card.cvv or typed.cvv.strip() == card.cvv)
    )


def plain(name: str) -> str:
    """Nguyễn Văn Đức -> NGUYENVANDUC."""
    bare = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return NO_LETTERS.sub("", bare)


def _same_shape(pattern: str, given: str) -> bool:
    return len(given) == len(pattern) and all(
        mine.isdigit() and mine.isascii() if wanted == "x" else mine == wanted
        for wanted, mine in zip(pattern, given, strict=True)
    )
