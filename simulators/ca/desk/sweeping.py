"""Requests that nobody answered end when their time is over, looked at or not."""

from __future__ import annotations

from simulators.ca import signing
from simulators.ca.signing import SigningRequest
from simulators.kernel.bell import Bell
from simulators.kernel.records import Change, Instant, Key, Records
from simulators.kernel.store import Store

LOOK_EVERY = 1.0
"""Seconds; a request that is looked at in between ends at that look."""


async def expiring(store: Store) -> None:
    """Until cancelled."""
    never_rung = Bell()
    while True:
        for request in await store.find(SigningRequest, due_before=store.now()):
            await _end(store, request)
        await never_rung.wait(LOOK_EVERY)


async def _end(store: Store, request: SigningRequest) -> None:
    key = Key(SigningRequest, request.id)

    def decide(records: Records, now: Instant) -> Change:
        stored = records[key]
        assert stored is not None, "requests are never removed"
        return signing.ended(stored, now)

    await store.change([key], decide)
