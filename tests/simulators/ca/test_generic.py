"""CAs of whose wire nothing is known: whole lives at the canonical doors of Decision 769 and behind the hub; a ninth CA."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from simulators.ca import providers
from simulators.ca.wires.canonical import CANONICAL
from tests.places import Place, Running, made
from tests.simulators.ca.callers import Generic, Neac, digest, file, nested
from tests.simulators.ca.test_webhook import receiver, told

CAS = {"fpt": "FPT-CA", "bkav": "BkavCA", "mobifone": "MobiFone-CA"}
BEHIND = {**CAS, "mysign": "Viettel-CA", "misa": "MISA-CA"}
NINTH = '''"""Ninth CA: one file."""

from __future__ import annotations

from simulators.ca.spec import CaSpec, Door
from simulators.ca.wires import qd769
from simulators.ca.wires.canonical import CANONICAL

PROVIDER = CaSpec(
    id="ninth",
    name="Ninth CA",
    source="A test",
    doors=(Door(qd769.WIRE, CANONICAL, "/ca/ninth"),),
    subject={"C": "VN", "O": "NINTH", "CN": "NINTH CA (MO PHONG)"},
    service_name="NINTH CÁ NHÂN",
    transactions="one_for_all",
    webhook="contract",
)
'''


def verify(row: dict[str, Any], value: str, digest_hex: str) -> None:
    certificate = x509.load_der_x509_certificate(base64.b64decode(row["cert_data"]))
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(value), bytes.fromhex(digest_hex), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


async def lived(place: Place, ca: str) -> None:
    """List, sign a batch, approve with the PIN, status, webhook; refuse, expire, late, revoked."""
    async with receiver() as portal:
        caller, citizen = await Generic.of(place, ca, webhook_url=portal.url), await place.citizen()
        (row,) = (await caller.list(citizen.id)).json()["data"]["user_certificates"]
        assert len(row["chain_data"]) == 2
        batch = nested(digest("one"), "a"), nested(digest("two"), "b")
        assert (await caller.sign(citizen.id, f"{ca}-1", *batch)).json()["message"] == "sig_wait_for_user_confirm"
        await place.approve(citizen)
        signed = (await caller.status(f"{ca}-1")).json()["data"]["signed_files"]
        assert [one["doc_id"] for one in signed] == ["a", "b"]
        for one, text in zip(signed, ("one", "two"), strict=True):
            verify(row, one["signature_value"], digest(text))
        await told(place, f"{ca}-1", 1)
        assert [one["transaction_id"] for one in portal.told] == [f"{ca}-1"]

    assert await ended(place, caller, citizen, f"{ca}-2", "refuse") == {"code": 400, "message": "Rejected by the user"}
    assert await ended(place, caller, citizen, f"{ca}-3", "expire") == {"code": 400, "message": "Transaction expired"}
    await place.control("POST", f"certificates/{row['serial_number']}/revoke")
    revoked = await caller.sign(citizen.id, f"{ca}-4")
    assert (revoked.status_code, revoked.json()["code"]) == (403, 403)


async def ended(place: Place, caller: Generic, citizen: Any, transaction: str, how: str) -> dict[str, Any]:
    """What the status says of a request that nobody signs; a yes that comes after it changes nothing."""
    await caller.sign(citizen.id, transaction)
    (prompt,) = await place.prompts(citizen)
    if how == "refuse":
        await place.answer(prompt, "refuse")
    else:
        await place.control("POST", "expire", {"ref": transaction})
    assert await place.answer(prompt, "approve", citizen.pin), "it is over"
    body: dict[str, Any] = (await caller.status(transaction)).json()
    return {name: body[name] for name in ("code", "message")}


@pytest.mark.parametrize("ca", CAS)
def test_a_whole_life_at_the_own_door(lab: Running, ca: str) -> None:
    lab.run(lived(lab.place, ca))


@pytest.mark.parametrize("ca", BEHIND)
def test_the_hub_reaches_it(lab: Running, ca: str) -> None:
    async def story() -> None:
        caller, citizen = await Neac.at(lab.place, "neac"), await lab.place.citizen()
        (row,) = (await caller.list(citizen.id, BEHIND[ca])).json()["data"]["user_certificates"]
        reply = await caller.sign(citizen, BEHIND[ca], file(digest("x")))
        verify(row, reply.json()["data"]["signed_files"][0]["signature_value"], digest("x"))
        (requested,) = lab.place.rows(subject=citizen.id, word="signing_requested")
        assert requested.source == f"ca.{ca}"

    lab.run(story())


def test_flat_file_options_are_another_dialect(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Generic.of(lab.place, "fpt"), await lab.place.citizen()
        reply = await caller.sign(citizen.id, "flat-1", file())
        assert (reply.status_code, reply.json()["message"]) == (400, "Invalid document")
        (row,) = lab.place.rows(ref="flat-1", word="turned_away")
        assert "file_options.sign_type" in row.body["why"]

    lab.run(story())


def test_a_ninth_ca_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(NINTH.splitlines()) <= 25
    (tmp_path / "ninth.py").write_text(NINTH, encoding="utf-8")
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])

    async def story() -> None:
        routes = {"NINTH": "ninth"}
        async with made("ca", overrides={"neac": {"routes": routes}}) as place:
            await lived(place, "ninth")
            caller, citizen = await Neac.at(place, "neac"), await place.citizen()
            assert (await caller.sign(citizen, "NINTH", file())).status_code == 200

    asyncio.run(story())


def test_a_planned_failure_is_in_the_words_of_the_door(lab: Running) -> None:
    async def story() -> None:
        caller, citizen = await Generic.of(lab.place, "bkav"), await lab.place.citizen()
        await lab.place.fault("bkav.list", "server_error", citizen.id)
        reply = await caller.list(citizen.id)
        assert (reply.status_code, reply.json()) == (500, {"code": 500, "message": "SERVER_INTERNAL_ERROR"})

    lab.run(story())


@pytest.mark.parametrize("ca", CAS)
def test_every_legal_variance_is_drawn(lab: Running, ca: str) -> None:
    async def story() -> None:
        caller, forms = await Generic.of(lab.place, ca), set()
        for _ in range(32):
            citizen = await lab.place.citizen(shared_keys=True)
            told = (await caller.list(citizen.id)).json()
            (row,) = told["data"]["user_certificates"]
            known = [name for name in row if name in CANONICAL.row]
            forms |= {
                ("word", told["message"]),
                ("crlf", "\r\n" in row["cert_data"]),
                ("extra", len(known) < len(row)),
                ("order", known.index("cert_id") < known.index("chain_data")),
            }
        words = {("word", "Success"), ("word", "SUCCESS")}
        assert forms == words | {(what, drawn) for what in ("crlf", "extra", "order") for drawn in (True, False)}

    lab.run(story())
