"""A run of kills: load, a death, a restart on the same data, what is there; then the laws over journal and books."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance import laws
from conformance.control import Control
from conformance.failures import NotExercised, Ours
from conformance.lab import Lab
from conformance.transport import HttpTransport
from loadtests.kills import inspection, standing
from loadtests.kills.client import Line
from loadtests.kills.plan import AT_RANDOM, BOTH, DUE, FLYING, PORTAL, SIMULATORS, Kill, Shown
from loadtests.kills.processes import Killable
from loadtests.kills.world import World, seated
from loadtests.kills.world import standing as standing_world

UNDER_WAY_SECONDS = 120.0
LOOK = 0.02
QUIET_SECONDS = 90.0
ENOUGH = FLYING + 20
"""What a client sees on its way: some of it is answered already, and only waits to be read."""
Say = Callable[[str], None]


async def run(kills: list[Kill], *, folder: Path, seed: str, say: Say) -> tuple[list[Shown], list[str]]:
    """The rows, and what did not hold of the whole."""
    rows: list[Shown] = []
    async with standing_world(folder, seed) as world:
        await _restart(world, [SIMULATORS], kills[0].die_at, [])
        clients = [asyncio.create_task(world.going_on(errand)) for errand in world.errands()]
        try:
            for kill, following in zip(kills, [*kills[1:], None], strict=True):
                rows.append(await _killed(world, kill, following.die_at if following else ""))
                say(f"kill {kill.number} of {len(kills)}: {kill.victim}, {kill.where}")
            wrong = await _end(world, clients)
        finally:
            world.ground.ending = True
            await _sent_home(clients)
    return rows, wrong


async def _sent_home(clients: list["asyncio.Task[None]"]) -> None:
    """However often it takes: a cancellation that meets a time-out of the HTTP client is taken for that."""
    while out := [client for client in clients if not client.done()]:
        for client in out:
            client.cancel()
        await asyncio.wait(out, timeout=1.0)


async def _killed(world: World, kill: Kill, die_next_at: str) -> Shown:
    shown = Shown(kill)
    victims = [SIMULATORS, PORTAL] if kill.victim == BOTH else [kill.victim]
    lines = [_line(world, victim) for victim in victims]
    acknowledged, unheard = world.ground.log.count, world.ground.endpoint.unheard
    world.ground.endpoint.gate.clear()
    world.shops.set()
    world.doors.set()
    shown.due = await _due(world)
    if kill.victim == PORTAL:
        world.shops.clear()  # so that it is the portal that is busy, not the client
    await asyncio.sleep(kill.delay)
    await _until(lambda: sum(line.flying for line in lines) >= ENOUGH, f"{ENOUGH} requests in flight")
    for line in lines:
        line.cut.clear()
    struck = time.monotonic()
    if kill.where == AT_RANDOM:
        for victim in victims:
            _process(world, victim).kill()
    else:
        world.simulators.arm()
    for victim in victims:
        await _process(world, victim).died()
    world.doors.clear()
    await _until(lambda: not any(line.flying for line in lines), "the dead answer no more")
    shown.flying = sum(began < struck for line in lines for began in line.cut)
    shown.acknowledged = world.ground.log.count - acknowledged
    world.ground.endpoint.gate.set()
    began = time.monotonic()
    await _restart(world, sorted({*victims, *([SIMULATORS] if die_next_at else [])}), die_next_at, victims)
    shown.seconds = time.monotonic() - began
    await _inspected(world, shown, acknowledged)
    shown.unheard = world.ground.endpoint.unheard - unheard
    return shown


async def _due(world: World) -> int:
    """Deliveries that are due, once they are enough; they get no fewer while the merchant holds its answers."""
    end = time.monotonic() + UNDER_WAY_SECONDS
    due = 0
    while time.monotonic() < end:
        told = await world.ground.simulators.until_answered("GET", "/control/quiet", headers=world.ground.bearer)
        if (due := int(told.json()["due"])) >= DUE:
            return due
        await asyncio.sleep(LOOK)
    raise NotExercised(f"within {UNDER_WAY_SECONDS:.0f} s only {due} deliveries were due")


async def _restart(world: World, victims: list[str], die_at: str, dead: list[str]) -> None:
    """Started again with nothing but --data; who is not dead and needs another order to die ends in peace first."""
    if SIMULATORS in victims:
        if SIMULATORS not in dead:
            await world.simulators.end()
        told = await world.simulators.start(die_at=die_at)
        if moved := standing.moved(world.told, told):
            raise Ours("; ".join(moved))
    if PORTAL in victims and (key := await world.portal.start(world.sheets[1])) != world.portal_key:
        raise Ours(f"the portal's key is another one after the restart: {len(key)} characters")


async def _inspected(world: World, shown: Shown, after: int) -> None:
    """Quiet first: what is due comes, what was put off is made due; then every acknowledgement is asked for."""
    ground = world.ground
    rows = ground.log.rows(after)
    shown.wrong += await asyncio.to_thread(_settled, world)
    shown.wrong += await standing.dead_urls(ground)
    gone, unheard = await inspection.lost(ground, rows), inspection.undelivered(ground, rows)
    shown.lost, shown.undelivered = len(gone), len(unheard)
    shown.wrong += [*gone, *unheard]


def _settled(world: World) -> list[str]:
    """Contracts as they were, a new login through all pages, and no delivery left."""
    wrong = []
    for sheet in world.sheets:
        with world.control(sheet["contract"]) as control:
            wrong += standing.changed_sheets(control, [sheet])
            wrong += _quiet(control)
    with world.control(world.sheets[1]["contract"]) as control, HttpTransport() as send:
        lab = Lab(control, world.adapter(send), send, world.capabilities)
        seated(world, lab, lab.citizen(shared_keys=True))
    return wrong


def _quiet(control: Control) -> list[str]:
    end = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < end:
        told = control.get("/control/quiet", contract=control.contract)
        if told["quiet"] and not told["later"]:
            return []
        if told["quiet"]:
            _hasten(control)
        time.sleep(LOOK)
    return [f"{told['due']} deliveries are due and {told['later']} put off after {QUIET_SECONDS:.0f} s"]


def _hasten(control: Control) -> None:
    """What was told to nobody, or was not taken, is put off by the provider's own rule: here it is made due now."""
    for word in ("undelivered", "delivered"):
        for ref in sorted({row.ref for row in control.journal(word=word) if row.body.get("more")}):
            try:
                control.post("/control/deliver-now", {"ref": ref, "contract": control.contract})
            except NotExercised:
                continue


