"""The world of one run: both servers on their data, two contracts, people, and the load, which pauses while it is looked at."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from conformance.adapter import Portal as Adapter
from conformance.adapter import Wiring
from conformance.adapters.http import HttpPortal
from conformance.control import Control
from conformance.journal import SEATED
from conformance.lab import Lab
from conformance.launch import PATHS
from conformance.people import Citizen
from conformance.records import Capabilities
from conformance.transport import HttpTransport
from loadtests.kills import applicants, errands
from loadtests.kills.client import Line, Log, Lost, new_session
from loadtests.kills.ground import Ground, Refused, Seat
from loadtests.kills.merchant import Endpoint
from loadtests.kills.processes import Portal, Simulators, Told, free_port

SEATS, CUSTOMERS = 8, 8
LOOKERS, PAYERS, SIGNERS = 4, 36, 4
AT_PROVIDERS = ((errands.sms, 16), (errands.mail, 2), (errands.payment, 24), (errands.signature, 10))

Errand = Callable[[], Awaitable[None]]


@dataclass
class World:
    """`doors` let clients ask at all; `shops` let those do more who go straight to the providers."""

    simulators: Simulators
    portal: Portal
    told: Told
    sheets: list[dict[str, Any]]
    portal_key: str = field(repr=False)
    ground: Ground
    capabilities: Capabilities
    doors: asyncio.Event
    shops: asyncio.Event = field(default_factory=asyncio.Event)
    refused: Counter[str] = field(default_factory=Counter)

    def control(self, contract: str = "") -> Control:
        return Control(self.told.url, self.told.key, contract)

    def adapter(self, send: HttpTransport) -> Adapter:
        return cast(Adapter, HttpPortal(Wiring(self.portal.origin, self.portal_key, send)))

    def errands(self) -> list[Errand]:
        """One for each client that goes on and on."""
        ground, capabilities, seats = self.ground, self.capabilities, self.ground.seats
        made: list[Errand] = [lambda do=do: self._shopping(do) for do, count in AT_PROVIDERS for _ in range(count)]  # type: ignore[misc]  # defaults bind the loop's values
        for number in range(PAYERS):
            seat = seats[number % len(seats)]
            made.append(lambda seat=seat: applicants.file_and_pay(ground, seat, capabilities))  # type: ignore[misc]  # as above
        made += [lambda seat=seat: applicants.look(ground, seat) for seat in seats[:LOOKERS]]  # type: ignore[misc]  # as above
        made += [lambda seat=seat: applicants.sign(ground, seat, capabilities) for seat in seats[:SIGNERS]]  # type: ignore[misc]  # as above
        return made

    async def _shopping(self, do: Callable[[Ground], Awaitable[None]]) -> None:
        await self.shops.wait()
        await do(self.ground)

    async def going_on(self, errand: Errand) -> None:
        """Deaths are what this is about; a wrong answer is not."""
        while not self.ground.ending:
            try:
                await errand()
            except Lost:
                await asyncio.sleep(0.02)
            except (Refused, KeyError, IndexError, ValueError) as error:
                self.refused[f"{type(error).__name__}: {error}"] += 1
                await asyncio.sleep(0.02)


@asynccontextmanager
async def standing(folder: Path, seed: str) -> AsyncIterator[World]:
    """Everything up, nobody under way yet."""
    chance = random.Random(f"ports {seed} {folder}")  # noqa: S311  # which ports does not matter
    simulators = Simulators(folder, (free_port(chance), free_port(chance)))
    portal = Portal(folder, free_port(chance))
    endpoint, log = Endpoint(), Log(folder / "acknowledged.ndjson")
    await endpoint.open()
    try:
        async with new_session() as http:
            told = await simulators.start()
            sheets = await asyncio.to_thread(_contracts, told, portal.origin, endpoint.url)
            portal_key = await portal.start(sheets[1])
            doors = asyncio.Event()
            ground = Ground(
                simulators=Line(told.url, doors, http),
                portal=Line(portal.origin, doors, http),
                endpoint=endpoint,
                log=log,
                run_key=told.key,
                sheet=sheets[0],
                seats=(),
                customers=(),
            )
            world = World(simulators, portal, told, sheets, portal_key, ground, Capabilities, doors)  # type: ignore[arg-type]  # asked below
            await asyncio.to_thread(_settle, world)
            yield world
    finally:
        await endpoint.close()
        for process in (portal, simulators):
            await process.end()
        log.close()


def _contracts(told: Told, origin: str, merchant: str) -> list[dict[str, Any]]:
    """The merchant's, which never dies, and the portal's."""
    urls = {name: origin + path for name, path in PATHS.items()}
    many = {name: [urls.pop(name)] for name in ("redirect_uris", "post_logout_redirect_uris")}
    with Control(told.url, told.key) as control:
        return [
            control.post(
                "/control/contracts",
                {"name": "Cửa hàng thử", "ipn_url": f"{merchant}/ipn", "webhook_url": f"{merchant}/webhook"},
            ),
            control.post("/control/contracts", {"name": "Cổng tham chiếu", **urls, **many}),
        ]


def _settle(world: World) -> None:
    """People, and sessions at the portal."""
    with world.control(world.sheets[1]["contract"]) as control, HttpTransport() as send:
        adapter = world.adapter(send)
        world.capabilities = adapter.capabilities()
        lab = Lab(control, adapter, send, world.capabilities)
        world.ground.customers = lab.citizens(CUSTOMERS, shared_keys=True)
        world.ground.seats = tuple(seated(world, lab, citizen) for citizen in lab.citizens(SEATS, shared_keys=True))


def seated(world: World, lab: Lab, citizen: Citizen) -> Seat:
    """Logged in through the national login's own pages."""
    visitor = lab.log_in_anew(citizen)
    world.ground.note(SEATED, citizen.techid, citizen.id)
    cookies = visitor.browser.cookies_for(world.portal.origin + "/pti/session")
    return Seat(citizen, "; ".join(cookie.pair for cookie in cookies))
