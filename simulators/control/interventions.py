"""What a test does to one victim: plan a fault, end a thing now, make a delivery due now; and the clock, for demonstrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.control.reading import settled
from simulators.kernel import faults
from simulators.kernel.clock import DAY, SECOND, Clock, in_vietnam
from simulators.kernel.contracts import Contract
from simulators.kernel.courier import PATIENCE, Delivery
from simulators.kernel.plain import operation, refuse
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.wire import Route, answer
from simulators.world import End, Family, World

FARTHEST = 400 * DAY // SECOND
MOST_STEPS = 10_000
CLOCK = Key(Clock, "world")


class FaultRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`about` is a citizen, a transaction or order, or a contract; the fault is used up after `times`; 0 lifts it.

    `args` are the effect's own, GET /control/words has them in `fault_args`; most effects take none. `contract` narrows
    it to that contract's traffic: two portals of one world may use the same reference.
    """

    site: str
    effect: str
    about: Annotated[str, msgspec.Meta(min_length=1)]
    times: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 1
    args: dict[str, Any] = msgspec.field(default_factory=dict)
    contract: str = ""


class Planned(msgspec.Struct):
    """The fault's id: site/about, @contract where it is narrowed."""

    id: str


class Ref(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One transaction, order or attempt; `contract` narrows it where two portals use the same reference."""

    ref: Annotated[str, msgspec.Meta(min_length=1)]
    contract: str = ""


class Ended(msgspec.Struct):
    """The kinds of the records that were ended."""

    ended: list[str]


class MadeDue(msgspec.Struct):
    """How many deliveries are due now that were due later."""

    deliveries: int


class Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the world's clock is moved; it steps from due instant to due instant."""

    advance_seconds: Annotated[int, msgspec.Meta(ge=1, le=FARTHEST)]


class Moved(msgspec.Struct):
    """The world's time after the move."""

    now: str


class Interventions:
    """Everything here is journalled as injected: a judge tells it from what the providers did."""

    def __init__(self, world: World, families: Sequence[Family], sites: Mapping[str, faults.Effects]) -> None:
        self._world = world
        self._sites = sites
        self._ends = [(kind, how) for family in families for kind, how in family.ends.items()]

    def routes(self) -> tuple[Route, ...]:
        return (
            _post("faults", "Plan a fault about one victim.", self.fault, _with_args(self._sites), Planned),
            _post("expire", "End one thing now, before its own time.", self.expire, Ref, Ended),
            _post("deliver-now", "Make the put-off deliveries of one reference due now.", self.deliver, Ref, MadeDue),
            _post(
                "clock", "Move the world's clock (demonstrations only; a check never does).", self.clock, Advance, Moved
            ),
        )

    async def fault(self, _request: Request, given: FaultRequest) -> Response:
        if given.site not in self._sites:
            return refuse(422, f"site: nobody has {given.site!r}; GET /control/words lists the sites.")
        if given.effect not in self._sites[given.site]:
            known = ", ".join(self._sites[given.site])
            return refuse(422, f"effect: {given.site} has no effect {given.effect!r}; it has: {known}.")
        try:
            faults.demand(given.effect, self._sites[given.site][given.effect], given.args)
        except faults.BadArgs as error:
            return refuse(422, str(error))
        if given.contract and await self._world.store.get(Key(Contract, given.contract)) is None:
            return refuse(422, f"contract: there is no contract {given.contract!r}; POST /control/contracts makes one.")
        told = msgspec.structs.asdict(given)
        planned = faults.Fault(id=faults.place(given.site, given.about, given.contract), **told)
        event = Event(source="control", word="fault_planned", ref=given.about, contract=given.contract, body=told)
        key = Key(faults.Fault, planned.id)
        await self._world.store.change([key], lambda _records, _now: Change(records=(planned,), events=(event,)))
        return answer(Planned(planned.id), 201)

    async def expire(self, _request: Request, given: Ref) -> Response:
        found = [(record, end) for kind, how in self._ends for record, end in await self._named(kind, how, given)]
        if not found:
            return refuse(
                404,
                f"ref: nothing that waits has the reference {given.ref!r}; the journal shows refs, and what is over already.",
            )
        ended = [record.KIND for record, end in found if await self._end(record, end, given.ref)]
        if not ended:
            return refuse(409, f"ref: {given.ref!r} was over already; start another one.")
        return answer(Ended(ended))

    async def deliver(self, _request: Request, given: Ref) -> Response:
        store = self._world.store
        found = await store.find(Delivery, about=given.ref, contract=given.contract or None, limit=1000)
        if not found:
            return refuse(
                404, f"ref: no delivery of {given.ref!r} is waiting; it was delivered, given up or never made."
            )
        moved = [await store.change([Key(Delivery, one.id)], _due_now(one)) for one in found]
        return answer(MadeDue(sum(1 for change in moved if change.records)))

    async def clock(self, _request: Request, given: Advance) -> Response:
        """Ten repetitions in fifty minutes are ten attempts: each due instant is lived through."""
        store = self._world.store
        target = Instant(store.now() + given.advance_seconds * SECOND)
        for _ in range(MOST_STEPS):
            await settled(self._world, 2 * PATIENCE)
            upcoming = store.next_due(Delivery)
            if upcoming is None or upcoming >= target:
                break
            await self._move_to(upcoming)
        event = Event(source="control", word="clock_moved", body={"advance_seconds": given.advance_seconds})
        await self._move_to(target, event)
        return answer(Moved(in_vietnam(store.now()).isoformat(timespec="milliseconds")))

    async def _move_to(self, instant: Instant, *events: Event) -> None:
        def decide(records: Records, now: Instant) -> Change:
            clock = records[CLOCK]
            assert clock is not None, "the world has a clock"
            ahead = msgspec.structs.replace(clock, base=clock.base + max(0, instant - now))
            return Change(records=(ahead,), events=events)

        await self._world.store.change([CLOCK], decide)

    async def _named(self, kind: type[Record], how: tuple[Any, End], given: Ref) -> list[tuple[Record, End]]:
        id_of, end = how
        if id_of is None:
            found: list[Record] = await self._world.store.find(kind, about=given.ref, contract=given.contract or None)
        else:
            record = await self._world.store.get(Key(kind, id_of(given.ref)))
            found = [record] if record and given.contract in {"", record.contract} else []
        return [(record, end) for record in found]

    async def _end(self, record: Record, end: End, ref: str) -> bool:
        key = Key(type(record), record.id)

        def decide(records: Records, now: Instant) -> Change:
            present = records[key]
            change = end(present, now) if present else Change()
            if not (change.records or change.gone):
                return change
            body = {"kind": record.KIND, "id": record.id}
            event = Event(source="control", word="ended", ref=ref, contract=record.contract, body=body)
            return replace(change, events=(event, *change.events))

        change = await self._world.store.change([key], decide)
        return bool(change.records or change.gone)


def _with_args(sites: Mapping[str, faults.Effects]) -> type[FaultRequest]:
    """The request with the args of every effect that takes some, for the OpenAPI."""
    told = [
        f"{site} {effect}: " + "; ".join(f"{name} is {phrase}" for name, phrase in args.items())
        for site, effects in sorted(sites.items())
        for effect, args in faults.args_of(effects).items()
    ]
    about = "The effect's own; most effects take none. " + " · ".join(told)
    args = Annotated[dict[str, Any], msgspec.Meta(description=about)]
    made = msgspec.defstruct(
        FaultRequest.__name__,
        [("args", args, msgspec.field(default_factory=dict))],
        bases=(FaultRequest,),
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": FaultRequest.__doc__},
    )
    assert issubclass(made, FaultRequest)
    return made


def _post(name: str, text: str, handle: Any, takes: type, gives: type) -> Route:
    errors = {404: "nothing that waits has this reference", 409: "it was over already"} if takes is Ref else {}
    return operation("POST", f"/control/{name}", text, handle, reads="json", takes=takes, gives=gives, errors=errors)


def _due_now(delivery: Delivery) -> Any:
    key = Key(Delivery, delivery.id)

    def decide(records: Records, now: Instant) -> Change:
        waiting = records[key]
        if waiting is None or waiting.due <= now:
            return Change()
        body = {"delivery": waiting.id, "kind": waiting.kind, "attempt": waiting.attempt}
        event = Event(source="control", word="delivered_now", ref=waiting.ref, contract=waiting.contract, body=body)
        return Change(records=(msgspec.structs.replace(waiting, due=now),), events=(event,))

    return decide
