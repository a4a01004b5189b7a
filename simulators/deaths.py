"""For proofs alone: the process kills itself at a named step of a change, as if the power went; off unless asked for."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from simulators.kernel.store import STEPS, going_on
from simulators.mounting import BadWorld

VARIABLE = "HOPCHUAN_DIE_AT"
"""In the environment, `step:n`: SIGKILL at the n-th passing of this step after SIGUSR1 came."""


def asked_for() -> Callable[[str], None]:
    """What the store's `passing` is: a death when the environment asks for one, else nothing."""
    if not (order := os.environ.get(VARIABLE)):
        return going_on
    step, _, count = order.partition(":")
    if step not in STEPS or not (count.isascii() and count.isdigit() and int(count)):
        raise BadWorld(f"{VARIABLE}: {order!r} is not step:n; the steps are: {', '.join(STEPS)}.")
    death = Death(step, int(count))
    signal.signal(signal.SIGUSR1, death.arm)
    return death.passing


class Death:
    """Counts from the signal on."""

    def __init__(self, step: str, passings: int) -> None:
        self._step = step
        self._left = passings
        self._armed = False

    def arm(self, *_signal: object) -> None:
        self._armed = True

    def passing(self, step: str) -> None:
        if self._armed and step == self._step:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
