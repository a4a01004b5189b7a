"""What 100,000 subscribers change for the list of one citizen's certificates: two worlds in turn, one with 100 of them."""

from __future__ import annotations

import asyncio
import base64
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509

from benchmarks.client import Connection, Wrong
from benchmarks.flows import Flow, journalled
from benchmarks.meters import Unit
from benchmarks.rounds import Outcome, interleaved
from benchmarks.servers import Simulators, simulators

FEW = 100
AT_ONCE = 2_500
LISTED = "/ca/vnpt/sca/sp769/v1/credentials/get_certificate"


@dataclass(frozen=True)
class Among:
    """`cost` is the CPU of a list among `many` subscribers over that among FEW, all blocks together.

    FEW people are asked about in either world, any of them alike. `any_cost` is told beside it: with anybody of the many
    asked about, the caches of the last 2,000 hold next to nobody.
    """

    many: int
    cost: float
    any_cost: float
    outcome: Outcome


async def among(many: int, unit: Unit, rounds: int, size: int) -> Among:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        async with simulators(Path(one)) as small, simulators(Path(other)) as large:
            listing = await _Listing.of(small, FEW), await _Listing.of(large, many)
            some = random.Random(many).sample(listing[1].people, FEW)
            flows = [
                listing[0].flow(f"list among {FEW}", "get_certificate for any of them", size),
                replace(listing[1], people=some).flow(
                    f"list among {many:,}", f"get_certificate for any of {FEW} of them", size
                ),
                listing[1].flow(f"list of anybody among {many:,}", "get_certificate for any of them", size),
            ]
            outcome = await interleaved(flows, unit, rounds)
    few, lots, anybody = (sum(one.micros) for one in outcome.measured)
    return Among(many, lots / few, anybody / few, outcome)


@dataclass(frozen=True)
class _Listing:
    """A world, a service provider's names in it, and who is asked about."""

    world: Simulators
    caller: dict[str, str]
    people: list[str]

    @classmethod
    async def of(cls, world: Simulators, count: int) -> _Listing:
        sheet = (await world.control("POST", "/control/contracts", {"name": "Cổng đo danh sách"}))["vnpt"]
        caller = {name: sheet[name] for name in ("sp_id", "sp_password")}
        return cls(world, caller, await _subscribers(world, caller, count))

    def flow(self, name: str, does: str, size: int) -> Flow:
        chance = random.Random(name)

        async def one(lane: Connection, _number: int) -> tuple[str, str]:
            person = chance.choice(self.people)
            return person, await _listed(lane, self.caller, person)

        return Flow(
            name,
            does,
            pids=(self.world.pid,),
            lanes=self.world.lanes,
            world=self.world,
            one=one,
            size=size,
            journal=Counter(certificates_listed=1),
            check=_verified,
        )


async def _subscribers(world: Simulators, caller: dict[str, str], count: int) -> list[str]:
    """Made in bulk, as for load; each gets the certificate by being listed once."""
    people: list[str] = []
    while len(people) < count:
        asked = {"count": min(AT_ONCE, count - len(people)), "shared_keys": True}
        made = [one["id"] for one in (await world.control("POST", "/control/citizens", asked))["citizens"]]
        await _each(world.lanes, caller, made)
        await journalled(world)
        people += made
        sys.stderr.write(f"{len(people):,} of {count:,} subscribers\n")
    return people


async def _each(lanes: Sequence[Connection], caller: dict[str, str], people: Sequence[str]) -> None:
    queue = iter(people)

    async def along(lane: Connection) -> None:
        for person in queue:
            await _listed(lane, caller, person)

    async with asyncio.TaskGroup() as tasks:
        for lane in lanes:
            tasks.create_task(along(lane))


async def _listed(lane: Connection, caller: dict[str, Any], person: str) -> str:
    reply = await lane.post(LISTED, {**caller, "user_id": person, "transaction_id": ""})
    (row,) = reply.demand(200).json()["data"]["user_certificates"]
    der: str = row["cert_data"]
    return der


async def _verified(done: Sequence[tuple[str, str]]) -> None:
    for person, der in done:
        subject = x509.load_der_x509_certificate(base64.b64decode(der)).subject.rfc4514_string()
        if f"CCCD:{person}" not in subject:
            raise Wrong(f"{person} was asked about, and the certificate is of {subject}")
