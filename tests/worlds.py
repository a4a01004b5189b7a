"""A world in memory whose clock stands, with a family of our own invention that has one of everything, reached by HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

import httpx
import msgspec

from simulators.kernel import faults
from simulators.kernel.citizens import Citizens
from simulators.kernel.clock import MINUTE, VIETNAM, still
from simulators.kernel.contracts import Contract, ContractRequest, Settings, settings_id
from simulators.kernel.courier import Courier, Delivery, DeliveryKind, Outcome, once
from simulators.kernel.entropy import Entropy
from simulators.kernel.faults import Args
from simulators.kernel.journal import Journal
from simulators.kernel.pki import Pki
from simulators.kernel.prompts import Line, Prompt, PromptKind, Refused
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.store import Store
from simulators.messages import family as messages
from simulators.mounting import application, completed
from simulators.world import Family, World

TET = datetime(2026, 2, 17, 9, tzinfo=VIETNAM)
KEY = "run-key-of-the-test"
BEARER = {"Authorization": f"Bearer {KEY}"}


class Turn(Record, frozen=True, kw_only=True):
    """What the invented family has: found by its reference, may be over."""

    KIND: ClassVar[str] = "turn"
    ABOUT: ClassVar[str | None] = "ref"

    ref: str
    over: bool = False


class Late(Args, frozen=True, kw_only=True):
    """How late."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] = 5


@dataclass
class Invented:
    """A family with one of everything; `answers` are those that its prompts got."""

    store: Store
    answers: list[tuple[str, str | None]]

    def family(self) -> Family:
        return Family(
            name="invented",
            specs={"one": object()},
            fault_sites={"invented.turn": {"late": Late, "lost": Args}},
            journal_words={"turned": "a turn was made"},
            delivery_kinds=(DeliveryKind("invented.notice", once), DeliveryKind("invented.repeated", four_times)),
            prompt_kinds=(PromptKind("invented.ask", self.answer),),
            ends={Turn: (None, end)},
            on_contract=self.on_contract,
        )

    async def answer(self, prompt: Prompt, choice: str, secret: str | None, answered: Event) -> None:
        if choice == "approve" and secret != "123456":
            raise Refused("Mã PIN không đúng.")
        self.answers.append((choice, secret))
        key = Key(Prompt, prompt.id)
        await self.store.change([key], lambda _records, _now: Change(events=(answered,), gone=(key,)))

    async def on_contract(self, contract: Contract, request: ContractRequest) -> list[Settings]:
        made = settings_id("invented", contract.id)
        values = {"user": "u", "password": "p", "hook": request.webhook_url}
        return [Settings(id=made, about=contract.id, contract=contract.id, section="invented", values=values)]


def four_times(attempt: int, _outcome: Outcome, now: Instant) -> Instant | None:
    return Instant(now + 5 * MINUTE) if attempt < 4 else None


def end(turn: Turn, _now: Instant) -> Change:
    return Change() if turn.over else Change(records=(Turn(id=turn.id, ref=turn.ref, over=True),))


@dataclass(frozen=True)
class Visit:
    """A world and a client that has the run key."""

    world: World
    http: httpx.AsyncClient
    families: Sequence[Family]
    invented: Invented

    async def citizen(self, **overrides: Any) -> dict[str, Any]:
        answer = await self.http.post("/control/citizens", json={"pin": "123456", **overrides})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()["citizens"][0]
        return made

    async def contract(self, **request: Any) -> dict[str, Any]:
        answer = await self.http.post("/control/contracts", json=request)
        assert answer.status_code == 201, answer.text
        sheet: dict[str, Any] = answer.json()
        return sheet

    async def ask(self, citizen: str, identity: str = "p1", **changed: Any) -> Prompt:
        """A prompt on a citizen's phone."""
        prompt = Prompt(
            id=identity,
            citizen=citizen,
            kind="invented.ask",
            ref="T1",
            title="Xác thực giao dịch",
            lines=(Line("Tài liệu", "Tờ khai <b>"),),
            code="88626142",
            secret="pin",
            doc_ids=("to-khai",),
            expires=Instant(self.world.store.now() + 5 * MINUTE),
        )
        prompt = msgspec.structs.replace(prompt, **changed)
        await self.world.store.change([Key(Prompt, identity)], lambda _records, _now: Change(records=(prompt,)))
        return prompt

    async def turn(self, ref: str, *, over: bool = False) -> None:
        turn = Turn(id=f"turn-{ref}", ref=ref, over=over)
        await self.world.store.change([Key(Turn, turn.id)], lambda _records, _now: Change(records=(turn,)))

    async def delivery(self, ref: str, url: str, *, wait: int, kind: str = "invented.notice") -> None:
        """A callback that is due `wait` milliseconds from now."""
        due = Instant(self.world.store.now() + wait)
        made = Delivery(id=f"d-{ref}", kind=kind, source="invented", ref=ref, url=url, due=due)
        await self.world.store.change([Key(Delivery, made.id)], lambda _records, _now: Change(records=(made,)))

    async def take_fault(self, site: str, about: str) -> str:
        """What a decision finds planned."""

        def decide(records: Records, _now: Instant) -> Change:
            taken = faults.take(records, site, (about,))
            return Change(taken.records, taken.events, result=taken.effect)

        effect: str = (await self.world.store.change(faults.keys(site, (about,), ""), decide)).result
        return effect

    async def words(self) -> list[str]:
        return [row["word"] for row in (await self.http.get("/control/journal")).json()["rows"]]

    async def note(self, word: str, **fields: Any) -> None:
        await self.world.store.note(Event(source="invented", word=word, **fields))


@contextlib.asynccontextmanager
async def visit(*more: Family) -> AsyncIterator[Visit]:
    """Messages, control, phone, front page and the invented family; nothing runs in the background."""
    with contextlib.ExitStack() as closing:
        store = closing.enter_context(contextlib.closing(Store(None, clock=still(TET))))
        entropy = await Entropy.begin(store, "tet")
        url = "http://127.0.0.1:8400"
        pki = closing.enter_context(contextlib.closing(Pki(store, entropy, url)))
        world = World(
            store=store,
            journal=Journal(store, {}),
            entropy=entropy,
            courier=Courier(store, {}),
            pki=pki,
            citizens=Citizens(store, entropy),
            url=url,
            smtp=("127.0.0.1", 2525),
            key=KEY,
            nonce="nonce",
        )
        invented = Invented(store, [])
        families = completed(world, (invented.family(), messages.mount(world), *more))
        transport = httpx.ASGITransport(application(world, families))
        async with httpx.AsyncClient(transport=transport, base_url=url, headers=BEARER) as http:
            yield Visit(world, http, families, invented)


def without_key(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same server, seen by who has no key."""
    return httpx.AsyncClient(transport=http._transport, base_url=http.base_url)
