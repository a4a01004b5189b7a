"""A walk that found something made as short and as plain as it stays one; pure, and over when its time is."""

from collections.abc import Callable, Iterator, Sequence

from conformance.exploration.steps import Step, plainer

Fails = Callable[[Sequence[Step]], Sequence[Step] | None]
"""Walks by these steps; those that were done when the same came again, None when it did not."""


def shrunk(steps: Sequence[Step], fails: Fails, is_over: Callable[[], bool]) -> tuple[Step, ...]:
    """Each try costs hops at a live portal: first long pieces are left out, then single steps, then steps made plainer.

    The engine that chose the steps would shrink its own choices, of which most change nothing in the walk; leaving out steps
    needs a tenth of the tries. What is left out may take others with it: those that cannot be done without it.
    """
    best = tuple(steps)
    while not is_over():
        better = next((tuple(done) for tried in _simpler(best, is_over) if (done := fails(tried)) is not None), None)
        if better is None:
            return best
        best = better
    return best


def _simpler(steps: tuple[Step, ...], is_over: Callable[[], bool]) -> Iterator[tuple[Step, ...]]:
    """Longest pieces first, later ones first; what came at the end of a walk may not need its last step."""
    size = max(len(steps) // 2, 1)
    while size:
        for start in range(len(steps) - size, -1, -size):
            if is_over():
                return
            yield steps[:start] + steps[start + size :]
        size //= 2
    for place, step in enumerate(steps):
        for other in plainer(step):
            if is_over():
                return
            yield (*steps[:place], other, *steps[place + 1 :])
