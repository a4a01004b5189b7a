"""The courier: repeats as the rule says, keeps each attempt with its bytes, sends only what was saved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing

from simulators.kernel.courier import LONGEST_ANSWER, Courier, Delivery, DeliveryKind, Outcome, once
from simulators.kernel.journal import KERNEL_WORDS, Journal, Question, Row
from simulators.kernel.records import Change, Instant
from simulators.kernel.store import Store


def until_three(attempt: int, outcome: Outcome, now: Instant) -> Instant | None:
    return None if attempt == 3 or outcome.answer == "ok" else Instant(now + 1)


KINDS = {"stubborn": DeliveryKind("stubborn", until_three), "once": DeliveryKind("once", once)}


@asynccontextmanager
async def at_work() -> AsyncIterator[Store]:
    """A store whose deliveries are made."""
    with closing(Store(None)) as store:
        courier = asyncio.create_task(Courier(store, KINDS).run())
        yield store
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)


def delivered(
    kind: str,
    answer: str,
    count: int,
    *,
    port: Callable[[int], int] = lambda port: port,
    pieces: int = 1,
    more: int = 0,
) -> list[Row]:
    """What the journal tells after one delivery to a server that always answers `answer`, of which it promised `more`."""

    async def story() -> list[Row]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer) + more}\r\nconnection: close\r\n\r\n"
            writer.write(head.encode())
            for number in range(pieces):
                await writer.drain()
                await asyncio.sleep(0.01)
                writer.write(answer[number * len(answer) // pieces : (number + 1) * len(answer) // pieces].encode())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{port(server.sockets[0].getsockname()[1])}/notice?x=1"
        async with server, at_work() as store:
            due = store.now()
            one = Delivery(id="d", kind=kind, source="test", ref="T1", url=url, body="{}", due=due, contract="c")
            await store.change([], lambda _r, _n: Change(records=(one,)))
            word = "delivered" if port(1) == 1 and not more else "undelivered"
            await Journal(store, KERNEL_WORDS).wait(Question(ref="T1", word=word), count=count, seconds=5)
            await asyncio.sleep(0.05)
            assert await store.find(Delivery) == []
            return Journal(store, KERNEL_WORDS).read(Question(ref="T1"))

    return asyncio.run(story())


def test_a_notice_is_repeated_until_the_rule_ends_it() -> None:
    rows = delivered("stubborn", "no", 3)
    assert [(row.body["attempt"], row.body["more"]) for row in rows] == [(1, True), (2, True), (3, False)]
    assert {row.body["answer"] for row in rows} == {"no"}


def test_the_right_answer_ends_it() -> None:
    assert [row.body["status"] for row in delivered("stubborn", "ok", 1)] == [200]


def test_an_answer_in_pieces_is_read_whole() -> None:
    (row,) = delivered("once", '{"RspCode":"00","Message":"Confirm Success"}', 1, pieces=5)
    assert row.body["answer"] == '{"RspCode":"00","Message":"Confirm Success"}'


def test_a_long_answer_is_kept_to_the_limit() -> None:
    assert len(delivered("once", "x" * LONGEST_ANSWER, 1, pieces=3)[0].body["answer"]) == LONGEST_ANSWER
    assert len(delivered("once", "x" * (LONGEST_ANSWER + 1), 1, pieces=3)[0].body["answer"]) == LONGEST_ANSWER


def test_an_answer_that_is_cut_off_is_none() -> None:
    (row,) = delivered("once", "ok", 1, more=1)
    assert row.word == "undelivered"


def test_nobody_listening_is_undelivered_with_the_reason() -> None:
    rows = delivered("once", "ok", 1, port=lambda _port: 9)
    assert [row.word for row in rows] == ["undelivered"]
    assert "Connect" in rows[0].body["error"]


def test_the_url_is_sent_byte_for_byte() -> None:
    query = "a=http%3A%2F%2Fm.example%2Freturn%3Fx%3D1&b=Nop+le%20phi&c=%7E%2A%28&d=N%E1%BB%99p"

    async def story() -> str:
        asked: list[bytes] = []
        heard = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append(await reader.readuntil(b"\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
            writer.close()
            heard.set()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/notice?{query}"
        async with server, at_work() as store:
            one = Delivery(id="d", kind="once", source="test", ref="T1", method="GET", url=url, due=store.now())
            await store.change([], lambda _r, _n: Change(records=(one,)))
            await asyncio.wait_for(heard.wait(), 5)
            return asked[0].decode()

    assert asyncio.run(story()) == f"GET /notice?{query} HTTP/1.1\r\n"
