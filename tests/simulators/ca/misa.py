"""MISA eSign as a portal speaks it: three headers, a second factor, tokens, and the words of the citizen's phone."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from simulators.kernel.citizens import Citizen
from simulators.kernel.prompts import Message
from tests.places import Place

BASE = "/ca/misa"
AUTH, GENERAL = f"{BASE}/webdev/api/auth/api/v1/auth", f"{BASE}/external/esrm/service/general/api/v1"
SIGNING = f"{BASE}/external/esrm/service/signing/api/v1/Signing"
PADDED = padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Misa:
    """One contract at MISA, logged in for one citizen."""

    place: Place
    contract: str
    client: dict[str, str]
    user: Citizen
    tokens: dict[str, Any] = field(default_factory=dict)

    @classmethod
    async def at(cls, place: Place, user: Citizen | None = None, **fields: Any) -> Misa:
        caller = await cls.outside(place, user, **fields)
        assert (await caller.log_in()).json()["status"]["errorCode"] == 122
        reply = await caller.second(await caller.code())
        assert reply.status_code == 200, reply.text
        caller.tokens = reply.json()["data"]
        return caller

    @classmethod
    async def outside(cls, place: Place, user: Citizen | None = None, **fields: Any) -> Misa:
        sheet = await place.contract(**fields)
        own = sheet["misa"]
        client = {"x-clientid": own["client_id"], "x-clientkey": own["client_key"]}
        return cls(place, sheet["contract"], client, user or await place.citizen())

    async def auth(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.place.http.post(f"{AUTH}/{path}", json=body, headers=headers or self.client)

    async def log_in(self, **changed: Any) -> httpx.Response:
        asked = {"userName": self.user.username, "password": self.user.password, **changed}
        return await self.auth("login-api", asked)

    async def second(self, typed: str, **more: Any) -> httpx.Response:
        asked = {"userName": self.user.username, "code": typed, "otpType": 0, "remember": False, **more}
        return await self.auth("two-factor-auth", asked)

    async def code(self) -> str:
        """The newest, from the citizen's phone."""
        found = await self.place.world.store.find(Message, about=self.user.phone)
        return re.findall(r"\b\d{6}\b", found[-1].text)[-1]

    def headers(self, token: str = "") -> dict[str, str]:
        token = token or self.tokens["remoteSigningAccessToken"]
        return {**self.client, "AuthorizationRM": f"Bearer {token}"}

    async def get(self, url: str, **query: str) -> httpx.Response:
        return await self.place.http.get(url, params=query, headers=self.headers())

    async def row(self) -> dict[str, Any]:
        (row,) = (await self.get(f"{GENERAL}/Certificates/by-userId")).json()
        return dict(row)

    async def sign(self, *digests: bytes, **changed: Any) -> httpx.Response:
        documents = [
            {"DocumentId": f"D{place}", "FileToSign": b64(one), "DocumentName": f"Tờ khai {place}"}
            for place, one in enumerate(digests)
        ]
        order = {"DataToBeDisplayed": "<p>Ký <b>tờ khai</b> &amp; đơn</p>", "UserId": self.tokens["user"]["id"]}
        order |= {"CertAlias": (await self.row())["keyAlias"], "Documents": documents, **changed}
        return await self.place.http.post(f"{SIGNING}/hash", json=order, headers=self.headers())

    async def signed(self, *digests: bytes) -> str:
        reply = await self.sign(*digests)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["transactionId"])

    async def status(self, transaction: str) -> dict[str, Any]:
        return dict((await self.get(f"{SIGNING}/status/{transaction}")).json())


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def verify(row: dict[str, Any], value: str, over: bytes) -> None:
    key = x509.load_der_x509_certificate(base64.b64decode(row["certificate"])).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(value), over, *PADDED)


def whys(place: Place, contract: str) -> list[str]:
    return [row.body["why"] for row in place.rows(contract=contract, word="turned_away")]
