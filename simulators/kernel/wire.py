"""The thin HTTP edge that every family shares: a route is a row, input is read by its type, what cannot be read is refused."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.types import Receive, Scope, Send

from simulators.kernel.forms import Unreadable, fields_of, pairs_of

LARGEST_BODY = 8 * 1024 * 1024
Reads = Literal["json", "form", "query", "nothing", "raw"]
Handle = Callable[[Request, Any], Awaitable[Response]]
Broken = Callable[[Request, str], Awaitable[Response]]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Route:
    """One operation. `takes` is a msgspec Struct (or None), read from where `reads` says; `gives` is for the OpenAPI.

    `broken(request, why)` answers input that cannot be read, in the provider's own words, and journals it.
    `errors` maps HTTP status to what it means here.
    """

    method: str
    path: str
    text: str
    handle: Handle
    broken: Broken
    reads: Reads = "nothing"
    takes: Any = None
    gives: Any = None
    errors: Mapping[int, str] | None = None
    guarded: bool = False
    """True where the run key is demanded."""


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON as msgspec writes it: UTF-8, no blanks."""
    return Response(_encode(body), status, headers, media_type="application/json")


def query_pairs(request: Request) -> list[tuple[str, str]]:
    return pairs_of(request.scope["query_string"].decode("ascii", "strict"))


async def _body_of(request: Request) -> bytes:
    """The body, at most LARGEST_BODY; more is read and forgotten, for whoever still sends hears no answer."""
    parts, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        else:
            parts.clear()
    if size > LARGEST_BODY:
        raise Unreadable(f"body over {LARGEST_BODY} bytes")
    return b"".join(parts)


async def heard_out(request: Request) -> None:
    """Before a refusal that did not look at the body."""
    with contextlib.suppress(Unreadable, ClientDisconnect):
        await _body_of(request)


async def read_input(request: Request, route: Route) -> Any:
    """The route's input as its type, or Unreadable; also where no body is due, nothing is done before it is whole."""
    body = await _body_of(request)
    if route.reads == "nothing":
        return None
    if route.reads == "query":
        return _convert(fields_of(query_pairs(request)), route.takes)
    if route.reads == "raw":
        return body
    try:
        if route.reads == "form":
            return _convert(fields_of(pairs_of(body.decode())), route.takes)
        return _decoder(route.takes).decode(body)
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8") from error
    except msgspec.DecodeError as error:  # ValidationError is one of these
        raise Unreadable(str(error)) from error
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error


class _Endpoint:
    """A route as an ASGI application: the guard, the input, the answer."""

    def __init__(self, route: Route, guard: Callable[[Request], Response | None]) -> None:
        self._route = route
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        route = self._route
        if route.guarded and (refused := self._guard(request)):
            await heard_out(request)
            return refused
        try:
            given = await read_input(request, route)
        except (Unreadable, UnicodeDecodeError) as error:
            return await route.broken(request, str(error))
        return await route.handle(request, given)


def mounted(route: Route, prefix: str, guard: Callable[[Request], Response | None]) -> StarletteRoute:
    """The route as Starlette serves it."""
    made = StarletteRoute(prefix + route.path, _Endpoint(route, guard), methods=[route.method])
    made.methods = {route.method}  # Starlette adds HEAD to GET, and a GET here may begin a payment or a login
    return made


def from_base64(text: str) -> bytes | None:
    """Strict base64 (line ends allowed, as providers send them), or None."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _convert(fields: Mapping[str, str], type_: Any) -> Any:
    if type_ is None:
        return dict(fields)
    try:
        return msgspec.convert(fields, type_, strict=False)
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from error


@cache
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_ if type_ is not None else Any)
