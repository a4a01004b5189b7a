"""One row of the table of flaws, and how a right portal is turned into a flawed one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from reference_portal.parts import Parts
from reference_portal.seals import Strictness

Change = Callable[[Parts], Parts]


@dataclass(frozen=True)
class Flaw:
    """`parts` makes the flawed portal's parts from the right ones, anew for each portal: what counts, counts for one."""

    name: str
    parts: Change
    caught_by: frozenset[str]
    repeats: str
    vi: str
    en: str
    also: frozenset[str] = frozenset()
    load_only: bool = False
    tls: bool = False
    """Shows only where the providers speak TLS."""


def ruled(section: str, **fields: Any) -> Change:
    """One section of the rules with these decisions replaced."""

    def change(parts: Parts) -> Parts:
        changed = replace(getattr(parts.rules, section), **fields)
        return replace(parts, rules=replace(parts.rules, **{section: changed}))

    return change


def called(**fields: Any) -> Change:
    """Some calls replaced."""
    return lambda parts: replace(parts, calls=replace(parts.calls, **fields))


def sealed(**fields: Any) -> Change:
    """One phase of signing replaced."""
    return lambda parts: replace(parts, sealing=replace(parts.sealing, **fields))


def lax(*occasions: str, **unchecked: bool) -> Change:
    """Files examined less strictly on these occasions."""
    return ruled("signing", strictness=lambda at: Strictness(**unchecked) if at in occasions else Strictness())


def both(first: Change, second: Change) -> Change:
    return lambda parts: second(first(parts))


def ids(*names: str) -> frozenset[str]:
    return frozenset(names)
