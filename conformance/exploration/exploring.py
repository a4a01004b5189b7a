"""One exploration: walks until something is found, then the shortest walk that still finds it."""

import time
from collections.abc import Callable, Sequence

from conformance.exploration.course import Search
from conformance.exploration.finding import Finding
from conformance.exploration.machine import search
from conformance.exploration.shrinking import shrunk
from conformance.exploration.stage import Stage
from conformance.exploration.steps import Step
from conformance.exploration.story import Story
from conformance.exploration.trial import tried

SHRINKING_SECONDS = 20.0


def explore(stage: Stage, asked: Search, tell: Callable[[int], None]) -> Story | None:
    """None when no walk found anything; `tell` is told the number of each walk that begins."""
    numbers: list[int] = []

    def counted(number: int) -> None:
        numbers.append(number)
        tell(number)

    found = search(stage, asked, counted)
    if found is None:
        return None
    return _shortest(stage, Story(found.taken, found.finding, len(found.taken), numbers[-1], stands=False))


def _shortest(stage: Stage, first: Story) -> Story:
    """The same finding at the end of fewer steps; as it was where it does not come again."""
    end = time.monotonic() + SHRINKING_SECONDS
    latest: list[Finding] = [first.finding]

    def fails(steps: Sequence[Step]) -> Sequence[Step] | None:
        taken, finding = tried(stage, steps)
        if finding is None or finding.law != first.finding.law:
            return None
        latest.append(finding)
        return taken

    again = fails(first.steps)
    if again is None:
        return first
    steps = shrunk(again, fails, lambda: time.monotonic() > end)
    return Story(steps, latest[-1], first.length, first.number)
