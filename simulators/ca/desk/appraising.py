"""Files that nobody appraised are approved when their time is over, whether or not the citizen's app is open."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.ca.desk.enrolling import Enrolling
from simulators.ca.enrolment.records import Enrolment
from simulators.kernel.clock import Clock
from simulators.kernel.store import Store

LOOK_EVERY = 5.0
"""Seconds, unless the clock is moved or a file changes."""


async def appraising(store: Store, desks: Mapping[str, Enrolling]) -> None:
    """Until cancelled; `desks` by the CA's id."""
    while True:
        await appraise_due(store, desks)
        await store.bell.wait(LOOK_EVERY, Clock, Enrolment)


async def appraise_due(store: Store, desks: Mapping[str, Enrolling]) -> None:
    for file in await store.find(Enrolment, due_before=store.now()):
        await desks[file.ca].appraise_due(file)
