"""One hop over HTTP: the request, the reply and the httpx transport; cookies and redirects belong to browser.py."""

import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

from conformance.tls import context

Headers = tuple[tuple[str, str], ...]

PATIENCE_SECONDS = 30.0
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FINAL = frozenset({"connection.connect_tcp.started", "http11.receive_response_headers.complete"})


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


class HttpxTransport:
    """`send` over httpx; the operation's name is for transports that count (Locust)."""

    def __init__(self, *, patience: float = PATIENCE_SECONDS, tls: ssl.SSLContext | None = None) -> None:
        # The part of httpx below its Client: it knows no cookie, no redirect, no proxy of the environment.
        self._wire = httpx.HTTPTransport(verify=tls or context(), trust_env=False)
        self._patience = {"timeout": httpx.Timeout(patience).as_dict()}

    def __call__(self, operation: str, request: Request) -> Reply:
        del operation
        hop = _Hop()
        try:
            try:
                answer, body = self._once(request, hop)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                # A server may close a kept connection at the very moment of the next request; a browser then asks again
                # on a new one (RFC 9110 section 9.2.2).
                if hop.is_final or request.method not in SAFE_METHODS:
                    raise
                answer, body = self._once(request, hop)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise Unreachable(f"{request.method} {request.url}: {error or type(error).__name__}") from error
        received = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
        return Reply(answer.status_code, received, body, request.url)

    def _once(self, request: Request, hop: "_Hop") -> tuple[httpx.Response, bytes]:
        headers = [(name.encode(), value.encode()) for name, value in request.headers]
        extensions = {**self._patience, "trace": hop.trace}
        outgoing = httpx.Request(
            request.method, request.url, headers=headers, content=request.body or None, extensions=extensions
        )
        answer = self._wire.handle_request(outgoing)
        return answer, answer.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()


@dataclass
class _Hop:
    """What its connection went through; `is_final` when a failure is the server's word and not a kept connection's end."""

    is_final: bool = False

    def trace(self, event: str, _details: Any) -> None:
        self.is_final |= event in _FINAL
