"""The desk with a courier that flies: notices arrive byte for byte, stop and repeat by the rule, and come before the return."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from simulators.kernel.journal import Question
from simulators.kernel.records import Change, Key
from simulators.payment.records import Payment
from simulators.payment.spec import Outcome
from tests.simulators.payment.world import Bench, bench, is_signed, story

FINE = '{"RspCode":"00","Message":"Confirm Success"}'
BAD = '{"RspCode":"97","Message":"Fail checksum"}'


@dataclass
class Merchant:
    """Keeps the targets that it was asked for; answers what `answers` says, the last one for ever."""

    answers: list[str]
    asked: list[str] = field(default_factory=list)
    before: Callable[[], Awaitable[None]] | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b" ")[1].decode())
        if self.before:
            await self.before()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        size = len(answer.encode())
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n{answer}".encode())
        await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def running(merchant: Merchant, overrides: Any = None) -> AsyncIterator[Bench]:
    """A world whose courier and watchman run, with a contract whose notices go to the merchant."""
    server = await asyncio.start_server(merchant.serve, "127.0.0.1", 0)
    b = await bench(overrides, ipn_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ipn?shop=1")
    tasks = [asyncio.create_task(b.world.courier.run()), *(asyncio.create_task(each()) for each in b.family.background)]
    try:
        yield b
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
        await b.http.aclose()
        b.world.store.close()


async def told(b: Bench, count: int) -> list[dict[str, object]]:
    rows = await b.world.journal.wait(Question(ref="T1", word="delivered"), count=count, seconds=5)
    assert len(rows) >= count
    return [row.body for row in rows]


def test_a_notice_arrives_as_it_was_signed_and_00_ends_it() -> None:
    merchant = Merchant([FINE])

    async def play() -> None:
        async with running(merchant) as b:
            await b.pay(await b.start())
            (body,) = await told(b, 1)
            (target,) = merchant.asked
            assert target.startswith("/ipn?shop=1&vnp_Amount=")
            assert is_signed(f"http://m.example/ipn?{target.partition('shop=1&')[2]}", b.terminal["hash_secret"])
            assert (body["attempt"], body["more"], body["injected"], body["kind"]) == (1, False, "", "vnpay.notice")
            assert await b.deliveries() == []

    asyncio.run(play())


def test_a_refused_notice_is_repeated_every_five_minutes_ten_times_at_most() -> None:
    merchant = Merchant([BAD])

    async def play() -> None:
        async with running(merchant) as b:
            await b.pay(await b.start())
            for attempt in range(1, 11):
                bodies = await told(b, attempt)
                assert (bodies[-1]["attempt"], bodies[-1]["more"]) == (attempt, attempt < 10)
                await b.advance(minutes=5)
            assert await b.deliveries() == []
            assert len(set(merchant.asked)) == 1

    asyncio.run(play())


def test_a_bad_notice_then_the_right_one_when_it_is_made_due() -> None:
    merchant = Merchant([BAD, FINE])

    async def play() -> None:
        async with running(merchant) as b:
            await b.fault("vnpay.notice", "wrong_checksum", "T1")
            await b.pay(await b.start())
            (bad,) = await told(b, 1)
            assert (bad["injected"], bad["more"]) == ("wrong_checksum", False)
            (right,) = await b.deliveries()
            assert right.due == b.world.store.now() + 5 * 60_000
            await b.advance(minutes=5)
            assert (await told(b, 2))[-1]["injected"] == ""
            secret = b.terminal["hash_secret"]
            signed = [is_signed(f"http://m.example/?{each.partition('shop=1&')[2]}", secret) for each in merchant.asked]
            assert signed == [False, True]

    asyncio.run(play())


def test_a_notice_may_legally_be_a_little_late_or_before_the_payer_is_back() -> None:
    merchant = Merchant([FINE])

    async def play() -> dict[str, int]:
        seen = {"": 0, "late": 0, "early": 0}
        async with running(merchant, {"vnpay": {"variance": 3}}) as b:
            for number in range(1, 40):
                ref = f"V{number}"
                token = await b.start(vnp_TxnRef=ref)
                timing = (await b.payment(ref)).timing
                await b.pay(token)
                late = [each for each in await b.deliveries() if each.ref == ref and each.due > b.world.store.now()]
                assert (timing == "late") == bool(late), ref
                assert timing != "early" or b.journal("delivered", ref=ref), ref
                seen[timing] += 1
        return seen

    assert min(asyncio.run(play()).values()) > 0


def test_ten_in_parallel_arrive() -> None:
    merchant = Merchant([FINE])

    async def play() -> None:
        async with running(merchant) as b:
            await b.fault("vnpay.notice", "parallel", "T1")
            await b.pay(await b.start())
            assert len(await told(b, 10)) == 10
            assert len(set(merchant.asked)) == 1

    asyncio.run(play())


def test_before_return_the_notice_is_answered_before_the_browser_goes_back() -> None:
    order: list[str] = []

    async def play() -> None:
        async def slowly() -> None:
            await asyncio.sleep(0.1)
            order.append("notice")

        async with running(Merchant([FINE], before=slowly)) as b:
            await b.fault("vnpay.notice", "before_return", "T1")
            await b.pay(await b.start())
            order.append("return")

    asyncio.run(play())
    assert order == ["notice", "return"]


def test_an_abandoned_checkout_ends_by_itself_and_is_notified() -> None:
    merchant = Merchant([FINE])

    async def play() -> None:
        async with running(merchant) as b:
            await b.start()
            await b.advance(minutes=15)
            await told(b, 1)
            assert (await b.payment()).outcome is Outcome.EXPIRED
            assert "vnp_ResponseCode=11" in merchant.asked[0]

    asyncio.run(play())


@story()
async def test_the_control_side_can_end_a_payment_as_if_its_window_had_run_out(b: Bench) -> None:
    await b.start()
    (found_by, end) = b.family.ends[Payment]
    assert found_by is None
    payment = await b.payment()
    change = end(payment, b.world.store.now())
    await b.world.store.change([Key(Payment, payment.id)], lambda _records, _now: change)
    assert [row.body["response_code"] for row in b.journal("payment_failed")] == ["11"]
    assert len(await b.deliveries()) == 1
    assert end(await b.payment(), b.world.store.now()) == Change()


@story()
async def test_two_answers_to_one_otp_page_pay_once(b: Bench) -> None:
    token = await b.start()
    await b.post(
        "Card",
        token=token,
        bank="NCB",
        card_number="9704198526191432198",
        card_holder="NGUYEN VAN A",
        card_date="07/15",
    )
    await asyncio.gather(*(b.post("Otp", token=token, otp="123456") for _ in range(8)))
    assert len(b.journal("payment_settled")) == 1
    assert len(await b.deliveries()) == 1
