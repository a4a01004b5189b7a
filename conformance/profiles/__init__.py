"""Profiles: which requirements are scored, in parts; and, in untested.toml, which are not tested and why."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.failures import WrongOption

FOLDER = Path(__file__).parent
UNTESTED = FOLDER.parent / "untested.toml"


@dataclass(frozen=True)
class Part:
    id: str
    claim: str
    title_vi: str
    title_en: str
    requirements: tuple[str, ...]
    optional: bool = False
    """What the law lets a portal leave to another system, or what is tried only by an optional operation."""


@dataclass(frozen=True)
class Unscored:
    """Requirements without a score (in a profile) or without a check (in untested.toml), and the reason."""

    requirements: tuple[str, ...]
    why_vi: str
    why_en: str


@dataclass(frozen=True)
class Profile:
    name: str
    title_vi: str
    title_en: str
    parts: tuple[Part, ...]
    unscored: tuple[Unscored, ...] = ()

    @cached_property
    def scored(self) -> frozenset[str]:
        return frozenset(number for part in self.parts for number in part.requirements)

    def part_of(self, number: str) -> Part | None:
        return next((part for part in self.parts if number in part.requirements), None)

    def unclaimed(self, claims: Collection[str]) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.claim not in claims)

    @cached_property
    def optional(self) -> frozenset[str]:
        """What a portal may leave unclaimed without being less conformant."""
        return frozenset(number for part in self.parts if part.optional for number in part.requirements)


def load(name: str) -> Profile:
    known = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if name not in known:
        raise WrongOption(f"--profile {name}: there is no such profile; there is {', '.join(known)}.")
    told = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    also = told.get("also")
    other = load(also["profile"]).parts if also else ()
    parts = tuple(_part(row, other) for row in told["part"])
    parts += tuple(_optional(other, parts, also["claims"] if also else {}))
    return Profile(told["name"], told["title_vi"], told["title_en"], parts, _unscored(told.get("unscored", ())))


def _part(row: Any, other: tuple[Part, ...]) -> Part:
    """A row without requirements has those of the other profile's part of that id."""
    named = row.get("requirements") or next(part.requirements for part in other if part.id == row["id"])
    return Part(**{**row, "requirements": tuple(named)})


def _optional(other: tuple[Part, ...], parts: tuple[Part, ...], claims: Mapping[str, str]) -> Iterator[Part]:
    """What the other profile scores and these parts do not: it need not be claimed. `claims`: part -> another claim."""
    own = {number for part in parts for number in part.requirements}
    for part in other:
        if left := tuple(number for number in part.requirements if number not in own):
            yield replace(part, requirements=left, claim=claims.get(part.id, part.claim), optional=True)


def untested() -> tuple[Unscored, ...]:
    return _unscored(tomllib.loads(UNTESTED.read_text(encoding="utf-8"))["untested"])


def _unscored(rows: Any) -> tuple[Unscored, ...]:
    return tuple(Unscored(**{**row, "requirements": tuple(row["requirements"])}) for row in rows)
