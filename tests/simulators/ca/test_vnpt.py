"""VNPT SmartCA over HTTP: list, sign, the phone, status, and every way in which it says no."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from simulators.ca.providers.vnpt import PROVIDER
from simulators.ca.subscribers import SHARED_KEYS
from simulators.kernel.citizens import Citizen
from simulators.kernel.profiles import Leaf
from tests.places import Running, made, running
from tests.simulators.ca.callers import SP769, Ca2, Vnpt, digest, file


async def listed(caller: Vnpt | Ca2, citizen: Citizen) -> dict[str, Any]:
    reply = (await caller.list(citizen.id)).json()
    (row,) = reply["data"]["user_certificates"]
    return row


def certificate_of(row: dict[str, Any]) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode("".join(row["cert_data"].split()), validate=True))


def verify(row: dict[str, Any], value: str, digest_hex: str) -> None:
    raw = base64.b64decode(value, validate=True)
    assert len(raw) == 256, "raw PKCS#1, never a CMS"
    key = certificate_of(row).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(raw, bytes.fromhex(digest_hex), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


def test_a_batch_is_approved_once_and_each_value_verifies_over_the_digest_that_was_given(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        row = await listed(caller, citizen)
        files = file(digest("one"), "1"), file(digest("two").upper(), "2")

        reply = await caller.sign(
            citizen.id, "batch-1", *files, transaction_desc="Ký tờ khai", time_stamp="20261121101500Z"
        )

        assert (reply.status_code, reply.json()["message"]) == (200, "sig_wait_for_user_confirm")
        assert set(reply.json()["data"]) == {"transaction_id", "tran_code", "expired_in"}
        (prompt,) = await lab.place.prompts(citizen)
        assert (prompt.kind, prompt.title, prompt.secret) == ("ca.vnpt", "Xác thực giao dịch", "pin")
        assert prompt.code.isdigit()
        assert len(prompt.code) == 8
        assert prompt.doc_ids == ("1", "2")
        assert [line.text for line in prompt.lines[:4]] == ["1", "2", "Cổng thử", "Ký tờ khai"]
        waiting = (await caller.status("batch-1")).json()
        assert waiting["message"] == "sig_wait_for_user_confirm"
        assert waiting["data"]["expired_in"] > 0
        assert await lab.place.approve(citizen) == ""
        assert await lab.place.prompts(citizen) == []
        done = (await caller.status("batch-1")).json()
        assert done["message"].upper() == "SUCCESS"
        first, second = done["data"]["signatures"]
        assert (first["doc_id"], second["doc_id"], first["timestamp_signature"]) == ("1", "2", None)
        verify(row, first["signature_value"], digest("one"))
        verify(row, second["signature_value"], digest("two"))

    lab.run(story())


def test_the_journal_tells_the_life_of_a_request(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        await caller.list(citizen.id)
        await caller.sign(citizen.id, "life-1")
        await lab.place.approve(citizen)
        await caller.status("life-1")

        rows = [row for row in lab.place.rows(contract=caller.contract) if row.source == "ca.vnpt"]
        assert [row.word for row in rows] == [
            "certificates_listed",
            "signing_requested",
            "signing_approved",
            "signing_polled",
        ]
        assert {row.subject for row in rows} == {citizen.id}
        assert rows[0].body == {"user_id": citizen.id, "count": 1, "hub": False}
        assert rows[1].body["docs"] == [{"doc_id": "88626142", "digest": digest("x")}]
        assert (rows[1].body["encoding"], rows[1].body["hub"]) == ("hex", False)
        (signed,) = rows[2].body["docs"]
        assert len(base64.b64decode(signed["signature_value"])) == 256
        assert rows[3].body == {"state": "approved"}

    lab.run(story())


def test_a_certificate_names_its_holder_by_number_and_its_issuer_as_a_simulation(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        row = await listed(caller, citizen)
        certificate = certificate_of(row)
        assert f"{certificate.serial_number:032x}" == row["serial_number"]
        assert row["serial_number"].startswith("5401")
        assert "UID=CCCD:" + citizen.id in row["cert_subject"]
        assert row["cert_subject"].startswith("C=VN,ST=")
        assert (row["cert_status_code"], row["cert_status"]) == ("VALID", "Đang hoạt động")
        assert (row["service_type"], row["service_name"]) == ("SMARTCA", "SMARTCA PERSONAL PRO")
        assert row["cert_valid_from"].endswith("Z")
        assert set(row["chain_data"]) == {"ca_cert", "root_cert"}
        issuer = x509.load_der_x509_certificate(base64.b64decode("".join(row["chain_data"]["ca_cert"].split())))
        certificate.verify_directly_issued_by(issuer)
        assert "VNPT SmartCA RS (MO PHONG)" in issuer.subject.rfc4514_string()

    lab.run(story())


@pytest.mark.parametrize(
    "name", ["ễ" * 64, "Nguyễn " * 20, "ß" * 64, "n" * 64], ids=["marks", "words", "eszett", "latin"]
)
def test_a_long_name_is_cut_to_what_a_certificate_can_hold(lab: Running, name: str) -> None:
    async def story() -> None:
        citizen = await lab.place.citizen(name=name)
        for section, dialect in (("vnpt", Vnpt), ("ca2", Ca2)):
            row = await listed(await dialect.at(lab.place, section), citizen)
            (told,) = certificate_of(row).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
            assert 60 < len(str(told.value).encode()) <= 64
            assert name.upper().startswith(str(told.value).upper())

    lab.run(story())


def test_what_providers_may_do_otherwise_is_met_among_many_people(lab: Running) -> None:
    async def story() -> None:
        caller = await Vnpt.at(lab.place, "vnpt")
        people = [await lab.place.citizen(shared_keys=True) for _ in range(24)]
        replies = [(await caller.list(person.id)).json() for person in people]
        rows = [reply["data"]["user_certificates"][0] for reply in replies]
        assert {"\r\n" in row["cert_data"] for row in rows} == {True, False}
        assert {row["chain_data"]["root_cert"] is None for row in rows} == {True, False}
        assert {"service_pricingcode" in row for row in rows} == {True, False}
        assert {reply["message"] for reply in replies} == {"Success", "SUCCESS"}

    lab.run(story())


def test_people_made_in_bulk_share_keys_and_others_do_not(lab: Running) -> None:
    async def story() -> None:
        caller = await Vnpt.at(lab.place, "vnpt")
        bulk = [await lab.place.citizen(shared_keys=True) for _ in range(SHARED_KEYS + 6)]
        keys = {certificate_of(await listed(caller, person)).public_key().public_numbers().n for person in bulk}
        assert len(keys) <= SHARED_KEYS
        own = [await lab.place.citizen() for _ in range(2)]
        numbers = {certificate_of(await listed(caller, person)).public_key().public_numbers().n for person in own}
        assert len(numbers) == 2
        assert not numbers & keys

    lab.run(story())


def test_in_a_ring_of_keys_neighbours_differ_and_the_first_key_comes_again() -> None:
    with running("ca", overrides={"vnpt": {"key_ring": 3}}) as small:

        async def story() -> None:
            caller = await Vnpt.at(small.place, "vnpt")
            people = [await small.place.citizen() for _ in range(7)]
            certificates = [certificate_of(await listed(caller, person)) for person in people]
            keys = [each.public_key().public_numbers().n for each in certificates]
            assert len({*keys}) == 3
            assert all(len({*keys[at : at + 3]}) == 3 for at in range(5))
            assert len({each.serial_number for each in certificates}) == 7

        small.run(story())


def test_two_listings_at_once_make_one_certificate(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        replies = await asyncio.gather(*(caller.list(citizen.id) for _ in range(4)))
        assert len({reply.json()["data"]["user_certificates"][0]["serial_number"] for reply in replies}) == 1

    lab.run(story())


def test_nobody_by_that_number_is_an_empty_list_and_no_request(lab: Running) -> None:
    async def story() -> None:
        caller = await Vnpt.at(lab.place, "vnpt")
        reply = await caller.list("001099000000")
        assert (reply.status_code, reply.json()["data"]) == (200, {"user_certificates": []})
        refused = await caller.sign("001099000000", "nobody-1")
        assert (refused.status_code, refused.json()["status_code"]) == (401, 401)
        (row,) = lab.place.rows(ref="nobody-1")
        assert (row.word, row.body["reason"], row.contract) == ("turned_away", "user_unknown", caller.contract)

    lab.run(story())


def test_a_serial_filters_and_the_second_certificate_makes_it_necessary(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        first = await listed(caller, citizen)
        seal = Leaf(subject={"C": "VN", "O": "Công ty thử", "CN": "Công ty thử"}, uids=("MST:0100000001",))
        second = await lab.place.world.pki.issue("vnpt", citizen.id, seal)

        rows = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
        assert {row["service_type"] for row in rows} == {"SMARTCA", "ESEAL"}
        (only,) = (await caller.list(citizen.id, serial_number=second.id.upper())).json()["data"]["user_certificates"]
        assert only["serial_number"] == second.id
        assert (await caller.sign(citizen.id, "serial-1")).status_code == 400
        assert (await caller.sign(citizen.id, "serial-2", serial_number="54ff")).status_code == 403
        assert (await caller.sign(citizen.id, "serial-3", serial_number=first["serial_number"])).status_code == 200
        assert [row.body.get("reason") for row in lab.place.rows(contract=caller.contract, word="turned_away")] == [
            "serial_needed",
            "serial_unknown",
        ]

    lab.run(story())


def test_a_transaction_is_used_once_because_the_status_call_names_nobody(lab: Running) -> None:
    async def story() -> None:
        one, other = await Vnpt.at(lab.place, "vnpt"), await Vnpt.at(lab.place, "vnpt")
        citizen, stranger = await lab.place.citizen(), await lab.place.citizen()
        assert (await one.sign(citizen.id, "once-1")).status_code == 200
        assert (await one.sign(citizen.id, "once-1")).status_code == 400
        assert (await other.sign(stranger.id, "once-1")).status_code == 400, "it would read the other's signature"
        assert await lab.place.prompts(stranger) == []
        assert (await one.sign(citizen.id, "")).status_code == 400

    lab.run(story())


def test_refusal_ends_the_request_without_a_signature(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        await caller.sign(citizen.id, "refuse-1")
        (prompt,) = await lab.place.prompts(citizen)
        assert await lab.place.answer(prompt, "refuse") == ""
        assert await lab.place.prompts(citizen) == []
        reply = (await caller.status("refuse-1")).json()
        assert (reply["status_code"], reply["message"]) == (400, "REJECTED")
        assert "signatures" not in reply["data"]
        assert await lab.place.answer(prompt, "approve", citizen.pin) == "Giao dịch đã kết thúc hoặc không còn tồn tại."
        (row,) = lab.place.rows(ref="refuse-1", word="signing_refused")
        assert row.body["by"] == "citizen"

    lab.run(story())


def test_a_request_can_be_ended_before_its_time(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        await caller.sign(citizen.id, "expire-1")
        assert (await lab.place.control("POST", "expire", {"ref": "expire-1"})).status_code == 200
        assert await lab.place.prompts(citizen) == []
        assert (await caller.status("expire-1")).json()["message"] == "EXPIRED"
        assert {"ended", "signing_expired"} <= {row.word for row in lab.place.rows(ref="expire-1")}
        again = await lab.place.control("POST", "expire", {"ref": "expire-1"})
        assert again.status_code < 500
        assert len(lab.place.rows(ref="expire-1", word="signing_expired")) == 1

    lab.run(story())


@pytest.mark.parametrize("change", ["suspend", "revoke"])
def test_a_withdrawn_certificate_is_refused_at_the_request_and_at_the_approval(lab: Running, change: str) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        serial = (await listed(caller, citizen))["serial_number"]
        await caller.sign(citizen.id, f"{change}-1")
        await lab.place.control("POST", f"certificates/{serial}/{change}")

        assert "không ký được" in await lab.place.approve(citizen)
        assert (await caller.status(f"{change}-1")).json()["status_code"] == 403
        (row,) = lab.place.rows(ref=f"{change}-1", word="signing_refused")
        assert row.body["by"] == "ca"
        reply = await caller.sign(citizen.id, f"{change}-2")
        assert (reply.status_code, reply.json()["message"]) == (403, "CREDENTIAL_STATUS_INVALID")
        assert (await listed(caller, citizen))["cert_status_code"] in {"SUSPENDED", "REVOKED"}

    lab.run(story())


def test_a_certificate_that_is_unsuspended_signs_again(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        serial = (await listed(caller, citizen))["serial_number"]
        await lab.place.control("POST", f"certificates/{serial}/suspend")
        await lab.place.control("POST", f"certificates/{serial}/unsuspend")
        assert (await caller.sign(citizen.id, "unsuspend-1")).status_code == 200

    lab.run(story())


def test_wrong_pins_count_down_lock_and_change_nothing_else(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        await caller.sign(citizen.id, "pin-1")
        (prompt,) = await lab.place.prompts(citizen)
        said = [await lab.place.answer(prompt, "approve", "wrong") for _ in range(PROVIDER.pin_tries)]
        assert said[0] == "Mã PIN không đúng. Bạn còn 4 lần thử."
        assert "bị khoá" in said[-1]
        assert "bị khoá" in await lab.place.answer(prompt, "approve", citizen.pin)
        assert (await caller.status("pin-1")).json()["message"] == "sig_wait_for_user_confirm"
        assert len(lab.place.rows(ref="pin-1", word="turned_away")) == PROVIDER.pin_tries + 1
        assert await lab.place.answer(prompt, "refuse") == "", "to refuse needs no PIN"

    lab.run(story())


def test_credentials_are_of_this_provider(lab: Running) -> None:
    async def story() -> None:
        sheet, citizen = await lab.place.contract(), await lab.place.citizen()
        wrong = [
            Vnpt(lab.place, "", "0000-0.apps.signserviceapi.com", "x"),
            Vnpt(lab.place, "", sheet["vnpt"]["sp_id"], sheet["ca2"]["sp_password"]),
            Vnpt(lab.place, "", sheet["ca2"]["sp_id"], sheet["ca2"]["sp_password"]),
        ]
        for caller in wrong:
            reply = await caller.sign(citizen.id, "credentials-1")
            assert (reply.status_code, reply.json()["message"]) == (401, "SP_CREDENTIAL_INVALID")
        rows = lab.place.rows(ref="credentials-1")
        assert [row.contract for row in rows] == ["", sheet["contract"], ""]
        assert "settings sheet" in rows[0].body["why"]
        assert sheet["ca2"]["sp_password"] not in str(rows)

    lab.run(story())


def test_status_is_post_and_known(lab: Running) -> None:
    async def story() -> None:
        caller = await Vnpt.at(lab.place, "vnpt")
        wrong = await lab.place.http.get(f"{SP769}/v1/signatures/sign/get-1/status")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
        assert lab.place.rows(ref="get-1")[0].body["reason"] == "wrong_method"
        unknown = await caller.status("unknown-1")
        assert (unknown.status_code, lab.place.rows(ref="unknown-1")[0].body["reason"]) == (400, "transaction_unknown")

    lab.run(story())


def test_files_at_the_limit_and_one_past_it(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        limit = [file(doc_id=str(number)) for number in range(PROVIDER.files_per_request)]
        assert (await caller.sign(citizen.id, "limit-1", *limit)).status_code == 200
        assert (await caller.sign(citizen.id, "limit-2", *limit, file(doc_id="one more"))).status_code == 400

    lab.run(story())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (file(base64.b64encode(bytes(32)).decode()), "base64"),
        (file("ab" * 256), "512 hex digits"),
        (file(sign_type="file"), "only 'hash' is signed"),
        (file(sign_type=None), "sign_type is None"),
        ({"data_to_be_signed": digest("x"), "doc_id": "1", "file_options": {"sign_type": "hash"}}, "reads it there"),
        (file(doc_id=""), "doc_id is empty"),
        (file(file_type=None), "sign_files[].file_type is missing"),
        (file(file_type=""), "sign_files[].file_type is missing"),
        ({"data_to_be_signed": digest("x"), "doc_id": "1", "sign_type": "hash"}, "sign_files[].file_type is missing"),
    ],
)
def test_what_is_wrong_with_a_file_stands_in_the_journal(lab: Running, wrong: dict[str, Any], said: str) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        reply = await caller.sign(citizen.id, "wrong-file", wrong)
        assert reply.status_code == 400
        (row,) = lab.place.rows(contract=caller.contract, word="turned_away")
        assert said in row.body["why"]
        assert await lab.place.prompts(citizen) == []

    lab.run(story())


@pytest.mark.parametrize(
    ("sent", "message", "said"),
    [
        ({"user_id": "{citizen}"}, "BAD_REQUEST: transaction_id", "transaction_id is missing"),
        ({"user_id": "{citizen}", "transaction_id": None}, "BAD_REQUEST: transaction_id", "transaction_id is missing"),
        ({"transaction_id": "L1"}, "BAD_REQUEST", "user_id is missing"),
        ({"user_id": "", "transaction_id": "L1"}, "BAD_REQUEST", "user_id is missing"),
    ],
)
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_listing_without_a_required_field_is_refused(
    lab: Running, version: str, sent: dict[str, Any], message: str, said: str
) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        fields = {name: value and value.replace("{citizen}", citizen.id) for name, value in sent.items()}
        reply = await caller.post(f"{SP769}/{version}/credentials/get_certificate", **fields)
        assert (reply.status_code, reply.json()["status_code"], reply.json()["message"]) == (400, 400, message)
        _contract, row = lab.place.rows(contract=caller.contract)
        assert (row.word, said in row.body["why"]) == ("turned_away", True)

    lab.run(story())


def test_a_listing_may_send_an_empty_transaction_id(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        assert (await caller.list(citizen.id, transaction_id="")).json()["data"]["user_certificates"]

    lab.run(story())


def test_errors_can_keep_http_200() -> None:
    async def story() -> None:
        async with made("ca", overrides={"vnpt": {"http_status": "body", "unknown_user": "refused"}}) as place:
            caller = await Vnpt.at(place, "vnpt")
            reply = await caller.list("001099000000")
            assert (reply.status_code, reply.json()["status_code"]) == (200, 401)

    asyncio.run(story())


def test_nobody_answers_and_the_request_ends_by_itself_after_300_seconds() -> None:
    async def story() -> None:
        async with made("ca") as place:
            caller, citizen = await Vnpt.at(place, "vnpt"), await place.citizen()
            await caller.sign(citizen.id, "T1")
            (prompt,) = await place.prompts(citizen)
            await place.control("POST", "clock", {"advance_seconds": 298})
            assert (await caller.status("T1")).json()["message"] == "sig_wait_for_user_confirm"
            await place.control("POST", "clock", {"advance_seconds": 3})
            assert await place.answer(prompt, "approve", citizen.pin) == "Giao dịch đã hết hạn."
            assert (await caller.status("T1")).json()["message"] == "EXPIRED"
            await caller.sign(citizen.id, "T2")
            sweep, _appraising = [job for family in place.families if family.name == "ca" for job in family.background]
            sweeping = asyncio.create_task(sweep())
            await place.control("POST", "clock", {"advance_seconds": 301})
            await place.world.store.bell.until(lambda: place.prompts(citizen), lambda found: not found, 5)
            sweeping.cancel()
            assert [row.ref for row in place.rows(word="signing_expired")] == ["T1", "T2"]

    asyncio.run(story())
