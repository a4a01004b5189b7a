"""What a turn of the loop writes to a connection leaves in one piece, before the connection is closed, and never after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from simulators.gathering import Gathering


class Wire(asyncio.Transport):
    """The other end: what reached it, in its order."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.came: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.came.append(bytes(data))

    def close(self) -> None:
        self.came.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.came


def head_and_body(connection: Gathering) -> None:
    connection.write(b"head ")
    connection.write(b"body")


def closed_behind(connection: Gathering) -> None:
    head_and_body(connection)
    connection.close()


def written_to_a_closed_one(connection: Gathering) -> None:
    connection.close()
    head_and_body(connection)


@pytest.mark.parametrize(
    ("does", "due"),
    [
        (head_and_body, [b"head body"]),
        (closed_behind, [b"head body", "closed"]),
        (written_to_a_closed_one, ["closed"]),
    ],
)
def test_a_turn_is_one_piece_and_nothing_of_it_is_lost(
    does: Callable[[Gathering], None], due: list[bytes | str]
) -> None:
    async def live() -> list[bytes | str]:
        wire = Wire()
        does(Gathering(wire, asyncio.get_running_loop()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return wire.came

    assert asyncio.run(live()) == due


def test_each_turn_is_sent_and_all_else_is_the_transports_own() -> None:
    async def live() -> None:
        wire = Wire()
        connection = Gathering(wire, asyncio.get_running_loop())
        for _ in range(2):
            head_and_body(connection)
            await asyncio.sleep(0)
        assert wire.came == [b"head body"] * 2
        assert connection.get_extra_info("peername") == ("127.0.0.1", 1)
        assert not connection.is_closing()

    asyncio.run(live())
