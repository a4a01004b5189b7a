"""Which kills, drawn from a seed: each step of a change once, in between at random; and what each of them showed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

STEPS = ("read", "decided", "begun", "saved", "removed", "journalled", "committed", "rung")
"""Of the simulators' store, in their order; a process that is told another refuses to start."""
AT_RANDOM = "at random"
SIMULATORS, PORTAL, BOTH = "simulators", "portal", "both"
MOST_PASSINGS = 12
"""After more of them, most of what was under way would be answered already."""
LONGEST_DELAY = 0.4
FLYING, DUE = 20, 50
"""What must be under way, or the kill shows nothing."""


@dataclass(frozen=True)
class Kill:
    """`where` is a step of a change, passed `passings` times, or at random, `delay` seconds after all is under way."""

    number: int
    victim: str
    where: str
    passings: int = 0
    delay: float = 0.0

    @property
    def die_at(self) -> str:
        return "" if self.where == AT_RANDOM else f"{self.where}:{self.passings}"


@dataclass
class Shown:
    """One row of the table; `wrong` has a sentence for each thing that did not hold."""

    kill: Kill
    flying: int = 0
    due: int = 0
    unheard: int = 0
    acknowledged: int = 0
    lost: int = 0
    undelivered: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.wrong and self.flying >= FLYING and self.due >= DUE


def planned(count: int, seed: str) -> list[Kill]:
    """Turn by turn at random (both, portal, simulators) and at a step, until the steps are used up."""
    chance = random.Random(seed)  # noqa: S311  # a plan that the seed repeats
    steps = list(STEPS)
    chance.shuffle(steps)
    kills: list[Kill] = []
    victims = [BOTH, PORTAL, SIMULATORS]
    for number in range(1, count + 1):
        if steps and number % 2 == 0:
            kills.append(Kill(number, SIMULATORS, steps.pop(), passings=chance.randint(1, MOST_PASSINGS)))
        else:
            victims.append(victim := victims.pop(0))
            kills.append(Kill(number, victim, AT_RANDOM, delay=chance.uniform(0.0, LONGEST_DELAY)))
    return kills


HEAD = ("kill", "victim", "where", "in flight", "due", "answers lost", "acknowledged", "lost", "undelivered", "back in")


def table(rows: Sequence[Shown]) -> Iterator[str]:
    """For people, as Markdown."""
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for row in rows:
        yield line(row)


def line(row: Shown) -> str:
    where = row.kill.where if row.kill.where == AT_RANDOM else f"{row.kill.where} ({row.kill.passings}.)"
    counts = (row.flying, row.due, row.unheard, row.acknowledged, row.lost, row.undelivered)
    cells = (row.kill.number, row.kill.victim, where, *counts, f"{row.seconds:.1f} s")
    return "| " + " | ".join(map(str, cells)) + " |"
