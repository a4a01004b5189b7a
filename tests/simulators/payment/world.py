"""A world with the payment gateways alone: a clock that stands, a client without a socket, and a merchant's own checksum."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from inspect import Signature, signature
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import httpx
import msgspec
from starlette.applications import Starlette

from simulators.kernel.citizens import Citizen, Citizens
from simulators.kernel.clock import VIETNAM, Clock, machine_now, still
from simulators.kernel.contracts import Contract, ContractRequest
from simulators.kernel.courier import Courier, Delivery
from simulators.kernel.entropy import Entropy
from simulators.kernel.faults import Fault, place
from simulators.kernel.gate import Gate
from simulators.kernel.journal import KERNEL_WORDS, Journal, Question, Row
from simulators.kernel.pki import Pki
from simulators.kernel.records import Change, Instant, Key
from simulators.kernel.store import Store
from simulators.kernel.wire import mounted
from simulators.payment.family import mount
from simulators.payment.records import Payment
from simulators.world import Family, World

TET = datetime(2026, 2, 17, 9, 30, tzinfo=VIETNAM)
URL = "http://127.0.0.1:9000"
KEY = "a-run-key-of-tests"
NOTICE_URL = "http://localhost:8000/ipn"
RETURN_URL = "http://localhost:8000/ve"
NCB = {"card_number": "9704198526191432198", "card_holder": "NGUYEN VAN A", "card_date": "07/15"}
PATH = "/payment/vnpay/paymentv2"


Story = Callable[..., Awaitable[None]]


@dataclass
class Bench:
    """`terminal` is the section vnpay of the first contract."""

    world: World
    family: Family
    http: httpx.AsyncClient
    contract: str = ""
    terminal: Mapping[str, str] = field(default_factory=dict)

    async def agree(self, **request: Any) -> tuple[str, Mapping[str, str]]:
        """A new contract: its id and its section vnpay."""
        given = msgspec.convert({"ipn_url": NOTICE_URL, **request}, ContractRequest)
        contract = Contract(id="c" + self.world.entropy.token("contract", 15), name=given.name, request=given)
        assert self.family.on_contract
        (part,) = await self.family.on_contract(contract, given)
        await self.world.store.change([], lambda _records, _now: Change(records=(contract, part)))
        return contract.id, part.values

    async def citizen(self, **overrides: Any) -> Citizen:
        citizen = await self.world.citizens.make(overrides)
        assert self.family.on_citizen
        await self.family.on_citizen(citizen)
        return citizen

    async def fault(self, site: str, effect: str, about: str, **args: Any) -> None:
        assert effect in self.family.fault_sites[site]
        fault = Fault(id=place(site, about), site=site, effect=effect, about=about, args=args)
        await self.world.store.change([Key(Fault, fault.id)], lambda _records, _now: Change(records=(fault,)))

    async def advance(self, **span: float) -> None:
        now = self.world.store.now()

        def moved(records: Any, _now: Instant) -> Change:
            there = Instant(now + int(timedelta(**span).total_seconds() * 1000))
            return Change(records=(records[Key(Clock, "world")].moved_to(there, machine_now()),))

        await self.world.store.change([Key(Clock, "world")], moved)

    async def deliveries(self) -> list[Delivery]:
        return sorted(await self.world.store.find(Delivery), key=lambda each: (each.due, each.id))

    def journal(self, word: str = "", **question: Any) -> list[Row]:
        return self.world.journal.read(Question(word=word, **question))

    def pay_url(self, **fields: str | None) -> str:
        """A right pay URL; a field given replaces ours, None leaves it out."""
        return signed_url(self.terminal, pay_fields(self.terminal, **fields))

    async def start(self, **fields: str | None) -> str:
        """A payment at its checkout: the token."""
        reply = await self.http.get(self.pay_url(**fields))
        assert reply.status_code == 302, reply.text
        assert "/Transaction/" in reply.headers["location"], reply.headers["location"]
        return query_of(reply.headers["location"])["token"]

    async def post(self, page: str, **form: str) -> httpx.Response:
        return await self.http.post(f"{PATH}/Transaction/{page}.html", data=form)

    async def pay(self, token: str, otp: str = "123456", **card: str) -> httpx.Response:
        """The card and the OTP; the last answer."""
        first = await self.post("Card", token=token, **{"bank": "NCB", **NCB, **card})
        if "/Otp.html" not in first.headers.get("location", ""):
            return first
        return await self.post("Otp", token=token, otp=otp)

    async def payment(self, ref: str = "T1") -> Payment:
        (found,) = await self.world.store.find(Payment, about=ref)
        return found


STEADY = {"vnpay": {"variance": 0}}
"""Legal variance is what a test is about, or it is off."""


async def bench(overrides: Mapping[str, Any] | None = None, **request: Any) -> Bench:
    store = Store(None, clock=still(TET))
    entropy = await Entropy.begin(store, "seed of tests")
    words: dict[str, str] = dict(KERNEL_WORDS)
    world = World(
        store=store,
        journal=Journal(store, words),
        entropy=entropy,
        courier=Courier(store, {}),
        pki=Pki(store, entropy, URL),
        citizens=Citizens(store, entropy),
        url=URL,
        smtp=("127.0.0.1", 0),
        key=KEY,
        nonce="nonce",
    )
    family = _mounted(world, overrides or STEADY)
    words.update(family.journal_words)
    world.courier.kinds.update({kind.name: kind for kind in family.delivery_kinds})
    made = Bench(
        world, family, httpx.AsyncClient(transport=httpx.ASGITransport(app=app_of(world, family)), base_url=URL)
    )
    made.contract, made.terminal = await made.agree(**request)
    return made


def _mounted(world: World, overrides: Mapping[str, Any] | None) -> Family:
    try:
        return mount(world, overrides)
    except BaseException:
        world.store.close()
        raise


def story(overrides: Mapping[str, Any] | None = None, **request: Any) -> Callable[[Story], Callable[..., None]]:
    """A test that is handed a world; what else it takes comes from pytest's parameters."""

    def told(test: Story) -> Callable[..., None]:
        def run(**parameters: Any) -> None:
            async def play() -> None:
                made = await bench(overrides, **request)
                async with made.http:
                    with contextlib.closing(made.world.store):
                        await test(made, **parameters)

            asyncio.run(play())

        names = list(signature(test).parameters.values())[1:]
        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        run.__signature__ = Signature(names)  # type: ignore[attr-defined]  # pytest reads the parameters from it
        return run

    return told


