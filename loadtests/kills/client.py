"""HTTP as a client sees it that outlives its servers: what is on its way, what a death cut off, and what was acknowledged."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from yarl import URL

PATIENCE = aiohttp.ClientTimeout(total=40)
CONNECTIONS = 256


class Lost(Exception):
    """No answer came: whether the request did its work is unknown."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Line:
    """One server. Requests wait while the doors are shut; `cut` holds when each request that got no answer was begun."""

    base: str
    doors: asyncio.Event
    http: aiohttp.ClientSession
    flying: int = 0
    cut: list[float] = field(default_factory=list)

    async def ask(self, method: str, url: str, *, through_doors: bool = True, **named: Any) -> Answer:
        if through_doors:
            await self.doors.wait()
        began = time.monotonic()
        self.flying += 1
        try:
            target = URL(url if url.startswith("http") else self.base + url, encoded=True)
            async with self.http.request(method, target, allow_redirects=False, **named) as reply:
                return Answer(reply.status, reply.headers, await reply.read())
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self.cut.append(began)
            raise Lost(f"{method} {url}: {type(error).__name__} {error}") from error
        finally:
            self.flying -= 1

    async def until_answered(self, method: str, url: str, **named: Any) -> Answer:
        """For what may be asked twice: again after each death."""
        while True:
            try:
                return await self.ask(method, url, **named)
            except Lost:
                await asyncio.sleep(0.05)


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said that it did, by the reference under which it must be found from now on."""

    what: str
    ref: str
    whose: str = ""
    told: str = ""
    at: float


class Log:
    """The client's own: a row is on its way to the disk before anything else is asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab", buffering=0)
        self._encode = msgspec.json.Encoder().encode
        self.count = 0

    def write(self, what: str, ref: str, *, whose: str = "", told: str = "") -> None:
        self._file.write(self._encode(Acknowledged(what=what, ref=ref, whose=whose, told=told, at=time.time())) + b"\n")
        self.count += 1

    def rows(self, after: int = 0) -> list[Acknowledged]:
        """As the file has them, from the `after`-th on."""
        decode = msgspec.json.Decoder(Acknowledged).decode
        lines = self._path.read_bytes().splitlines()
        return [decode(line) for line in lines[after:]]

    def close(self) -> None:
        self._file.close()


def new_session() -> aiohttp.ClientSession:
    """Without cookies of its own; the environment's proxies are nobody's business here."""
    return aiohttp.ClientSession(
        timeout=PATIENCE, connector=aiohttp.TCPConnector(limit=CONNECTIONS), cookie_jar=aiohttp.DummyCookieJar()
    )


def of(rows: list[Acknowledged], what: str) -> Iterator[Acknowledged]:
    return (row for row in rows if row.what == what)
