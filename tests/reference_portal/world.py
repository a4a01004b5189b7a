"""Providers in memory behind one httpx transport, a portal in front of them, and citizens with a browser's cookies."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlsplit

import httpx
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwt
from joserfc.jwk import RSAKey

from reference_portal.app import build
from reference_portal.calls.messages import SendFailed
from reference_portal.parts import RIGHT, Parts
from reference_portal.settings import Settings, read
from tests.reference_portal.authority import NOW, Authority, Holder, Leaf

ORIGIN = "http://localhost:4001"
KEY = "k"
SIM = "http://127.0.0.1:9"
SECRET = "BIMAT"


@dataclass(frozen=True)
class Person:
    name: str = "Nguyễn Thị Mỹ Dưỡng"
    number: str = "001099000001"
    phone: str = "0901000001"
    email: str = "duong@vidu.example"
    techid: str = "t-1"


@dataclass
class Providers:
    authority: Authority
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    codes: dict[str, tuple[Person, str]] = field(default_factory=dict)
    holders: dict[str, Holder] = field(default_factory=dict)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    phone: str = "approve"
    sms: list[tuple[str, str]] = field(default_factory=list)
    mails: list[tuple[str, str]] = field(default_factory=list)
    sms_failures: int = 0
    audience: str = "c"
    ca_names: list[str] = field(default_factory=list)
    settled: dict[str, tuple[int, str]] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    """What userinfo says otherwise; None: nothing."""
    signer: RSAKey | None = None
    """Who signs ID tokens, where it is not the key that is served."""
    failing: str = ""
    exchanged: list[str] = field(default_factory=list)
    token_of: str = "c"

    def sheet(self) -> dict[str, Any]:
        pem = self.authority.root.certificate.public_bytes(Encoding.PEM).decode()
        ca = self.authority.ca.certificate.public_bytes(Encoding.PEM).decode()
        login = {
            f"{name}_endpoint": f"{SIM}/{name}"
            for name in ("authorization", "token", "userinfo", "introspection", "end_session")
        }
        sp = {"sp_id": "sp", "sp_password": "p"}
        return {
            "login": {**login, "issuer": SIM, "jwks_uri": f"{SIM}/jwks", "client_id": "c", "client_secret": "s"},
            "vnpt": {"base_url": f"{SIM}/vnpt", **sp},
            "ca2": {"base_url": f"{SIM}/ca2", **sp},
            "neac": {"base_url": f"{SIM}/neac", **sp},
            "vnpay": {"tmn_code": "TMN", "hash_secret": SECRET, "pay_url": f"{SIM}/pay", "api_url": f"{SIM}/query"},
            "sms": {"url": f"{SIM}/sms", "user": "u", "password": "p"},
            "smtp": {"host": "127.0.0.1", "port": 1, "user": "u", "password": "p", "from_domain": "vidu.example"},
            "pki": {"root_pem": pem, "tsa_url": "", "authorities_pem": [ca]},
        }

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        for suffix, handler in (
            ("/token", self._token),
            ("/introspection", lambda _r: httpx.Response(200, json={"active": True, "client_id": self.token_of})),
            ("/jwks", lambda _r: httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})),
            ("/userinfo", self._userinfo),
            ("/get_certificate", self._certificates),
            ("/status", self._status),
            ("/signatures/sign", self._sign),
            ("/sign_v2/sign", self._hub_sign),
            ("/query", self._query),
            ("/sms", self._sms),
        ):
            if path.endswith(suffix):
                return httpx.Response(500, json={}) if suffix == self.failing else handler(request)
        return httpx.Response(404)

    def _token(self, request: httpx.Request) -> httpx.Response:
        code = parse_qs(request.content.decode())["code"][0]
        person, nonce = self.codes[code]
        self.exchanged.append(code)
        now = int(datetime.now(UTC).timestamp())  # the login's reader compares with the real clock
        claims = {"iss": SIM, "aud": self.audience, "sub": person.techid, "iat": now, "exp": now + 600, "nonce": nonce}
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.signer or self.key)
        return httpx.Response(200, json={"access_token": code, "id_token": token})

    def _userinfo(self, request: httpx.Request) -> httpx.Response:
        person, _ = self.codes[request.headers["authorization"].removeprefix("Bearer ")]
        told = {"sub": person.techid, "TechID": person.techid, "LoaiTaiKhoan": "1", "HoVaTen": person.name}
        told |= {"SoDinhDanh": person.number}
        told |= {"SoDienThoai": person.phone} if person.phone else {}
        told |= {"ThuDienTu": person.email} if person.email else {}
        told |= self.said
        return httpx.Response(200, json={name: value for name, value in told.items() if value is not None})

    def holder(self, number: str) -> Holder:
        if number not in self.holders:
            self.holders[number] = self.authority.issue(Leaf(uids=(f"CCCD:{number}",)))
        return self.holders[number]

    def _certificates(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        self.ca_names.append(asked.get("ca_name", ""))
        holder = self.holder(asked["user_id"])
        row = {"cert_data": base64.b64encode(holder.der).decode(), "cert_status_code": "VALID"}
        return httpx.Response(200, json={"status_code": 200, "data": {"user_certificates": [row]}})

    def _sign(self, request: httpx.Request) -> httpx.Response:
        order = json.loads(request.content)
        self.orders[order["transaction_id"]] = order
        self.asked.set()
        return httpx.Response(200, json={"status_code": 200, "message": "Success", "data": {}})

    def _status(self, request: httpx.Request) -> httpx.Response:
        order = self.orders[request.url.path.split("/")[-2]]
        if self.phone == "wait":
            return httpx.Response(200, json={"status_code": 200, "message": "PENDING", "data": {}})
        if self.phone == "refuse":
            return httpx.Response(200, json={"status_code": 400, "message": "USER_REJECT", "data": {}})
        return httpx.Response(200, json={"status_code": 200, "data": {"signatures": [self._value(order)]}})

    def _hub_sign(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json={"status_code": 200, "data": {"signed_files": [self._value(json.loads(request.content))]}}
        )

    def _value(self, order: dict[str, Any]) -> dict[str, str]:
        file = order["sign_files"][0]
        digest = bytes.fromhex(file["data_to_be_signed"])
        signer = "000000000000" if self.phone == "another_signer" else order["user_id"]
        value = base64.b64encode(self.holder(signer).sign(digest)).decode()
        return {"doc_id": file["doc_id"], "signature_value": value}

    def _query(self, request: httpx.Request) -> httpx.Response:
        ref = json.loads(request.content)["vnp_TxnRef"]
        amount, status = self.settled.get(ref, (0, ""))
        told = {"ResponseId": "1", "Command": "querydr", "ResponseCode": "00" if status else "91", "Message": "x"}
        told |= {"TmnCode": "TMN", "TxnRef": ref, "Amount": str(amount * 100), "TransactionStatus": status}
        names = "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo"
        names += " TransactionType TransactionStatus OrderInfo PromotionCode PromotionAmount"
        base = "|".join(told.get(name, "") for name in names.split())
        answer = {f"vnp_{name}": value for name, value in told.items()}
        return httpx.Response(200, json={**answer, "vnp_SecureHash": _mac(base)})

    def _sms(self, request: httpx.Request) -> httpx.Response:
        if self.sms_failures:
            self.sms_failures -= 1
            return httpx.Response(500)
        told = json.loads(request.content)
        self.sms.append((told["to"], told["text"]))
        return httpx.Response(200, json={"id": "1"})

    async def take_mail(self, _smtp: object, to: str, _subject: str, text: str) -> None:
        self.mails.append((to, text))


class Threads:
    """PDF work in a thread: in tests no process is worth its start."""

    async def run(self, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return await asyncio.to_thread(function, *args, **named)

    def close(self) -> None:
        return


def _mac(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()


def notice(ref: str, amount: int, **other: str) -> str:
    """The query of a notice as VNPAY sends it."""
    told = {"vnp_TmnCode": "TMN", "vnp_Amount": str(amount * 100), "vnp_TxnRef": ref, "vnp_ResponseCode": "00"}
    told |= {"vnp_TransactionStatus": "00", "vnp_TransactionNo": "14000001", "vnp_OrderInfo": "Nop le phi"}
    told |= {f"vnp_{name}": value for name, value in other.items() if name != "SecureHash"}
    query = "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in sorted(told.items()))
    return f"{query}&vnp_SecureHash={other.get('SecureHash', _mac(query))}"


class Browser:
    """One citizen's browser: keeps the cookie, sends Origin with what changes something."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.cookie = ""

    async def send(self, method: str, path: str, **named: Any) -> httpx.Response:
        headers = {"cookie": f"phien={self.cookie}"} if self.cookie else {}
        if method != "GET":
            headers["origin"] = ORIGIN
        headers |= named.pop("headers", {})
        reply = await self.portal.http.request(method, path, headers=headers, **named)
        for line in reply.headers.get_list("set-cookie"):
            self.cookie = line.partition(";")[0].partition("=")[2]
        return reply

    async def get(self, path: str, **named: Any) -> httpx.Response:
        return await self.send("GET", path, **named)

    async def post(self, path: str, told: object = None, **named: Any) -> httpx.Response:
        return await self.send("POST", path, **({"json": told} if told is not None else {}), **named)

    async def begin(self, target: str = "/ho-so") -> dict[str, str]:
        reply = await self.get("/pti/login", params={"target": target})
        return dict(parse_qsl(urlsplit(reply.headers["location"]).query))

    async def log_in(self, person: Person, target: str = "/ho-so") -> httpx.Response:
        asked = await self.begin(target)
        code = f"code-{len(self.portal.providers.codes)}"
        self.portal.providers.codes[code] = (person, asked.get("nonce", ""))
        return await self.get("/sso/callback", params={"code": code, "state": asked["state"]})


