"""The webhook: its body, once, to the contract's address, in the same change as the approval; and what faults make of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.places import Place, Running, made
from tests.simulators.ca.callers import Ca2, Vnpt


@dataclass
class Receiver:
    """A portal's webhook address that keeps what it was told, and answers with the next of `statuses`."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.told.append(json.loads(await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, text="{}")


@contextlib.asynccontextmanager
async def receiver(*statuses: int) -> AsyncIterator[Receiver]:
    taking = Receiver(statuses=list(statuses))
    app = web.Application()
    app.router.add_post("/hook", taking.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    taking.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield taking
    finally:
        await runner.cleanup()


async def told(place: Place, ref: str, count: int) -> list[Any]:
    """The deliveries of a transaction as soon as there are so many."""

    async def look() -> list[Any]:
        return place.rows(ref=ref, word="delivered")

    return await place.world.store.bell.until(look, lambda rows: len(rows) >= count, 5)


def test_an_approval_is_told_once_in_the_documented_body(lab: Running) -> None:
    async def story() -> None:
        async with receiver() as portal:
            caller = await Vnpt.at(lab.place, "vnpt", webhook_url=portal.url)
            citizen = await lab.place.citizen()
            await caller.sign(citizen.id, "hook-1")
            assert portal.told == []
            await lab.place.approve(citizen)
            (row,) = await told(lab.place, "hook-1", 1)
            (body,) = portal.told
            assert (body["sp_id"], body["status_code"], body["message"]) == (caller.sp_id, 200, "SUCCESS")
            assert body["transaction_id"] == "hook-1"
            status = (await caller.status("hook-1")).json()
            assert body["signed_files"] == status["data"]["signatures"]
            assert (row.source, row.subject, row.contract) == ("ca.vnpt", citizen.id, caller.contract)
            assert (row.body["kind"], row.body["injected"], row.body["more"]) == ("vnpt.webhook", "", False)

    lab.run(story())


def test_without_an_address_nothing_is_sent(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        await caller.sign(citizen.id, "hookless-1")
        await lab.place.approve(citizen)
        quiet = await lab.place.control("GET", f"quiet?contract={caller.contract}")
        assert quiet.json()["quiet"] is True

    lab.run(story())


def test_ca2_tells_the_address_of_the_request(lab: Running) -> None:
    async def story() -> None:
        async with receiver() as portal:
            caller, citizen = (
                await Ca2.at(lab.place, "ca2", webhook_url="http://127.0.0.1:9/"),
                await lab.place.citizen(),
            )
            await caller.sign(citizen.id, "hook-2", urlWebhook=portal.url)
            await lab.place.approve(citizen)
            await told(lab.place, "hook-2", 1)
            assert [body["transaction_id"] for body in portal.told] == ["hook-2"]
            assert (await caller.sign(citizen.id, "hook-3", urlWebhook="file:///etc/passwd")).json()[
                "status_code"
            ] == 400

    lab.run(story())


@pytest.mark.parametrize(
    ("effect", "injected", "same"),
    [("duplicate", ["", "duplicate"], True), ("forged", ["", "forged"], False), ("lost", [], True)],
)
def test_faults_of_the_webhook(lab: Running, effect: str, injected: list[str], same: bool) -> None:
    async def story() -> None:
        async with receiver() as portal:
            caller = await Vnpt.at(lab.place, "vnpt", webhook_url=portal.url)
            citizen, ref = await lab.place.citizen(), f"hook-{effect}"
            await caller.sign(citizen.id, ref)
            await lab.place.fault("vnpt.webhook", effect, ref)
            await lab.place.approve(citizen)
            rows = await told(lab.place, ref, len(injected)) if injected else []
            assert sorted(row.body["injected"] for row in rows) == injected
            assert len({json.dumps(body) for body in portal.told}) == (len(injected) if not same else len(injected[:1]))
            assert lab.place.rows(ref=ref, word="fault_used")[0].body["effect"] == effect
            assert (await caller.status(ref)).json()["data"]["signatures"]

    lab.run(story())


def test_a_forgery_that_is_planned_early_comes_while_the_phone_still_waits(lab: Running) -> None:
    async def story() -> None:
        async with receiver() as portal:
            caller = await Vnpt.at(lab.place, "vnpt", webhook_url=portal.url)
            citizen = await lab.place.citizen()
            await lab.place.fault("vnpt.webhook", "forged", citizen.id)
            await caller.sign(citizen.id, "hook-early")
            (row,) = await told(lab.place, "hook-early", 1)
            assert row.body["injected"] == "forged"
            assert portal.told[0]["signed_files"][0]["signature_value"]
            assert (await caller.status("hook-early")).json()["message"] == "sig_wait_for_user_confirm"

    lab.run(story())


def test_a_webhook_can_come_before_the_answer_to_the_request(lab: Running) -> None:
    async def story() -> None:
        async with receiver() as portal:
            caller = await Vnpt.at(lab.place, "vnpt", webhook_url=portal.url)
            citizen = await lab.place.citizen()
            await lab.place.fault("vnpt.webhook", "before_answer", caller.contract)
            call = asyncio.create_task(caller.sign(citizen.id, "hook-first"))
            await lab.place.world.store.bell.until(lambda: lab.place.prompts(citizen), bool, 5)
            assert not call.done()
            await lab.place.approve(citizen)
            reply = await asyncio.wait_for(call, 5)
            assert reply.json()["message"] == "sig_wait_for_user_confirm"
            assert [body["transaction_id"] for body in portal.told] == ["hook-first"]

    lab.run(story())


def test_repetition_is_the_specs_and_any_200_ends_it() -> None:
    async def story() -> None:
        overrides = {"vnpt": {"webhook_attempts": 5, "webhook_interval": 1}}
        async with made("ca", overrides=overrides) as place, receiver(500, 404) as portal:
            caller, citizen = await Vnpt.at(place, "vnpt", webhook_url=portal.url), await place.citizen()
            await caller.sign(citizen.id, "T1")
            await place.approve(citizen)
            rows = await told(place, "T1", 3)
            assert [(row.body["status"], row.body["more"]) for row in rows] == [(500, True), (404, True), (200, False)]

    asyncio.run(story())
