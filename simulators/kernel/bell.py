"""How who waits for a change hears of it: a long poll, the courier, a script; rung by the store after each commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from simulators.kernel.clock import Clock
from simulators.kernel.records import Record

T = TypeVar("T")


class Bell:
    """Rung after each commit; whoever waits looks again. Who names kinds of records is woken for changes of these alone."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, frozenset[str]] = {}

    def ring(self, kinds: frozenset[str] | None = None) -> None:
        """`kinds` are those that changed; None wakes everybody, and so does the clock, by which things become due."""
        all_of_them = kinds is None or Clock.KIND in kinds
        for event, wanted in self._waiting.items():
            if all_of_them or not wanted or (kinds and wanted & kinds):
                event.set()

    async def wait(self, seconds: float, *kinds: type[Record]) -> bool:
        """True when it rang, False when the time was over."""
        event = asyncio.Event()
        self._waiting[event] = frozenset(kind.KIND for kind in kinds)
        try:
            # Python 3.11's wait_for can swallow a cancellation that meets the ring.
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        else:
            return True
        finally:
            del self._waiting[event]

    async def until(self, look: Callable[[], Awaitable[T]], enough: Callable[[T], bool], seconds: float) -> T:
        """What `look` finds as soon as it is enough, or what there is when the time is over (a long poll)."""
        if enough(found := await look()) or seconds <= 0:
            return found
        event = asyncio.Event()
        self._waiting[event] = frozenset()
        try:
            async with asyncio.timeout(seconds):
                while not enough(found := await look()):
                    await event.wait()
                    event.clear()
                return found
        except TimeoutError:
            return await look()
        finally:
            del self._waiting[event]
