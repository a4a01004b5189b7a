"""Planned faults: what comes back for one transaction, one person or one contract, labelled as injected."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from simulators.kernel.citizens import Citizen
from tests.places import Running
from tests.simulators.ca.callers import Ca2, Neac, Vnpt, digest


async def public_key(caller: Vnpt, citizen: Citizen) -> rsa.RSAPublicKey:
    (row,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
    key = x509.load_der_x509_certificate(base64.b64decode("".join(row["cert_data"].split()))).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


async def signed(lab: Running, caller: Vnpt, citizen: Citizen, ref: str) -> bytes:
    await caller.sign(citizen.id, ref)
    assert await lab.place.approve(citizen) == ""
    (row,) = (await caller.status(ref)).json()["data"]["signatures"]
    return base64.b64decode(row["signature_value"], validate=True)


def test_another_signer_signs_in_the_same_shape_and_only_once(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        key = await public_key(caller, citizen)
        await lab.place.fault("vnpt.answer", "another_signer", citizen.id)
        value = await signed(lab, caller, citizen, "another-1")
        assert len(value) == 256
        with pytest.raises(InvalidSignature):
            key.recover_data_from_signature(value, padding.PKCS1v15(), None)
        honest = await signed(lab, caller, citizen, "another-2")
        assert key.recover_data_from_signature(honest, padding.PKCS1v15(), None)
        assert lab.place.rows(ref="another-1", word="signing_approved")[0].body["injected"] == "another_signer"

    lab.run(story())


def test_another_digest_is_signed_by_the_right_key(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        key = await public_key(caller, citizen)
        await lab.place.fault("vnpt.answer", "another_digest", caller.contract)
        value = await signed(lab, caller, citizen, "digest-1")
        recovered = key.recover_data_from_signature(value, padding.PKCS1v15(), None)
        assert recovered.endswith(hashlib.sha256(bytes.fromhex(digest("x"))).digest())
        assert lab.place.rows(ref="digest-1", word="signing_approved")[0].body["docs"][0]["digest"] == digest("x")

    lab.run(story())


@pytest.mark.parametrize(("effect", "status", "kind"), [("server_error", 500, "json"), ("html_200", 200, "html")])
def test_a_broken_answer_stays_broken_for_that_transaction(lab: Running, effect: str, status: int, kind: str) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        await caller.sign(citizen.id, f"broken-{effect}")
        await lab.place.fault("vnpt.answer", effect, f"broken-{effect}")
        assert (await caller.status(f"broken-{effect}")).json()["message"] == "sig_wait_for_user_confirm"
        await lab.place.approve(citizen)
        for _ in range(2):
            reply = await caller.status(f"broken-{effect}")
            assert reply.status_code == status
            assert kind in reply.headers["content-type"]
            assert "signature_value" not in reply.text
        assert await signed(lab, caller, citizen, f"whole-{effect}")

    lab.run(story())


def test_faults_of_the_list(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Vnpt.at(lab.place, "vnpt"), await lab.place.citizen()
        await lab.place.fault("vnpt.list", "empty", citizen.id)
        assert (await caller.list(citizen.id)).json()["data"]["user_certificates"] == []
        await lab.place.fault("vnpt.list", "server_error", citizen.id)
        assert (await caller.list(citizen.id)).status_code == 500
        await lab.place.fault("vnpt.list", "another_citizen", citizen.id)
        (stranger,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
        assert citizen.id not in stranger["cert_subject"]
        (own,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
        assert citizen.id in own["cert_subject"]
        reply = await caller.sign(citizen.id, "stranger-1", serial_number=stranger["serial_number"])
        assert reply.status_code == 403

    lab.run(story())


def test_an_undeclared_effect_is_refused(lab: Running) -> None:
    async def story() -> None:
        body = {"site": "vnpt.answer", "effect": "anothr_signer", "about": "x"}
        assert (await lab.place.control("POST", "faults", body)).status_code == 422

    lab.run(story())


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        ("another_signer", "Chữ ký số không hợp lệ"),
        ("another_digest", "Chữ ký số không hợp lệ"),
        ("server_error", "Không kết nối được"),
        ("html_200", "Không kết nối được"),
    ],
)
def test_the_hub_verifies_and_tells_its_own_error(lab: Running, effect: str, said: str) -> None:
    async def story() -> None:
        caller, citizen = await Neac.at(lab.place, "neac"), await lab.place.citizen()
        await lab.place.fault("ca2.answer", effect, citizen.id)
        reply = await caller.sign(citizen, "CA2")
        assert (reply.status_code, reply.json()["data"]) == (500, None)
        assert said in reply.json()["message"]
        (row,) = lab.place.rows(subject=citizen.id, word="turned_away")
        assert row.source == "ca.neac"
        again = await caller.sign(citizen, "CA2")
        assert again.status_code == 200

    lab.run(story())


def test_ca2_has_the_same_faults(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Ca2.at(lab.place, "ca2"), await lab.place.citizen()
        await lab.place.fault("ca2.answer", "html_200", citizen.id)
        await caller.sign(citizen.id, "ca2-html")
        await lab.place.approve(citizen)
        assert "html" in (await caller.status("ca2-html")).headers["content-type"]

    lab.run(story())
