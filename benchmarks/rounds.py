"""Interleaved rounds: each block stands between two blocks of the raw signature, and what is kept is their ratio."""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.client import Wrong
from benchmarks.flows import Flow, journalled
from benchmarks.meters import Unit, cpu_seconds

ROUNDS = 15
RAW_BLOCK = 60
SETTLE = 0.05
"""Seconds in which connections that a server closed meanwhile are noticed."""


@dataclass
class Measured:
    """Of one flow, over all rounds; `ratios` are in raw signatures."""

    flow: Flow
    ratios: list[float] = field(default_factory=list)
    micros: list[float] = field(default_factory=list)
    count: int = 0
    asked: int = 0
    journal: Counter[str] = field(default_factory=Counter)

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles."""
        if len(self.ratios) < 2:
            return self.ratios[0], self.ratios[0]
        low, _, high = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return low, high

    @property
    def microseconds(self) -> float:
        return statistics.median(self.micros)


@dataclass(frozen=True)
class Outcome:
    """What a run of rounds gave; `raw` in microseconds."""

    raw: float
    measured: tuple[Measured, ...]

    def of(self, name: str) -> Measured | None:
        return next((one for one in self.measured if one.flow.name == name), None)


async def interleaved(flows: Sequence[Flow], unit: Unit, rounds: int) -> Outcome:
    """`rounds` of every flow in turn; the blocks before them load keys, templates and compilers and are not counted."""
    measured = [Measured(flow) for flow in flows]
    for flow in flows:
        for _ in range(flow.warm_up):
            await _block(Measured(flow), unit, 0.0)
    raws = [unit.seconds(RAW_BLOCK)]
    for number in range(rounds):
        # Turned round at each round: what a machine does every few seconds meets none of two neighbours more often.
        for one in measured if number % 2 == 0 else reversed(measured):
            raws.append(await _block(one, unit, raws[-1]))
        told = ", ".join(f"{one.flow.name} {one.ratios[-1]:.2f}" for one in measured)
        sys.stderr.write(f"round {number + 1} of {rounds}: {told}\n")
    return Outcome(statistics.median(raws) * 1e6, tuple(measured))


async def _block(one: Measured, unit: Unit, before: float) -> float:
    """One block and the raw signatures after it; what was done and what was journalled is verified outside of the clock."""
    flow = one.flow
    await asyncio.sleep(SETTLE)
    await journalled(flow.world)  # what others wrote before
    asked = flow.asked
    flow.done.clear()
    clock = sum(map(cpu_seconds, flow.pids))
    count = await flow.block()
    spent = sum(map(cpu_seconds, flow.pids)) - clock
    one.asked += flow.asked - asked
    one.count += count
    if flow.check:
        await flow.check(flow.done)
    await _demand_journal(one, count)
    after = unit.seconds(RAW_BLOCK)
    raw = (before + after) / 2 if before else after
    one.ratios.append(spent / count / raw)
    one.micros.append(spent / count * 1e6)
    return after


async def _demand_journal(one: Measured, count: int) -> None:
    """Exactly the rows that the flow names, for each that was done."""
    words = await journalled(one.flow.world)
    expected = Counter({word: many * count for word, many in one.flow.journal.items()})
    if words != expected:
        raise Wrong(f"{one.flow.name}: {count} were done, the journal has {dict(words)}, due are {dict(expected)}")
    one.journal += words
