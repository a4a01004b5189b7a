"""Many portals in one process and loop, each on its own socket, sharing HTTP client and workers."""

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
    async with contextlib.AsyncExitStack() as stack:
        workers = Workers()
        try:
            servers = [
                _Server(_config(build(berth.settings, berth.parts, http=http, workers=workers)))
                for berth, http in zip(berths, await _clients(berths, stack), strict=True)
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


async def _clients(berths: Sequence[Berth], stack: contextlib.AsyncExitStack) -> list[httpx.AsyncClient]:
    """For each berth; those that trust the same roots in the same way share one."""
    made: dict[object, httpx.AsyncClient] = {}
    for berth in berths:
        trust, roots = berth.parts.trust, berth.settings.roots
        if (trust, roots) not in made:
            client = httpx.AsyncClient(limits=_CONNECTIONS, trust_env=False, verify=trust(roots))
            made[trust, roots] = await stack.enter_async_context(client)
    return [made[berth.parts.trust, berth.settings.roots] for berth in berths]


class _Server(uvicorn.Server):
    """Leaves signals to the process: uvicorn's own handlers serve one server only."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(app, access_log=False, log_level="warning", lifespan="on", timeout_graceful_shutdown=1)
