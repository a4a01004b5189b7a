"""The citizen's computer over HTTP: certificates listed, a digest signed after the PIN, and everything that a token refuses."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.x509.oid import NameOID

from simulators.kernel.citizens import Citizen
from simulators.kernel.prompts import Prompt
from tests.places import Place, Running, running

DIGEST = hashlib.sha256(b"To khai dang ky").digest()
PAGE = "https://portal.test"


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    with running("tokens") as made:
        yield made


async def given(place: Place, citizen: Citizen, **fields: Any) -> dict[str, Any]:
    reply = await place.control("POST", "tokens", {"citizen": citizen.id, **fields})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def ask(place: Place, citizen: Citizen, **body: Any) -> httpx.Response:
    return await place.http.post(f"/tokens/{citizen.id}/agent", json=body, headers={"Origin": PAGE})


async def signing(
    place: Place, citizen: Citizen, token: dict[str, Any], choice: str, pin: str | None
) -> tuple[str, Any]:
    """What the dialog said of the answer, and what the agent then answered."""
    digest = base64.b64encode(DIGEST).decode()
    asked = asyncio.create_task(ask(place, citizen, op="sign", serial=token["serial"], digest=digest))
    said = await place.answer(await shown(place, citizen), choice, pin)
    return said, (await asked).json()


async def shown(place: Place, citizen: Citizen) -> Prompt:
    async def look() -> list[Prompt]:
        return await place.prompts(citizen)

    (prompt,) = await place.world.store.bell.until(look, bool, 10)
    return prompt


def verified(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    certificate.verify_directly_issued_by(issuer)


def test_the_list_shows_the_certificate_of_the_citizen_under_viettel_ca(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen(name="Đặng Thị Ưởng")
        token = await given(place, citizen)
        (row,) = (await ask(place, citizen, op="list")).json()["certificates"]
        parsed = x509.load_der_x509_certificate(base64.b64decode(row["certificate"]))
        assert [one.value for one in parsed.subject.get_attributes_for_oid(NameOID.USER_ID)] == [f"CCCD:{citizen.id}"]
        assert parsed.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Viettel-CA (MO PHONG)"
        assert (row["serial"], row["token_serial"], row["token_label"]) == (token["serial"], token["id"], "VIETTEL-CA")
        assert int(row["serial"], 16) == parsed.serial_number
        issuer, root = await place.world.pki.chain("viettel-ca")
        verified(parsed, x509.load_der_x509_certificate(issuer))
        verified(x509.load_der_x509_certificate(issuer), x509.load_der_x509_certificate(root))
        (listed,) = place.rows(word="usb_listed", subject=citizen.id)
        assert listed.body == {"serials": [token["serial"]], "origin": PAGE}

    lab.run(told())


def test_the_right_pin_signs_the_digest_as_pkcs1_over_digest_info(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        token = await given(place, citizen)
        said, answer = await signing(place, citizen, token, "approve", citizen.pin)
        assert said == ""
        certificate = x509.load_der_x509_certificate(base64.b64decode(answer["certificate"]))
        key, signature = certificate.public_key(), base64.b64decode(answer["signature"])
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(signature, DIGEST, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        with pytest.raises(InvalidSignature):
            key.verify(signature, DIGEST[::-1], padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        (asked,) = place.rows(word="usb_signing", subject=citizen.id)
        (done,) = place.rows(word="usb_signed", subject=citizen.id)
        assert (asked.ref, asked.body["digests"], asked.body["origin"]) == (done.ref, [DIGEST.hex()], PAGE)
        assert done.body["digest"] == DIGEST.hex()
        assert done.body["signature_value"] == answer["signature"]
        assert await place.prompts(citizen) == []

    lab.run(told())


def test_a_wrong_pin_is_counted_and_the_fifth_locks_until_the_so_pin(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen(pin="123456")
        token = await given(place, citizen)
        one = f"tokens/{token['id']}"
        for left in (4, 3, 2, 1):
            said, answer = await signing(place, citizen, token, "approve", "000000")
            assert (said, answer["error"]) == ("Mã PIN không đúng.", "CKR_PIN_INCORRECT")
            state = (await place.control("GET", one)).json()
            assert state == {**token, "tries_left": left}
        assert (await signing(place, citizen, token, "approve", "000000"))[1]["error"] == "CKR_PIN_LOCKED"
        digest = base64.b64encode(DIGEST).decode()
        locked = await ask(place, citizen, op="sign", serial=token["serial"], digest=digest)
        assert (locked.status_code, locked.json()["error"]) == (409, "CKR_PIN_LOCKED")
        assert await place.prompts(citizen) == []
        wrong = await place.control("POST", f"{one}/unlock", {"so_pin": "x", "pin": "654321"})
        assert (wrong.status_code, (await place.control("GET", one)).json()["so_tries_left"]) == (409, 4)
        right = await place.control("POST", f"{one}/unlock", {"so_pin": token["so_pin"], "pin": "654321"})
        assert right.json() == {**token, "pin": "654321"}
        assert "signature" in (await signing(place, citizen, token, "approve", "654321"))[1]
        assert "signature" not in (await signing(place, citizen, token, "approve", "123456"))[1]

    lab.run(told())


def test_cancelled_it_says_so_and_counts_nothing(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        token = await given(place, citizen)
        said, answer = await signing(place, citizen, token, "refuse", None)
        assert (said, answer["error"], answer["number"]) == ("", "CKR_FUNCTION_CANCELED", 0x50)
        assert (await place.control("GET", f"tokens/{token['id']}")).json() == token
        (row,) = place.rows(word="usb_refused", subject=citizen.id)
        assert row.body["reason"] == "cancelled"

    lab.run(told())


def test_taken_out_while_it_signs_and_put_back_at_once_the_signing_is_lost(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        token = await given(place, citizen)
        digest = base64.b64encode(DIGEST).decode()
        asked = asyncio.create_task(ask(place, citizen, op="sign", serial=token["serial"], digest=digest))
        prompt = await shown(place, citizen)
        assert (await place.control("POST", f"tokens/{token['id']}/remove")).json()["inserted"] is False
        assert (await place.control("POST", f"tokens/{token['id']}/insert")).json()["inserted"] is True
        assert (await asked).json()["error"] == "CKR_DEVICE_REMOVED"
        assert await place.answer(prompt, "approve", citizen.pin) == "Hộp thoại nhập mã PIN đã đóng."
        assert "signature" in (await signing(place, citizen, token, "approve", citizen.pin))[1]

    lab.run(told())


def test_out_of_the_computer_there_is_no_token(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        assert (await ask(place, citizen, op="list")).json()["error"] == "CKR_TOKEN_NOT_PRESENT"
        token = await given(place, citizen)
        await place.control("POST", f"tokens/{token['id']}/remove")
        digest = base64.b64encode(DIGEST).decode()
        for body in ({"op": "list"}, {"op": "sign", "serial": token["serial"], "digest": digest}):
            assert (await ask(place, citizen, **body)).json()["error"] == "CKR_TOKEN_NOT_PRESENT"

    lab.run(told())


def test_two_tokens_of_one_computer_sign_beside_each_other_and_one_signs_once_at_a_time(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        own = await given(place, citizen)
        office = await given(place, citizen, organisation="Trường Mầm non Hoa Sen", tax_code="0101234567")
        listed = (await ask(place, citizen, op="list")).json()["certificates"]
        assert {row["serial"] for row in listed} == {own["serial"], office["serial"]}
        asked = {"op": "sign", "digest": base64.b64encode(DIGEST).decode()}
        first = asyncio.create_task(ask(place, citizen, **asked, serial=own["serial"]))
        prompt = await shown(place, citizen)
        again = await ask(place, citizen, **asked, serial=own["serial"])
        assert again.json()["error"] == "CKR_OPERATION_ACTIVE"
        other = asyncio.create_task(ask(place, citizen, **asked, serial=office["serial"]))
        while len(waiting := await place.prompts(citizen)) < 2:
            await place.world.store.bell.wait(10)
        (second,) = (one for one in waiting if one.id != prompt.id)
        assert [await place.answer(one, "approve", citizen.pin) for one in (second, prompt)] == ["", ""]
        assert (await first).json()["signature"] != (await other).json()["signature"]

    lab.run(told())


@pytest.mark.parametrize(
    ("fields", "uids"),
    [
        ({"organisation": "Trường A", "tax_code": "0101234567"}, ["MST:0101234567", "CCCD:{id}"]),
        ({"organisation": "Trường A", "tax_code": "0101234567-001", "seal": True}, ["MST:0101234567-001"]),
    ],
)
def test_a_token_of_an_organisation_carries_its_tax_code(lab: Running, fields: dict[str, Any], uids: list[str]) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        token = await given(place, citizen, **fields)
        subject = x509.load_der_x509_certificate(base64.b64decode(token["certificate"])).subject
        wanted = {uid.format(id=citizen.id) for uid in uids}
        assert {one.value for one in subject.get_attributes_for_oid(NameOID.USER_ID)} == wanted
        assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Trường A"

    lab.run(told())


def test_a_lapsed_or_revoked_certificate_signs_all_the_same(lab: Running) -> None:
    """A token does not look: whoever receives the signature must."""

    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        lapsed, revoked = await given(place, citizen, lapsed=True), await given(place, citizen)
        made = x509.load_der_x509_certificate(base64.b64decode(lapsed["certificate"]))
        assert made.not_valid_after_utc.timestamp() * 1000 < place.world.store.now()
        assert (await place.control("POST", f"certificates/{revoked['serial']}/revoke")).json()["status"] == "revoked"
        for token in (lapsed, revoked):
            assert "signature" in (await signing(place, citizen, token, "approve", citizen.pin))[1]

    lab.run(told())


def test_the_dialog_closes_by_itself_and_by_the_control_side() -> None:
    with running("tokens", overrides={"viettel-ca": {"dialog_life": 50}}) as brief:

        async def told() -> None:
            place = brief.place
            citizen = await place.citizen()
            token = await given(place, citizen)
            body = {"op": "sign", "serial": token["serial"], "digest": base64.b64encode(DIGEST).decode()}
            assert (await ask(place, citizen, **body)).json()["error"] == "CKR_FUNCTION_CANCELED"
            assert place.rows(word="usb_refused", subject=citizen.id)[0].body["reason"] == "expired"

        brief.run(told())


def test_the_control_side_ends_one_dialog(lab: Running) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        token = await given(place, citizen)
        body = {"op": "sign", "serial": token["serial"], "digest": base64.b64encode(DIGEST).decode()}
        asked = asyncio.create_task(ask(place, citizen, **body))
        prompt = await shown(place, citizen)
        assert (await place.control("POST", "expire", {"ref": prompt.ref})).json() == {"ended": ["token_dialog"]}
        assert (await asked).json()["error"] == "CKR_FUNCTION_CANCELED"
        assert "signature" in (await signing(place, citizen, token, "approve", citizen.pin))[1]

    lab.run(told())


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "CKR_ARGUMENTS_BAD"),
        (b"[]", "CKR_ARGUMENTS_BAD"),
        (b'{"op":"dance"}', "CKR_ARGUMENTS_BAD"),
        (b'{"op":"sign","serial":"\xff"}', "CKR_ARGUMENTS_BAD"),
        (b'{"op":"sign","serial":"5401","digest":"%%%"}', "CKR_DATA_LEN_RANGE"),
        (b'{"op":"sign","serial":"5401","digest":"AAAA"}', "CKR_DATA_LEN_RANGE"),
        (b'{"op":"sign","serial":"5401","digest":"' + base64.b64encode(DIGEST) + b'"}', "CKR_KEY_HANDLE_INVALID"),
    ],
)
def test_what_cannot_be_read_or_found_is_refused_in_pkcs11s_words(lab: Running, body: bytes, error: str) -> None:
    async def told() -> None:
        place = lab.place
        citizen = await place.citizen()
        token = await given(place, citizen)
        reply = await place.http.post(f"/tokens/{citizen.id}/agent", content=body)
        assert reply.status_code in {404, 422}
        assert reply.json()["error"] == error
        assert (await place.control("GET", f"tokens/{token['id']}")).json() == token
        (row,) = place.rows(word="turned_away", subject=citizen.id)
        assert row.source == "token"

    lab.run(told())


def test_nobodys_computer_has_no_agent(lab: Running) -> None:
    reply = lab.run(lab.place.http.post("/tokens/999999999999/agent", json={"op": "list"}))
    assert (reply.status_code, reply.json()["error"]) == (404, "CKR_SLOT_ID_INVALID")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"citizen": "nobody"}, 404, "citizen"),
        ({"provider": "bkav"}, 422, "provider"),
        ({"pin": "12345"}, 422, "pin"),
        ({"pin": "1" * 17}, 422, "pin"),
        ({"seal": True}, 422, "seal"),
        ({"tax_code": "123"}, 422, "tax_code"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_the_control_side_refuses_a_token_that_cannot_be(
    lab: Running, body: dict[str, Any], status: int, field: str
) -> None:
    async def told() -> None:
        citizen = await lab.place.citizen()
        reply = await lab.place.control("POST", "tokens", {"citizen": citizen.id, **body})
        assert (reply.status_code, field in reply.json()["error"]) == (status, True), reply.text
        assert (await lab.place.control("GET", f"tokens/of/{citizen.id}")).json() == {"tokens": []}

    lab.run(told())


def test_a_contract_names_the_issuer_among_its_authorities(lab: Running) -> None:
    sheet = lab.run(lab.place.contract())
    names = [x509.load_pem_x509_certificate(pem.encode()).subject for pem in sheet["pki"]["authorities_pem"]]
    commons = [name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for name in names]
    assert "Viettel-CA (MO PHONG)" in commons


def test_in_a_ring_of_keys_neighbours_differ_and_the_first_key_comes_again() -> None:
    with running("tokens", overrides={"viettel-ca": {"key_ring": 2}}) as small:

        async def told() -> None:
            tokens = [await given(small.place, await small.place.citizen()) for _ in range(4)]
            ders = [base64.b64decode(token["certificate"]) for token in tokens]
            keys = [x509.load_der_x509_certificate(der).public_key() for der in ders]
            assert keys[:2] == keys[2:]
            assert keys[0] != keys[1]
            assert len({token["serial"] for token in tokens}) == 4

        small.run(told())
