"""Several people who act at the very same moment, each in a thread of their own over the adapter's transport."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from conformance.dossiers import ACCEPTED, SUBMITTED
from conformance.records import Dossier
from conformance.requirement import Attempt, may_be_refused

PATIENCE_SECONDS = 30.0
_UNREFUSED = (SUBMITTED, ACCEPTED)


def at_once(*deeds: Callable[[], Dossier]) -> list[Attempt]:
    """How each deed ended, in the order given; none begins before all are ready."""
    ready = Barrier(len(deeds))

    def do(deed: Callable[[], Dossier]) -> Attempt:
        ready.wait(PATIENCE_SECONDS)
        with may_be_refused() as attempt:
            deed()
        return attempt

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def mixture(before: Dossier, now: Dossier, won: int) -> str:
    """What does not fit together after `won` deeds of acceptance or refusal; "" where all does."""
    rows = now.history[len(before.history) :]
    ends = [before.state, *(row.target for row in rows)]
    follows = [row.source for row in rows] == ends[:-1]
    found = {
        f"{won} deeds were taken, {len(rows)} are written down": len(rows) != won,
        f"rows do not follow each other: {[(row.source, row.target) for row in rows]}": not follows,
        f"the last row leads to {ends[-1]}, the dossier is in state {now.state}": ends[-1] != now.state,
        f"state {now.state} with the refusal “{now.refusal}”": (now.state in _UNREFUSED) == bool(now.refusal),
    }
    return "; ".join(name for name, wrong in found.items() if wrong)
