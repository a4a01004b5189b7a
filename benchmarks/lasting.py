"""Start, memory, and what 200,000 rows of the journal change."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.flows import Flow, journalled
from benchmarks.meters import Unit, cpu_seconds, resident_mb
from benchmarks.rounds import Outcome, interleaved
from benchmarks.servers import Simulators, simulators
from benchmarks.signing import ROWS, Signer

TOLD_EVERY = 20_000


@dataclass(frozen=True)
class Start:
    """From the command to the first answer of /control/health, the median of so many starts; memory after it."""

    count: int
    wall: float
    cpu: float
    idle: float


@dataclass(frozen=True)
class Filled:
    """Two worlds in turn, one new and one with so many rows; `rate` is what the second still does of the first's.

    By the CPU time of all blocks together, so that the copying back of the WAL file is in it; in many small pairs, because a
    shared machine changes its speed more often than the two worlds differ.
    """

    rows: int
    before: float
    after: float
    rate: float
    outcome: Outcome

    @property
    def pairs(self) -> int:
        return min(len(one.micros) for one in self.outcome.measured)


async def started(count: int) -> Start:
    walls, cpus, idles = [], [], []
    for _ in range(count):
        began = time.monotonic()
        with TemporaryDirectory() as folder:
            async with simulators(Path(folder), lanes=1) as world:
                (await world.lanes[0].get("/control/health")).demand(200)
                walls.append(time.monotonic() - began)
                cpus.append(cpu_seconds(world.pid))
                idles.append(resident_mb(world.pid))
    return Start(count, statistics.median(walls), statistics.median(cpus), statistics.median(idles))


async def filled(rows: int, unit: Unit, rounds: int, size: int) -> Filled:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        async with simulators(Path(one)) as new, simulators(Path(other)) as old:
            fresh, aged = await _signing(new, size), await _signing(old, size)
            for flow in (fresh, aged):  # the same warm-up
                await flow.block()
            await asyncio.sleep(1)
            before = resident_mb(old.pid)
            await _fill(old, aged, rows)
            after = resident_mb(old.pid)
            for flow, name in ((fresh, "signing, new world"), (aged, f"signing, after {rows:,} rows")):
                flow.name = name
            outcome = await interleaved([fresh, aged], unit, rounds)
    fresh_micros, aged_micros = (sum(one.micros) for one in outcome.measured)
    rate = fresh_micros / aged_micros
    return Filled(rows, before, after, rate, outcome)


async def _signing(world: Simulators, size: int) -> Flow:
    return (await Signer.at(world)).flows(size)[0]


async def _fill(world: Simulators, signing: Flow, rows: int) -> None:
    """By whole signing flows; every row is counted, every signature verified."""
    each = sum(ROWS.values())
    block = replace(signing, size=min(TOLD_EVERY, rows) // each)
    await journalled(world)
    written = 0
    while written < rows:
        await block.block()
        assert block.check
        await block.check(block.done)
        block.done.clear()
        words = await journalled(world)
        assert all(words[word] == block.size for word in ROWS), words
        written += words.total()
        sys.stderr.write(f"{written:,} of {rows:,} rows\n")
