"""A cheap HTTP/1.1 client: one kept connection, one question at a time, nothing followed, no cookie kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit


class Wrong(Exception):
    """A server answered otherwise than the flow demands: nothing is measured."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return next((value for name, value in self.headers if name == "location"), "")

    @property
    def cookies(self) -> dict[str, str]:
        lines = [SimpleCookie(value) for name, value in self.headers if name == "set-cookie"]
        return {name: morsel.value for line in lines for name, morsel in line.items()}

    def json(self) -> Any:
        return json.loads(self.body)

    def demand(self, status: int) -> Reply:
        if self.status != status:
            raise Wrong(f"{self.status} where {status} is due: {self.body[:300]!r}")
        return self


class Connection:
    """To one server; `asked` counts its questions."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self.asked = 0

    @classmethod
    async def to(cls, url: str) -> Connection:
        made = cls(url)
        await made._open()
        return made

    async def _open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._to.hostname, self._to.port)

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        return await self.ask("GET", path, headers or {})

    async def post(self, path: str, told: Any, headers: Mapping[str, str] | None = None) -> Reply:
        """JSON."""
        kind = {"Content-Type": "application/json"}
        return await self.ask("POST", path, {**kind, **(headers or {})}, json.dumps(told).encode())

    async def form(self, path: str, told: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.ask("POST", path, {**kind, **(headers or {})}, urlencode(told).encode())

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        self.asked += 1
        if self._reader.at_eof():  # closed by the server while nobody asked
            self.close()
            await self._open()
        length = f"Content-Length: {len(body)}\r\n" if body or method != "GET" else ""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {self._to.netloc}\r\n{lines}{length}\r\n".encode() + body
        )
        first, *rest = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        told = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest))
        return Reply(int(first.split()[1]), told, await self._body(dict(told), method))

    async def _body(self, headers: Mapping[str, str], method: str) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                body += await self._reader.readexactly(size)
                await self._reader.readexactly(2)
            await self._reader.readexactly(2)
            return body
        if "content-length" in headers and method != "HEAD":
            return await self._reader.readexactly(int(headers["content-length"]))
        if headers.get("connection", "").lower() == "close":
            return await self._reader.read()
        return b""

    def close(self) -> None:
        self._writer.close()


def path_of(url: str) -> str:
    """What is asked of the server for an absolute or relative URL."""
    split = urlsplit(url)
    return f"{split.path or '/'}{'?' + split.query if split.query else ''}"
