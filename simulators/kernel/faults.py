"""Faults with a victim: a declared site, a declared effect with declared args, about somebody, so many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from simulators.kernel import bounds
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


class Args(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an effect takes: none here; one that takes some declares a type of its own, each with a default."""


Effects = Mapping[str, type[Args]]
"""Of one site: effect -> its args. What nobody declares is refused: a typing error must not make a check pass."""


class BadArgs(Exception):
    """Args that this effect does not take; the text names the arg, what is allowed and the cure."""


def plain(*effects: str) -> Effects:
    """Effects that take no args."""
    return dict.fromkeys(effects, Args)


def args_of(effects: Effects) -> dict[str, dict[str, str]]:
    """Effect -> arg -> what is allowed, in words; without the effects that take none."""
    told = {
        effect: {name: bounds.allowed(type_) for name, type_ in bounds.fields_of(args).items()}
        for effect, args in effects.items()
    }
    return {effect: args for effect, args in told.items() if args}


def demand(effect: str, args: type[Args], given: Mapping[str, Any]) -> None:
    """Before a fault is planted: BadArgs unless the effect takes these args."""
    types = bounds.fields_of(args)
    takes = "; ".join(f"{name}: {bounds.allowed(type_)}" for name, type_ in types.items())
    for name, value in given.items():
        if name not in types:
            cure = f"it takes {takes}" if types else "it takes none, leave args out"
            raise BadArgs(f"args: {effect} has no arg {name[:40]!r}; {cure}.")
        try:
            bounds.fitting(value, types[name])
        except bounds.Unfit as error:
            raise BadArgs(f"args.{name} of {effect} {error}; or leave it out.") from error


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


def take(records: Records, site: str, abouts: Iterable[str], *, ref: str = "", contract: str = "") -> Taken:
    """Use up one of the first fault that is planned; its use is journalled, so that what follows is known as injected."""
    if not records.holds(Fault):  # as most decisions
        return NOTHING
    for fault in records.get_all(keys(site, abouts, contract)):
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
