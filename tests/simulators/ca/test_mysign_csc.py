"""MySign's variant that is shaped as CSC: one user's token, names for documents, a SAD; and statuses by planned faults."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils

from simulators.kernel.citizens import Citizen
from tests.places import Running
from tests.simulators.ca.callers import ADSS, ALGORITHMS, VTSS, Mysign, b64, digest

DIGESTS = [b64(bytes.fromhex(digest(text))) for text in ("one", "two")]
NAMES = [{"document_id": f"D{place}", "document_name": b64(f"To khai {place}")} for place in range(2)]


async def credential_of(caller: Mysign) -> str:
    listed = await caller.post("ras/csc/v1/credentials/list", {"userID": f"CMT_{caller.user.id}"})
    (one,) = listed.json()["credentialIDs"]
    return str(one)


async def authorized(caller: Mysign, phone: str = "approve", **changed: Any) -> httpx.Response:
    body = {"credentialID": await credential_of(caller), "numSignatures": 2, "hash": DIGESTS, "documents": NAMES}
    asking = asyncio.create_task(caller.post("ras/csc/v1/credentials/authorize", {**body, **changed}))
    await caller.place.world.store.bell.until(lambda: caller.place.prompts(caller.user), bool, 5)
    (prompt,) = await caller.place.prompts(caller.user)
    shown = [line.text for line in prompt.lines]
    assert shown[:2] == ["D0", "D1"]
    assert ", ".join(filter(None, (changed.get("description"), "To khai 0, To khai 1"))) in shown
    await caller.place.answer(prompt, phone, caller.user.pin)
    return await asyncio.wait_for(asking, 5)


@pytest.mark.parametrize("base", [VTSS, ADSS])
def test_what_was_authorized_is_signed_once(lab: Running, base: str) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place, base)
        credential = await credential_of(caller)
        asked = {"credentialID": credential, "certificates": "chain", "certInfo": True, "authInfo": True}
        shown = (await caller.post("ras/csc/v1/credentials/info", asked)).json()
        key: Any = x509.load_der_x509_certificate(base64.b64decode(shown["cert"]["certificates"][0])).public_key()
        sad = (await authorized(caller, numSignatures=12, description="Ho so 1")).json()["SAD"]
        order = {"credentialID": credential, "SAD": sad, "hash": DIGESTS, **ALGORITHMS}
        signed = await caller.post("ras/csc/v1/signatures/signHash", order)
        for value, text in zip(signed.json()["signatures"], ("one", "two"), strict=True):
            padded, over = padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())
            key.verify(base64.b64decode(value), bytes.fromhex(digest(text)), padded, over)
        again = await caller.post("ras/csc/v1/signatures/signHash", order)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_request")

    lab.run(story())


def test_the_token_is_good_for_its_user_alone(lab: Running) -> None:
    async def story() -> None:
        one = await Mysign.at(lab.place)
        other = replace(one, user=await lab.place.citizen())
        other.token = (await other.log_in()).json()["access_token"]
        theirs = await credential_of(one)
        assert theirs.startswith(f"CCCD_{one.user.id}_")
        listed = await other.post("ras/csc/v1/credentials/list", {"userID": one.user.id})
        assert listed.json() == {"error": "invalid_request", "error_description": "Invalid parameter userID"}
        for method in ("credentials/info", "credentials/authorize", "signatures/signHash"):
            body = {"credentialID": theirs, "numSignatures": 2, "hash": DIGESTS, "documents": NAMES, **ALGORITHMS}
            reply = await other.post(f"ras/csc/v1/{method}", body)
            assert reply.json()["error_description"] == "Invalid parameter credentialID"
        other.token = "made up"
        assert (await other.post("ras/csc/v1/credentials/list", {})).status_code == 401

    lab.run(story())


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"numSignatures": 1}, "SCAL 2"), ({"documents": NAMES[:1]}, "documents counts 1"), ({"hash": []}, "SCAL 2")],
)
def test_counts_that_do_not_fit_are_named(lab: Running, changed: dict[str, Any], why: str) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        body = {"credentialID": await credential_of(caller), "numSignatures": 2, "hash": DIGESTS, "documents": NAMES}
        reply = await caller.post("ras/csc/v1/credentials/authorize", {**body, **changed})
        assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")
        (row,) = lab.place.rows(contract=caller.contract, word="turned_away")
        assert why in row.body["why"]

    lab.run(story())


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (b64("Tờ khai"), "letters without marks"),
        (b64("To khai.docx"), "letters without marks"),
        ("To khai!", "no base64"),
        ("/w==", "no base64 of a UTF-8 text"),
        ("", "letters without marks"),
    ],
)
def test_a_name_of_a_document_is_that_of_the_main_door(lab: Running, name: str, why: str) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        body = {"credentialID": await credential_of(caller), "numSignatures": 2, "hash": DIGESTS}
        documents = [NAMES[0], {"document_id": "D1", "document_name": name}]
        reply = await caller.post("ras/csc/v1/credentials/authorize", {**body, "documents": documents})
        assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")
        (row,) = lab.place.rows(contract=caller.contract, word="turned_away")
        assert why in row.body["why"]
        assert await lab.place.prompts(caller.user) == []

    lab.run(story())


@pytest.mark.parametrize(
    ("phone", "error"),
    [("refuse", ("access_denied", "The user denied the request")), ("fail", ("server_error", "Signing failed"))],
)
def test_without_a_signature_there_is_no_sad(lab: Running, phone: str, error: tuple[str, str]) -> None:
    async def story() -> None:
        caller = await Mysign.at(lab.place)
        if phone == "fail":
            await lab.place.fault("mysign.answer", "sign_failed", caller.user.id)
        told = (await authorized(caller, "refuse" if phone == "refuse" else "approve")).json()
        assert (told["error"], told["error_description"]) == error

    lab.run(story())


async def waiting(lab: Running) -> tuple[Mysign, Citizen, str]:
    caller = await Mysign.at(lab.place)
    transaction = (await caller.sign([bytes.fromhex(digest("x"))])).json()["transactionId"]
    return caller, caller.user, transaction


def test_6000_comes_between_the_phones_yes_and_the_values(lab: Running) -> None:
    async def story() -> None:
        caller, citizen, transaction = await waiting(lab)
        await lab.place.fault("mysign.status", "signing", transaction)
        assert (await caller.status(transaction))["status"] == "4000", "not before the citizen has confirmed"
        await lab.place.approve(citizen)
        between = await caller.status(transaction)
        assert (between["status"], between["signatures"]) == ("6000", None)
        assert (await caller.status(transaction))["status"] == "1"

    lab.run(story())


def test_50000_is_told_once_and_the_request_goes_on(lab: Running) -> None:
    async def story() -> None:
        caller, citizen, transaction = await waiting(lab)
        await lab.place.fault("mysign.status", "internal_error", transaction)
        assert (await caller.status(transaction))["status"] == "50000"
        assert (await caller.status(transaction))["status"] == "4000"
        await lab.place.approve(citizen)
        assert (await caller.status(transaction))["status"] == "1"

    lab.run(story())


def test_4004_ends_what_the_citizen_approved(lab: Running) -> None:
    async def story() -> None:
        caller, citizen, transaction = await waiting(lab)
        await lab.place.control("POST", "turns", {"ca": "mysign", "citizen": citizen.id, "left": 1})
        await lab.place.fault("mysign.answer", "sign_failed", transaction)
        assert await lab.place.approve(citizen) == "", "the app knows nothing of it"
        assert (await caller.status(transaction))["status"] == "4004"
        (row,) = lab.place.rows(ref=transaction, word="signing_refused")
        assert (row.body["by"], row.body["reason"]) == ("ca", "ca_failed")
        left = await lab.place.control("GET", f"turns/mysign/{citizen.id}")
        assert left.json()["left"] == 1, "no turn for no signature"

    lab.run(story())
