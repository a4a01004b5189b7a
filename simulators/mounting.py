"""Families by name, what they may not have in common, and the one application that serves them all."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulators.catalog import BadOverride
from simulators.kernel.crashes import crashed
from simulators.kernel.gate import Gate
from simulators.kernel.journal import KERNEL_WORDS
from simulators.kernel.plain import refuse
from simulators.kernel.store import Store
from simulators.kernel.wire import heard_out, mounted
from simulators.world import Family, World

FAMILIES = ("portal", "ca", "tokens", "trust", "payment", "messages")
LAST = ("control", "phone", "front")
"""These are handed the families before them."""


class BadWorld(Exception):
    """The world cannot begin; the text names the field and the cure."""


def mount(world: World, overrides: Mapping[str, Mapping[str, Any]], only: Sequence[str] = ()) -> tuple[Family, ...]:
    """Every family (or those of `only`), then control, phones and the front page."""
    if unknown := sorted(set(only) - set(FAMILIES)):
        raise BadWorld(f"--only: there is no family {unknown[0]!r}; there are: {', '.join(FAMILIES)}.")
    # Certificates name /pki for their status, so a world with CAs has it.
    wanted = {*(only or FAMILIES), *(("trust",) if {"ca", "tokens"} & set(only) else ())}
    families = tuple(_module(name).mount(world, overrides) for name in FAMILIES if name in wanted)
    known = sorted(identity for family in families for identity in family.specs)
    if lost := sorted(set(overrides) - set(known)):
        raise BadOverride(f"there is no provider {lost[0]!r}; there are: {', '.join(known)}.")
    return completed(world, families)


def completed(world: World, families: tuple[Family, ...]) -> tuple[Family, ...]:
    """The families, then control, phones and the front page; their words and kinds are the world's from now on."""
    for name in LAST:
        families = (*families, _module(name).mount(world, families))
    _join(world, families)
    return families


def application(world: World, families: Sequence[Family]) -> ASGIApp:
    gate = Gate(world.key, world.url)
    routes = [
        mounted(route, "", gate.bearer)
        for family in families
        for route in (*family.routes, *(replace(route, guarded=True) for route in family.control_routes))
    ]
    return CrashWriter(Lanes(routes), world.store)


class Lanes:
    """A path without parameters has its place in a table; the others are looked for among those that share their first two
    words, so that a request is not compared with every route of the world."""

    def __init__(self, routes: Sequence[Route]) -> None:
        plain = [route for route in routes if "{" not in route.path]
        self._plain = {(method, route.path): route.app for route in plain for method in route.methods or ()}
        words = {_lane(route.path) for route in routes}
        self._lanes = {lane: _router(route for route in routes if _may_match(route, lane)) for lane in words}
        self._all = _router(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self  # with one, the router raises what it does not find, and CrashWriter words it
        found = self._plain.get((scope["method"], scope["path"]))
        await (found or self._lanes.get(_lane(scope["path"]), self._all))(scope, receive, send)


def _lane(path: str) -> tuple[str, ...]:
    return tuple(path.split("/", 3)[1:3])


def _may_match(route: Route, lane: tuple[str, ...]) -> bool:
    return all("{" in mine or mine == word for mine, word in zip(_lane(route.path), lane, strict=False))


def _router(routes: Iterable[Route]) -> Router:
    return Router(list(routes), redirect_slashes=False)


class CrashWriter:
    """What nobody foresaw: a plain 500, a row in the journal, the traceback on stderr; a run that meets it is void."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self._app = app
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watching(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watching)
        except ClientDisconnect:
            return  # whoever asked died in the middle of it: nothing of ours failed, and nobody waits for an answer
        except HTTPException as error:
            await heard_out(Request(scope, receive))
            await _not_here(error)(scope, receive, send)
        except Exception as error:  # noqa: BLE001  # the last resort of a server: recorded, told, never swallowed
            where = f"{scope.get('method', '')} {scope.get('path', '')}"
            await crashed(self._store, where, error)
            if not begun:
                reply = PlainTextResponse("The simulators failed here: their journal has a row 'crashed'.\n", 500)
                await reply(scope, receive, send)


def _module(name: str) -> Any:
    return importlib.import_module(f"simulators.{name}.family")


def _join(world: World, families: Sequence[Family]) -> None:
    """Words and kinds of all families; whoever says the same otherwise refuses to start. The kernel's words stay its own."""
    world.journal.words.update(KERNEL_WORDS)
    for family in families:
        for word, meaning in family.journal_words.items():
            if word not in KERNEL_WORDS and world.journal.words.setdefault(word, meaning) != meaning:
                raise BadWorld(f"journal word {word!r}: {family.name} gives it another meaning; agree or rename one.")
        world.courier.kinds.update({kind.name: kind for kind in family.delivery_kinds})
    _demand_different("delivery kind", (kind.name for family in families for kind in family.delivery_kinds))
    _demand_different("prompt kind", (kind.name for family in families for kind in family.prompt_kinds))
    _demand_different("fault site", (site for family in families for site in family.fault_sites))


def _demand_different(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadWorld(f"{what} {name!r}: two families have it; rename one.")
        seen.add(name)


def _not_here(error: HTTPException) -> Response:
    refused = refuse(error.status_code, f"{error.detail}. /openapi.json lists every operation.")
    refused.headers.update(error.headers or {})
    return refused
