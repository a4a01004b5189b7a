"""MySign's async 3: a token of the portal's before each delivery, the result under it, until the portal says "00"."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from simulators.ca.wires import mysign_webhook
from simulators.kernel.citizens import Citizen
from simulators.kernel.courier import Delivery, Outcome
from tests.places import Place, Running, made
from tests.simulators.ca.callers import Mysign, digest
from tests.simulators.ca.test_mysign import verify

GRANTED = {
    "status_code": "00",
    "message": "OK",
    "data": {"access_token": "", "expires_in": "3600000", "consented_on": 1},
}
REFUSED = {"status_code": "01", "message": "no"}
ONE = bytes.fromhex(digest("one"))


@dataclass
class Portal:
    """Both addresses of a portal. It answers with the next of `words`, or rightly; each token is another."""

    base: str = ""
    words: list[Any] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, Any], str]] = field(default_factory=list)
    """Method, path, body, bearer."""

    async def take(self, request: web.Request) -> web.Response:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.seen.append((request.method, request.path, json.loads(await request.read()), bearer))
        told = {**GRANTED, "data": {**GRANTED["data"], "access_token": f"token-{len(self.seen)}"}}  # type: ignore[dict-item]
        return web.json_response(self.words.pop(0) if self.words else told)

    @property
    def contract(self) -> dict[str, str]:
        urls = {"webhook_url": f"{self.base}/result", "webhook_token_url": f"{self.base}/token"}
        return {**urls, "webhook_client_id": "viettel", "webhook_client_secret": "of the portal's making"}


@contextlib.asynccontextmanager
async def portal(*words: Any) -> AsyncIterator[Portal]:
    taking = Portal(words=list(words))
    app = web.Application()
    app.router.add_route("*", "/{path}", taking.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taking.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield taking
    finally:
        await runner.cleanup()


async def approved(place: Place, caller: Mysign) -> str:
    transaction = (await caller.sign([ONE], 3)).json()["transactionId"]
    await place.approve(caller.user)
    return str(transaction)


async def over(place: Place, transaction: str, count: int) -> list[Any]:
    async def look() -> list[Any]:
        return place.rows(ref=transaction, word="delivered")

    return await place.world.store.bell.until(look, lambda rows: len(rows) >= count, 10)


def test_the_token_is_asked_for_and_the_result_brought_under_it(lab: Running) -> None:
    async def story() -> None:
        async with portal() as taking:
            caller = await Mysign.at(lab.place, **taking.contract)
            transaction = await approved(lab.place, caller)
            token, result = await over(lab.place, transaction, 2)
            (asked, brought) = taking.seen
            granting = {"grant_type": "client_credentials", "client_id": "viettel"}
            assert asked == ("POST", "/token", {**granting, "client_secret": "of the portal's making"}, "")
            method, path, body, bearer = brought
            assert (method, path, bearer) == ("POST", "/result", "token-1")
            meta, data = body["meta_data"], body["data"]
            assert (meta["transaction_id"], meta["status"]) == (transaction, "1")
            assert meta["request_id"].startswith(f"VIETTEL_{transaction}_")
            (one,) = data["results"]
            assert one["document_id"] == "D0"
            verify(await caller.credential(), one["signature"], ONE)
            assert base64.b64decode(one["signature"]) == base64.b64decode(
                (await caller.status(transaction))["signatures"][0]
            )
            assert (token.body["kind"], token.body["more"]) == ("mysign.token", True)
            assert (result.body["kind"], result.body["more"]) == ("mysign.webhook", False)
            assert json.loads(token.body["sent"]) == {**granting, "client_secret": "…"}
            shown = {**GRANTED["data"], "access_token": "…"}  # type: ignore[dict-item]
            assert json.loads(token.body["answer"]) == {**GRANTED, "data": shown}
            assert json.loads(result.body["sent"]) == body
            told = str(lab.place.rows(ref=transaction))
            assert ("of the portal's making" in told, "token-1" in told) == (False, False)

    lab.run(story())


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        ((REFUSED,), ["/token", "/token", "/result"]),
        (({**GRANTED, "data": {"access_token": "a\nb"}},), ["/token", "/token", "/result"]),
        (({**GRANTED, "data": {"access_token": "first"}}, REFUSED), ["/token", "/result", "/token", "/result"]),
        ((REFUSED, REFUSED, REFUSED, REFUSED), ["/token", "/token", "/token"]),
    ],
    ids=["no token", "no header", "not acknowledged", "never"],
)
def test_each_repetition_begins_with_a_token(words: tuple[Any, ...], paths: list[str]) -> None:
    async def story() -> None:
        overrides = {"mysign": {"webhook_interval": 1, "webhook_attempts": 3}}
        async with made("ca", overrides=overrides) as place, portal(*words) as taking:
            caller = await Mysign.at(place, **taking.contract)
            rows = await over(place, await approved(place, caller), len(paths))
            assert [path for _method, path, *_rest in taking.seen] == paths
            assert [row.body["more"] for row in rows] == [True] * (len(paths) - 1) + [False]

    asyncio.run(story())


def test_the_verb_is_a_field() -> None:
    async def story() -> None:
        async with made("ca", overrides={"mysign": {"webhook_verb": "GET"}}) as place, portal() as taking:
            caller = await Mysign.at(place, **taking.contract)
            await over(place, await approved(place, caller), 2)
            assert [(method, path) for method, path, *_ in taking.seen] == [("GET", "/token"), ("GET", "/result")]

    asyncio.run(story())


def test_without_both_addresses_async_3_is_refused(lab: Running) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place, webhook_url="http://127.0.0.1:9/result")
        assert (await caller.sign([ONE], 3)).status_code == 400
        (row,) = lab.place.rows(contract=caller.contract, word="turned_away")
        assert "webhook_token_url" in row.body["why"]

    lab.run(story())


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_only_async_3_is_told(lab: Running, mode: int) -> None:
    async def story() -> None:
        async with portal() as taking:
            user: Citizen = await lab.place.citizen()
            caller = await Mysign.at(lab.place, user=user, **taking.contract)
            call = asyncio.create_task(caller.sign([ONE], mode))
            await lab.place.world.store.bell.until(lambda: lab.place.prompts(user), bool, 5)
            await lab.place.approve(user)
            assert (await call).status_code == 200
            (asked,) = lab.place.rows(subject=user.id, word="signing_requested")
            assert await lab.place.world.store.find(Delivery, about=asked.ref) == []
            assert (lab.place.rows(ref=asked.ref, word="delivered"), taking.seen) == ([], [])

    lab.run(story())


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"access_token":"t","message":"OK"}', '{"access_token":"…","message":"OK"}'),
        (
            '{"data":{"accessToken":"t","expires_in":1,"message":["t"]}}',
            '{"data":{"accessToken":"…","expires_in":1,"message":"…"}}',
        ),
        ("access_token=t", "… (14 characters that are no JSON object)"),
        ('["t"]', "… (5 characters that are no JSON object)"),
        ('{"data":' * 20000, "… (160000 characters that are no JSON object)"),
    ],
    ids=["flat", "another name", "form", "list", "deep"],
)
def test_of_a_tokens_answer_the_journal_has_what_is_no_secret(body: str, shown: str) -> None:
    assert mysign_webhook.without_secrets(body) == shown


@pytest.mark.parametrize("answer", ['{"status_code":"00","x":' + "[" * 20000, "[]", "00", '{"status_code":0}'])
def test_an_answer_that_is_none_acknowledges_nothing(answer: str) -> None:
    assert not mysign_webhook.acknowledged(Outcome(200, answer))


def test_a_forger_has_no_token_and_sends_once(lab: Running) -> None:
    async def story() -> None:
        async with portal(REFUSED) as taking:
            caller = await Mysign.at(lab.place, **taking.contract)
            await lab.place.fault("mysign.webhook", "forged", caller.user.id)
            transaction = (await caller.sign([ONE], 3)).json()["transactionId"]
            (forged,) = await over(lab.place, transaction, 1)
            told = forged.body
            assert (told["kind"], told["injected"], told["more"]) == ("mysign.webhook", "forged", False)
            ((method, path, body, bearer),) = taking.seen
            assert (method, path, bearer) == ("POST", "/result", "")
            assert body["meta_data"]["request_id"].startswith(f"VIETTEL_{transaction}_")
            assert len(base64.b64decode(body["data"]["results"][0]["signature"])) == 256
            await lab.place.approve(caller.user)
            await over(lab.place, transaction, 3)
            assert [(path, bearer) for _method, path, _body, bearer in taking.seen[1:]] == [
                ("/token", ""),
                ("/result", "token-2"),
            ]

    lab.run(story())


@pytest.mark.parametrize(("effect", "results"), [("lost", 0), ("duplicate", 2), ("forged", 2)])
def test_planned_faults_befall_this_webhook_too(lab: Running, effect: str, results: int) -> None:
    async def story() -> None:
        async with portal() as taking:
            caller = await Mysign.at(lab.place, **taking.contract)
            await lab.place.fault("mysign.webhook", effect, caller.user.id)
            transaction = await approved(lab.place, caller)
            calls = {"lost": 0, "duplicate": 4, "forged": 3}[effect]
            assert len(await over(lab.place, transaction, calls)) == calls
            brought = [body for _method, path, body, _bearer in taking.seen if path == "/result"]
            values = {one["signature"] for body in brought for one in body["data"]["results"]}
            assert (len(brought), len(values)) == (results, {"lost": 0, "duplicate": 1, "forged": 2}[effect])
            waiting = await lab.place.world.store.find(Delivery, about=transaction)
            assert waiting == []

    lab.run(story())
