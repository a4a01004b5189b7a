"""What is measured: a flow is one thing done from beginning to end, a block is some of them on all lanes at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.client import Connection
from benchmarks.servers import Simulators

PAGE = 1_000
"""Rows of the journal at once: more would measure the memory of the question."""


@dataclass
class Flow:
    """`one(lane, number)` does it once and raises when an answer is not as it must be; `check` looks again afterwards.

    `limit` is in raw signatures (at most), `rate` the least share of the raw rate of its `signatures`; `journal` is what one
    flow must leave there, no row more or less.
    """

    name: str
    does: str
    pids: tuple[int, ...]
    lanes: Sequence[Connection]
    one: Callable[[Connection, int], Awaitable[Any]]
    size: int
    limit: float | None = None
    rate: float | None = None
    deliveries: int = 0
    signatures: int = 0
    journal: Counter[str] = field(default_factory=Counter)
    world: Simulators | None = None
    check: Callable[[Sequence[Any]], Awaitable[None]] | None = None
    warm_up: int = 2
    done: list[Any] = field(default_factory=list)
    finished: Callable[[], Awaitable[None]] | None = None
    """Waits, inside the measured block, for what the server still has to do."""

    async def block(self) -> int:
        """How many were done."""
        queue = iter(range(self.size))

        async def along(lane: Connection, number: int) -> None:
            for _ in queue:
                self.done.append(await self.one(lane, number))

        async with asyncio.TaskGroup() as tasks:
            for number, lane in enumerate(self.lanes):
                tasks.create_task(along(lane, number))
        if self.finished:
            await self.finished()
        return self.size

    @property
    def asked(self) -> int:
        return sum(lane.asked for lane in self.lanes)


async def journalled(world: Simulators | None) -> Counter[str]:
    """What was written since this was asked last: how often each word."""
    words: Counter[str] = Counter()
    while world and (rows := (await world.control("GET", f"/control/journal?after={world.row}&limit={PAGE}"))["rows"]):
        words.update(row["word"] for row in rows)
        world.row = rows[-1]["seq"]
    return words
