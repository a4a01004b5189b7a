"""pyHanko's own client of the Cloud Signature Consortium signs a PDF through our door; pyHanko, OpenSSL and poppler judge it."""

from __future__ import annotations

import asyncio
import base64
import io
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)

from tests.interop.live import Live
from tests.interop.test_pdf_signing import Signed, judged, paper
from tests.needs import needs


class PhoneAuthorization(CSCAuthorizationManager):
    """Asks for the SAD while the citizen's phone answers as told."""

    def __init__(
        self, session: aiohttp.ClientSession, ca: Live, citizen: dict[str, Any], choice: str, *given: Any
    ) -> None:
        super().__init__(*given)
        self._session, self._ca, self._citizen, self._choice = session, ca, citizen, choice

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        url = self.csc_session_info.endpoint_url("credentials/authorize")
        body = self.format_csc_auth_request(hash_b64s=hash_b64s, description="Tờ khai")
        asking = self._session.post(url, json=body, headers=self.auth_headers)
        reply, _ = await asyncio.gather(asking, asyncio.to_thread(self._tap))
        if reply.status != 200:
            raise SigningError((await reply.json())["error"])
        return self.parse_csc_auth_response(await reply.json())

    def _tap(self) -> None:
        path = f"/phone/api/{self._citizen['id']}/prompts"
        (prompt,) = self._ca.http.get(path, params={"wait": 10}).json()["prompts"]
        secret = self._citizen["pin"] if self._choice == "approve" else None
        self._ca.post(f"{path}/{prompt['id']}", {"choice": self._choice, "secret": secret})


Login = Callable[[aiohttp.ClientSession, Live, dict[str, Any], dict[str, Any]], Awaitable[tuple[str, str]]]
"""Of a session, the lab, the sheet of a contract and the citizen: what precedes /csc/v1, and a token."""


async def at_vnpt(
    session: aiohttp.ClientSession, _ca: Live, sheet: dict[str, Any], _citizen: dict[str, Any]
) -> tuple[str, str]:
    """The standard's own login: HTTP Basic."""
    own = sheet["vnpt"]
    basic = {"Authorization": aiohttp.encode_basic_auth(own["sp_id"], own["sp_password"])}
    login = CSCServiceSessionInfo(own["csc_url"], "").endpoint_url("auth/login")
    async with session.post(login, json={}, headers=basic) as reply:
        return own["csc_url"], (await reply.json())["access_token"]


async def at_mysign(
    session: aiohttp.ClientSession, ca: Live, sheet: dict[str, Any], citizen: dict[str, Any]
) -> tuple[str, str]:
    """MySign's older prefix: its own login, for this user; then the standard's calls."""
    own, base = sheet["mysign"], f"{ca.url}/ca/mysign/adss/service/ras"
    asked = {name: own[name] for name in ("client_id", "client_secret", "profile_id")} | {"user_id": citizen["id"]}
    async with session.post(f"{base}/v1/login", json=asked) as reply:
        return base, (await reply.json())["access_token"]


async def signed_by(ca: Live, choice: str = "approve", login: Login = at_vnpt) -> Signed:
    sheet = ca.post("/control/contracts", {"name": "Cổng thử"})
    citizen = ca.post("/control/citizens", {})["citizens"][0]
    async with aiohttp.ClientSession() as session:
        base, token = await login(session, ca, sheet, citizen)
        info = CSCServiceSessionInfo(base, "")
        headers = {"Authorization": f"Bearer {token}"}
        listing = session.post(info.endpoint_url("credentials/list"), json={"userID": citizen["id"]}, headers=headers)
        async with listing as reply:
            (credential,) = (await reply.json())["credentialIDs"]
        info = CSCServiceSessionInfo(base, credential, oauth_token=token)
        found = await fetch_certs_in_csc_credential(session, info)
        signer = CSCSigner(session, PhoneAuthorization(session, ca, citizen, choice, info, found))
        metadata = signers.PdfSignatureMetadata("Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        out = await signers.PdfSigner(metadata, signer=signer).async_sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(paper())), bytes_reserved=16384
        )
    return Signed(out.getvalue(), f"{found.signing_cert.serial_number:032x}", found.chain[-1])


@pytest.mark.parametrize("login", [at_vnpt, at_mysign])
def test_pyhanko_signs_and_trusts_until_the_certificate_is_revoked(ca: Live, login: Login) -> None:
    async def story() -> None:
        signed = await signed_by(ca, login=login)
        verdict = await judged(signed)
        assert (verdict.intact, verdict.valid, verdict.trusted, verdict.bottom_line) == (True, True, True, True)
        ca.post(f"/control/certificates/{signed.serial}/revoke")
        assert not (await judged(signed)).trusted

    asyncio.run(story())


def test_the_value_in_the_file_is_the_one_that_the_citizen_approved(ca: Live) -> None:
    signed = asyncio.run(signed_by(ca))

    (embedded,) = PdfFileReader(io.BytesIO(signed.pdf)).embedded_signatures
    value = base64.b64encode(embedded.signer_info["signature"].native).decode()
    rows = ca.http.get("/control/journal", params={"word": "signing_approved"}).json()["rows"]
    assert value in {doc["signature_value"] for row in rows for doc in row["body"]["docs"]}


@pytest.mark.parametrize("login", [at_vnpt, at_mysign])
def test_a_citizen_who_says_no_leaves_no_signature(ca: Live, login: Login) -> None:
    with pytest.raises(SigningError):
        asyncio.run(signed_by(ca, "refuse", login))


@needs("openssl")
def test_openssl_verifies_its_cms(ca: Live, tmp_path: Path) -> None:
    signed = asyncio.run(signed_by(ca))
    (embedded,) = PdfFileReader(io.BytesIO(signed.pdf)).embedded_signatures
    start, length, rest, tail = (int(number) for number in embedded.byte_range)
    (tmp_path / "covered").write_bytes(signed.pdf[start : start + length] + signed.pdf[rest : rest + tail])
    (tmp_path / "cms.der").write_bytes(embedded.pkcs7_content)
    (tmp_path / "root.pem").write_bytes(x509.load_der_x509_certificate(signed.root.dump()).public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "covered"]
    command += ["-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert "successful" in done.stderr, done.stderr


@needs("pdfsig")
def test_poppler_finds_a_valid_signature_over_the_whole_file(ca: Live, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(asyncio.run(signed_by(ca)).pdf)
    command = ["pdfsig", "-nocert", "signed.pdf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert "Signature is Valid" in done.stdout
    assert "Total document signed" in done.stdout