async def _end(world: World, clients: list["asyncio.Task[None]"]) -> list[str]:
    """Everybody comes home; then all that was ever acknowledged, and the laws."""
    world.ground.ending = True
    world.shops.set()
    world.doors.set()
    _, out = await asyncio.wait(clients, timeout=UNDER_WAY_SECONDS)
    wrong = [f"{len(out)} clients wait for ever"] if out else []
    last = Shown(Kill(0, "", ""))
    await _inspected(world, last, 0)
    wrong += [*last.wrong, *inspection.unsigned(world.ground.log.rows())]
    wrong += await asyncio.to_thread(_judged, world)
    return [*wrong, *(f"{count} wrong answers: {what}" for what, count in world.refused.items())]


def _judged(world: World) -> list[str]:
    with world.control(world.sheets[1]["contract"]) as control, HttpTransport() as send:
        portal = world.adapter(send)
        assert portal.books is not None, "the reference portal keeps books"
        wrong = _unsent(portal.books)
        found = laws.judge([*control.journal(), *world.ground.notes], portal.books())
        wrong += [f"law {one.law}: {one.ref} {one.text_en}" for one in found]
        crashes = control.journal(word="crashed", whole_world=True)
        return wrong + [f"the simulators crashed: {row.body}" for row in crashes]


def _unsent(books: Callable[[], Iterable[Mapping[str, Any]]]) -> list[str]:
    """The portal's own notices to citizens: all are sent in the end, however often the gateways were dead."""
    end = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < end:
        queued = [row for row in books() if row["book"] == "message" and row["state"] != "sent"]
        if not queued:
            return []
        time.sleep(1.0)
    return [f"{len(queued)} notices of the portal are not sent after {QUIET_SECONDS:.0f} s"]


async def _until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + UNDER_WAY_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise NotExercised(f"not within {UNDER_WAY_SECONDS:.0f} s: {what}")
        await asyncio.sleep(LOOK)


def _line(world: World, victim: str) -> Line:
    return world.ground.simulators if victim == SIMULATORS else world.ground.portal


def _process(world: World, victim: str) -> Killable:
    return world.simulators if victim == SIMULATORS else world.portal
