"""Decisions of the State Treasury's part: who confirms and sends with which certificate, who is told, what a first password is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from reference_portal import seals
from reference_portal.kbnn.registrations import OWNERS, STATES, Held, Member, Registration

FIRST_PASSWORD_LIFE = timedelta(hours=72)
"""How long a first password waits for its member; the real one's is UNKNOWN."""


def _linked(registration: Registration, link: str, personal_id: str) -> Member | None:
    """Whose unused link it is, if it is that very person who brings it."""
    return next((m for m in registration.members if m.link == link and m.personal_id == personal_id), None)


def _copied(old: Registration, new: Registration) -> Registration:
    """The data, never what was given for them: links, confirmations and the signature are of the old registration."""
    members = tuple(member.declared() for member in old.members)
    return replace(new, unit=old.unit, projects=old.projects, members=members)


def _is_fresh(issued: datetime, now: datetime) -> bool:
    return now - issued < FIRST_PASSWORD_LIFE


@dataclass(frozen=True)
class TreasuryRules:
    state_text: Callable[[int], str] = lambda state: STATES[state]
    code_at_save: bool = True
    linked: Callable[[Registration, str, str], Member | None] = _linked
    confirms: Callable[[Member, Held], bool] = lambda member, held: member.holds(held)
    unconfirmed: Callable[[Registration], tuple[Member, ...]] = lambda r: tuple(m for m in r.members if not m.confirmed)
    may_send: Callable[[Member], bool] = lambda member: member.role in OWNERS
    declared: Callable[[Registration, Member, Held], bool] = lambda _all, member, held: member.holds(held)
    sends_unsigned: Callable[[str], bool] = lambda _error: False
    finish: Callable[[seals.Prepared, bytes], bytes] = seals.finish
    strictness: seals.Strictness = seals.ALL
    kept: Callable[[bytes, bytes], bytes] = lambda signed, _unsigned: signed
    tells: Callable[[str], bool] = lambda _deed: True
    address: Callable[[Registration, str, str], str] = lambda registration, _deed, _declarer: registration.unit["email"]
    listed_refusal: Callable[[Registration], str | None] = lambda registration: registration.refusal
    copied: Callable[[Registration, Registration], Registration] = _copied
    accounts_of: Callable[[Registration], tuple[Member, ...]] = lambda registration: registration.members
    roles: Callable[[Member], tuple[str, ...]] = lambda member: (member.role,)
    first_serves_once: bool = True
    first_must_change: bool = True
    first_is_fresh: Callable[[datetime, datetime], bool] = _is_fresh
