"""Several people who act at the very same moment, each in a thread of their own over the adapter's transport."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from conformance.records import Dossier
from conformance.requirement import Attempt, may_be_refused

PATIENCE_SECONDS = 30.0


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
