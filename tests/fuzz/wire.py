"""HTTP/1.1 as bytes over a kept socket: what no client library would send can be sent, and what comes back is read strictly."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

PATIENCE = 10.0
"""Seconds that an answer may take; what takes longer is a finding."""
FORM, JSON, OCTETS = "application/x-www-form-urlencoded", "application/json", "application/octet-stream"
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Ask:
    """A request as bytes; `framing` is how the body's end is told: "length", "chunked", or "as is" (the headers say it)."""

    method: bytes
    target: bytes
    headers: Headers = ()
    body: bytes = b""
    framing: str = "length"
    alone: bool = False
    """On a connection of its own: what comes after it cannot be told from its body."""

    def header(self, name: bytes) -> bytes:
        return next((value for key, value in self.headers if key.lower() == name), b"")

    def having(self, name: bytes, value: bytes) -> Ask:
        """With this header in place of those of the same name."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def without(self, name: bytes) -> Ask:
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() != name.lower()))

    def written(self, host: str) -> bytes:
        lines = [self.method + b" " + self.target + b" HTTP/1.1"]
        if not any(key.lower() == b"host" for key, _ in self.headers):
            lines.append(b"Host: " + host.encode())
        lines += [key + b": " + value for key, value in self.headers]
        body = self.body
        if self.framing == "length" and (body or self.method in {b"POST", b"PUT", b"PATCH"}):
            lines.append(b"Content-Length: %d" % len(body))
        elif self.framing == "chunked":
            lines.append(b"Transfer-Encoding: chunked")
            body = chunked(body)
        return b"\r\n".join(lines) + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Reply:
    """An answer that was read whole."""

    status: int
    headers: Mapping[str, list[str]] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        return ", ".join(self.headers.get(name, []))

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def media(self) -> str:
        return self.header("content-type").partition(";")[0].strip()

    def json(self) -> Any:
        """The body, or None where it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class NoAnswer(Exception):
    """The connection gave no whole answer; the text says how it ended."""


class Wire:
    """One connection at a time to one server; made anew when it was closed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname == "127.0.0.1", "hostile bytes go to this machine alone"
        self.host = parts.netloc
        self._address = (parts.hostname, parts.port or 80)
        self._kept: socket.socket | None = None
        self._rest = b""

    def ask(self, ask: Ask) -> Reply:
        """The answer; a kept connection that the server had closed meanwhile is made anew, once."""
        fresh = self._kept is None or ask.alone
        try:
            return self._exchange(ask)
        except NoAnswer as error:
            if fresh or str(error) != "closed before the first byte":
                raise
            return self._exchange(ask)
        finally:
            if ask.alone:
                self.close()

    def opened(self) -> socket.socket:
        """A connection of the caller's own."""
        made = socket.create_connection(self._address, PATIENCE)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
        self._kept, self._rest = None, b""

    def _exchange(self, ask: Ask) -> Reply:
        if ask.alone:
            self.close()
        if self._kept is None:
            self._kept = self.opened()
        with contextlib.suppress(OSError):  # an answer may stand in the buffer all the same
            self._kept.sendall(ask.written(self.host))
        try:
            reply, self._rest = read_reply(self._kept, has_body=ask.method != b"HEAD", rest=self._rest)
        except NoAnswer:
            self.close()
            raise
        if reply.header("connection").lower() == "close":
            self.close()
        return reply


def read_reply(connection: socket.socket, *, has_body: bool = True, rest: bytes = b"") -> tuple[Reply, bytes]:
    """One final answer (1xx are passed over), and what was read after it."""
    while True:
        while b"\r\n\r\n" not in rest:
            rest += _more(connection, began=bool(rest))
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        if status >= 200:
            break
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    reply = Reply(status, headers)
    if not has_body or status in {204, 304}:
        return reply, rest
    body, rest = _body(connection, reply, rest)
    return replace(reply, body=body), rest


def _body(connection: socket.socket, reply: Reply, rest: bytes) -> tuple[bytes, bytes]:
    if "content-length" in reply.headers:
        size = int(reply.header("content-length"))
        while len(rest) < size:
            rest += _more(connection, began=True)
        return rest[:size], rest[size:]
    whole = b""
    while True:
        while b"\r\n" not in rest:
            rest += _more(connection, began=True)
        told, _, rest = rest.partition(b"\r\n")
        size = int(told, 16)
        while len(rest) < size + 2:
            rest += _more(connection, began=True)
        whole, rest = whole + rest[:size], rest[size + 2 :]
        if size == 0:
            return whole, rest


def _more(connection: socket.socket, *, began: bool) -> bytes:
    try:
        got = connection.recv(1 << 16)
    except TimeoutError:
        raise NoAnswer(f"silent for {PATIENCE:.0f} s") from None
    except OSError as error:
        raise NoAnswer("cut" if began else "closed before the first byte") from error
    if not got:
        raise NoAnswer("cut" if began else "closed before the first byte")
    return got


def chunked(body: bytes, size: int = 7) -> bytes:
    pieces = [body[at : at + size] for at in range(0, min(len(body), 50 * size), size)]
    pieces.append(body[50 * size :])
    written = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece)
    return written + b"0\r\n\r\n"


Pairs = Sequence[tuple[str, str]] | Mapping[str, str]


def get(path: str, query: Pairs = (), **headers: str) -> Ask:
    return Ask(b"GET", target(path, query), _headers(headers))


def post(path: str, body: object, *, method: str = "POST", media: str = "", **headers: str) -> Ask:
    """A form from pairs given as a tuple, bytes as they are, JSON from everything else; None is no body."""
    if body is None:
        return Ask(method.encode(), target(path), _headers(headers))
    if isinstance(body, bytes):
        kind, raw = OCTETS, body
    elif isinstance(body, tuple):
        kind, raw = FORM, urlencode(body).encode()
    else:
        kind, raw = JSON, json.dumps(body).encode()
    return Ask(method.encode(), target(path), _headers({"Content-Type": media or kind, **headers}), raw)


def target(path: str, query: Pairs = ()) -> bytes:
    told = urlencode(list(query.items()) if isinstance(query, Mapping) else list(query))
    return (quote(path, safe="/%:@.?=&") + (f"?{told}" if told else "")).encode()


def _headers(headers: Mapping[str, str]) -> Headers:
    return tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
