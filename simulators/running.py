"""A world at work: made from what is kept of it, then its deliveries, scripts and mail until the end."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from simulators.kernel.citizens import Citizens
from simulators.kernel.courier import Courier, Road, over_http
from simulators.kernel.crashes import crashed
from simulators.kernel.entropy import Entropy, fresh_seed
from simulators.kernel.journal import Journal
from simulators.kernel.pki import Pki
from simulators.kernel.store import Store
from simulators.kernel.tls import OWN_HOSTS, Tls
from simulators.sandbox import BACKLOG, Kept
from simulators.world import Family, World

Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Ways:
    """Where the world's mail server listens, how its callbacks travel, the URLs of providers with hosts of their own;
    with TLS where certificate status and the login's back channel are, and the folder of its certificates."""

    smtp: tuple[str, int]
    road: Road = over_http
    addresses: tuple[tuple[str, str], ...] = ()
    status: str = ""
    back: str = ""
    folder: Path | None = None


async def make_world(store: Store, kept: Kept, ways: Ways) -> World:
    entropy = await Entropy.begin(store, kept.seed)
    pki = Pki(store, entropy, ways.status or kept.url)
    return World(
        store=store,
        journal=Journal(store, {}),
        entropy=entropy,
        courier=Courier(store, {}, ways.road),
        pki=pki,
        citizens=Citizens(store, entropy),
        url=kept.url,
        smtp=ways.smtp,
        key=kept.key,
        nonce=fresh_seed(),
        tls=await _tls(pki, kept, ways),
        addresses=dict(ways.addresses),
    )


async def _tls(pki: Pki, kept: Kept, ways: Ways) -> Tls | None:
    if not kept.tls:
        return None
    assert ways.folder is not None, "a world with TLS has a folder for its certificates"
    hosts = dict.fromkeys((urlsplit(kept.url).hostname or "", *OWN_HOSTS))
    return await Tls.begin(pki, ways.back, tuple(hosts), ways.folder)


@contextlib.asynccontextmanager
async def at_work(
    world: World, families: Sequence[Family], mail: socket.socket, failed: Callable[[], None]
) -> AsyncIterator[None]:
    """Deliveries, scripts and mail as long as the block; `failed` is called when one of them ends by an error."""
    jobs: list[Job] = [world.courier.run, *(job for family in families for job in family.background)]

    async def watched(job: Job) -> None:
        """A job that fails ends the server: what goes on without its deliveries would only lie."""
        try:
            await job()
        except Exception as error:  # noqa: BLE001  # recorded, told, and the end
            await crashed(world.store, getattr(job, "__qualname__", str(job)), error)
            failed()

    async with _mail(world, mail, [family.name for family in families]):
        tasks = [asyncio.create_task(watched(job)) for job in jobs]
        try:
            yield
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
