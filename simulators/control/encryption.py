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


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From now on, until the next one; `contract` is whose test it is."""

    certificate: Literal["trusted", "unknown_issuer", "another_host"]
    contract: str


class Shown(msgspec.Struct):
    """`greeted`: how many clients have begun a handshake with it."""

    certificate: str
    greeted: int


class Encryption:
    """Everybody's portal speaks to this listener, so the world must be one portal's alone. Without TLS there is nothing here."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tls = world.tls

    def routes(self) -> tuple[Route, ...]:
        if self._tls is None:
            return ()
        return (
            operation("GET", PATH, "What the login's back channel shows now.", self.get, gives=Shown),
            operation(
                "POST",
                PATH,
                "Let the login's back channel show another certificate.",
                self.post,
                reads="json",
                takes=Wanted,
                gives=Shown,
                errors={409: "the world has another portal's contract"},
            ),
        )

    async def get(self, _request: Request, _given: Any) -> Response:
        assert self._tls is not None, "mounted with TLS alone"
        return answer(Shown(self._tls.shown, self._tls.greeted))

    async def post(self, request: Request, given: Wanted) -> Response:
        assert self._tls is not None, "mounted with TLS alone"
        known = await self._world.store.find(Contract)
        if any(given.contract not in {one.id, one.request.beside} for one in known):
            return refuse(
                409,
                f"contract: the certificate is changed for all portals of this world, and {given.contract!r} is not alone "
                "in it; start a world for this portal.",
            )
        self._tls.show(given.certificate)
        body = {"certificate": given.certificate}
        await self._world.store.note(
            Event(source="control", word="certificate_shown", contract=given.contract, body=body)
        )
        return await self.get(request, None)
