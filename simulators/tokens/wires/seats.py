"""Where the plugin listens: a citizen is seated at a port of the loopback, with a TLS certificate of the world's root."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from aiohttp import WSMsgType, web
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.citizens import Citizen
from simulators.kernel.plain import operation, refuse
from simulators.kernel.records import Key
from simulators.kernel.wire import Route, answer
from simulators.tokens.wires.agent import LONGEST_ORIGIN
from simulators.tokens.wires.vnpt_plugin import Plugin, Seat
from simulators.world import World

LOOPBACK = "127.0.0.1"
LARGEST_FRAME = 8 * 1024 * 1024
MOST_SEATS = 100
PATIENCE = 1.0
"""Seconds that open frames have when a port is closed."""


class Seating(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Port 0 takes a free one; the vendor's script looks at 4433, then 4434, then 4435. `silent`: another program has the
    port, which takes connections and says nothing."""

    citizen: str
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 0
    silent: bool = False


class Seated(msgspec.Struct):
    """Where pages find it until it is closed or the lab ends."""

    citizen: str
    port: int
    url: str


@dataclass(frozen=True)
class _Listener:
    listening: asyncio.Server
    server: web.Server

    async def close(self) -> None:
        self.listening.close()
        await self.server.shutdown(PATIENCE)


class Seats:
    """Behind the run key; in memory alone: a computer that is switched off has no plugin."""

    def __init__(self, world: World, plugin: Plugin) -> None:
        self._world = world
        self._plugin = plugin
        self._open: dict[int, _Listener] = {}

    def routes(self) -> tuple[Route, ...]:
        errors = {404: "there is no such citizen", 409: "the lab does not speak TLS, or the port is taken"}
        closing = {404: "nobody sits at this port"}
        return (
            operation(
                "POST",
                "/control/plugins",
                "Seat a citizen at a port where VNPT-CA Plugin listens.",
                self.seat,
                reads="json",
                takes=Seating,
                gives=Seated,
                errors=errors,
            ),
            operation(
                "POST",
                "/control/plugins/{port}/close",
                "The plugin ends: its port is free.",
                self.close,
                errors=closing,
            ),
        )

    async def seat(self, _request: Request, given: Seating) -> Response:
        if await self._world.store.get(Key(Citizen, given.citizen)) is None:
            return refuse(
                404, f"citizen: there is no citizen {given.citizen[:40]!r}; POST /control/citizens makes one."
            )
        if self._world.tls is None:
            return refuse(409, "The plugin speaks TLS alone: start this lab with --tls.")
        if len(self._open) >= MOST_SEATS:
            return refuse(409, f"{MOST_SEATS} plugins listen already; close one.")
        seat = Seat(given.citizen, given.port)
        server = web.Server(self._handle(seat, silent=given.silent), access_log=None)
        loop, tls = asyncio.get_running_loop(), self._world.tls.front()
        try:
            listening = await loop.create_server(server, LOOPBACK, given.port, ssl=tls)
        except OSError as error:
            return refuse(
                409, f"port: {given.port} cannot be bound ({error.strerror}); end what listens there or give 0."
            )
        seat.port = int(listening.sockets[0].getsockname()[1])
        self._open[seat.port] = _Listener(listening, server)
        return answer(Seated(seat.citizen, seat.port, f"wss://localhost:{seat.port}{self._plugin.spec.path}"), 201)

    async def close(self, request: Request, _given: None) -> Response:
        port = request.path_params["port"]
        listener = self._open.pop(int(port), None) if port.isascii() and port.isdigit() else None
        if listener is None:
            return refuse(404, f"Nobody sits at port {port[:10]!r}; POST /control/plugins seats a citizen.")
        await listener.close()
        return answer({})

    async def until_the_end(self) -> None:
        """Closes every port when the lab ends."""
        try:
            await asyncio.Event().wait()
        finally:
            for listener in self._open.values():
                await listener.close()

    def _handle(self, seat: Seat, *, silent: bool) -> Any:
        async def handled(request: web.BaseRequest) -> web.StreamResponse:
            if silent:
                await asyncio.Event().wait()
            if request.path != self._plugin.spec.path or request.headers.get("Upgrade", "").lower() != "websocket":
                return web.Response(status=404, text="VNPT-CA Plugin (MO PHONG)\n")
            socket = web.WebSocketResponse(
                max_msg_size=LARGEST_FRAME + 1
            )  # aiohttp refuses what is as long as its limit
            await socket.prepare(request)
            origin = request.headers.get("Origin", "")[:LONGEST_ORIGIN]
            async for message in socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                    await socket.send_str(await self._plugin.answer(seat, message.data, origin))
            return socket

        return handled
