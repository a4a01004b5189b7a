"""Service providers of the tests: how each wire is spoken, from the outside."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import httpx

from simulators.kernel.citizens import Citizen
from tests.places import Place

SP769 = "/ca/vnpt/sca/sp769"
VTSS, ADSS = "/ca/mysign/vtss/service", "/ca/mysign/adss/service"
ALGORITHMS = {"hashAlgo": "2.16.840.1.101.3.4.2.1", "signAlgo": "1.2.840.113549.1.1.1"}


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def file(data: str = digest("x"), doc_id: str = "88626142", **more: Any) -> dict[str, Any]:
    return {"data_to_be_signed": data, "doc_id": doc_id, "file_type": "pdf", "sign_type": "hash", **more}


@dataclass(frozen=True)
class Caller:
    """One contract's credentials at one provider."""

    place: Place
    contract: str
    sp_id: str
    sp_password: str

    @classmethod
    async def at(cls, place: Place, section: str, **fields: Any) -> Any:
        sheet = await place.contract(**fields)
        return cls(place, sheet["contract"], sheet[section]["sp_id"], sheet[section]["sp_password"])

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        return await self.place.http.post(path, json={"sp_id": self.sp_id, "sp_password": self.sp_password, **fields})


class Vnpt(Caller):
    async def list(self, user_id: str, **more: Any) -> httpx.Response:
        fields = {"user_id": user_id, "serial_number": "", "transaction_id": "", **more}
        return await self.post(f"{SP769}/v1/credentials/get_certificate", **fields)

    async def sign(self, user_id: str, transaction: str, *files: dict[str, Any], **more: Any) -> httpx.Response:
        fields = {"user_id": user_id, "transaction_id": transaction, "sign_files": list(files) or [file()], **more}
        return await self.post(f"{SP769}/v1/signatures/sign", **fields)

    async def status(self, transaction: str) -> httpx.Response:
        return await self.place.http.post(f"{SP769}/v1/signatures/sign/{transaction}/status")


class Ca2(Caller):
    async def list(self, user_id: str, **more: Any) -> httpx.Response:
        fields = {"user_id": user_id, "serial_number": "", "transaction_id": "", **more}
        return await self.post("/ca/ca2/rssp/v2/neac/get_certificate", **fields)

    async def sign(self, user_id: str, transaction: str, *files: dict[str, Any], **more: Any) -> httpx.Response:
        fields = {"user_id": user_id, "transaction_id": transaction, "time_stamp": "", "urlWebhook": "", **more}
        return await self.post("/ca/ca2/api/data/sign", sign_files=list(files) or [file()], **fields)

    async def status(self, transaction: str) -> httpx.Response:
        return await self.post("/ca/ca2/api/data/status", user_id="", transaction_id=transaction)


@dataclass(frozen=True)
class Generic(Caller):
    """Decision 769 as one client of it has it; `base` is the door."""

    base: str = ""

    @classmethod
    async def of(cls, place: Place, section: str, **fields: Any) -> Generic:
        sheet = await place.contract(**fields)
        return cls(place, sheet["contract"], sheet[section]["sp_id"], sheet[section]["sp_password"], f"/ca/{section}")

    async def list(self, user_id: str, **more: Any) -> httpx.Response:
        return await self.post(f"{self.base}/get_certificate", user_id=user_id, **more)

    async def sign(self, user_id: str, transaction: str, *files: dict[str, Any], **more: Any) -> httpx.Response:
        fields = {"user_id": user_id, "transaction_id": transaction, "sign_files": list(files) or [nested()], **more}
        return await self.post(f"{self.base}/sign", **fields)

    async def status(self, transaction: str) -> httpx.Response:
        return await self.place.http.post(f"{self.base}/sign/{transaction}/status")


def nested(data: str = digest("x"), doc_id: str = "88626142") -> dict[str, Any]:
    options = {"file_type": "pdf", "sign_type": "hash"}
    return {"data_to_be_signed": data, "doc_id": doc_id, "file_options": options}


class Neac(Caller):
    async def list(self, user_id: str, ca_name: str) -> httpx.Response:
        return await self.post("/ca/neac/sign_v2/get_certificate", user_id=user_id, ca_name=ca_name)

    async def sign(
        self, citizen: Citizen, ca_name: str, *files: dict[str, Any], phone: str = "approve"
    ) -> httpx.Response:
        """The call hangs until the phone has answered: so the phone answers meanwhile."""
        fields = {"user_id": citizen.id, "ca_name": ca_name, "sign_files": list(files) or [file()]}
        call = asyncio.create_task(self.post("/ca/neac/sign_v2/sign", **fields))
        await self.place.world.store.bell.until(lambda: self.place.prompts(citizen), bool, 5)
        (prompt,) = await self.place.prompts(citizen)
        assert not call.done(), "the hub answers after the phone"
        if phone == "expire":
            await self.place.control("POST", "expire", {"ref": prompt.ref})
        else:
            assert await self.place.answer(prompt, phone, citizen.pin) == ""
        return await asyncio.wait_for(call, 5)


@dataclass
class Mysign:
    """One contract at MySign, logged in for one citizen."""

    place: Place
    contract: str
    client: dict[str, str]
    profile: str
    user: Citizen
    base: str = VTSS
    token: str = ""

    @classmethod
    async def at(cls, place: Place, base: str = VTSS, user: Citizen | None = None, **fields: Any) -> Mysign:
        sheet = await place.contract(**fields)
        own = sheet["mysign"]
        client = {name: own[name] for name in ("client_id", "client_secret")}
        made = cls(place, sheet["contract"], client, own["profile_id"], user or await place.citizen(), base)
        told = (await made.log_in()).json()
        assert (told["expires_in"], told["refresh_token"], told["token_type"]) == ("3600", "", "Bearer")
        made.token = told["access_token"]
        return made

    async def log_in(self, **changed: Any) -> httpx.Response:
        asked = {**self.client, "profile_id": self.profile, "user_id": f"CMT_{self.user.id}", **changed}
        return await self.place.http.post(f"{self.base}/ras/v1/login", json=asked)

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"}
        return await self.place.http.post(f"{self.base}/{path}", json=body, headers=bearer)

    async def credential(self) -> dict[str, Any]:
        asked = {**self.client, "profile_id": self.profile, "user_id": self.user.id, "certificates": "chain"}
        (row,) = (await self.post("certificates/info", {**asked, "certInfo": True, "authInfo": True})).json()
        return dict(row)

    async def sign(self, digests: list[bytes], mode: int = 1, **changed: Any) -> httpx.Response:
        documents = [
            {"document_id": f"D{place}", "document_name": b64(f"To khai {place}")} for place in range(len(digests))
        ]
        order = {"credentialID": (await self.credential())["credential_id"], "numSignatures": len(digests)}
        order |= {"description": b64("Ký tờ khai"), "documents": documents, "hash": [*map(b64, digests)], "async": mode}
        return await self.post("signHash", {**self.client, **order, **ALGORITHMS, **changed})

    async def status(self, transaction: str) -> dict[str, Any]:
        return dict((await self.post("requests/status", {"transactionId": transaction})).json())
