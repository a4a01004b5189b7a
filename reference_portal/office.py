"""What every act of the portal needs in its hands: settings, parts, books, client, workers, bells and tasks."""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, TypeVar

import httpx

from reference_portal.books import Books, Change
from reference_portal.parts import Parts
from reference_portal.settings import Settings

T = TypeVar("T")

VIETNAM = timezone(timedelta(hours=7))
WORKERS = 2


def server_clock() -> datetime:
    return datetime.now(VIETNAM)


def _end_with_portal() -> None:
    """A worker waits for work for ever, also when the portal was killed: without this it would outlive it."""
    portal = multiprocessing.parent_process()
    assert portal is not None, "workers are children"

    def watch() -> None:
        portal.join()
        os._exit(1)

    threading.Thread(target=watch, name="portal", daemon=True).start()


class Workers:
    """Processes for PDF work, made at the first need and shared by all portals of this process."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, function: Callable[..., T], *args: Any, **named: Any) -> T:
        if self._pool is None:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(
                ["reference_portal.seals", "reference_portal.papers", "reference_portal.word"]
            )
            self._pool = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_end_with_portal)
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(function, *args, **named))

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


class Bells:
    """Who waits for something to be decided is woken by its name."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Event] = {}

    def ring(self, name: str) -> None:
        if event := self._waiting.pop(name, None):
            event.set()

    async def wait(self, name: str, seconds: float) -> None:
        event = self._waiting.setdefault(name, asyncio.Event())
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return


class Tasks:
    """What goes on after the answer was given; ended with the portal."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def end(self) -> None:
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@dataclass(frozen=True)
class Office:
    settings: Settings
    parts: Parts
    books: Books
    http: httpx.AsyncClient
    workers: Workers
    bells: Bells = field(default_factory=Bells)
    tasks: Tasks = field(default_factory=Tasks)
    clock: Callable[[], datetime] = server_clock

    async def change(self, decide: Callable[[Change], T]) -> T:
        return await self.parts.discipline(self.books, decide)

    def now(self) -> datetime:
        """The server's time in UTC+7; the client's time is nobody's business."""
        return self.clock().astimezone(VIETNAM)
