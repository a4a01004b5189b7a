"""What the control side tells: health, words, the journal with a long poll, and whether deliveries are quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators import VERSION
from simulators.kernel.clock import in_vietnam
from simulators.kernel.courier import Delivery
from simulators.kernel.faults import Effects, args_of
from simulators.kernel.journal import Question, Row, UnknownWord
from simulators.kernel.plain import LONGEST_WAIT, broken, operation, refuse
from simulators.kernel.wire import Route, answer
from simulators.world import World

MOST_ROWS = 10_000
LAST_ROW = 2**63 - 1
"""What SQLite can count."""


class Health(msgspec.Struct):
    """`nonce` is drawn at each start: a client that knows it does not talk to a server left over from another run."""

    nonce: str
    version: str
    now: str


class Words(msgspec.Struct):
    """Every word that the journal may hold with its meaning, and every fault that may be planned.

    `fault_args` is site -> effect -> arg -> what is allowed.
    """

    words: dict[str, str]
    fault_sites: dict[str, tuple[str, ...]]
    fault_args: dict[str, dict[str, dict[str, str]]]


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows; with `count` and `wait` the answer comes when `count` rows match, or when the time is over."""

    contract: str = ""
    ref: str = ""
    subject: str = ""
    word: str = ""
    source: str = ""
    after: Annotated[int, msgspec.Meta(ge=0, le=LAST_ROW)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)] = 1000
    count: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)] = 1
    wait: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)] = 0.0


class Rows(msgspec.Struct):
    """`next` is where to go on reading: the `after` of the next question."""

    rows: list[Row]
    next: int


class Whose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One contract, or all when it is empty."""

    contract: str = ""


class Quiet(msgspec.Struct):
    """Quiet is: nothing due and nothing in flight. `later` counts repetitions that a provider's rule put off."""

    quiet: bool
    due: int
    in_flight: int
    later: int


class Reader:
    """Answers questions; changes nothing."""

    def __init__(self, world: World, fault_sites: Mapping[str, Effects]) -> None:
        self._world = world
        self._fault_sites = dict(sorted(fault_sites.items()))

    def routes(self) -> tuple[Route, ...]:
        unknown = {422: "a field is unknown or wrong, or nobody writes this word"}
        return (
            Route(
                "GET", "/control/health", "Is it up, and is it the one I started?", self.health, broken, gives=Health
            ),
            operation("GET", "/control/words", "Journal words and fault sites.", self.words, gives=Words),
            operation(
                "GET",
                "/control/journal",
                "What happened, by sequence; with count and wait a long poll.",
                self.journal,
                reads="query",
                takes=Reading,
                gives=Rows,
                errors=unknown,
            ),
            operation(
                "GET",
                "/control/quiet",
                "Are all callbacks delivered?",
                self.quiet,
                reads="query",
                takes=Whose,
                gives=Quiet,
            ),
        )

    async def health(self, _request: Request, _given: None) -> Response:
        now = in_vietnam(self._world.store.now()).isoformat(timespec="milliseconds")
        return answer(Health(self._world.nonce, VERSION, now))

    async def words(self, _request: Request, _given: None) -> Response:
        sites = {site: tuple(effects) for site, effects in self._fault_sites.items()}
        args = {site: told for site, effects in self._fault_sites.items() if (told := args_of(effects))}
        return answer(Words(dict(sorted(self._world.journal.words.items())), sites, args))

    async def journal(self, _request: Request, given: Reading) -> Response:
        fields = {name: getattr(given, name) for name in Question.__struct_fields__}
        question = Question(**fields | {"limit": max(given.limit, given.count)})
        try:
            rows = await self._world.journal.wait(question, count=given.count, seconds=given.wait)
        except UnknownWord:
            return refuse(422, f"Nobody writes the word {given.word!r}; GET /control/words lists the words.")
        return answer(Rows(rows, rows[-1].seq if rows else given.after))

    async def quiet(self, _request: Request, given: Whose) -> Response:
        store, contract = self._world.store, given.contract or None
        due = store.count(Delivery, contract=contract, due_before=store.now())
        flying = self._world.courier.in_flight(given.contract)
        later = store.count(Delivery, contract=contract) - due
        return answer(Quiet(quiet=due == 0 and flying == 0, due=due, in_flight=flying, later=later))


async def settled(world: World, seconds: float) -> bool:
    """Wait until nothing is due and nothing in flight; False when the time was over first."""
    deadline = asyncio.get_running_loop().time() + seconds
    while world.store.count(Delivery, due_before=world.store.now()) or world.courier.in_flight():
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            return False
        await world.store.bell.wait(left)
    return True
