"""Wrong checksums that were met, newest first, each with what it was made of."""

from __future__ import annotations

from typing import ClassVar

from simulators.kernel.records import Instant, Record
from simulators.payment.checksum import Explanation

FAR = 10**15
"""Ids count down from here, so that the newest sorts first."""


class Diagnosis(Record, frozen=True, kw_only=True):
    """`what` is the door at which it was met; `about` is the gateway."""

    KIND: ClassVar[str] = "payment_diagnosis"
    ABOUT: ClassVar[str | None] = "about"

    about: str
    at: Instant
    what: str
    ref: str
    why: Explanation


def newest_first(now: Instant, token: str) -> str:
    return f"{FAR - now:016d}-{token}"
