"""All providers inside a Python test: real host names answered by respx from one world in memory, callbacks delivered inside."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import respx

from simulators import mounting
from simulators.hosts import LAB, addresses, hosts, inward, outward
from simulators.kernel.contracts import ContractRequest
from simulators.kernel.courier import LONGEST_CALL, Attempt, Delivery, Outcome
from simulators.kernel.entropy import fresh_seed
from simulators.kernel.store import Store
from simulators.loops import Loop
from simulators.running import Ways, at_work, make_world
from simulators.sandbox import Kept

LONGEST_WAIT = 20.0
"""Seconds that the words of `Lab` wait for something to happen."""
PORTAL = "https://portal.test"
PORTAL_URLS = {
    "redirect_uris": (f"{PORTAL}/login/callback",),
    "post_logout_redirect_uris": (f"{PORTAL}/",),
    "ipn_url": f"{PORTAL}/payment/ipn",
    "return_url": f"{PORTAL}/payment/return",
    "webhook_url": f"{PORTAL}/ca/webhook",
}
"""What the contract says of a portal that says nothing else of itself."""
_waits: ContextVar[bool] = ContextVar("waits", default=False)


class NotSeen(AssertionError):
    """What a test waited for did not happen in time."""


@dataclass(frozen=True)
class Lab:
    """`sheet` is the portal's settings; `http` reaches control, phones and inbox; `router` takes routes of your own,
    which go before the providers'."""

    sheet: Mapping[str, Any]
    http: httpx.Client
    router: respx.MockRouter
    _sent: _Sent

    def citizen(self, **fields: Any) -> dict[str, Any]:
        """A new person, the same at every provider; any field may be given."""
        told = self._asked("POST", "/control/citizens", json=fields)
        return dict(told["citizens"][0])

    def approve(self, citizen: Mapping[str, Any], doc_id: str = "") -> None:
        """The citizen's phone: the newest prompt (of this document), with the right PIN."""
        self._answer(citizen, "approve", doc_id)

    def refuse(self, citizen: Mapping[str, Any], doc_id: str = "") -> None:
        self._answer(citizen, "refuse", doc_id)

    def fault(self, site: str, effect: str, *, about: str, times: int = 1) -> None:
        """GET /control/words lists sites and effects."""
        self._asked("POST", "/control/faults", json={"site": site, "effect": effect, "about": about, "times": times})

    def wait_for(self, word: str, ref: str = "", *, count: int = 1) -> list[dict[str, Any]]:
        """Rows of the journal, as soon as there are `count`."""
        asked = {"word": word, "ref": ref, "count": count, "wait": LONGEST_WAIT}
        rows: list[dict[str, Any]] = self._asked("GET", "/control/journal", params=asked)["rows"]
        if len(rows) < count:
            raise NotSeen(f"{len(rows)} of {count} rows {word!r} {ref} within {LONGEST_WAIT:.0f} seconds")
        return rows

    def callbacks(self, ref: str = "", *, count: int = 1) -> list[httpx.Request]:
        """What was sent to the portal (about `ref`), as soon as there are `count`: for an app that no ASGI server runs."""
        return self._sent.wait_for(ref, count)

    def _answer(self, citizen: Mapping[str, Any], choice: str, doc_id: str) -> None:
        path = f"/phone/api/{citizen['id']}/prompts"
        shown = self._asked("GET", path, params={"doc_id": doc_id, "wait": LONGEST_WAIT})["prompts"]
        if not shown:
            raise NotSeen(f"no prompt on the phone of {citizen['id']} within {LONGEST_WAIT:.0f} seconds")
        secret = citizen["pin"] if choice == "approve" and shown[-1]["secret"] else None
        self._asked("POST", f"{path}/{shown[-1]['id']}", json={"choice": choice, "secret": secret})

    def _asked(self, method: str, path: str, **details: Any) -> Any:
        reply = self.http.request(method, path, **details)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.content else {}


@contextlib.contextmanager
def providers(
    portal: Any = None,
    *,
    seed: str = "",
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
    **contract: Any,
) -> Iterator[Lab]:
    """One world until the block ends. `portal`, an ASGI app or httpx transport, takes callbacks; without it they are kept.

    `contract` says of the portal what POST /control/contracts takes: redirect_uris, ipn_url, login_profile, ….
    """
    request = ContractRequest(**{**PORTAL_URLS, **contract})
    sent = _Sent(_transport_of(portal))
    plan = _Plan(Kept(LAB, 0, 0, fresh_seed(), seed or fresh_seed()), request.login_profile, overrides or {})
    with contextlib.ExitStack() as closing:
        if portal is not None:
            sent.loop = closing.enter_context(Loop("portal"))
        loop = closing.enter_context(Loop("providers"))
        app = loop.enter(closing, _world(plan, sent))
        answering = closing.enter_context(_Router(assert_all_called=False))
        _lead(answering, request.login_profile, app, loop)
        for origin in _origins(request) if sent.loop else ():
            answering.route(url__startswith=f"{origin}/").mock(side_effect=sent.visited)
        router = closing.enter_context(_Router(assert_all_called=False))
        http = closing.enter_context(httpx.Client(base_url=LAB, headers=plan.bearer, timeout=2 * LONGEST_WAIT))
        reply = http.post(
            "/control/contracts", json={name: getattr(request, name) for name in request.__struct_fields__}
        )
        if reply.status_code != 201:
            raise ValueError(reply.json()["error"])
        yield Lab(reply.json(), http, router, sent)


