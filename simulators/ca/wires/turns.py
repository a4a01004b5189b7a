"""Packages of turns for tests: what a citizen has left at a CA is set and read at /control; no CA has such an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.ca import turns
from simulators.ca.desk.requests import Desk
from simulators.kernel.plain import operation, refuse
from simulators.kernel.records import Change, Event
from simulators.kernel.wire import Route, answer
from simulators.world import World

MOST = 1_000_000


class Package(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`left`: signing turns of this citizen at this CA; null for a package that does not count."""

    ca: str
    citizen: str
    left: Annotated[int, msgspec.Meta(ge=0, le=MOST)] | None


class Packages:
    """Of every CA of the world."""

    def __init__(self, world: World, desks: Mapping[str, Desk]) -> None:
        self._world = world
        self._desks = desks

    def routes(self) -> tuple[Route, ...]:
        errors = {404: "no such CA, or no such citizen"}
        text = "Give a citizen so many signing turns at a CA from now on; null: they are not counted."
        where = "/control/turns/{ca}/{citizen}"
        told = "The signing turns that a citizen has left at a CA."
        return (
            operation(
                "POST", "/control/turns", text, self.post, reads="json", takes=Package, gives=Package, errors=errors
            ),
            operation("GET", where, told, self.get, gives=Package, errors=errors),
        )

    async def post(self, _request: Request, given: Package) -> Response:
        if unknown := await self._unknown(given.ca, given.citizen):
            return unknown
        key = turns.key(given.ca, given.citizen)
        package = turns.Turns(id=key.id, left=given.left)
        body = {"ca": given.ca, "left": given.left}
        event = Event(source="control", word="turns_set", subject=given.citizen, body=body)
        await self._world.store.change([key], lambda _records, _now: Change((package,), (event,)))
        return answer(given)

    async def get(self, request: Request, _given: None) -> Response:
        ca, citizen = request.path_params["ca"], request.path_params["citizen"]
        if unknown := await self._unknown(ca, citizen):
            return unknown
        package = await self._world.store.get(turns.key(ca, citizen))
        return answer(Package(ca=ca, citizen=citizen, left=package.left if package else None))

    async def _unknown(self, ca: str, citizen: str) -> Response | None:
        if ca not in self._desks:
            return refuse(404, f"ca: there is no CA {ca[:40]!r}; there are {', '.join(sorted(self._desks))}.")
        if await self._world.citizens.get(citizen) is None:
            return refuse(404, f"citizen: there is no {citizen[:40]!r}; POST /control/citizens makes one.")
        return None
