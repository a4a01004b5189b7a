"""A whole payment: signed pay URL, card, OTP, the way back, the notice answered, nothing left to deliver."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlencode, urlsplit

from benchmarks.client import Connection, Reply, Wrong, path_of
from benchmarks.flows import Flow
from benchmarks.servers import PATIENCE, Simulators

LIMIT = 4.0
AMOUNT = 50_000
RETURN_URL = "http://localhost:9/ve"
ROWS = Counter(payment_requested=1, payment_settled=1, payment_returned=1, delivered=1)
CARD = {
    "bank": "NCB",
    "card_number": "9704198526191432198",
    "card_holder": "NGUYEN VAN A",
    "card_date": "07/15",
}
"""The gateway's published test card."""
ANSWER = b'{"RspCode":"00","Message":"Confirm Success"}'


def checksum(secret: str, fields: Mapping[str, str]) -> str:
    """PAY 2.1.0: HMAC-SHA512 over the sorted, form-encoded fields."""
    pairs = sorted((name, value) for name, value in fields.items() if name != "vnp_SecureHash" and value)
    text = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


class Merchant:
    """A portal's side: takes notices on a socket of its own, answers 00 and keeps them."""

    def __init__(self) -> None:
        self.url = ""
        self.notices: dict[str, dict[str, str]] = {}
        self._came = asyncio.Condition()
        self._serving: set[asyncio.StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> AsyncIterator[Merchant]:
        merchant = cls()
        server = await asyncio.start_server(merchant._serve, "127.0.0.1", 0)
        merchant.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ipn"
        try:
            yield merchant
        finally:
            server.close()
            for writer in tuple(merchant._serving):
                writer.transport.abort()
            await asyncio.sleep(0)

    async def until(self, count: int) -> None:
        """Returns when so many different orders were told of."""
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(lambda: len(self.notices) >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fields = dict(parse_qsl(urlsplit(head.split(b" ", 2)[1].decode()).query))
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)
                    + ANSWER
                )
                async with self._came:
                    self.notices[fields["vnp_TxnRef"]] = fields
                    self._came.notify_all()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._serving.discard(writer)
            writer.close()


@dataclass(frozen=True)
class Paid:
    """An order and the address to which the payer came back."""

    ref: str
    back: str


class Payments:
    """One merchant's; the order names the bank, so the payer begins at its card page."""

    def __init__(self, world: Simulators, section: Mapping[str, str], merchant: Merchant, contract: str) -> None:
        self._world = world
        self._section = section
        self._merchant = merchant
        self._contract = contract
        self._begun = 0

    @classmethod
    async def at(cls, world: Simulators, merchant: Merchant) -> Payments:
        request = {"name": "Cổng đo", "ipn_url": merchant.url, "return_url": RETURN_URL}
        sheet = await world.control("POST", "/control/contracts", request)
        return cls(world, sheet["vnpay"], merchant, sheet["contract"])

    def flow(self, size: int) -> Flow:
        return Flow(
            "payment",
            "pay URL, card page, card, OTP page, OTP, back with a checksum; the notice sent and answered 00, settled",
            pids=(self._world.pid,),
            lanes=self._world.lanes,
            world=self._world,
            one=self._one,
            size=size,
            limit=LIMIT,
            deliveries=1,
            journal=ROWS,
            check=self._verify,
            finished=self._told,
        )

    async def _one(self, lane: Connection, _number: int) -> Paid:
        ref = secrets.token_hex(10)
        self._begun += 1
        opened = (await lane.get(f"{path_of(self._section['pay_url'])}?{self._query(ref)}")).demand(302)
        token = parse_qs(urlsplit(opened.location).query).get("token", [""])[0]
        _page(await lane.get(opened.location), token)
        card = opened.location.partition("?")[0]
        asked = (await lane.form(card, {"token": token, **CARD})).demand(302)
        _page(await lane.get(asked.location), token)
        paid = await lane.form(asked.location.partition("?")[0], {"token": token, "otp": "123456"})
        return Paid(ref, paid.demand(302).location)

    async def _told(self) -> None:
        await self._merchant.until(self._begun)

    def _query(self, ref: str) -> str:
        now = datetime.now(UTC) + timedelta(hours=7)
        fields = {
            "vnp_Version": "2.1.0",
            "vnp_Command": "pay",
            "vnp_TmnCode": self._section["tmn_code"],
            "vnp_Amount": str(AMOUNT * 100),
            "vnp_BankCode": "NCB",
            "vnp_CreateDate": f"{now:%Y%m%d%H%M%S}",
            "vnp_ExpireDate": f"{now + timedelta(minutes=15):%Y%m%d%H%M%S}",
            "vnp_CurrCode": "VND",
            "vnp_IpAddr": "127.0.0.1",
            "vnp_Locale": "vn",
            "vnp_OrderInfo": f"Nop phi ho so {ref}",
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": RETURN_URL,
            "vnp_TxnRef": ref,
        }
        return urlencode(fields | {"vnp_SecureHash": checksum(self._section["hash_secret"], fields)})

    async def _verify(self, done: Sequence[Paid]) -> None:
        """Return and notice of each order: checksum, amount and outcome; and nothing is left to be delivered."""
        for one in done:
            self._demand_paid(one.ref, dict(parse_qsl(urlsplit(one.back).query)))
            self._demand_paid(one.ref, self._merchant.notices[one.ref])
        quiet: dict[str, Any] = {"later": 1}
        async with asyncio.timeout(PATIENCE):
            while quiet["later"] or not quiet["quiet"]:
                quiet = await self._world.control("GET", f"/control/quiet?contract={self._contract}")

    def _demand_paid(self, ref: str, told: Mapping[str, str]) -> None:
        expected = {"vnp_TxnRef": ref, "vnp_Amount": str(AMOUNT * 100), "vnp_ResponseCode": "00"}
        expected["vnp_SecureHash"] = checksum(self._section["hash_secret"], told)
        if {name: told.get(name) for name in expected} != expected:
            raise Wrong(f"the gateway told of the order {ref}: {told}")


def _page(reply: Reply, token: str) -> None:
    if f'name="token" value="{token}"' not in reply.demand(200).text:
        raise Wrong(f"a page of the checkout is not this payment's: {reply.text[-400:]!r}")
