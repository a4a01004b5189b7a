"""MISA eSign's webhook: another messageId each time until errorCode "0", and what faults make of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.places import Running, made
from tests.simulators.ca.misa import GUID, Misa, digest, verify
from tests.simulators.ca.test_webhook import told


@dataclass
class Receiver:
    """A portal's webhook that answers with the next of its words, and keeps what it was told."""

    words: list[str]
    url: str = ""
    told: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.told.append(json.loads(await request.read()))
        return web.Response(text=self.words.pop(0) if self.words else '{"errorCode": "0"}')


@contextlib.asynccontextmanager
async def receiver(*words: str) -> AsyncIterator[Receiver]:
    taking = Receiver(list(words))
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


def test_the_webhook_comes_again_with_another_message_id_until_it_is_acknowledged() -> None:
    async def story() -> None:
        overrides = {"misa": {"webhook_interval": 1, "webhook_attempts": 5}}
        async with made("ca", overrides=overrides) as place, receiver("{}", '{"errorCode": "1"}') as portal:
            caller = await Misa.at(place, webhook_url=portal.url)
            transaction = await caller.signed(digest("one"), digest("two"))
            await place.approve(caller.user)
            rows = await told(place, transaction, 3)
            assert [row.body["more"] for row in rows] == [True, True, False]
            assert [row.body["sent"] for row in rows] == [json.dumps(one, separators=(",", ":")) for one in portal.told]
            ids = {one.pop("messageId") for one in portal.told}
            assert len(ids) == 3
            assert all(GUID.fullmatch(one) for one in ids)
            assert portal.told[0] == portal.told[1] == portal.told[2]
            body = portal.told[0]
            assert (body["clientId"], body["status"]) == (caller.client["x-clientid"], "SUCCESS")
            assert (body["transactionId"], body["extraData"]) == (transaction, {})
            assert [one["documentId"] for one in body["signatures"]] == ["D0", "D1"]
            verify(await caller.row(), body["signatures"][1]["signature"], digest("two"))

    asyncio.run(story())


@pytest.mark.parametrize("word", ["not json", "[]", '{"errorCode": 1}', '{"errorCode": null}', ""])
def test_whatever_else_a_portal_answers_is_no_acknowledgement(word: str) -> None:
    async def story() -> None:
        overrides = {"misa": {"webhook_interval": 1, "webhook_attempts": 2}}
        async with made("ca", overrides=overrides) as place, receiver(word) as portal:
            caller = await Misa.at(place, webhook_url=portal.url)
            transaction = await caller.signed(digest("x"))
            await place.approve(caller.user)
            rows = await told(place, transaction, 2)
            assert [row.body["more"] for row in rows] == [True, False]

    asyncio.run(story())


@pytest.mark.parametrize(("effect", "count"), [("duplicate", 2), ("forged", 2), ("lost", 0)])
def test_faults_of_the_webhook(lab: Running, effect: str, count: int) -> None:
    async def story() -> None:
        async with receiver() as portal:
            caller = await Misa.at(lab.place, webhook_url=portal.url)
            transaction = await caller.signed(digest("x"))
            await lab.place.fault("misa.webhook", effect, transaction)
            await lab.place.approve(caller.user)
            assert len(await told(lab.place, transaction, count)) == count
            assert len({one["messageId"] for one in portal.told}) == count
            values = {one["signatures"][0]["signature"] for one in portal.told}
            assert len(values) == {"duplicate": 1, "forged": 2, "lost": 0}[effect]

    lab.run(story())


def test_a_webhook_can_come_before_the_answer_to_the_request(lab: Running) -> None:
    async def story() -> None:
        async with receiver() as portal:
            caller = await Misa.at(lab.place, webhook_url=portal.url)
            await lab.place.fault("misa.webhook", "before_answer", caller.contract)
            call = asyncio.create_task(caller.sign(digest("x")))
            await lab.place.world.store.bell.until(lambda: lab.place.prompts(caller.user), bool, 5)
            assert not call.done()
            await lab.place.approve(caller.user)
            reply = await asyncio.wait_for(call, 5)
            assert [one["transactionId"] for one in portal.told] == [reply.json()["transactionId"]]

    lab.run(story())
