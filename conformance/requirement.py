"""What a check claims about a portal, and the two ways in which a check tries something that may be refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from conformance.browser import Lost
from conformance.failures import NotExercised
from conformance.forms import NotOnPage
from conformance.records import Refused
from conformance.sources import Basis
from conformance.transport import Unreachable

Check = TypeVar("Check", bound=Callable[..., Any])

ATTRIBUTE = "__requirement__"
OF_THE_PORTAL = (AssertionError, Refused, Unreachable, Lost, NotOnPage, LookupError, ValueError, NotImplementedError)
"""What a check may die of without being to blame (LookupError, ValueError: what it looked for in an answer is not there;
NotImplementedError: the adapter's); anything else is the suite's own error."""


class Level(StrEnum):
    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY


@dataclass(frozen=True)
class Requirement:
    """`id` may carry a variant after a dot: F09.unknown; what is counted is `number`."""

    id: str
    level: Level
    vi: str
    en: str
    basis: tuple[Basis, ...]

    @property
    def number(self) -> str:
        return self.id.partition(".")[0]


def requirement(
    id: str,  # noqa: A002 -- the word of the catalogue
    level: Level,
    vi: str,
    en: str,
    *,
    basis: Basis | tuple[Basis, ...],
) -> Callable[[Check], Check]:
    """The level is the basis's: phải = MUST, nên = SHOULD, có thể = MAY."""
    places = basis if isinstance(basis, tuple) else (basis,)
    claimed = Requirement(id, level, vi, en, places)

    def mark(check: Check) -> Check:
        setattr(check, ATTRIBUTE, claimed)
        return check

    return mark


def requirement_of(check: object) -> Requirement | None:
    found = getattr(check, ATTRIBUTE, None)
    return found if isinstance(found, Requirement) else None


@contextmanager
def good_twin() -> Iterator[None]:
    """The good message after the bad one; what fails in here says that the check could not be exercised."""
    try:
        yield
    except NotExercised:
        raise
    except OF_THE_PORTAL as error:
        raise NotExercised(f"the good twin failed: {error}") from error


@dataclass
class Attempt:
    """`refused` is how the portal said no; None when it said yes."""

    refused: Refused | None = None


@contextmanager
def may_be_refused() -> Iterator[Attempt]:
    """Something bad is tried; whether the portal says no matters less than what is so afterwards."""
    attempt = Attempt()
    try:
        yield attempt
    except Refused as refused:
        attempt.refused = refused
