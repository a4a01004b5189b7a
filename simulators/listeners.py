"""The further listeners of a world that speaks TLS: the login's back channel, and certificate status over plain http."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from simulators.world import World

STATUS = "/pki/"


class Side(uvicorn.Server):
    """A server beside the one that has the signals; `listening` is set when it does."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def hang_up(self) -> None:
        """End the connections that are kept; one that is being answered ends with its answer."""
        for connection in tuple(self.server_state.connections):
            connection.shutdown()


@contextlib.asynccontextmanager
async def beside(
    world: World, app: ASGIApp, config: Callable[..., uvicorn.Config], sockets: dict[str, socket.socket]
) -> AsyncIterator[None]:
    """Serves as long as the block lasts; nothing without TLS. `config` makes one of an application and options."""
    if world.tls is None:
        yield
        return
    back = Side(config(app, ssl_context_factory=world.tls.back))
    status = Side(config(_status_alone(app)))
    world.tls.when_changed(back.hang_up)
    sides = {"back": back, "status": status}
    running = [asyncio.create_task(side.serve(sockets=[sockets[name]])) for name, side in sides.items()]
    try:
        await asyncio.gather(*(side.listening.wait() for side in sides.values()))
        yield
    finally:
        for side in sides.values():
            side.should_exit = True
        await asyncio.gather(*running)


def _status_alone(app: ASGIApp) -> ASGIApp:
    """OCSP, CRLs and timestamps: a client may not need TLS to ask whether a certificate is good (RFC 5280, 8)."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(STATUS):
            refusal: Any = PlainTextResponse("Certificate status alone is served here; the rest speaks https.\n", 404)
            await refusal(scope, receive, send)
            return
        await app(scope, receive, send)

    return served
