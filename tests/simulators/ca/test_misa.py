"""MISA eSign on the wire: certificates with GUIDs and the misspelt chain, a batch signed by the phone, faults, bad input."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from tests.places import Running, made
from tests.simulators.ca.misa import AUTH, BASE, GENERAL, GUID, SIGNING, Misa, b64, digest, verify, whys
from tests.simulators.ca.test_bad_input import BODIES, ODD


def test_a_batch_is_signed_whole_and_told_in_the_order_of_the_question(lab: Running) -> None:
    async def story() -> None:
        caller, digests = await Misa.at(lab.place), [digest("one"), digest("two")]
        row = await caller.row()
        assert row["userId"] == caller.tokens["user"]["id"]
        assert GUID.fullmatch(row["keyAlias"])
        assert (row["keyStatus"], row["certStatus"], row["isAutoSign"]) == ("ACTIVE", "ACTIVE", False)
        leaf, issuer, root = (x509.load_der_x509_certificate(base64.b64decode(one)) for one in row["certiticateChain"])
        leaf.verify_directly_issued_by(issuer)
        issuer.verify_directly_issued_by(root)
        transaction = await caller.signed(*digests)
        assert await caller.status(transaction) == {
            "status": "PENDING",
            "errorCode": "",
            "errorDescription": "",
            "transactionId": transaction,
            "signatures": [],
        }
        (prompt,) = await lab.place.prompts(caller.user)
        assert "Ký tờ khai & đơn (Tờ khai 0, Tờ khai 1)" in [line.text for line in prompt.lines]
        assert await lab.place.approve(caller.user) == ""
        done = await caller.status(transaction)
        assert done["status"] == "SUCCESS"
        for one, over in zip(done["signatures"], digests, strict=True):
            verify(row, one["signature"], over)

    lab.run(story())


def test_every_legal_variance_is_drawn(lab: Running) -> None:
    async def story() -> None:
        caller, seen = await Misa.at(lab.place), set()
        for _ in range(16):
            transaction = await caller.signed(digest("x"))
            await lab.place.approve(caller.user)
            (one,) = (await caller.status(transaction))["signatures"]
            seen.add(frozenset(one))
        assert seen == {frozenset({"signature"}), frozenset({"signature", "documentId"})}

    lab.run(story())


@pytest.mark.parametrize(
    ("how", "status", "error"),
    [
        ("refuse", "CANCELLED", "UserRejected"),
        ("expire", "FAILED", "TransactionExpired"),
        ("revoke", "FAILED", "CertificateInactive"),
        ("suspend", "FAILED", "CertificateInactive"),
    ],
)
def test_what_nobody_signs_ends_and_a_late_yes_changes_nothing(lab: Running, how: str, status: str, error: str) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        transaction = await caller.signed(digest("x"))
        (prompt,) = await lab.place.prompts(caller.user)
        if how == "expire":
            await lab.place.control("POST", "expire", {"ref": transaction})
        elif how == "refuse":
            await lab.place.answer(prompt, "refuse")
        else:
            leaf = x509.load_der_x509_certificate(base64.b64decode((await caller.row())["certificate"]))
            await lab.place.control("POST", f"certificates/{leaf.serial_number:032x}/{how}")
            assert (await caller.row())["keyStatus"] == "INACTIVE"
            again = await caller.sign(digest("x"))
            assert (again.status_code, again.json()["errorCode"]) == (400, "CertificateInactive")
        assert await lab.place.answer(prompt, "approve", caller.user.pin), "the app says why not"
        done = await caller.status(transaction)
        assert (done["status"], done["errorCode"], done["signatures"]) == (status, error, [])

    lab.run(story())


def test_a_refusal_is_failed_where_the_world_has_it_so() -> None:
    async def story() -> None:
        async with made("ca", overrides={"misa": {"refused_status": "FAILED"}}) as place:
            caller = await Misa.at(place)
            transaction = await caller.signed(digest("x"))
            (prompt,) = await place.prompts(caller.user)
            await place.answer(prompt, "refuse")
            assert (await caller.status(transaction))["status"] == "FAILED"

    asyncio.run(story())


def test_another_user_reads_neither_the_transaction_nor_the_certificate(lab: Running) -> None:
    async def story() -> None:
        one = await Misa.at(lab.place)
        other = replace(one, user=await lab.place.citizen())  # the same service provider
        await other.log_in()
        other.tokens = (await other.second(await other.code())).json()["data"]
        transaction, alias = await one.signed(digest("x")), (await one.row())["keyAlias"]
        assert (await other.status(transaction))["errorCode"] == "TransactionNotFound"
        assert (await other.sign(digest("x"), CertAlias=alias)).json()["errorCode"] == "InvalidCertAlias"
        assert (await other.get(f"{GENERAL}/Certificates/by-certId", certAlias=alias)).status_code == 400
        assert (await one.get(f"{GENERAL}/Certificates/by-certId", certAlias=alias)).json() == await one.row()

    lab.run(story())


def test_an_account_that_is_not_connected_is_refused_until_it_is(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        await lab.place.fault("misa.account", "not_connected", caller.user.id)
        reply = await caller.sign(digest("x"))
        assert (reply.status_code, "chưa kết nối" in reply.json()["userMsg"]) == (400, True)
        assert await lab.place.prompts(caller.user) == []
        assert (await caller.sign(digest("x"))).status_code == 200

    lab.run(story())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_service_under_webdev_is_a_page_with_200(lab: Running, method: str) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        url = f"{BASE}/webdev/external/esrm/service/general/api/v1/Certificates/by-userId"
        reply = await lab.place.http.request(method, url, headers=caller.headers())
        assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, "text/html")
        assert "take /webdev out" in whys(lab.place, caller.contract)[0]

    lab.run(story())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "hash in hex": (
        {"Documents": [{"DocumentId": "D", "FileToSign": digest("x").hex(), "DocumentName": "T"}]},
        "base64",
    ),
    "long id": ({"Documents": [{"DocumentId": "D" * 37, "FileToSign": "", "DocumentName": "T"}]}, "at most 36"),
    "long name": ({"Documents": [{"DocumentId": "D", "FileToSign": "", "DocumentName": "T" * 101}]}, "1 to 100"),
    "no document": ({"Documents": []}, "0 items"),
    "another user": ({"UserId": "x"}, "not the token's user"),
    "no alias": ({"CertAlias": ""}, "none of the token's user"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_in_the_journal(lab: Running, name: str) -> None:
    async def story() -> None:
        changed, why = WRONG[name]
        caller = await Misa.at(lab.place)
        reply = await caller.sign(digest("x"), **changed)
        assert (reply.status_code, set(reply.json())) == (400, {"error", "errorCode", "devMsg", "userMsg"})
        assert why in whys(lab.place, caller.contract)[0]

    lab.run(story())


@pytest.mark.parametrize("effect", ["another_signer", "another_digest", "server_error", "html_200"])
def test_a_planned_fault_befalls_the_answer(lab: Running, effect: str) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        row = await caller.row()
        await lab.place.fault("misa.answer", effect, caller.user.id)
        transaction = await caller.signed(digest("x"))
        await lab.place.approve(caller.user)
        reply = await caller.get(f"{SIGNING}/status/{transaction}")
        came = reply.status_code, reply.headers["content-type"].split(";")[0]
        whole = 200, "application/json"
        assert came == {"server_error": (500, whole[1]), "html_200": (200, "text/html")}.get(effect, whole)
        if effect in {"another_signer", "another_digest"}:
            with pytest.raises(InvalidSignature):
                verify(row, reply.json()["signatures"][0]["signature"], digest("x"))

    lab.run(story())


@pytest.mark.parametrize("effect", ["empty", "another_citizen", "server_error"])
def test_a_planned_fault_befalls_the_list(lab: Running, effect: str) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        await lab.place.fault("misa.list", effect, caller.user.id)
        reply = await caller.get(f"{GENERAL}/Certificates/by-userId")
        assert reply.status_code == (500 if effect == "server_error" else 200)
        if effect == "empty":
            assert reply.json() == []
        if effect == "another_citizen":
            leaf = x509.load_der_x509_certificate(base64.b64decode(reply.json()[0]["certificate"]))
            assert caller.user.id not in leaf.subject.rfc4514_string()

    lab.run(story())


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_request(lab: Running, body: bytes) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        headers = {**caller.headers(), "Content-Type": "application/json"}
        for path in ("login-api", "two-factor-auth", "resend-otp-auth", "refreshtoken"):
            reply = await lab.place.http.post(f"{AUTH}/{path}", content=body, headers=headers)
            assert reply.status_code in {400, 401}
            assert set(reply.json()) in ({"status", "data"}, {"error", "errorCode", "devMsg", "userMsg"})
        reply = await lab.place.http.post(f"{SIGNING}/hash", content=body, headers=headers)
        assert (reply.status_code, set(reply.json())) == (400, {"error", "errorCode", "devMsg", "userMsg"})
        assert await lab.place.prompts(caller.user) == []

    lab.run(story())


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_odd_values_of_rightful_callers(lab: Running, value: Any) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        document = {"DocumentId": "D", "FileToSign": b64(digest("x")), "DocumentName": "T"}
        for name in ("DataToBeDisplayed", "UserId", "CertAlias", "Documents"):
            assert (await caller.sign(digest("x"), **{name: value})).status_code in {200, 400}
        for name in document:
            assert (await caller.sign(Documents=[{**document, name: value}])).status_code in {200, 400}
        for name in ("userName", "code", "otpType", "remember"):
            assert (await caller.second("000000", **{name: value})).status_code == 400
        assert not lab.place.rows(word="crashed")

    lab.run(story())


def test_out_of_turns(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        await lab.place.control("POST", "turns", {"ca": "misa", "citizen": caller.user.id, "left": 1})
        reply = await caller.sign(digest("x"), digest("y"), Documents=None)
        assert reply.status_code == 400
        reply = await caller.sign(digest("x"), digest("y"))
        assert (reply.status_code, reply.json()["errorCode"]) == (400, "OutOfTurns")
        assert (await caller.sign(digest("x"))).status_code == 200

    lab.run(story())