@dataclass(frozen=True)
class _Plan:
    kept: Kept
    profile: str
    overrides: Mapping[str, Mapping[str, Any]]

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.kept.key}"}


@dataclass
class _Sent:
    """Callbacks: each attempt is kept, and handed to the portal where there is one."""

    portal: httpx.BaseTransport | httpx.AsyncBaseTransport | None
    loop: Loop | None = None
    kept: list[Delivery] = field(default_factory=list)
    more: threading.Condition = field(default_factory=threading.Condition)

    @contextlib.asynccontextmanager
    async def road(self) -> AsyncIterator[Attempt]:
        yield self._attempt

    async def _attempt(self, delivery: Delivery) -> Outcome:
        with self.more:
            self.kept.append(delivery)
            self.more.notify_all()
        if self.loop is None:
            return Outcome(None, "", "no portal was handed in: the test has the callback")
        try:
            # In the portal's own loop: a portal that blocks on a provider must not block that provider.
            reply = await asyncio.wait_for(self.loop.awaited(self._answered(_request_of(delivery))), LONGEST_CALL)
        except Exception as error:  # noqa: BLE001  # whatever the portal under test raises: a server would answer nothing
            return Outcome(None, "", f"{type(error).__name__}: {error}")
        return Outcome(reply.status_code, reply.text)

    def visited(self, request: httpx.Request) -> Any:
        """A browser of the test came to the portal."""
        assert self.loop, "a portal was handed in"
        work = self._answered(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        )
        return self.loop.run(work) if _waits.get() else self.loop.awaited(work)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self.portal, httpx.AsyncBaseTransport):
            reply = await self.portal.handle_async_request(request)
            body = await reply.aread()
        else:
            assert self.portal is not None, "a loop is there for a portal alone"
            reply = await asyncio.to_thread(self.portal.handle_request, request)
            body = reply.read()
        return outward(reply.status_code, reply.headers, body, "")

    def wait_for(self, ref: str, count: int) -> list[httpx.Request]:
        with self.more:
            self.more.wait_for(lambda: len(self._about(ref)) >= count, LONGEST_WAIT)
            found = self._about(ref)
        if len(found) < count:
            raise NotSeen(f"{len(found)} of {count} callbacks {ref} within {LONGEST_WAIT:.0f} seconds")
        return [_request_of(delivery) for delivery in found]

    def _about(self, ref: str) -> list[Delivery]:
        return [delivery for delivery in self.kept if ref in {"", delivery.ref}]


class _Router(respx.MockRouter):
    """Asked before those that were there earlier; knows whether its caller can await."""

    def __enter__(self) -> Self:
        super().__enter__()
        assert self.Mocker, "started"
        self.Mocker.routers.insert(0, self.Mocker.routers.pop())
        return self

    def handler(self, request: httpx.Request) -> httpx.Response:
        token = _waits.set(True)
        try:
            return super().handler(request)
        finally:
            _waits.reset(token)


def _lead(router: respx.MockRouter, profile: str, app: Any, loop: Loop) -> None:
    transport = httpx.ASGITransport(app)

    async def answered(request: httpx.Request, mount: str) -> httpx.Response:
        reply = await transport.handle_async_request(inward(request, mount))
        return outward(reply.status_code, reply.headers, await reply.aread(), mount)

    def led(mount: str) -> Any:
        def effect(request: httpx.Request) -> Any:
            work = answered(request, mount)
            return loop.run(work) if _waits.get() else loop.awaited(work)

        return effect

    for host in hosts(profile):
        router.route(scheme="https", host=host.name).mock(side_effect=led(host.mount))
    router.route(url__startswith=LAB).mock(side_effect=led(""))


@contextlib.asynccontextmanager
async def _world(plan: _Plan, sent: _Sent) -> AsyncIterator[Any]:
    """The application; mail alone needs a socket, on this machine's loopback."""
    with contextlib.closing(Store(None)) as store, socket.create_server(("127.0.0.1", 0)) as mail:
        ways = Ways(mail.getsockname()[:2], sent.road, addresses(hosts(plan.profile)))
        world = await make_world(store, plan.kept, ways)
        with contextlib.closing(world.pki):
            families = mounting.mount(world, plan.overrides)
            async with at_work(world, families, mail, lambda: None):
                yield mounting.application(world, families)


def _origins(contract: ContractRequest) -> set[str]:
    """Where the portal is reached, by what it says of itself."""
    said = (*contract.redirect_uris, contract.ipn_url, contract.return_url, contract.webhook_url)
    return {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in said if url}


def _transport_of(portal: Any) -> httpx.BaseTransport | httpx.AsyncBaseTransport | None:
    if portal is None or isinstance(portal, httpx.BaseTransport | httpx.AsyncBaseTransport):
        return portal
    return httpx.ASGITransport(portal, raise_app_exceptions=False)


def _request_of(delivery: Delivery) -> httpx.Request:
    return httpx.Request(delivery.method, delivery.url, headers=delivery.headers, content=delivery.body.encode())
