"""Faults with a victim: a declared site, a declared effect, about somebody, so many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from simulators.kernel.records import Event, Key, Record, Records


class Fault(Record, frozen=True, kw_only=True):
    """A later fault at the same place takes the earlier one's. With a contract it befalls that contract's traffic alone:
    two portals of one world may use the same reference.
    """

    KIND: ClassVar[str] = "fault"
    ABOUT: ClassVar[str | None] = "about"

    about: str
    site: str
    effect: str
    times: int = 1
    args: dict[str, Any] = msgspec.field(default_factory=dict)


class Undeclared(Exception):
    """Nobody has this site with this effect: a typing error must not make a check pass."""


@dataclass(frozen=True)
class Taken:
    """What a decision found planned: `effect` is "" when nothing was."""

    effect: str
    args: Mapping[str, Any]
    records: tuple[Record, ...]
    events: tuple[Event, ...]


NOTHING = Taken("", {}, (), ())


def place(site: str, about: str, contract: str = "") -> str:
    """The fault's id: site/about, and @contract where it is narrowed to one."""
    return f"{site}/{about}@{contract}" if contract else f"{site}/{about}"


def keys(site: str, abouts: Iterable[str], contract: str) -> list[Key[Fault]]:
    """What a decision must be handed to see the faults of a site about these victims; the narrower comes first."""
    narrowed = ("",) if not contract else (contract, "")
    return [Key(Fault, place(site, about, one)) for about in abouts if about for one in narrowed]


def planned(records: Records, site: str, abouts: Iterable[str], contract: str) -> list[Fault]:
    """Those of a site that a decision was handed, the narrower first; most decisions are handed none."""
    return records.get_all(keys(site, abouts, contract)) if records.holds(Fault) else []


def take(records: Records, site: str, abouts: Iterable[str], *, ref: str = "", contract: str = "") -> Taken:
    """Use up one of the first fault that is planned; its use is journalled, so that what follows is known as injected."""
    for fault in planned(records, site, abouts, contract):
        if fault.times > 0:
            used = Event(
                source="control",
                word="fault_used",
                ref=ref,
                contract=contract,
                body={"site": site, "effect": fault.effect, "about": fault.about},
            )
            return Taken(fault.effect, fault.args, (msgspec.structs.replace(fault, times=fault.times - 1),), (used,))
    return NOTHING
