"""What the login's back channel shows as its certificate: for one test alone in a world of its own."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.contracts import Contract
from simulators.kernel.plain import operation, refuse
from simulators.kernel.records import Event
from simulators.kernel.wire import Route, answer
from simulators.world import World

PATH = "/control/tls"
WITHOUT = "This world speaks no TLS; start it with serve --tls."


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From now on, until the next one; `contract` is whose test it is."""

    certificate: Literal["trusted", "unknown_issuer", "another_host"]
    contract: str


class Shown(msgspec.Struct):
    """`greeted`: how many clients have begun a handshake with it."""

    certificate: str
    greeted: int


class Encryption:
    """Everybody's portal speaks to this listener, so the world must be one portal's alone."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> tuple[Route, ...]:
        errors = {409: "the world speaks no TLS, or has more than this one contract"}
        return (
            operation("GET", PATH, "What the login's back channel shows now.", self.get, gives=Shown, errors=errors),
            operation(
                "POST",
                PATH,
                "Let the login's back channel show another certificate.",
                self.post,
                reads="json",
                takes=Wanted,
                gives=Shown,
                errors=errors,
            ),
        )

    async def get(self, _request: Request, _given: Any) -> Response:
        tls = self._world.tls
        return answer(Shown(tls.shown, tls.greeted)) if tls else refuse(409, WITHOUT)

    async def post(self, _request: Request, given: Wanted) -> Response:
        tls = self._world.tls
        if tls is None:
            return refuse(409, WITHOUT)
        known = await self._world.store.find(Contract)
        if any(given.contract not in {one.id, one.request.beside} for one in known):
            return refuse(
                409,
                f"contract: the certificate is changed for all portals of this world, and {given.contract!r} is not alone "
                "in it; start a world for this portal.",
            )
        tls.show(given.certificate)
        body = {"certificate": given.certificate}
        await self._world.store.note(
            Event(source="control", word="certificate_shown", contract=given.contract, body=body)
        )
        return answer(Shown(tls.shown, tls.greeted))
