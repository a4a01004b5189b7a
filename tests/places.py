"""A world with real families for tests (tests/worlds.py has an invented one): one process, reached over HTTP without a socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from simulators import mounting
from simulators.kernel import prompts
from simulators.kernel.citizens import Citizen, Citizens
from simulators.kernel.clock import Clock
from simulators.kernel.courier import Courier
from simulators.kernel.entropy import Entropy
from simulators.kernel.journal import Journal, Question, Row
from simulators.kernel.pki import Pki
from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Event
from simulators.kernel.store import Store
from simulators.world import Family, World
from tests.worlds import BEARER, KEY

URL = "http://127.0.0.1:1"
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A world with its families, and a client who has no run key."""

    world: World
    families: tuple[Family, ...]
    http: httpx.AsyncClient
    app: Any

    async def control(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.http.request(method, f"/control/{path}", json=body, headers=BEARER)

    async def contract(self, **fields: Any) -> dict[str, Any]:
        """The settings sheet."""
        reply = await self.control("POST", "contracts", {"name": "Cổng thử", **fields})
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def citizen(self, **overrides: Any) -> Citizen:
        return await self.world.citizens.make(overrides)

    async def fault(self, site: str, effect: str, about: str) -> None:
        reply = await self.control("POST", "faults", {"site": site, "effect": effect, "about": about})
        assert reply.status_code == 201, reply.text

    async def prompts(self, citizen: Citizen) -> list[Prompt]:
        return await self.world.store.find(Prompt, about=citizen.id)

    async def answer(self, prompt: Prompt, choice: str = "approve", secret: str | None = None) -> str:
        """What the phone says of the answer: nothing when it was taken."""
        kind = next(kind for family in self.families for kind in family.prompt_kinds if kind.name == prompt.kind)
        try:
            await kind.answer(prompt, choice, secret, Event(source="phone", word="prompt_answered", ref=prompt.ref))
        except prompts.Refused as refused:
            return refused.text
        return ""

    async def approve(self, citizen: Citizen) -> str:
        """The right PIN to the only prompt."""
        (prompt,) = await self.prompts(citizen)
        return await self.answer(prompt, "approve", citizen.pin)

    def rows(self, **question: Any) -> list[Row]:
        return self.world.journal.read(Question(**question))


@contextlib.asynccontextmanager
async def made(
    *families: str, clock: Clock | None = None, overrides: Mapping[str, Mapping[str, Any]] | None = None, url: str = URL
) -> AsyncIterator[Place]:
    """`families` as serve's --only; control and phones are always there. Its courier runs."""
    store = Store(None, clock=clock)
    entropy = await Entropy.begin(store, "seed")
    world = World(
        store=store,
        journal=Journal(store, {}),
        entropy=entropy,
        courier=Courier(store, {}),
        pki=Pki(store, entropy, url),
        citizens=Citizens(store, entropy),
        url=url,
        smtp=("127.0.0.1", 1),
        key=KEY,
        nonce="nonce",
    )
    courier = asyncio.create_task(world.courier.run())
    try:
        mounted = mounting.mount(world, overrides or {}, families)
        app = mounting.application(world, mounted)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=url) as http:
            yield Place(world, mounted, http, app)
    finally:
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)
        world.pki.close()
        store.close()


class Running:
    """A place on a loop of its own that tests share: they differ in citizen and contract, and never reset it."""

    def __init__(self, runner: asyncio.Runner, place: Place) -> None:
        self._runner = runner
        self.place = place

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(story)


@contextlib.contextmanager
def running(*families: str, **options: Any) -> Iterator[Running]:
    with asyncio.Runner() as runner:
        context = made(*families, **options)
        place = runner.run(context.__aenter__())
        try:
            yield Running(runner, place)
        finally:
            runner.run(context.__aexit__(None, None, None))