@dataclass
class Portal:
    http: httpx.AsyncClient
    providers: Providers
    office: Any
    now: datetime

    async def citizen(self, person: Person = Person()) -> Browser:
        browser = Browser(self)
        assert (await browser.log_in(person)).status_code == 303
        return browser

    async def officer(self, action: str, dossier: str = "", **told: object) -> httpx.Response:
        body = {"officer": "an", "action": action, "dossier": dossier, **told}
        return await self.http.post("/pti/officer", json=body, headers={"authorization": f"Bearer {KEY}"})

    async def notify(self, query: str) -> dict[str, str]:
        return (await self.http.get(f"/vnpay/ipn?{query}")).json()

    async def settled(self) -> None:
        """All that goes on behind the answers is over."""
        while running := tuple(self.office.tasks._running):
            await asyncio.wait(running)

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@asynccontextmanager
async def portal(authority: Authority, parts: Parts = RIGHT, *, providers: Providers | None = None, **settings: Any):
    """`providers` are handed in where they outlive a restart of the portal."""
    providers = providers or Providers(authority)
    told: Settings = replace(read(providers.sheet(), origin=ORIGIN, portal_key=KEY), **settings)
    world = replace(parts, calls=replace(parts.calls, send_mail=providers.take_mail))
    outside = httpx.AsyncClient(transport=httpx.MockTransport(providers.answer))
    standing: list[Portal] = []
    app = build(told, world, http=outside, workers=Threads(), clock=lambda: standing[0].now if standing else NOW)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            standing.append(Portal(http, providers, app.state.office, NOW))
            yield standing[0]


__all__ = ["KEY", "ORIGIN", "Browser", "Person", "Portal", "SendFailed", "notice", "portal"]
