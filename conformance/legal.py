"""The numbers of the law by the name of the decree that holds them, each with its source: no check carries one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from conformance.failures import WrongOption

FOLDER = Path(__file__).parent / "profiles" / "legal"
DEFAULT = "nd61-2018"
"""The one whose text was read, and which installed portals follow; its successor's numbers are not known."""
CONFIDENCES = ("CONFIRMED", "LIKELY", "UNKNOWN")
DAYS_OF_A_WEEK, WORKING_DAYS_OF_A_WEEK = 7, 5
WEEKS_OF_HOLIDAYS = 3
"""More than the longest run of holidays and the working days that it pushes before and behind it."""


@dataclass(frozen=True)
class Number:
    """`confidence` is one of CONFIDENCES; an UNKNOWN value stands in until its article is read."""

    value: int | str
    unit: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Legal:
    name: str
    title_vi: str
    title_en: str
    numbers: Mapping[str, Number]

    @property
    def response_time(self) -> timedelta:
        """Surely longer than the desk may take, whatever its hours: each hour is counted as a whole day of work."""
        return surely(self._count("responseHours"))

    @property
    def examination_time(self) -> timedelta:
        """Surely longer than the days within which a supplement may be asked for after reception."""
        return surely(self._count("returnDays"))

    @property
    def apology_time(self) -> timedelta:
        """How long before the due time an apology must have come."""
        return timedelta(days=self._count("apologyDays"))

    @property
    def most_supplements(self) -> int:
        return self._count("maxSupplement")

    @property
    def most_reschedules(self) -> int:
        return self._count("maxReschedule")

    @property
    def restarts(self) -> bool:
        """Whether the time limit counts from the start after a supplement; else it moves by the waiting time."""
        return self.numbers["restart"].value == "from_start"

    def _count(self, name: str) -> int:
        return int(self.numbers[name].value)


def surely(working_days: int) -> timedelta:
    """So many whole weeks that this many working days are over, whatever weekends and holidays lie between."""
    weeks = -(-working_days // WORKING_DAYS_OF_A_WEEK) + WEEKS_OF_HOLIDAYS
    return timedelta(days=weeks * DAYS_OF_A_WEEK)


def load(name: str) -> Legal:
    known = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if name not in known:
        raise WrongOption(f"--legal {name}: there is no such set of numbers; there is {', '.join(known)}.")
    told: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    titles = {key: told.pop(key) for key in ("name", "title_vi", "title_en")}
    return Legal(**titles, numbers={key: Number(**row) for key, row in told.items()})


def chosen(option: str | None, claimed: str) -> Legal:
    """What the option names, else what the portal says that it follows, else the default."""
    return load(option or claimed or DEFAULT)
