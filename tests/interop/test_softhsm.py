"""A USB token beside SoftHSM2: the same key and certificate in a PKCS#11 token of another maker sign to the same bytes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from pkcs11.util.x509 import decode_x509_certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from simulators.kernel.citizens import Citizen
from simulators.kernel.prompts import Prompt
from tests.interop.test_pdf_signing import paper
from tests.needs import needs
from tests.places import Place, Running, running

pytestmark = needs("softhsm2-util")
PLACES = ("/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib", "/opt/homebrew/lib")
LABEL, SO_PIN = "hopchuan", "87654321"
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER of DigestInfo for SHA-256, up to the digest (RFC 8017, 9.2)."""


@dataclass(frozen=True)
class Twins:
    """One key, twice: in a token of the simulators and in SoftHSM2."""

    lab: Running
    citizen: Citizen
    token: dict[str, Any]
    hsm: pkcs11.Token


def util(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    folder: Path = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n", encoding="utf-8")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    try:
        with running("tokens") as lab:
            citizen = lab.run(lab.place.citizen(pin="246810"))
            given = lab.run(lab.place.control("POST", "tokens", {"citizen": citizen.id})).json()
            (folder / "key.pem").write_bytes(lab.run(private_key(lab.place, given["serial"])))
            util("--init-token", "--free", "--label", LABEL, "--so-pin", SO_PIN, "--pin", citizen.pin)
            named = ("--token", LABEL, "--label", "key", "--id", "01", "--pin", citizen.pin)
            util("--import", str(folder / "key.pem"), *named)
            library = next(path for place in PLACES if (path := Path(place, "softhsm", "libsofthsm2.so")).exists())
            hsm = pkcs11.lib(str(library)).get_token(token_label=LABEL)
            with hsm.open(rw=True, user_pin=citizen.pin) as session:
                der = base64.b64decode(given["certificate"])
                session.create_object({**decode_x509_certificate(der), pkcs11.Attribute.TOKEN: True, **BESIDE})
            yield Twins(lab, citizen, given, hsm)
    finally:
        os.environ.pop("SOFTHSM2_CONF")
        os.environ.update({"SOFTHSM2_CONF": before} if before else {})


BESIDE = {pkcs11.Attribute.LABEL: "certificate", pkcs11.Attribute.ID: b"\x01"}


async def private_key(place: Place, serial: str) -> bytes:
    certificate = await place.world.pki.by_serial(serial)
    assert certificate
    return place.world.pki.key(certificate.keypair).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


async def by_agent(place: Place, citizen: Citizen, serial: str, digest: bytes, pin: str) -> dict[str, Any]:
    body = {"op": "sign", "serial": serial, "digest": base64.b64encode(digest).decode()}
    asked = asyncio.create_task(place.http.post(f"/tokens/{citizen.id}/agent", json=body))

    async def look() -> list[Prompt]:
        return await place.prompts(citizen)

    (prompt,) = await place.world.store.bell.until(look, bool, 10)
    await place.answer(prompt, "approve", pin)
    return (await asked).json()


def test_both_sign_a_digest_to_the_same_bytes(twins: Twins) -> None:
    digest = hashlib.sha256("Tờ khai đăng ký".encode()).digest()
    ours = twins.lab.run(by_agent(twins.lab.place, twins.citizen, twins.token["serial"], digest, twins.citizen.pin))
    with twins.hsm.open(user_pin=twins.citizen.pin) as session:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=b"\x01")
        theirs = key.sign(DIGEST_INFO + digest, mechanism=pkcs11.Mechanism.RSA_PKCS)
        again = key.sign("Tờ khai đăng ký".encode(), mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS)
    assert base64.b64decode(ours["signature"]) == theirs == again


def test_the_certificate_is_read_back_as_the_agent_lists_it(twins: Twins) -> None:
    listed = twins.lab.run(twins.lab.place.http.post(f"/tokens/{twins.citizen.id}/agent", json={"op": "list"})).json()
    with twins.hsm.open() as session:
        (found,) = session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE})
        assert base64.b64decode(listed["certificates"][0]["certificate"]) == found[pkcs11.Attribute.VALUE]


def test_both_say_ckr_pin_incorrect_to_a_wrong_pin_and_sign_with_the_right_one(twins: Twins) -> None:
    digest = hashlib.sha256(b"x").digest()
    ask = by_agent(twins.lab.place, twins.citizen, twins.token["serial"], digest, "000000")
    assert twins.lab.run(ask)["error"] == "CKR_PIN_INCORRECT"
    with pytest.raises(pkcs11.PinIncorrect):
        twins.hsm.open(user_pin="000000")
    ask = by_agent(twins.lab.place, twins.citizen, twins.token["serial"], digest, twins.citizen.pin)
    assert "signature" in twins.lab.run(ask)
    with twins.hsm.open(user_pin=twins.citizen.pin):
        pass


def test_pyhanko_signs_a_pdf_with_the_token_and_its_chain_holds(twins: Twins) -> None:
    authorities = twins.lab.run(twins.lab.place.world.pki.chain("viettel-ca"))
    issuer, root = (asn1_x509.Certificate.load(der) for der in authorities)
    with twins.hsm.open(user_pin=twins.citizen.pin) as session:
        signer = PKCS11Signer(session, cert_id=b"\x01", key_id=b"\x01", ca_chain=(issuer, root))
        metadata = signers.PdfSignatureMetadata("Signature1", md_algorithm="sha256")
        out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(paper())), metadata, signer=signer)
    (signature,) = PdfFileReader(out).embedded_signatures
    trust = ValidationContext(trust_roots=[root], other_certs=[issuer], allow_fetching=False)
    status = asyncio.run(async_validate_pdf_signature(signature, trust))
    assert status.bottom_line
    assert f"{status.signing_cert.serial_number:032x}" == twins.token["serial"]
