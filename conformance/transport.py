"""One hop over HTTP: the request, the reply and the transport on sockets; cookies and redirects belong to browser.py."""

import ssl
import zlib
from collections import defaultdict
from dataclasses import dataclass
from http.client import BadStatusLine, HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from select import select
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import SplitResult, quote, urlsplit

from conformance.tls import context

Headers = tuple[tuple[str, str], ...]

PATIENCE_SECONDS = 30.0
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})
_AS_IT_STANDS = "".join(map(chr, range(0x21, 0x7F)))
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_GONE = (ConnectionError, BadStatusLine)


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """Headers keep their order and their repetitions (Set-Cookie), names as sent."""

    status: int
    headers: Headers
    body: bytes
    url: str

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


class Unreachable(Exception):
    """No reply came; whether the request did its work is unknown."""


class Send(Protocol):
    """Exactly one hop: no cookies, no redirects, raw bodies; `Unreachable` where no reply comes."""

    def __call__(self, operation: str, request: Request) -> Reply: ...


class HttpTransport:
    """`send` over the standard library's client, which keeps its connections; `operation` is for transports that count.

    It knows no cookie, no redirect and no proxy of the environment.
    """

    def __init__(self, *, patience: float = PATIENCE_SECONDS, tls: ssl.SSLContext | None = None) -> None:
        self._patience, self._tls = patience, tls or context()
        self._idle: dict[tuple[str, str], list[HTTPConnection]] = defaultdict(list)

    def __call__(self, operation: str, request: Request) -> Reply:
        del operation
        try:
            return self._reply(request, urlsplit(request.url))
        except (OSError, HTTPException, ValueError, zlib.error) as error:
            raise Unreachable(f"{request.method} {request.url}: {error or type(error).__name__}") from error

    def _reply(self, request: Request, url: SplitResult) -> Reply:
        kept = self._kept(url)
        connection = kept or self._opened(url)
        try:
            answer = _asked(connection, request, url)
        except _GONE:
            # A server may close a kept connection at the very moment of the next request; a browser then asks again
            # on a new one (RFC 9110 section 9.2.2).
            if kept is None or request.method not in SAFE_METHODS:
                raise
            connection = self._opened(url)
            answer = _asked(connection, request, url)
        try:
            body = answer.read()
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            self._idle[url.scheme, url.netloc].append(connection)
        received = tuple(answer.getheaders())
        return Reply(answer.status, received, _unpacked(body, answer.getheader("Content-Encoding", "")), request.url)

    def _kept(self, url: SplitResult) -> HTTPConnection | None:
        """One to this place that the server has not closed meanwhile."""
        idle = self._idle[url.scheme, url.netloc]
        while (connection := _taken(idle)) is not None:
            if not select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
        return None

    def _opened(self, url: SplitResult) -> HTTPConnection:
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ValueError("no address of the web")
        if url.scheme == "https":
            return HTTPSConnection(url.hostname, url.port, timeout=self._patience, context=self._tls)
        return HTTPConnection(url.hostname, url.port, timeout=self._patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for idle in self._idle.values():
            while idle:
                idle.pop().close()


def _taken(idle: list[HTTPConnection]) -> HTTPConnection | None:
    """Another thread may be faster between a look and the deed."""
    try:
        return idle.pop()
    except IndexError:
        return None


def _asked(connection: HTTPConnection, request: Request, url: SplitResult) -> HTTPResponse:
    """The answer as far as its body; a connection that failed is closed."""
    target = request.url.partition("#")[0][len(f"{url.scheme}://{url.netloc}") :]
    target = quote(target if target.startswith("/") else f"/{target}", safe=_AS_IT_STANDS)
    try:
        connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        if all(name.lower() != "host" for name, _ in request.headers):
            connection.putheader("Host", url.netloc.rpartition("@")[2].encode("idna"))
        for name, value in request.headers:
            connection.putheader(name, value.encode())
        if request.body or request.method in _WITH_A_BODY:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)
        return connection.getresponse()
    except BaseException:
        connection.close()
        raise


def _unpacked(body: bytes, coding: str) -> bytes:
    """Nobody asked for a packed body, but whatever takes a page for a browser can read one."""
    if coding.lower() not in _PACKED:
        return body
    raw = coding.lower() == "deflate" and body[:1] != b"\x78"
    return zlib.decompress(body, -zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
