"""From what happened in a check to its verdict, and from all verdicts to the exit code; pure."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from conformance.failures import BETWEEN, Missed, NotExercised, NotThere, Words
from conformance.requirement import OF_THE_PORTAL, Level, Requirement

LONGEST_TEXT, LONGEST_LINE, MOST_LINES = 2000, 400, 6
LONGEST_DETAIL = 160


class Outcome(StrEnum):
    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    NOT_CLAIMED = "not claimed"
    ERROR = "error"


class Exit(IntEnum):
    """pytest's own codes."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    INTERRUPTED = 2
    OUR_ERROR = 3
    USAGE = 4
    NOTHING_EXECUTED = 5


@dataclass(frozen=True)
class Verdict:
    """`check` is the requirement's id with its variant; `exercised` is False where the check could not do its work."""

    check: str
    number: str
    level: str
    nodeid: str
    outcome: Outcome
    exercised: bool = True
    expected: Words = field(default_factory=lambda: Words("", ""))
    came: Words = field(default_factory=lambda: Words("", ""))
    where: str = ""
    seconds: float = 0.0
    basis: tuple[dict[str, str], ...] = ()
    rerun: str = ""

    def plain(self) -> dict[str, Any]:
        """JSON for workers and evidence."""
        return asdict(self) | {"outcome": str(self.outcome), "basis": list(self.basis)}

    @classmethod
    def from_plain(cls, told: dict[str, Any]) -> "Verdict":
        words = {name: Words(**told[name]) for name in ("expected", "came")}
        return cls(**{**told, **words, "outcome": Outcome(told["outcome"]), "basis": tuple(told["basis"])})


def cited(requirement: Requirement) -> tuple[dict[str, str], ...]:
    """Its basis as evidence holds it."""
    return tuple(
        {"source": place.source.name, "title": place.source.title, "place": place.place, "kind": place.source.kind}
        for place in requirement.basis
    )


def judged(
    requirement: Requirement, error: BaseException | None, *, in_setup: bool
) -> tuple[Outcome, bool, Words, Words]:
    """(outcome, exercised, expected, came) of one check."""
    expected = Words(requirement.vi, requirement.en)
    if error is None:
        return Outcome.PASSED, True, expected, Words("", "")
    if not isinstance(error, OF_THE_PORTAL):
        told = f"{type(error).__name__}: {error}"[:LONGEST_TEXT]
        came = Words(f"lỗi của bộ kiểm thử hoặc bộ mô phỏng: {told}", f"an error of suite or simulators: {told}")
        return Outcome.ERROR, False, expected, came
    exercised = not in_setup and isinstance(error, AssertionError) and not isinstance(error, NotExercised)
    must = (requirement.level is Level.MUST or not exercised) and not isinstance(error, NotThere)
    outcome = Outcome.FAILED if must else Outcome.WARNED
    return outcome, exercised, expected, _came(error, exercised=exercised)


def _came(error: BaseException, *, exercised: bool) -> Words:
    if isinstance(error, Missed):
        vi = f"mong đợi {error.expected.vi}, nhận được {error.came.vi}"
        en = f"expected {error.expected.en}, came {error.came.en}"
    else:
        first, between, rest = str(error).partition(BETWEEN)
        vi = _short(first) or type(error).__name__
        en = _short(rest.partition("\n")[0]) if between else vi
    if exercised:
        return Words(vi, en)
    return Words(f"không thực hiện được phép kiểm: {vi}", f"the check could not be exercised: {en}")


def _short(text: str) -> str:
    """The first lines, where pytest says what was compared; its later ones repeat whole records."""
    lines = []
    for line in text.splitlines()[:MOST_LINES]:
        longest = LONGEST_DETAIL if line.lstrip().startswith("+") else LONGEST_LINE
        lines.append(line if len(line) <= longest else f"{line[:longest]}…")
    return "\n".join(lines)


@dataclass(frozen=True)
class Tally:
    """A run as a whole; `unclaimed` are the profile's claims that the portal (and its adapter) does not offer, `optional`
    the requirements that may be among them."""

    verdicts: Sequence[Verdict]
    scored: Collection[str]
    unclaimed: Sequence[str] = ()
    violations: int = 0
    void: str = ""
    interrupted: bool = False
    optional: Collection[str] = ()

    @property
    def executed(self) -> int:
        return sum(1 for verdict in self.verdicts if verdict.outcome is not Outcome.NOT_CLAIMED)

    @property
    def missing(self) -> list[str]:
        """Scored requirements of which no check ran: a selection says nothing about conformance."""
        return sorted(set(self.scored) - {verdict.number for verdict in self.verdicts})

    def count(self, outcome: Outcome) -> int:
        return sum(1 for verdict in self.verdicts if verdict.outcome is outcome)

    def exit(self) -> Exit:
        if self.interrupted:
            return Exit.INTERRUPTED
        if self.void or self.count(Outcome.ERROR):
            return Exit.OUR_ERROR
        if not self.executed:
            return Exit.NOTHING_EXECUTED
        lacking = any(row.outcome is Outcome.NOT_CLAIMED and row.number not in self.optional for row in self.verdicts)
        red = self.count(Outcome.FAILED) or lacking or self.unclaimed or self.violations
        return Exit.NOT_CONFORMANT if red else Exit.CONFORMANT
