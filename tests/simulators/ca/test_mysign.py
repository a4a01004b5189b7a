"""Viettel MySign on the wire: a token for each user, numbers as strings, base64 with CRLF, waiting and polling."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from tests.places import Running
from tests.simulators.ca.callers import ADSS, VTSS, Mysign, b64

PADDED = padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())


JSON = "application/json"


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def verify(row: dict[str, Any], value: str, over: bytes) -> None:
    leaf = x509.load_der_x509_certificate(base64.b64decode(row["cert"]["certificates"][0]))
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(value), over, *PADDED)


@pytest.mark.parametrize("base", [VTSS, ADSS])
def test_a_batch_is_polled_and_its_values_come_in_the_order_of_the_question(lab: Running, base: str) -> None:
    async def story() -> None:
        caller, digests = await Mysign.at(lab.place, base), [digest("one"), digest("two")]
        row = await caller.credential()
        assert (row["key"]["len"], row["multisign"], row["cert"]["status"]) == ("2048", "2147483647", "valid")
        assert all("\r\n" in text for text in row["cert"]["certificates"])
        assert row["cert"]["serialNumber"].isdigit()
        transaction = (await caller.sign(digests)).json()["transactionId"]
        assert (await caller.status(transaction))["status"] == "4000"
        (prompt,) = await lab.place.prompts(caller.user)
        assert "Ký tờ khai, To khai 0, To khai 1" in [line.text for line in prompt.lines]
        await lab.place.approve(caller.user)
        told = await caller.status(transaction)
        assert told["status"] == "1"
        for value, over in zip(told["signatures"], digests, strict=True):
            verify(row, value, over)

    lab.run(story())


def test_async_0_waits_for_the_phone(lab: Running) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        row = await caller.credential()
        call = asyncio.create_task(caller.sign([digest("x")], 0))
        await lab.place.world.store.bell.until(lambda: lab.place.prompts(caller.user), bool, 5)
        assert not call.done()
        await lab.place.approve(caller.user)
        (value,) = (await asyncio.wait_for(call, 5)).json()["signatures"]
        verify(row, value, digest("x"))

    lab.run(story())


@pytest.mark.parametrize(("how", "status"), [("refuse", "4002"), ("expire", "4001"), ("revoke", "13004")])
def test_what_nobody_signs_ends_with_a_number(lab: Running, how: str, status: str) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        transaction = (await caller.sign([digest("x")])).json()["transactionId"]
        (prompt,) = await lab.place.prompts(caller.user)
        if how == "expire":
            await lab.place.control("POST", "expire", {"ref": transaction})
        elif how == "refuse":
            await lab.place.answer(prompt, "refuse")
        else:
            serial = int((await caller.credential())["cert"]["serialNumber"])
            await lab.place.control("POST", f"certificates/{serial:032x}/revoke")
            assert await lab.place.answer(prompt, "approve", caller.user.pin)
        told = await caller.status(transaction)
        assert (told["status"], told["signatures"]) == (status, None)

    lab.run(story())


def test_a_token_is_good_for_its_user_alone(lab: Running) -> None:
    async def story() -> None:
        one = await Mysign.at(lab.place)
        other = replace(one, user=await lab.place.citizen())  # the same service provider
        other.token = (await other.log_in()).json()["access_token"]
        transaction = (await one.sign([digest("x")])).json()["transactionId"]
        theirs = (await one.credential())["credential_id"]
        assert (await other.sign([digest("x")], credentialID=theirs)).status_code == 400
        assert (await other.status(transaction))["error"] == "invalid_request"
        mine = {**one.client, "profile_id": one.profile, "user_id": f"CMT_{one.user.id}"}
        assert (await other.post("certificates/info", mine)).json()["error"] == "58008", "a token kept for another user"
        assert (await one.post("certificates/info", mine)).status_code == 200
        other.token = "made up"
        assert (await other.post("requests/status", {"transactionId": transaction})).status_code == 401

    lab.run(story())


WRONG = {
    "numSignatures": ({"numSignatures": 2}, "numSignatures"),
    "hash in hex": ({"hash": [digest("x").hex()]}, "base64"),
    "name with marks": ({"documents": [{"document_id": "D", "document_name": b64("Tờ khai")}]}, "without marks"),
    "plain name": ({"documents": [{"document_id": "D", "document_name": "To khai!"}]}, "no base64"),
    "long description": ({"description": b64("x" * 90)}, "fewer than 100"),
    "SHA-1": ({"hashAlgo": "1.3.14.3.2.26"}, "hashAlgo"),
    "webhook": ({"async": 3}, "webhook_token_url"),
    "async 4": ({"async": 4}, "told by webhook"),
    "wrong secret": ({"client_secret": "x"}, "client_secret is not"),
    "unknown client": ({"client_id": "x"}, "client_id 'x' is not known"),
    "no async": ({"async": None}, "async None"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_in_the_journal(lab: Running, name: str) -> None:
    async def story() -> None:
        changed, why = WRONG[name]
        caller = await Mysign.at(lab.place)
        reply = await caller.sign([digest("x")], **changed)
        assert (reply.status_code, set(reply.json())) == (400, {"error", "error_description"})
        (row,) = lab.place.rows(contract=caller.contract, word="turned_away")
        assert why in row.body["why"]

    lab.run(story())


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "x"}, "58007"),
        ({"client_secret": "x"}, "86024"),
        ({"user_id": "CMT_001099000000"}, "58008"),
        ({"profile_id": ""}, "invalid_request"),
    ],
)
def test_a_login_that_is_refused(lab: Running, changed: dict[str, str], error: str) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        reply = await caller.log_in(**changed)
        assert (reply.status_code, reply.json()["error"]) == (400, error)

    lab.run(story())


def test_a_token_grows_old(lab: Running) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        await lab.place.control("POST", "clock", {"advance_seconds": 3601})
        assert (await caller.post("certificates/info", caller.client)).status_code == 401

    lab.run(story())


def test_the_credentials_in_the_body_are_those_of_the_token(lab: Running) -> None:
    async def story() -> None:
        one, other = await Mysign.at(lab.place), await Mysign.at(lab.place)
        reply = await one.sign([digest("x")], **other.client)
        assert reply.json()["error"] == "58007"
        (row,) = lab.place.rows(contract=one.contract, word="turned_away")
        assert "another than the token's" in row.body["why"]

    lab.run(story())


@pytest.mark.parametrize("effect", ["another_signer", "another_digest", "server_error", "html_200"])
@pytest.mark.parametrize("mode", [0, 1])
def test_a_planned_fault_befalls_the_answer(lab: Running, effect: str, mode: int) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        row = await caller.credential()
        await lab.place.fault("mysign.answer", effect, caller.user.id)
        call = asyncio.create_task(caller.sign([digest("x")], mode))
        await lab.place.world.store.bell.until(lambda: lab.place.prompts(caller.user), bool, 5)
        await lab.place.approve(caller.user)
        reply = await asyncio.wait_for(call, 5)
        if mode:
            reply = await caller.post("requests/status", {"transactionId": reply.json()["transactionId"]})
        came = reply.status_code, reply.headers["content-type"].split(";")[0]
        assert came == {"server_error": (500, JSON), "html_200": (200, "text/html")}.get(effect, (200, JSON))
        if effect in {"another_signer", "another_digest"}:
            with pytest.raises(InvalidSignature):
                verify(row, reply.json()["signatures"][0], digest("x"))

    lab.run(story())


def test_values_come_in_one_line_and_with_crlf(lab: Running) -> None:
    async def story() -> None:
        caller, wrapped = await Mysign.at(lab.place), set()
        for _ in range(16):
            transaction = (await caller.sign([digest("x")])).json()["transactionId"]
            await lab.place.approve(caller.user)
            wrapped.add("\r\n" in (await caller.status(transaction))["signatures"][0])
        assert wrapped == {True, False}

    lab.run(story())
