"""Many portals in one process and loop, each on its own socket, sharing one HTTP client and the workers."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import uvicorn
from starlette.applications import Starlette

from reference_portal.app import build
from reference_portal.office import Workers
from reference_portal.parts import Parts
from reference_portal.settings import Settings

_LOOK = 0.005
_CONNECTIONS = httpx.Limits(max_connections=1000, max_keepalive_connections=100)


@dataclass(frozen=True)
class Berth:
    """One portal of the fleet: where it listens, with what settings, made of which parts."""

    listener: socket.socket
    settings: Settings
    parts: Parts


async def serve(berths: Sequence[Berth], *, ready: asyncio.Event, end: asyncio.Event) -> None:
    """Serves all until `end` is set; `ready` is set when every portal answers."""
    async with httpx.AsyncClient(limits=_CONNECTIONS, trust_env=False) as http:
        workers = Workers()
        try:
            servers = [
                _Server(_config(build(berth.settings, berth.parts, http=http, workers=workers))) for berth in berths
            ]
            running = [
                asyncio.create_task(server.serve(sockets=[berth.listener]))
                for server, berth in zip(servers, berths, strict=True)
            ]
            while not all(server.started for server in servers):
                if any(task.done() for task in running):
                    break  # gather below tells why
                await asyncio.sleep(_LOOK)
            else:
                ready.set()
                await end.wait()
            for server in servers:
                server.should_exit = True
            await asyncio.gather(*running)
        finally:
            workers.close()


class _Server(uvicorn.Server):
    """Leaves signals to the process: uvicorn's own handlers serve one server only."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(app, access_log=False, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
