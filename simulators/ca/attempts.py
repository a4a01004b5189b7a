"""Passwords that were wrong: how often in a row, and until when the account is locked; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simulators.kernel.records import Instant, Record


class PasswordTries(Record, frozen=True, kw_only=True):
    """`id` is ca/citizen."""

    KIND: ClassVar[str] = "password_tries"

    wrong: int = 0
    locked_until: Instant = Instant(0)


@dataclass(frozen=True)
class Outcome:
    """`tries` is the count to save (None when it stays); `left` is None when the password was right, 0 when locked."""

    tries: PasswordTries | None
    left: int | None = None


def tried(before: PasswordTries, *, right: bool, now: Instant, limit: tuple[int, int]) -> Outcome:
    """`limit` is (wrong ones in a row that lock, milliseconds of the lock). While locked the right one is refused too."""
    most, lock = limit
    if now < before.locked_until:
        return Outcome(None, 0)
    if right:
        return Outcome(PasswordTries(id=before.id) if before.wrong else None)
    wrong = (0 if before.wrong >= most else before.wrong) + 1
    if wrong < most:
        return Outcome(PasswordTries(id=before.id, wrong=wrong), most - wrong)
    return Outcome(PasswordTries(id=before.id, wrong=wrong, locked_until=Instant(now + lock)), 0)
