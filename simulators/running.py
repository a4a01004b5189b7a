"""A world at work: made from what is kept of it, then its deliveries, scripts and mail until the end."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulators.kernel.citizens import Citizens
from simulators.kernel.courier import Courier, Road, over_http
from simulators.kernel.crashes import crashed
from simulators.kernel.entropy import Entropy, fresh_seed
from simulators.kernel.journal import Journal
from simulators.kernel.pki import Pki
from simulators.kernel.store import Store
from simulators.sandbox import BACKLOG, Kept
from simulators.world import Family, World

Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Ways:
    """Where the world's mail server listens, how its callbacks travel, and the URLs of providers with hosts of their own."""

    smtp: tuple[str, int]
    road: Road = over_http
    addresses: tuple[tuple[str, str], ...] = ()


async def make_world(store: Store, kept: Kept, ways: Ways) -> World:
    entropy = await Entropy.begin(store, kept.seed)
    return World(
        store=store,
        journal=Journal(store, {}),
        entropy=entropy,
        courier=Courier(store, {}, ways.road),
        pki=Pki(store, entropy, kept.url),
        citizens=Citizens(store, entropy),
        url=kept.url,
        smtp=ways.smtp,
        key=kept.key,
        nonce=fresh_seed(),
        addresses=dict(ways.addresses),
    )


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
