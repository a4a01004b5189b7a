"""eSignCloud as a relying party speaks it: each call signed with the contract's key, codes read from phone and mailbox."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from fpdf import FPDF

from simulators.kernel.citizens import Citizen
from simulators.kernel.prompts import Message
from tests.places import Place

BASE = "/ca/fpt_esign/eSignCloud/restapi"
TEMPLATE = "[FPT-CA] Ma xac thuc (OTP) cua Quy khach la {AuthorizeCode}."
SHA256 = "application/sha256-binary"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def pdf(text: str = "To khai") -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("helvetica")
    page.cell(text=text)
    out = BytesIO()
    page.output(out)
    return out.getvalue()


def file(text: str = "To khai", name: str = "to-khai.pdf") -> dict[str, Any]:
    return {"signingFileData": b64(pdf(text)), "signingFileName": name, "mimeType": "application/pdf"}


def hashed(*texts: str) -> list[dict[str, str]]:
    return [
        {"hash": hashlib.sha256(text.encode()).hexdigest().upper(), "mimeType": SHA256, "signingFileName": text}
        for text in texts
    ]


@cache
def key_of(pem: str) -> rsa.RSAPrivateKey:
    """Kept, for its checks cost 40 ms; contracts share some keys."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def credentials(sheet: dict[str, Any], now: int, **changed: str) -> dict[str, str]:
    """As a call carries them."""
    told = {name: sheet[name] for name in ("username", "password", "signature")}
    told |= {"timestamp": str(now), **changed}
    text = "".join(told[name] for name in ("username", "password", "signature", "timestamp"))
    signed = key_of(sheet["private_key"]).sign(text.encode(), padding.PKCS1v15(), hashes.SHA1())  # as the wire has it
    return {**told, "pkcs1Signature": b64(signed)}


@dataclass
class Esign:
    """One contract at FPT.eSign, for one citizen and one agreement."""

    place: Place
    contract: str
    sheet: dict[str, Any]
    user: Citizen
    agreement: str = "A-1"

    @classmethod
    async def outside(cls, place: Place) -> Esign:
        sheet = await place.contract()
        return cls(place, sheet["contract"], sheet["fpt_esign"], await place.citizen())

    @classmethod
    async def at(cls, place: Place) -> Esign:
        caller = await cls.outside(place)
        told = (await caller.certify()).json()
        assert told["responseCode"] == 0, told
        return caller

    def credentials(self, **changed: str) -> dict[str, str]:
        return credentials(self.sheet, self.place.world.store.now(), **changed)

    async def call(self, function: str, **fields: Any) -> httpx.Response:
        body = {
            "relyingParty": self.sheet["relying_party"],
            "agreementUUID": self.agreement,
            "credentialData": self.credentials(),
            **fields,
        }
        return await self.place.http.post(f"{BASE}/{function}ForSignCloud", json=body)

    async def certify(self, **changed: Any) -> httpx.Response:
        details = {"personalName": self.user.name, "citizenID": self.user.id, "location": "Quận 1"}
        details |= {"stateOrProvince": "TP Hồ Chí Minh", "country": "VN", "photoFrontSideIDCard": b64(b"front")}
        asked = {"email": self.user.email, "mobileNo": self.user.phone, "certificateProfile": "PERS.1D"}
        return await self.call("prepareCertificate", **{**asked, "agreementDetails": details, **changed})

    async def prepare(self, *files: dict[str, Any], **changed: Any) -> httpx.Response:
        what = files[0] if len(files) == 1 else {"multipleSigningFileData": list(files)}
        return await self.call("prepareFile", **{**what, **self.sending(), **changed})

    async def prepare_hashes(self, *texts: str, **changed: Any) -> httpx.Response:
        what = {"multipleSigningFileData": hashed(*texts)}
        return await self.call("prepareHashSigning", **{**what, **self.sending(), **changed})

    def sending(self) -> dict[str, Any]:
        told = {"notificationTemplate": TEMPLATE, "notificationSubject": "[FPT-CA] OTP"}
        return {"authorizeMethod": 1, "messagingMode": 1, **told}

    async def renew(self, **changed: Any) -> dict[str, Any]:
        return dict((await self.call("regenerateAuthorizationCode", **{**self.sending(), **changed})).json())

    async def bill(self, reply: httpx.Response) -> str:
        told = reply.json()
        assert (told["responseCode"], bool(told["billCode"])) == (1007, True), told
        return str(told["billCode"])

    async def authorize(self, bill: str, code: str, **changed: Any) -> httpx.Response:
        asked = {"billCode": bill, "authorizeCode": code, "messagingMode": 3, **changed}
        return await self.call("authorizeSingletonSigning", **asked)

    async def code(self, *, by_mail: bool = False) -> str:
        """The newest, from the citizen's phone or mailbox."""
        to = self.user.email if by_mail else self.user.phone
        found = await self.place.world.store.find(Message, about=to)
        return re.findall(r"\b\d{6}\b", found[-1].text)[-1]

    async def leaf(self) -> x509.Certificate:
        told = (await self.call("getCertificateDetail")).json()
        return x509.load_der_x509_certificate(base64.b64decode(told["certificate"]))

    def whys(self) -> list[str]:
        return [row.body["why"] for row in self.place.rows(contract=self.contract, word="turned_away")]


def verify(leaf: x509.Certificate, value: str, text: str) -> None:
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    over = hashlib.sha256(text.encode()).digest()
    key.verify(base64.b64decode(value), over, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
