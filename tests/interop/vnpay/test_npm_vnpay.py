"""npm `vnpay` 2.5.0, written by others, as merchant: it builds pay URLs, verifies return and notice, and asks querydr."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from simulators.kernel.clock import in_vietnam
from simulators.kernel.journal import Question
from tests.interop.node import workshop
from tests.needs import needs
from tests.simulators.payment.test_desk import FINE, Merchant
from tests.simulators.payment.world import Bench, app_of, bench

pytestmark = needs("node", "npm")
HERE = Path(__file__).parent
ACCENTS = "Nộp lệ phí & 50% a+b"
RETURN = "http://localhost:8000/ve"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the merchant finds the library."""
    return workshop(tmp_path_factory.mktemp("vnpay"), HERE / "package.json", HERE / "merchant.mjs")


@dataclass
class Shop:
    """A merchant that leaves everything to the library."""

    folder: Path
    bench: Bench
    host: str
    merchant: Merchant

    async def ask(self, do: str, **more: Any) -> Any:
        asked = json.dumps({"do": do, "host": self.host, "terminal": dict(self.bench.terminal), **more})
        node = await asyncio.create_subprocess_exec(
            *("node", "merchant.mjs", asked),
            cwd=self.folder,
            env={**os.environ, "TZ": "UTC"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        told, wrong = await node.communicate()
        assert node.returncode == 0, wrong.decode()
        return json.loads(told)

    async def order(self, ref: str, info: str) -> dict[str, Any]:
        now = in_vietnam(self.bench.world.store.now())
        return {
            "vnp_Amount": 10_000,
            "vnp_IpAddr": "127.0.0.1",
            "vnp_TxnRef": ref,
            "vnp_OrderInfo": info,
            "vnp_ReturnUrl": RETURN,
            "vnp_CreateDate": int(f"{now:%Y%m%d%H%M%S}"),
        }

    async def notice(self, ref: str) -> str:
        """The target that the notice was sent to."""
        await self.bench.world.journal.wait(Question(ref=ref, word="delivered"), count=1, seconds=5)
        return self.merchant.asked[-1]


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Shop]:
    merchant = Merchant([FINE])
    listener = await asyncio.start_server(merchant.serve, "127.0.0.1", 0)
    web = socket.socket()
    web.bind(("127.0.0.1", 0))
    host = f"http://127.0.0.1:{web.getsockname()[1]}"
    b = await bench(ipn_url=f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/ipn")
    server = uvicorn.Server(uvicorn.Config(app_of(b.world, b.family), log_level="error", ws="none", lifespan="off"))
    tasks = [asyncio.create_task(server.serve(sockets=[web])), asyncio.create_task(b.world.courier.run())]
    try:
        yield Shop(folder, b, host, merchant)
    finally:
        server.should_exit = True
        await tasks[0]
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        listener.close()
        await b.http.aclose()
        b.world.store.close()


def played(folder: Path, story: Callable[[Shop], Awaitable[None]]) -> None:
    async def play() -> None:
        async with opened(folder) as shop:
            await story(shop)

    asyncio.run(play())


async def token_of(shop: Shop, order: dict[str, Any]) -> str:
    url = await shop.ask("url", fields=order)
    reply = await shop.bench.http.get(url)
    location = reply.headers["location"]
    assert "/PaymentMethod.html?token=" in location, location
    return location.partition("token=")[2]


@pytest.mark.parametrize("info", ["Nop le phi ho so 123", ACCENTS, "(c) 'd'!"])
def test_its_pay_url_is_let_in_and_it_verifies_return_and_notice(library: Path, info: str) -> None:
    async def story(shop: Shop) -> None:
        paid = await shop.bench.pay(await token_of(shop, await shop.order("T1", info)))
        for do, url in (("return", paid.headers["location"]), ("ipn", await shop.notice("T1"))):
            verdict = await shop.ask(do, url=url)
            assert (verdict["isVerified"], verdict["isSuccess"]) == (True, True)
            assert (verdict["vnp_Amount"], verdict["vnp_OrderInfo"]) == (10_000, info)

    played(library, story)


def test_a_star_is_let_in_as_odd_and_told_back_as_this_merchant_writes_it(library: Path) -> None:
    """Form encoders disagree about * and ~: what is told to a merchant is hashed as its own pay URL was."""

    async def story(shop: Shop) -> None:
        paid = await shop.bench.pay(await token_of(shop, await shop.order("T1", "a*b")))
        assert "special characters" in str(shop.bench.journal("payment_requested")[0].body["odd"])
        assert (await shop.ask("return", url=paid.headers["location"]))["isVerified"] is True

    played(library, story)


def test_it_verifies_a_cancel_and_refuses_a_spoiled_notice(library: Path) -> None:
    async def story(shop: Shop) -> None:
        token = await token_of(shop, await shop.order("T1", "Le phi"))
        cancelled = await shop.bench.post("Cancel", token=token)
        verdict = await shop.ask("return", url=cancelled.headers["location"])
        assert (verdict["isVerified"], verdict["isSuccess"], verdict["vnp_ResponseCode"]) == (True, False, "24")

        await shop.bench.fault("vnpay.notice", "wrong_checksum", "T2", alone=True)
        await shop.bench.pay(await token_of(shop, await shop.order("T2", "Le phi")))
        assert (await shop.ask("ipn", url=await shop.notice("T2")))["isVerified"] is False

    played(library, story)


def test_its_query_is_answered_and_verified(library: Path) -> None:
    async def story(shop: Shop) -> None:
        order = await shop.order("T1", "Le phi")
        await shop.bench.pay(await token_of(shop, order))
        asked = {
            "vnp_RequestId": "rq1",
            "vnp_IpAddr": "127.0.0.1",
            "vnp_TxnRef": "T1",
            "vnp_OrderInfo": "Truy van",
            "vnp_TransactionDate": order["vnp_CreateDate"],
            "vnp_CreateDate": order["vnp_CreateDate"],
        }
        answer = await shop.ask("query", fields=asked)
        assert (answer["isVerified"], answer["isSuccess"], answer["vnp_TransactionStatus"]) == (True, True, "00")
        again = await shop.ask("query", fields=asked)
        assert (again["isVerified"], again["vnp_ResponseCode"]) == (True, "94")
        unknown = await shop.ask("query", fields={**asked, "vnp_RequestId": "rq2", "vnp_TxnRef": "T9"})
        assert (unknown["isVerified"], unknown["vnp_ResponseCode"]) == (True, "91")

    played(library, story)


def test_its_refund_is_authenticated_and_answered_as_the_sandbox_does(library: Path) -> None:
    async def story(shop: Shop) -> None:
        order = await shop.order("T1", "Le phi")
        await shop.bench.pay(await token_of(shop, order))
        asked = {
            "vnp_RequestId": "rq1",
            "vnp_TransactionType": "02",
            "vnp_Amount": 10_000,
            "vnp_CreateBy": "can bo",
            "vnp_IpAddr": "127.0.0.1",
            "vnp_TxnRef": "T1",
            "vnp_OrderInfo": "Hoan tien",
            "vnp_TransactionDate": order["vnp_CreateDate"],
            "vnp_CreateDate": order["vnp_CreateDate"],
        }
        answer = await shop.ask("refund", fields=asked)
        assert (answer["isVerified"], answer["vnp_ResponseCode"]) == (True, "99")

    played(library, story)
