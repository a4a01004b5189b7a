"""Callbacks to portals: each attempt kept with its bytes, repeated as the provider's own rule says, due in the world's time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from simulators.kernel.clock import SECOND
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.store import Store

PATIENCE = 15.0
"""Seconds for connecting and reading, each: what VNPAY's own acceptance tool uses; other limits are UNKNOWN."""
LONGEST_CALL = 2 * PATIENCE
"""Seconds for one attempt as a whole: an answer that drips in is given up."""
AT_ONCE = 64
LONGEST_ANSWER = 64 * 1024


class Delivery(Record, frozen=True, kw_only=True):
    """One callback that is still to be sent (again). `ref` and `subject` are those of the journal row."""

    KIND: ClassVar[str] = "delivery"
    ABOUT: ClassVar[str | None] = "ref"
    DUE: ClassVar[str | None] = "due"

    kind: str
    source: str
    ref: str
    subject: str = ""
    url: str
    method: str = "POST"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: str = ""
    kept: dict[str, str] = msgspec.field(default_factory=dict)
    """What its kind needs later, never sent as it stands."""
    attempt: int = 1
    due: Instant
    injected: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came back; `status` is None when nothing did, and `error` says why."""

    status: int | None
    answer: str
    error: str = ""


@dataclass(frozen=True)
class DeliveryKind:
    """The provider's rule: `again(attempt, outcome, now)` is the next instant, or None when it is over."""

    name: str
    again: Callable[[int, Outcome, Instant], Instant | None]
    renewed: Callable[[Delivery], str] = lambda delivery: delivery.body
    """The body of a repetition, where it is not the same again."""
    followed: Callable[[Delivery, Outcome, Instant], Delivery | None] = lambda _delivery, _outcome, _now: None
    """What the same delivery becomes when it is over: another call that only this outcome makes possible."""
    shown: Callable[[str], str] = lambda body: body
    """Of a body that was sent or answered, what the journal tells: all of it, where neither has a secret."""


def once(_attempt: int, _outcome: Outcome, _now: Instant) -> Instant | None:
    """For providers that send once."""
    return None


Attempt = Callable[[Delivery], Awaitable[Outcome]]
"""One attempt at a callback; raises nothing."""
Road = Callable[[], AbstractAsyncContextManager[Attempt]]
"""How callbacks travel: over sockets, or inside the process (simulators.inprocess)."""


@asynccontextmanager
async def over_http() -> AsyncIterator[Attempt]:
    # Imported when the first callback is due: an HTTP client takes longer to load than all the rest of a start.
    from simulators.kernel import posting  # noqa: PLC0415

    async with posting.client(AT_ONCE, PATIENCE, LONGEST_CALL, LONGEST_ANSWER) as post:

        async def attempt(delivery: Delivery) -> Outcome:
            return Outcome(*await post(delivery.method, delivery.url, delivery.headers, delivery.body))

        yield attempt


class Courier:
    """Sends what is due; what is in flight is due until its outcome is saved, so a crash repeats and never loses."""

    def __init__(self, store: Store, kinds: dict[str, DeliveryKind], road: Road = over_http) -> None:
        self._store = store
        self.kinds = kinds
        self._road = road
        self._flying: dict[str, str] = {}

    def in_flight(self, contract: str = "") -> int:
        return sum(1 for owner in self._flying.values() if not contract or owner == contract)

    async def run(self) -> None:
        """Until cancelled."""
        attempt: Attempt | None = None
        async with AsyncExitStack() as roads, asyncio.TaskGroup() as tasks:
            while True:
                due = await self._store.find(Delivery, due_before=self._store.now(), limit=2 * AT_ONCE)
                if due and attempt is None:
                    attempt = await roads.enter_async_context(self._road())
                for delivery in due:
                    if attempt and delivery.id not in self._flying and len(self._flying) < AT_ONCE:
                        self._flying[delivery.id] = delivery.contract
                        tasks.create_task(self._send(attempt, delivery))
                await self._store.bell.wait(self._seconds_to_next(len(due)), Delivery)

    def _seconds_to_next(self, seen: int) -> float:
        if len(self._flying) < seen:
            return 0.0
        upcoming = self._store.next_due(Delivery)
        if upcoming is None or self._flying:
            return 1.0
        return min(1.0, max(0.001, (upcoming - self._store.now()) / SECOND))

    async def _send(self, attempt: Attempt, delivery: Delivery) -> None:
        try:
            outcome = await attempt(delivery)
            await self._store.change([Key(Delivery, delivery.id)], self._settle(delivery, outcome))
        finally:
            self._flying.pop(delivery.id, None)
            self._store.bell.ring(frozenset([Delivery.KIND]))  # there is room for the next, and it may be quiet

    def _settle(self, delivery: Delivery, outcome: Outcome) -> Callable[[Records, Instant], Change]:
        def decide(_records: Records, now: Instant) -> Change:
            kind = self.kinds[delivery.kind]
            again = kind.again(delivery.attempt, outcome, now)
            if again is None:
                following = kind.followed(delivery, outcome, now)
            else:
                repeated = msgspec.structs.replace(delivery, attempt=delivery.attempt + 1, due=again)
                following = msgspec.structs.replace(repeated, body=kind.renewed(repeated))
            event = _event(delivery, outcome, kind, more=following is not None)
            if following is None:
                return Change(events=(event,), gone=(Key(Delivery, delivery.id),))
            return Change(records=(following,), events=(event,))

        return decide


def _event(delivery: Delivery, outcome: Outcome, kind: DeliveryKind, *, more: bool) -> Event:
    body: dict[str, Any] = {
        "kind": delivery.kind,
        "delivery": delivery.id,
        "attempt": delivery.attempt,
        "url": delivery.url,
        "sent": kind.shown(delivery.body),
        "more": more,
        "injected": delivery.injected,
    }
    if outcome.status is None:
        body["error"] = outcome.error
    else:
        body |= {"status": outcome.status, "answer": kind.shown(outcome.answer)}
    return Event(
        source=delivery.source,
        word="undelivered" if outcome.status is None else "delivered",
        ref=delivery.ref,
        subject=delivery.subject,
        contract=delivery.contract,
        body=body,
    )
