"""Citizens at run time, the same person at every provider, and the state of their certificates."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.citizens import Citizen, UnknownField, Unsuited
from simulators.kernel.plain import operation, refuse
from simulators.kernel.wire import Route, answer
from simulators.world import Family, World

MOST_AT_ONCE = 5000
PERSONAL_ID_DIGITS = 12
OF_ONE_PERSON = frozenset({"id", "username", "phone", "email", "techid", "card", "tax_code"})
STATUS = {"suspend": "suspended", "unsuspend": "good", "revoke": "revoked"}


class Made(msgspec.Struct):
    """The people, as every provider now knows them."""

    citizens: list[Citizen]


class CertificateStatus(msgspec.Struct):
    """What OCSP and CRL tell from now on."""

    serial: str
    status: str


class BadCitizen(Exception):
    """Nobody can be made from this; the text names the field and the cure."""


class People:
    """Makes citizens and tells every family of them."""

    def __init__(self, world: World, families: Sequence[Family]) -> None:
        self._world = world
        self._families = families

    def routes(self) -> tuple[Route, ...]:
        return (
            operation(
                "POST",
                "/control/citizens",
                "Make people: count, shared_keys, and any field of a citizen to override.",
                self.post,
                reads="json",
                takes=dict[str, Any],
                gives=Made,
                errors={409: "this personal id is taken"},
            ),
            operation(
                "GET",
                "/control/citizens/{id}",
                "One citizen by personal id.",
                self.get,
                gives=Citizen,
                errors={404: "there is no such citizen"},
            ),
            operation(
                "POST",
                "/control/certificates/{serial}/{change}",
                "Change a certificate from now on: suspend, unsuspend or revoke.",
                self.certificate,
                gives=CertificateStatus,
                errors={404: "no such certificate or change", 409: "revoked stays revoked"},
            ),
        )

    async def post(self, _request: Request, given: dict[str, Any]) -> Response:
        count = given.pop("count", 1)
        try:
            _demand(given, count)
            if (taken := given.get("id")) and await self._world.citizens.get(taken):
                return refuse(
                    409, f"id: a citizen {taken} lives in this world already; take another id or leave it out."
                )
            return answer(Made([await self.make(given) for _ in range(count)]), 201)
        except (BadCitizen, Unsuited) as error:
            return refuse(422, str(error))
        except UnknownField as error:
            known = ", ".join(sorted(Citizen.__struct_fields__))
            return refuse(422, f"A citizen has no field {str(error)!r}; it has: {known}; besides: count.")
        except msgspec.ValidationError as error:
            return refuse(422, f"A citizen cannot be made of this: {error}.")

    async def get(self, request: Request, _given: None) -> Response:
        citizen = await self._world.citizens.get(request.path_params["id"])
        if citizen is None:
            return refuse(404, f"There is no citizen {request.path_params['id']!r}; POST /control/citizens makes one.")
        return answer(citizen)

    async def make(self, overrides: Mapping[str, Any]) -> Citizen:
        await asyncio.sleep(0)  # noqa: TID251  # waits for nothing: lets others in between thousands of people
        citizen = await self._world.citizens.draw(overrides)
        for family in self._families:
            if family.on_citizen:
                await family.on_citizen(citizen)
        return await self._world.citizens.settle(citizen)

    async def certificate(self, request: Request, _given: None) -> Response:
        serial, change = request.path_params["serial"], request.path_params["change"]
        if change not in STATUS:
            return refuse(404, f"{change!r} is not a change of a certificate; use one of: {', '.join(STATUS)}.")
        if await self._world.pki.by_serial(serial) is None:
            return refuse(404, f"There is no certificate with serial {serial!r}; write it in hexadecimal.")
        changed = await self._world.pki.set_status(serial, STATUS[change])
        if changed.status != STATUS[change]:
            return refuse(409, f"Certificate {serial} is revoked and stays so; issue another.")
        return answer(CertificateStatus(changed.id, changed.status))


SHAPES: Mapping[str, tuple[str, str]] = {
    "birth": (r"(19|20)[0-9]{6}", "yyyymmdd"),
    "phone": (r"0[0-9]{9}|", "ten digits that begin with 0, or nothing"),
    "email": (r"[^@\s]+@[^@\s]+|", "name@host, or nothing"),
    "password": (r"(?s).+", "at least one character"),
    "pin": (r"[0-9]{4,12}", "4 to 12 digits"),
    "card": (r"[0-9]{12,19}", "12 to 19 digits"),
    "identity_expires": (r"(19|20)[0-9]{6}|", "yyyymmdd, or nothing for a card without a term"),
}


def _demand(overrides: Mapping[str, Any], count: Any) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_AT_ONCE:
        raise BadCitizen(f"count: {count!r} is not a number from 1 to {MOST_AT_ONCE}.")
    if count > 1 and (single := sorted(OF_ONE_PERSON & set(overrides))):
        raise BadCitizen(f"{single[0]}: {count} people cannot share it; leave it out or make one at a time.")
    for field, (shape, told) in SHAPES.items():
        value = overrides.get(field)
        if isinstance(value, str) and not re.fullmatch(shape, value):
            raise BadCitizen(f"{field}: {value[:60]!r} is not {told}.")
    if overrides.get("sex", 0) not in {0, 1}:
        raise BadCitizen(f"sex: {overrides['sex']!r} is neither 0 nor 1.")
    identity = overrides.get("id", "0" * PERSONAL_ID_DIGITS)
    if not (
        isinstance(identity, str) and identity.isascii() and identity.isdigit() and len(identity) == PERSONAL_ID_DIGITS
    ):
        raise BadCitizen(f"id: {identity!r} is not a personal id; write {PERSONAL_ID_DIGITS} digits as text.")
    if "username" in overrides and overrides["username"] != overrides.get("id"):
        raise BadCitizen("username: people log in with their personal id; leave it out, or give the id.")
    if isinstance(name := overrides.get("name"), str) and not name.strip():
        raise BadCitizen("name: it is blank; leave it out, or write a name.")
