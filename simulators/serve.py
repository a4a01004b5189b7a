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
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvicorn

from simulators import deaths, mounting, worldfile
from simulators.catalog import BadOverride
from simulators.kernel.citizens import Citizens
from simulators.kernel.courier import Courier
from simulators.kernel.crashes import crashed
from simulators.kernel.entropy import Entropy, fresh_seed
from simulators.kernel.journal import Journal
from simulators.kernel.pki import Pki
from simulators.kernel.store import Store
from simulators.kernel.tls import OWN_HOSTS, Tls
from simulators.listeners import beside
from simulators.mounting import BadWorld
from simulators.sandbox import BACKLOG, Options, Sandbox, opened
from simulators.world import World

USAGE, OURS = 2, 3
"""Exit codes: a wrong option or world file; our own failure."""
Job = Callable[[], Awaitable[None]]


def serve(options: Options) -> int:
    """Until SIGTERM, SIGINT or (when asked) the end of the parent; the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # until the loop has its own: an early end is clean too
    try:
        given = worldfile.read(options.world) if options.world else worldfile.WorldFile()
        with opened(options, given.seed) as sandbox, asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_live(options, sandbox, given))
    except (BadWorld, BadOverride) as error:
        sys.stderr.write(f"simulators: {error}\n")
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


class Parent(asyncio.Protocol):
    """Standard input, held open by the parent: when it closes, the parent is gone."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_lost(self, _error: Exception | None) -> None:
        self._server.end()


async def make_world(store: Store, sandbox: Sandbox) -> World:
    kept = sandbox.kept
    entropy = await Entropy.begin(store, kept.seed)
    pki = Pki(store, entropy, sandbox.beside("status"))
    hosts = dict.fromkeys((urlsplit(kept.url).hostname or "", *OWN_HOSTS))
    tls = await Tls.begin(pki, sandbox.beside("back"), tuple(hosts), sandbox.folder) if kept.tls else None
    return World(
        store=store,
        journal=Journal(store, {}),
        entropy=entropy,
        courier=Courier(store, {}),
        pki=pki,
        citizens=Citizens(store, entropy),
        url=kept.url,
        smtp=sandbox.mail_server,
        key=kept.key,
        nonce=fresh_seed(),
        tls=tls,
    )


async def _live(options: Options, sandbox: Sandbox, given: worldfile.WorldFile) -> int:
    store = Store(sandbox.folder, passing=deaths.asked_for())
    world = await make_world(store, sandbox)
    try:
        families = mounting.mount(world, given.overrides, options.only)
        app = mounting.application(world, families)
        server = Server(_config(app, ssl_context_factory=world.tls and world.tls.front), ready=lambda: _announce(world))
        if options.with_parent:
            await _watch_parent(server)
        jobs = [world.courier.run, *(job for family in families for job in family.background)]
        mail = _mail(world, sandbox.smtp, [family.name for family in families])
        async with mail, beside(world, app, _config, sandbox.sides):
            await _run(world, server, sandbox.web, jobs)
    finally:
        world.pki.close()
        store.close()
    return OURS if server.failed else 0


async def _run(world: World, server: Server, web: socket.socket, jobs: Sequence[Job]) -> None:
    async def watched(job: Job) -> None:
        """A job that fails ends the server: what goes on without its deliveries would only lie."""
        try:
            await job()
        except Exception as error:  # noqa: BLE001  # recorded, told, and the end
            await crashed(world.store, getattr(job, "__qualname__", str(job)), error)
            server.failed = True
            server.end()

    tasks = [asyncio.create_task(watched(job)) for job in jobs]
    try:
        await server.serve(sockets=[web])
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def _mail(world: World, bound: socket.socket, names: Sequence[str]) -> Any:
    if "messages" not in names:
        yield
        return
    # Imported here: a world without messages needs no mail server.
    mail = importlib.import_module("simulators.messages.wires.mail")
    listener = await asyncio.get_running_loop().create_server(mail.protocol(world), sock=bound, backlog=BACKLOG)
    try:
        yield
    finally:
        listener.close()


async def _watch_parent(server: Server) -> None:
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):  # uvloop would abort the process
        raise BadWorld("--with-parent: standard input is not a pipe; let the parent hold one open.")
    await asyncio.get_running_loop().connect_read_pipe(lambda: Parent(server), sys.stdin)


def _config(app: Any, *, ssl_context_factory: Any = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ssl_context_factory=ssl_context_factory,
        http="httptools",
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
