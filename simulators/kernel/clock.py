"""Time as the world tells it: a base, an origin and a rate, one row that is read with the transaction."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar

from simulators.kernel.records import Instant, Record

SECOND = 1000
MINUTE = 60 * SECOND
DAY = 24 * 60 * MINUTE
VIETNAM = timezone(timedelta(hours=7))


class Clock(Record, frozen=True, kw_only=True):
    """`rate=0` stands still; `rate=1` runs with the machine from `base`, which was told when the machine read `origin`."""

    KIND: ClassVar[str] = "clock"

    id: str = "world"
    base: int = 0
    origin: int = 0
    rate: float = 1.0

    def at(self, machine: int) -> Instant:
        return Instant(self.base + int((machine - self.origin) * self.rate))

    def moved_to(self, instant: Instant, machine: int) -> Clock:
        return Clock(base=instant, origin=machine, rate=self.rate)


def machine_now() -> int:
    """Milliseconds of the machine's clock: read by the store alone."""
    return time.time_ns() // 1_000_000


def still(moment: datetime) -> Clock:
    """A clock that stands, for tests."""
    return Clock(base=to_instant(moment), rate=0)


def in_vietnam(instant: Instant) -> datetime:
    return datetime.fromtimestamp(instant / SECOND, VIETNAM)


def in_utc(instant: Instant) -> datetime:
    return datetime.fromtimestamp(instant / SECOND, UTC)


def to_instant(moment: datetime) -> Instant:
    assert moment.tzinfo is not None, "a moment without a zone means nothing"
    return Instant(int(moment.timestamp() * SECOND))
