"""A citizen's SIM that signs: its PIN is the citizen's, its wrong tries are counted whoever asks for it."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from simulators.kernel.records import Record


class Sim(Record, frozen=True, kw_only=True):
    """`id` is the citizen's personal id."""

    KIND: ClassVar[str] = "sim"

    wrong: int = 0


def tried(sim: Sim, *, right: bool, limit: int) -> tuple[Sim, int]:
    """The count after one try, and the tries that are left: none, and the PIN is blocked, also for the right one."""
    if sim.wrong >= limit:
        return sim, 0
    counted = replace(sim, wrong=0 if right else sim.wrong + 1)
    return counted, limit - counted.wrong
