"""A world with the login alone, a browser for it, and the hand of a portal that asks for tokens."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from simulators.kernel import faults
from simulators.kernel.citizens import Citizen, Citizens
from simulators.kernel.clock import SECOND, Clock, still
from simulators.kernel.contracts import Contract, ContractRequest
from simulators.kernel.courier import Courier
from simulators.kernel.entropy import Entropy
from simulators.kernel.journal import Journal, Question, Row
from simulators.kernel.pki import KeyPair, Pki
from simulators.kernel.prompts import Message
from simulators.kernel.records import Change, Instant, Key
from simulators.kernel.store import Store
from simulators.mounting import application
from simulators.portal import family
from simulators.portal.records import SigningKey
from simulators.portal.tokens import thumbprint
from simulators.world import Family, World
from tests.worlds import BEARER, KEY, TET

URL = "http://127.0.0.1:8400"
CALLBACK = "http://localhost:9000/sso/callback"
HOME = "http://localhost:9000/"
VNCONNECT = "/portal/vnconnect-2022"
VNEID = "/portal/vneid-2026"


@dataclass
class Page:
    """What a browser shows, and where it stands."""

    reply: httpx.Response

    @property
    def url(self) -> str:
        return str(self.reply.url)

    @property
    def text(self) -> str:
        return self.reply.text

    def form(self, identity: str) -> tuple[str, str, dict[str, str]]:
        """Method, action and the hidden fields."""
        found = re.search(
            rf'<form method="(\w+)" action="([^"]*)" id="{identity}"[^>]*>(.*?)</form>', self.text, re.DOTALL
        )
        assert found, f"no form {identity} in {self.text}"
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', found[3])
        return found[1], urljoin(self.url, unescape(found[2])), {name: unescape(value) for name, value in hidden}


@dataclass
class Browser:
    """Keeps cookies, follows redirects as long as they stay at the login; a callback is a page that is not fetched."""

    http: httpx.AsyncClient
    seen: list[httpx.Response] = field(default_factory=list)

    async def go(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> Page:
        asked = {"params": fields} if method == "GET" and fields else {"data": fields} if fields else {}
        reply = await self.http.request(method, url, **asked)
        self.seen.append(reply)
        where = reply.headers.get("location", "")
        if reply.is_redirect and urljoin(str(reply.url), where).startswith(URL):
            return await self.go("GET", urljoin(str(reply.url), where))
        return Page(reply)

    async def submit(self, page: Page, identity: str, **typed: str) -> Page:
        method, action, hidden = page.form(identity)
        return await self.go(method.upper(), action, {**hidden, **typed})


@dataclass
class House:
    world: World
    family: Family
    http: httpx.AsyncClient
    sheet: dict[str, Any]
    contract: str

    def browser(self) -> Browser:
        return Browser(httpx.AsyncClient(transport=self.http._transport, base_url=URL))

    def asking(self, **changed: str | None) -> dict[str, str]:
        usual = {
            "response_type": "code",
            "client_id": self.sheet["client_id"],
            "redirect_uri": CALLBACK,
            "scope": "openid",
            "state": "state-of-the-portal",
            "nonce": "nonce-of-the-portal",
        }
        return {name: value for name, value in (usual | changed).items() if value is not None}

    async def begin(self, browser: Browser, **changed: str | None) -> Page:
        """To the chooser, or wherever the login sends this browser."""
        return await browser.go("GET", self.sheet["authorization_endpoint"], self.asking(**changed))

    async def to_password(self, browser: Browser, **changed: str | None) -> Page:
        return await browser.submit(await self.begin(browser, **changed), "way1")

    async def captcha(self, key: str) -> str:
        reply = await self.http.get(f"/control/login/captcha/{key}")
        assert reply.status_code == 200, reply.text
        answer: str = reply.json()["answer"]
        return answer

    async def type_password(self, browser: Browser, page: Page, citizen: Citizen, **changed: str) -> Page:
        await self.later(0.001)  # two messages of one instant have no order
        key = page.form("loginForm")[2]["sessionDataKey"]
        typed = {"username": citizen.username, "password": citizen.password}
        return await browser.submit(page, "loginForm", **{**typed, "captcha": await self.captcha(key), **changed})

    async def to_otp(self, browser: Browser, citizen: Citizen, **changed: str | None) -> Page:
        return await self.type_password(browser, await self.to_password(browser, **changed), citizen)

    async def type_code(self, browser: Browser, page: Page, code: str) -> Page:
        return await browser.submit(page, "otpForm", **boxes(code))

    async def log_in(self, browser: Browser, citizen: Citizen, **changed: str | None) -> Page:
        """All the way back to the portal."""
        page = await self.to_otp(browser, citizen, **changed)
        page = await self.type_code(browser, page, await self.code(citizen))
        return await browser.submit(page, "finalForm")

    async def code(self, citizen: Citizen) -> str:
        return re.search(r"\d{6}", (await self.messages(citizen))[-1].text)[0]

    async def messages(self, citizen: Citizen) -> list[Message]:
        return await self.world.store.find(Message, about=citizen.phone or "")

    async def tokens(self, code: str, **changed: str | None) -> httpx.Response:
        usual = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": self.sheet["client_id"],
            "client_secret": self.sheet["client_secret"],
        }
        form = {name: value for name, value in (usual | changed).items() if value is not None}
        return await self.http.post(self.sheet["token_endpoint"], data=form, headers={"authorization": ""})

    async def userinfo(self, token: str) -> httpx.Response:
        return await self.http.get(self.sheet["userinfo_endpoint"], headers={"authorization": f"Bearer {token}"})

    async def fault(self, site: str, effect: str, citizen: Citizen) -> None:
        planned = faults.Fault(id=faults.place(site, citizen.id), site=site, effect=effect, about=citizen.id)
        key = Key(faults.Fault, planned.id)
        await self.world.store.change([key], lambda _records, _now: Change(records=(planned,)))

    async def end(self, ref: str) -> int:
        """As the control side does; how many things were ended."""
        ended = 0
        for kind, (id_of, end) in self.family.ends.items():
            found = (
                [await self.world.store.get(Key(kind, id_of(ref)))]
                if id_of
                else await self.world.store.find(kind, about=ref)
            )
            for record in filter(None, found):
                key = Key(kind, record.id)
                change = await self.world.store.change(
                    [key], lambda records, now, key=key, end=end: end(records[key], now)
                )
                ended += len(change.records)
        return ended

    async def later(self, seconds: float) -> None:
        key = Key(Clock, "world")

        def decide(records: Any, now: Instant) -> Change:
            return Change(records=(Clock(base=Instant(now + int(seconds * SECOND)), rate=0),))

        await self.world.store.change([key], decide)

    def rows(self, word: str = "") -> list[Row]:
        return self.world.journal.read(Question(word=word))

    def words(self) -> list[str]:
        return [row.word for row in self.rows() if row.source.startswith("login.")]


def boxes(code: str) -> dict[str, str]:
    return {f"codeBox{place}": digit for place, digit in enumerate(code, 1)}


def told(page: Page) -> dict[str, str]:
    """The parameters of the callback that a browser was sent to."""
    assert page.reply.status_code == 302, page.text
    where = page.reply.headers["location"]
    assert where.startswith(CALLBACK), where
    return dict(parse_qsl(urlsplit(where).query, keep_blank_values=True))


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@contextlib.asynccontextmanager
async def house(profile: str = "vnconnect-2022", **overrides: Any) -> AsyncIterator[House]:
    with contextlib.ExitStack() as closing:
        store = closing.enter_context(contextlib.closing(Store(None, clock=still(TET))))
        entropy = await Entropy.begin(store, "tet")
        pki = closing.enter_context(contextlib.closing(Pki(store, entropy, URL)))
        world = World(
            store=store,
            journal=Journal(store, {}),
            entropy=entropy,
            courier=Courier(store, {}),
            pki=pki,
            citizens=Citizens(store, entropy),
            url=URL,
            smtp=("127.0.0.1", 2525),
            key=KEY,
            nonce="nonce",
        )
        login = family.mount(world, {profile: overrides})
        world.journal.words.update(login.journal_words)
        transport = httpx.ASGITransport(application(world, (login,)))
        async with httpx.AsyncClient(transport=transport, base_url=URL, headers=BEARER) as http:
            request = ContractRequest(
                name="Cổng của bài thử",
                redirect_uris=(CALLBACK,),
                post_logout_redirect_uris=(HOME,),
                login_profile=profile,
            )
            await _keep_a_key(world, profile)
            sheet = await agree(world, login, "c1", request)
            yield House(world, login, http, sheet, "c1")


@cache
def _key_of_the_tests() -> tuple[str, str]:
    """PEM and kid: one key for all houses, for making one takes longer than most tests."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode(), thumbprint(key.public_key())


async def _keep_a_key(world: World, profile: str) -> None:
    pem, kid = _key_of_the_tests()
    records = (KeyPair(id="of-the-tests", pem=pem), SigningKey(id=profile, keypair="of-the-tests", kid=kid))
    await world.store.change([], lambda _records, _now: Change(records=records))


async def agree(world: World, login: Family, contract: str, request: ContractRequest) -> dict[str, Any]:
    assert login.on_contract
    settings = (await login.on_contract(Contract(id=contract, contract=contract, name="n", request=request), request))[
        0
    ]
    await world.store.change([Key(type(settings), settings.id)], lambda _records, _now: Change(records=(settings,)))
    assert settings.section == "login"
    return settings.values


def in_house(profile: str = "vnconnect-2022", **overrides: Any) -> Callable[..., Callable[..., None]]:
    """A test whose first parameter is a house of its own."""

    def decorated(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        async def inside(**given: Any) -> None:
            async with house(profile, **overrides) as opened:
                await test(opened, **given)

        def run(**given: Any) -> None:
            asyncio.run(inside(**given))

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        parameters = list(inspect.signature(test).parameters.values())[1:]
        run.__signature__ = inspect.Signature(parameters)
        return run

    return decorated
