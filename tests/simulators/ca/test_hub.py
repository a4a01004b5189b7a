"""The hub: one door to both CAs, hex and base64, an answer after the phone."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from tests.places import Running
from tests.simulators.ca.callers import Neac, Vnpt, digest, file

ISSUERS = {"VNPT-CA": "VNPT SmartCA RS (MO PHONG)", "CA2": "CA2 RS (MO PHONG)"}


@pytest.mark.parametrize("ca_name", ISSUERS)
def test_the_ca_that_is_named_lists_and_signs(lab: Running, ca_name: str) -> None:
    async def story() -> None:
        caller, citizen = await Neac.at(lab.place, "neac"), await lab.place.citizen()
        (row,) = (await caller.list(citizen.id, ca_name)).json()["data"]["user_certificates"]
        certificate = x509.load_der_x509_certificate(base64.b64decode(row["cert_data"]))
        assert ISSUERS[ca_name] in certificate.issuer.rfc4514_string()
        assert len(row["chain_data"]) == 2

        reply = await caller.sign(citizen, ca_name, file(doc_id="12345678"))

        assert (reply.status_code, reply.json()["status_code"]) == (200, 200)
        (signed,) = reply.json()["data"]["signed_files"]
        assert signed["doc_id"] == "12345678"
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        value = base64.b64decode(signed["signature_value"])
        key.verify(value, bytes.fromhex(digest("x")), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

    lab.run(story())


@pytest.mark.parametrize(
    ("data", "encoding"), [(digest("y"), "hex"), (base64.b64encode(bytes.fromhex(digest("y"))).decode(), "base64")]
)
def test_both_encodings_are_taken_and_the_journal_says_which(lab: Running, data: str, encoding: str) -> None:
    async def story() -> None:
        caller, citizen = await Neac.at(lab.place, "neac"), await lab.place.citizen()
        reply = await caller.sign(citizen, "CA2", file(data))
        assert reply.status_code == 200
        (row,) = lab.place.rows(subject=citizen.id, word="signing_requested")
        assert (row.source, row.body["encoding"], row.body["hub"]) == ("ca.ca2", encoding, True)
        assert row.body["docs"][0]["digest"] == digest("y")
        (polled,) = lab.place.rows(ref=row.ref, word="signing_polled")
        assert polled.body == {"state": "approved", "hub": True}

    lab.run(story())


@pytest.mark.parametrize(("phone", "said"), [("refuse", "từ chối"), ("expire", "hết hạn")])
def test_what_the_phone_did_not_approve_is_an_error_in_words(lab: Running, phone: str, said: str) -> None:
    async def story() -> None:
        caller, citizen = await Neac.at(lab.place, "neac"), await lab.place.citizen()
        reply = await caller.sign(citizen, "VNPT-CA", phone=phone)
        assert reply.status_code == 400
        assert said in reply.json()["message"]
        assert "signed_files" not in reply.json()["data"]

    lab.run(story())


def test_a_ca_that_is_not_connected(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Neac.at(lab.place, "neac"), await lab.place.citizen()
        for ca_name in ("TrustCA", "vnpt-ca", ""):
            assert (await caller.list(citizen.id, ca_name)).status_code == 400
        rows = lab.place.rows(contract=caller.contract, word="turned_away")
        assert "send one of VNPT-CA, CA2, Viettel-CA, FPT-CA, BkavCA, MobiFone-CA, MISA-CA" in rows[0].body["why"]

    lab.run(story())


def test_a_suspended_certificate_is_not_offered(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Neac.at(lab.place, "neac"), await lab.place.citizen()
        (row,) = (await caller.list(citizen.id, "CA2")).json()["data"]["user_certificates"]
        await lab.place.control("POST", f"certificates/{row['serial_number']}/suspend")
        assert (await caller.list(citizen.id, "CA2")).json()["data"]["user_certificates"] == []
        fields = {"user_id": citizen.id, "ca_name": "CA2", "sign_files": [file()]}
        assert (await caller.post("/ca/neac/sign_v2/sign", **fields)).status_code == 403

    lab.run(story())


def test_the_hubs_requests_are_not_the_cas_own_callers(lab: Running) -> None:
    async def story() -> None:
        hub, direct = await Neac.at(lab.place, "neac"), await Vnpt.at(lab.place, "vnpt")
        citizen = await lab.place.citizen()
        await hub.sign(citizen, "VNPT-CA")
        (row,) = lab.place.rows(subject=citizen.id, word="signing_requested")
        assert (await direct.status(row.ref)).status_code == 400

    lab.run(story())
