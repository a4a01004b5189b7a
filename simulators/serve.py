"""One world behind one process and one loop: web, mail, deliveries and scripts; ready when it prints its line of JSON."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import uvicorn

from simulators import deaths, mounting, worldfile
from simulators.catalog import BadOverride
from simulators.gathering import Protocol
from simulators.kernel.store import Store
from simulators.listeners import beside
from simulators.mounting import BadWorld
from simulators.running import Ways, at_work, make_world
from simulators.sandbox import BACKLOG, Options, Sandbox, opened
from simulators.world import World

USAGE, OURS = 2, 3
"""Exit codes: a wrong option or world file; our own failure."""


def serve(options: Options) -> int:
    """Until SIGTERM, SIGINT or (when asked) the end of the parent; the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # until the loop has its own: an early end is clean too
    try:
        given = worldfile.read(options.world) if options.world else worldfile.WorldFile()
        with opened(options, given.seed) as sandbox, asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_live(options, sandbox, given))
    except BadWorld as error:
        sys.stderr.write(f"simulators: {error}\n")
        return USAGE
    except BadOverride as error:
        sys.stderr.write(f"simulators: {options.world}: {error}\n")
        return USAGE


class Server(uvicorn.Server):
    """uvicorn whose signals are the loop's, and which says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self.failed = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        yield

    def end(self) -> None:
        self.should_exit = True

    def fail(self) -> None:
        self.failed = True
        self.end()


class Parent(asyncio.Protocol):
    """Standard input, held open by the parent: when it closes, the parent is gone."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_lost(self, _error: Exception | None) -> None:
        self._server.end()


async def _live(options: Options, sandbox: Sandbox, given: worldfile.WorldFile) -> int:
    store = Store(sandbox.folder, passing=deaths.asked_for())
    ways = Ways(
        sandbox.mail_server,
        status=sandbox.beside("status"),
        back=sandbox.beside("back"),
        folder=sandbox.folder,
    )
    world = await make_world(store, sandbox.kept, ways)
    try:
        families = mounting.mount(world, given.overrides, options.only)
        app = mounting.application(world, families)
        server = Server(_config(app, ssl_context_factory=world.tls and world.tls.front), ready=lambda: _announce(world))
        if options.with_parent:
            await _watch_parent(server)
        async with at_work(world, families, sandbox.smtp, server.fail), beside(world, app, _config, sandbox.sides):
            await server.serve(sockets=[sandbox.web])
    finally:
        world.pki.close()
        store.close()
    return OURS if server.failed else 0


async def _watch_parent(server: Server) -> None:
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):  # uvloop would abort the process
        raise BadWorld("--with-parent: standard input is not a pipe; let the parent hold one open.")
    await asyncio.get_running_loop().connect_read_pipe(lambda: Parent(server), sys.stdin)


def _config(app: Any, *, ssl_context_factory: Any = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ssl_context_factory=ssl_context_factory,
        http=Protocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        backlog=BACKLOG,
        server_header=False,
        proxy_headers=False,  # nobody asks who called from where; --public-url is how portals are told
        timeout_graceful_shutdown=0,  # long polls do not hold up the end
        timeout_keep_alive=75,
    )


def _announce(world: World) -> None:
    # What a start makes stays: from here on the collector looks only at what comes after it.
    gc.freeze()
    gc.enable()
    line = {"url": world.url, "key": world.key, "smtp": world.smtp, "nonce": world.nonce, "pid": os.getpid()}
    if world.tls:
        line["root"] = world.tls.root_pem
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
    if sys.stderr.isatty():
        sys.stderr.write(f"MÔ PHỎNG · {world.url}/?key={world.key}\n")


def _loop_factory() -> Any:
    try:
        return importlib.import_module("uvloop").new_event_loop
    except ImportError:  # Windows has none
        return asyncio.new_event_loop
