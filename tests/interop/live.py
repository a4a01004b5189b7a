"""The simulators behind a real socket in a thread, for foreign programs that speak HTTP themselves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from tests.places import made
from tests.worlds import BEARER


@dataclass(frozen=True)
class Live:
    """Reached like any server: `http` has the run key for /control and /phone."""

    url: str
    http: httpx.Client

    def post(self, path: str, body: Any = None) -> Any:
        reply = self.http.post(path, json=body)
        assert reply.is_success, reply.text
        return reply.json()

    def approve(self, citizen: dict[str, Any]) -> None:
        """The citizen's phone: the only prompt, the right PIN."""
        (prompt,) = self.http.get(f"/phone/api/{citizen['id']}/prompts").json()["prompts"]
        self.post(f"/phone/api/{citizen['id']}/prompts/{prompt['id']}", {"choice": "approve", "secret": citizen["pin"]})


@contextlib.contextmanager
def live(*families: str) -> Iterator[Live]:
    bound = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    async def serve() -> None:
        async with made(*families, url=url) as place:
            server = uvicorn.Server(uvicorn.Config(place.app, lifespan="off", ws="none", log_level="critical"))
            servers.append(server)
            ready.set()
            await server.serve(sockets=[bound])

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    try:
        with httpx.Client(base_url=url, headers=BEARER, timeout=20, trust_env=False) as http:
            yield Live(url, http)
    finally:
        servers[0].should_exit = True
        thread.join(10)
        bound.close()
