"""Waiting, within bounds, for what a portal may show a few seconds late."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

A_FEW_SECONDS = 5.0
"""How late a state may be seen (specs/portal.md E26: "in at most a few seconds")."""
PAUSE = 0.2


def in_time(look: Callable[[], Seen], due: Seen) -> Seen:
    """What is seen: as soon as it is what is due, or what there is when the time is over."""
    end = time.monotonic() + A_FEW_SECONDS
    while (seen := look()) != due and time.monotonic() < end:
        time.sleep(PAUSE)
    return seen
