"""The HTTP client of the courier: one attempt at a callback, its bytes as written, no redirect followed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

Came = tuple[int | None, str, str]
"""Status, answer, error; the status is None when nothing came back."""


@asynccontextmanager
async def client(
    at_once: int, patience: float, longest_call: float, longest_answer: int
) -> AsyncIterator[Callable[[str, str, Mapping[str, str], str], Awaitable[Came]]]:
    """What sends, as long as the context is open."""
    connector = aiohttp.TCPConnector(limit=at_once)
    timeout = aiohttp.ClientTimeout(total=longest_call, sock_connect=patience, sock_read=patience)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:

        async def post(method: str, url: str, headers: Mapping[str, str], body: str) -> Came:
            try:
                async with http.request(
                    method,
                    URL(url, encoded=url.isascii()),  # byte for byte: checksums are over the query as written
                    headers=headers,
                    data=body.encode() or None,
                    allow_redirects=False,
                ) as reply:
                    return reply.status, (await _read(reply, longest_answer)).decode(errors="replace"), ""
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                return None, "", f"{type(error).__name__}: {error}"

        yield post


async def _read(reply: aiohttp.ClientResponse, longest: int) -> bytes:
    """All of the answer, in however many pieces it is written; of a longer one the first `longest` bytes."""
    answer = b""
    async for piece in reply.content.iter_any():
        answer += piece
        if len(answer) >= longest:
            break
    return answer[:longest]
