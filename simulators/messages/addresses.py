"""Numbers and addresses in one spelling, and whose they are."""

from __future__ import annotations

import re
from typing import ClassVar

from simulators.kernel.citizens import Citizen
from simulators.kernel.records import Change, Instant, Key, Record, Records
from simulators.kernel.store import Store

NUMBER = re.compile(r"0\d{9,10}")
"""Vietnamese numbers: ten digits, eleven for landlines."""
BETWEEN_DIGITS = str.maketrans("", "", " .-()\u00a0")


class Address(Record, frozen=True, kw_only=True):
    """`id` is a number or an address; several people may share one."""

    KIND: ClassVar[str] = "address"

    citizens: tuple[str, ...]


def normal(to: str) -> str:
    """A number as 0…, an address in small letters."""
    to = to.strip()
    return to.lower() if "@" in to else national(to) or to


def national(to: str) -> str | None:
    """+84 912 345 678, 0084…, 84… and 0912.345.678 are one number: 0912345678; None when it is no number."""
    digits = to.translate(BETWEEN_DIGITS)
    for prefix in ("+84", "0084", "84"):
        if digits.startswith(prefix):
            digits = "0" + digits.removeprefix(prefix).removeprefix("0")
            break
    return digits if digits.isascii() and NUMBER.fullmatch(digits) else None


async def remember(store: Store, citizen: Citizen) -> None:
    """From now on what comes for this number or address is about this citizen."""
    for to in filter(None, (citizen.phone, citizen.email)):
        key = Key(Address, normal(to))

        def decide(records: Records, _now: Instant, key: Key[Address] = key) -> Change:
            address = records[key]
            owners = (*(address.citizens if address else ()), citizen.id)
            return Change(records=(Address(id=key.id, citizens=tuple(dict.fromkeys(owners))),))

        await store.change([key], decide)


async def owner(store: Store, to: str) -> str:
    """The one citizen who has it, or "" when nobody or several have."""
    address = await store.get(Key(Address, to))
    return address.citizens[0] if address and len(address.citizens) == 1 else ""
