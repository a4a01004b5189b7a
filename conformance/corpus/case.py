"""One file of the corpus: how it is made, what is planted in it, and what a judge must say of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from conformance.corpus.authorities import CITIZEN_UID

Make = Callable[[], bytes]
Verdict = Literal["valid", "invalid", "inconclusive", "unparsable", "unsigned"]
Tree = Literal["public", "official"]


@dataclass(frozen=True)
class Case:
    """`what` is the planted reason in words; `reason` names the assertion that must fail (of an unparsable file: a word
    of the problem), `diagnosis` what was probably done wrong. `tree` says which root may be trusted for such a file,
    `expects` whose signature the receiver waits for, `by` which library made the signature ("hand" = none that judges)."""

    file: str
    what: str
    make: Make
    verdict: Verdict = "invalid"
    reason: str = ""
    diagnosis: str = "right"
    by: Literal["hand", "pyHanko", "signxml"] = "hand"
    tree: Tree = "public"
    expects: str = CITIZEN_UID

    @property
    def good(self) -> bool:
        return self.verdict == "valid"


def good(file: str, what: str, make: Make) -> Case:
    """A file that every verifier should accept."""
    return Case(file, what, make, "valid")


def bad(file: str, what: str, make: Make, *, reason: str, diagnosis: str = "right") -> Case:
    """A file that must be refused because of `reason`."""
    return Case(file, what, make, "invalid", reason, diagnosis)


def unreadable(file: str, what: str, make: Make, *, reason: str) -> Case:
    """A file that claims a signature which cannot be read at all."""
    return Case(file, what, make, "unparsable", reason, "")


def unsigned(file: str, what: str, make: Make) -> Case:
    """A file that looks signed and carries no signature."""
    return Case(file, what, make, "unsigned", "", "")


def unchecked(file: str, what: str, make: Make, *, reason: str = "not_revoked") -> Case:
    """A file about which no verdict is possible: neither a silent pass nor a silent refusal."""
    return Case(file, what, make, "inconclusive", reason)


def made_with(by: Literal["pyHanko", "signxml"], *cases: Case) -> tuple[Case, ...]:
    return tuple(replace(case, by=by) for case in cases)
