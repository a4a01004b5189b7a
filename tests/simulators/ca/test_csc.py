"""The Cloud Signature Consortium door of the VNPT desk: the standard's words, the phone's yes, each digest let out once."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils

from simulators.ca.desk.activations import SAD_TTL
from simulators.ca.spec import CaSpec
from simulators.kernel.citizens import Citizen
from tests.places import Place, Running, running

BASE = "/ca/vnpt/csc/v1"
DIGESTS = [base64.b64encode(bytes([n]) * 32).decode() for n in range(3)]
SHA256, SHA256_RSA = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11"
Told = tuple[int, str, str]


class Client:
    """A service provider that speaks the standard alone."""

    def __init__(self, place: Place, citizen: Citizen) -> None:
        self.place, self.citizen = place, citizen
        self.bearer = ""
        self.credential = ""

    async def ask(self, method: str, body: Any, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return await self.place.http.post(f"{BASE}/{method}", json=body, headers=sent | headers)

    async def log_in(self) -> None:
        sheet = (await self.place.contract())["vnpt"]
        assert sheet["csc_url"].endswith("/ca/vnpt")
        pair = base64.b64encode(f"{sheet['sp_id']}:{sheet['sp_password']}".encode()).decode()
        told = (await self.ask("auth/login", {}, Authorization=f"Basic {pair}")).json()
        self.bearer = told["access_token"]
        listed = await self.ask("credentials/list", {"userID": self.citizen.id})
        (self.credential,) = listed.json()["credentialIDs"]

    async def authorize(self, hash_: list[str], choice: str = "approve", **changed: Any) -> httpx.Response:
        """While the citizen answers."""
        body = {"credentialID": self.credential, "numSignatures": len(hash_), "hash": hash_, **changed}
        asking = asyncio.create_task(self.ask("credentials/authorize", body))
        found = await self.place.world.store.bell.until(lambda: self.place.prompts(self.citizen), bool, 5)
        await self.place.answer(found[-1], choice, self.citizen.pin if choice == "approve" else None)
        return await asking

    async def sign(self, sad: str, hash_: list[str], **changed: Any) -> httpx.Response:
        body = {"credentialID": self.credential, "SAD": sad, "hash": hash_, "signAlgo": SHA256_RSA, "hashAlgo": SHA256}
        return await self.ask("signatures/signHash", {**body, **changed})


def said(reply: httpx.Response) -> Told:
    return reply.status_code, reply.json()["error"], reply.json()["error_description"]


async def a_client(place: Place) -> Client:
    client = Client(place, await place.citizen())
    await client.log_in()
    return client


def test_the_service_says_what_it_is_and_that_the_wire_is_not_the_providers(lab: Running) -> None:
    told = lab.run(lab.place.http.post(f"{BASE}/info", json={})).json()

    assert (told["specs"], told["authType"]) == ("1.0.4.0", ["basic"])
    assert "not one that the provider documents" in told["description"]
    assert len(told["methods"]) == 6


def test_a_batch_is_signed_after_one_yes_and_each_digest_goes_out_once(lab: Running) -> None:
    async def story() -> None:
        client = await a_client(lab.place)
        shown = (
            await client.ask("credentials/info", {"credentialID": client.credential, "certificates": "chain"})
        ).json()
        granted = (await client.authorize(DIGESTS, description="Ký ba tài liệu")).json()
        later, first = (
            await client.sign(granted["SAD"], DIGESTS[2:0:-1]),
            await client.sign(granted["SAD"], DIGESTS[:1]),
        )
        key: Any = x509.load_der_x509_certificate(base64.b64decode(shown["cert"]["certificates"][0])).public_key()
        for digest, value in zip(
            [DIGESTS[2], DIGESTS[1], DIGESTS[0]], later.json()["signatures"] + first.json()["signatures"], strict=True
        ):
            raw, padded = base64.b64decode(value), padding.PKCS1v15()
            key.verify(raw, base64.b64decode(digest), padded, utils.Prehashed(hashes.SHA256()))
        assert said(await client.sign(granted["SAD"], DIGESTS[:1]))[2] == "Hash is not authorized by the SAD"
        assert (shown["SCAL"], shown["authMode"], len(shown["cert"]["certificates"])) == ("2", "implicit", 3)
        assert 0 < granted["expiresIn"] <= SAD_TTL // 1000
        assert not lab.place.rows(word="delivered", subject=client.citizen.id), "the other door's webhook stays out"

    lab.run(story())


def test_without_the_citizens_yes_there_is_no_sad(lab: Running) -> None:
    async def story() -> list[Told]:
        client = await a_client(lab.place)
        refused = said(await client.authorize(DIGESTS[:1], "refuse"))
        body = {"credentialID": client.credential, "numSignatures": 1, "hash": DIGESTS[:1]}
        asking = asyncio.create_task(client.ask("credentials/authorize", body))
        found = await lab.place.world.store.bell.until(lambda: lab.place.prompts(client.citizen), bool, 5)
        await lab.place.control("POST", "expire", {"ref": found[-1].ref})
        return [refused, said(await asking)]

    assert lab.run(story()) == [
        (400, "access_denied", "The user denied the request"),
        (400, "access_denied", "The user did not answer in time"),
    ]


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "no_hash": ("authorize", {"hash": [], "numSignatures": 1}, "Invalid value for parameter numSignatures"),
    "fewer_hashes": ("authorize", {"numSignatures": 2}, "Invalid value for parameter numSignatures"),
    "hex_hash": ("authorize", {"hash": ["5f" * 32]}, "Invalid Base64 hash string parameter"),
    "short_hash": ("authorize", {"hash": ["AAAA"]}, "Invalid Base64 hash string parameter"),
    "nobody's_credential": ("authorize", {"credentialID": "5401"}, "Invalid parameter credentialID"),
    "no_sad": ("sign", {"SAD": ""}, "Invalid parameter SAD"),
    "invented_sad": ("sign", {"SAD": "x" * 40}, "Invalid parameter SAD"),
    "another_hash": ("sign", {"hash": DIGESTS[1:2]}, "Hash is not authorized by the SAD"),
    "twice_in_one": ("sign", {"hash": DIGESTS[:1] * 2}, "Hash is not authorized by the SAD"),
    "sha1": ("sign", {"signAlgo": "1.2.840.113549.1.1.5"}, "Invalid parameter signAlgo or hashAlgo"),
    "empty": ("sign", {"hash": []}, "Invalid Base64 hash string parameter"),
    "number": ("sign", {"SAD": 7}, "The request is missing a required parameter or is otherwise malformed"),
}


@pytest.mark.parametrize(("where", "changed", "description"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_the_standards_words_and_spends_nothing(
    lab: Running, where: str, changed: dict[str, Any], description: str
) -> None:
    async def story() -> tuple[Told, int]:
        client = await a_client(lab.place)
        if where == "authorize":
            body = {"credentialID": client.credential, "numSignatures": 1, "hash": DIGESTS[:1], **changed}
            return said(await client.ask("credentials/authorize", body)), len(await lab.place.prompts(client.citizen))
        sad = (await client.authorize(DIGESTS[:1])).json()["SAD"]
        wrong = said(await client.sign(sad, hash_=changed.pop("hash", DIGESTS[:1]), **changed))
        return wrong, (await client.sign(sad, DIGESTS[:1])).status_code - 200

    assert lab.run(story()) == ((400, "invalid_request", description), 0)


def test_a_token_opens_its_own_contracts_sad_alone(lab: Running) -> None:
    async def story() -> list[Told]:
        owner = await a_client(lab.place)
        thief = Client(lab.place, owner.citizen)
        await thief.log_in()
        sad = (await owner.authorize(DIGESTS[:1])).json()["SAD"]
        stolen = said(await thief.sign(sad, DIGESTS[:1]))
        thief.bearer = "x"
        unknown = said(await thief.sign(sad, DIGESTS[:1]))
        wrong = await owner.ask("auth/login", {}, Authorization="Basic " + base64.b64encode(b"a:b").decode())
        assert (await owner.sign(sad, DIGESTS[:1])).is_success
        return [stolen, unknown, said(wrong)]

    assert lab.run(story()) == [
        (400, "invalid_request", "Invalid parameter SAD"),
        (401, "invalid_token", "The token provided is not a valid OAuth access token"),
        (400, "authentication_error", "An error occurred during authentication process"),
    ]


@pytest.mark.parametrize("effect", ["server_error", "html_200"])
def test_a_planned_fault_breaks_this_doors_answer_too(lab: Running, effect: str) -> None:
    async def story() -> httpx.Response:
        client = await a_client(lab.place)
        await lab.place.fault("vnpt.answer", effect, client.citizen.id)
        sad = (await client.authorize(DIGESTS[:1])).json()["SAD"]
        return await client.sign(sad, DIGESTS[:1])

    reply = lab.run(story())
    assert (reply.status_code, "signatures" in reply.text) == ({"server_error": 500}.get(effect, 200), False)


def test_a_suspended_certificate_signs_nothing(lab: Running) -> None:
    async def story() -> tuple[str, Told]:
        client = await a_client(lab.place)
        await lab.place.control("POST", f"certificates/{client.credential}/suspend")
        shown = (await client.ask("credentials/info", {"credentialID": client.credential, "certInfo": True})).json()
        body = {"credentialID": client.credential, "numSignatures": 1, "hash": DIGESTS[:1]}
        return shown["key"]["status"], said(await client.ask("credentials/authorize", body))

    status, told = lab.run(story())
    assert (status, told[1]) == ("disabled", "invalid_request")


def test_a_sad_grows_old() -> None:
    async def story() -> Told:
        client = await a_client(lab.place)
        sad = (await client.authorize(DIGESTS[:1])).json()["SAD"]
        await lab.place.control("POST", "clock", {"advance_seconds": SAD_TTL // 1000 + 1})
        return said(await client.sign(sad, DIGESTS[:1]))

    with running("ca") as lab:
        assert lab.run(story()) == (400, "invalid_request", "SAD expired")


def test_only_the_vnpt_desk_has_this_door() -> None:
    from simulators.ca.providers import ca2, vnpt  # noqa: PLC0415

    doors = {spec.id: len(spec.doors) for spec in (vnpt.PROVIDER, ca2.PROVIDER) if isinstance(spec, CaSpec)}
    assert doors == {"vnpt": 3, "ca2": 1}
