"""The same person in login, CAs, bank and inbox: made from a seed, unique in the world, real to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from simulators.kernel.entropy import Entropy
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.store import Store


class Citizen(Record, frozen=True, kw_only=True):
    """`id` is the personal identification number (12 digits). `shared_keys` marks people made in bulk for load.

    `identity_expires` is the identity card's last day (yyyymmdd), empty where it has no term. `not_enrolled` names the CAs at
    which they hold no certificate until they enrol there; everywhere else they are subscribers already.
    """

    KIND: ClassVar[str] = "citizen"
    ABOUT: ClassVar[str | None] = "phone"

    name: str
    birth: str
    sex: int
    phone: str | None
    email: str | None
    address: str
    username: str
    password: str
    techid: str
    pin: str
    card: str
    card_holder: str
    card_date: str
    card_otp: str
    tax_code: str
    shared_keys: bool = False
    identity_expires: str = ""
    not_enrolled: tuple[str, ...] = ()


class Count(Record, frozen=True, kw_only=True):
    """How many citizens this world has made."""

    KIND: ClassVar[str] = "citizens"

    id: str = "world"
    made: int = 0


class UnknownField(Exception):
    """An override names a field that a citizen does not have."""


class Unsuited(Exception):
    """A family cannot take this person in; the text names the field and the cure."""


class Citizens:
    """Makes people; the same seed makes the same people in the same order."""

    def __init__(self, store: Store, entropy: Entropy) -> None:
        self._store = store
        self._entropy = entropy

    async def make(self, overrides: Mapping[str, Any] | None = None) -> Citizen:
        return await self.settle(await self.draw(overrides))

    async def draw(self, overrides: Mapping[str, Any] | None = None) -> Citizen:
        """A person who does not live here yet: whoever must know of them is told first, then they settle."""
        overrides = overrides or {}
        if unknown := sorted(set(overrides) - set(Citizen.__struct_fields__)):
            raise UnknownField(unknown[0])

        def one_more(records: Records, _now: Instant) -> Change:
            number = (records[Key(Count, "world")] or Count()).made + 1
            # Who cannot be made of these overrides is not counted: the conversion refuses before anything is saved.
            person = msgspec.convert(_completed(_person(self._entropy.seed, number), overrides), Citizen)
            return Change(records=(Count(made=number),), result=person)

        return (await self._store.change([Key(Count, "world")], one_more)).result  # type: ignore[no-any-return]  # set above

    async def settle(self, citizen: Citizen) -> Citizen:
        made = Event(
            source="control", word="citizen_made", subject=citizen.id, body={"shared_keys": citizen.shared_keys}
        )
        key = Key(Citizen, citizen.id)
        await self._store.change([key], lambda _records, _now: Change(records=(citizen,), events=(made,)))
        return citizen

    async def get(self, personal_id: str) -> Citizen | None:
        return await self._store.get(Key(Citizen, personal_id))


def _completed(person: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from an overridden field (username from id, card holder from name) follows it."""
    changed = person | dict(overrides)
    follows = {"username": changed["id"], "card_holder": changed["name"]}
    return changed | follows | dict(overrides)


def _person(seed: str, number: int) -> dict[str, Any]:
    # Imported when the first one is made: names of all the world take longer to load than all the rest of a start.
    from simulators.kernel import people  # noqa: PLC0415

    return people.person(seed, number)
