"""Packages, promotions and what somebody pays at an instant: data, and arithmetic over it."""

from __future__ import annotations

import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from simulators.kernel.clock import in_vietnam
from simulators.kernel.records import Instant

Kind = Literal["person", "organisation"]
LONGEST_TERM = 36
"""Months: NĐ 23/2025, a public certificate lives three years at most."""


@dataclass(frozen=True)
class Package:
    """What is sold: `price` in đồng for `months` of a certificate; `per_signature`: each signature uses up a turn."""

    id: str
    name: str
    months: int
    price: int
    per_signature: bool = False


@dataclass(frozen=True)
class Applicant:
    """What a promotion asks of who signs up: person or organisation, contact address, the portal where they will sign."""

    kind: Kind
    address: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """`first` and `last` are whole days in Vietnam. An empty condition holds for everybody.

    `place` is one part of the contact address (between commas); `channel` the portal where they will sign; `months` the term
    of the package. The effect: percent off the price, months more, percent off the first renewal.
    """

    id: str
    source: str
    first: date
    last: date
    kinds: tuple[Kind, ...] = ("person", "organisation")
    place: str = ""
    channel: str = ""
    months: int = 0
    percent_off: int = 0
    months_more: int = 0
    renewal_percent_off: int = 0


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` in đồng, `months` of the certificate, and which promotions made it so."""

    amount: int
    months: int
    renewal_percent_off: int = 0
    promotions: tuple[str, ...] = ()


def price(package: Package, at: Instant, applicant: Applicant, promotions: Sequence[Promotion]) -> Quote:
    """All promotions that apply, together: the largest discount, all months, never past LONGEST_TERM."""
    met = [one for one in promotions if applies(one, package, at, applicant)]
    percent = max((one.percent_off for one in met), default=0)
    return Quote(
        amount=package.price * (100 - percent) // 100,
        months=min(package.months + sum(one.months_more for one in met), LONGEST_TERM),
        renewal_percent_off=max((one.renewal_percent_off for one in met), default=0),
        promotions=tuple(one.id for one in met),
    )


def applies(promotion: Promotion, package: Package, at: Instant, applicant: Applicant) -> bool:
    return (
        promotion.first <= in_vietnam(at).date() <= promotion.last
        and applicant.kind in promotion.kinds
        and promotion.months in {0, package.months}
        and promotion.channel in {"", applicant.channel}
        and (not promotion.place or _plain(promotion.place) in map(_plain, applicant.address.split(",")))
    )


def renewal(package: Package, percent_off: int, renewals: int) -> Quote:
    """The discount that signing up promised is for the first renewal alone."""
    percent = 0 if renewals else percent_off
    return Quote(amount=package.price * (100 - percent) // 100, months=package.months)


def term_days(begins: Instant, months: int) -> int:
    """Calendar months as days: the same day of a later month, or its last."""
    start = in_vietnam(begins).date()
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return (date(year, month, min(start.day, monthrange(year, month)[1])) - start).days


def _plain(part: str) -> str:
    return unicodedata.normalize("NFC", part).strip().casefold()