def app_of(world: World, family: Family) -> Starlette:
    gate = Gate(world.key, world.url)
    return Starlette(routes=[mounted(route, "", gate.bearer) for route in (*family.routes, *family.control_routes)])


def pay_fields(terminal: Mapping[str, str], **fields: str | None) -> dict[str, str]:
    right = {
        "vnp_Amount": "1000000",
        "vnp_Command": "pay",
        "vnp_CreateDate": "20260217093000",
        "vnp_CurrCode": "VND",
        "vnp_ExpireDate": "20260217094500",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_Locale": "vn",
        "vnp_OrderInfo": "Nop le phi ho so 123",
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": RETURN_URL,
        "vnp_TmnCode": terminal["tmn_code"],
        "vnp_TxnRef": "T1",
        "vnp_Version": "2.1.0",
    }
    return {name: value for name, value in {**right, **fields}.items() if value is not None}


def signed_url(terminal: Mapping[str, str], fields: Mapping[str, str]) -> str:
    query, base = form(fields), form({name: value for name, value in fields.items() if value})
    return f"{terminal['pay_url']}?{query}&vnp_SecureHash={sha512(terminal['hash_secret'], base)}"


def form(fields: Mapping[str, str]) -> str:
    return "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in sorted(fields.items()))


def sha512(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def is_signed(url: str, secret: str) -> bool:
    """The merchant's own check, over the query as it was written."""
    base, _, given = urlsplit(url).query.rpartition("&vnp_SecureHash=")
    return sha512(secret, base) == given
