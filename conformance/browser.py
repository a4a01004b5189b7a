"""A citizen's browser over a one-hop `send`: it keeps cookies, follows redirects and fills forms as Chromium does.

Not simulated: scripts, frames, pictures, meta refresh, CORS, HSTS, multipart forms, the back button.
"""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.cookies import Cookie, Jar, Turned, of_host
from conformance.documents import Document, read
from conformance.forms import Control, Form, Link, Value, request_of
from conformance.sites import host_of, origin_of, resolve
from conformance.transport import Headers, Reply, Request, Send
from conformance.trips import DEFAULT_POLICY, Trip, begin, headers_of, operation_of, policy_of, redirected

REDIRECT_LIMIT = 20
HOPS_KEPT = 500
AGENT = "Mozilla/5.0 (X11; Linux x86_64) HopChuan/1 (a citizen's browser, simulated)"


class Lost(Exception):
    """A browser would show its own error page: too many redirects, or an address that is not http."""


@dataclass(frozen=True)
class Hop:
    """One exchange with what the browser did about cookies, for evidence."""

    operation: str
    page: str
    request: Request
    reply: Reply
    withheld: tuple[Turned, ...]
    refused: tuple[Turned, ...]


@dataclass(frozen=True)
class Page:
    """What the address bar and the window show; `policy` is the referrer policy that its header names."""

    url: str
    status: int
    headers: Headers
    body: bytes
    policy: str = DEFAULT_POLICY

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        return json.loads(self.body)

    @cached_property
    def text(self) -> str:
        kind = (self.header("Content-Type") or "").lower()
        charset = kind.partition("charset=")[2].partition(";")[0].strip(" \"'") or "utf-8"
        return self.body.decode(charset, "replace")

    @cached_property
    def html(self) -> Document:
        return read(self.text, self.url, self.policy)

    def form(self, key: str | None = None) -> Form:
        return self.html.form(key)

    def link(self, key: str) -> Link:
        return self.html.link(key)


class Browser:
    """One citizen's; `home` is the portal's origin, whose hops carry the operation's name."""

    def __init__(self, send: Send, *, home: str, now: Callable[[], float] = time.time, agent: str = AGENT) -> None:
        self._send, self._now, self._agent = send, now, agent
        self.home = origin_of(home)
        self.jar = Jar()
        self.page: Page | None = None
        self.hops: deque[Hop] = deque(maxlen=HOPS_KEPT)

    def navigate(self, url: str, *, operation: str) -> Page:
        """Type the address by hand: nobody's page began it."""
        return self._travel(Trip("GET", resolve(url, url), "", DEFAULT_POLICY), operation)

    def get(self, url: str, *, operation: str) -> Page:
        """Go there from the page that is open, as by a link on it."""
        if self.page is None:
            return self.navigate(url, operation=operation)
        policy = self.page.policy
        return self._travel(Trip("GET", resolve(self.page.url, url), self.page.url, policy), operation)

    def click(self, link: Link, *, operation: str) -> Page:
        return self._travel(Trip("GET", link.href, link.page, link.policy), operation)

    def submit(
        self,
        form: Form,
        values: Mapping[str, Value] | None = None,
        button: str | Control | None = None,
        *,
        operation: str,
    ) -> Page:
        """Fill and send; `button` by id, name, value or text. A select or box takes only what the page offers."""
        pressed = form.button(button) if isinstance(button, str) else button
        filled = request_of(form, values or {}, pressed)
        trip = Trip(filled.method, filled.url, form.page, form.policy, filled.headers, filled.body)
        return self._travel(trip, operation)

    def fetch(self, method: str, url: str, headers: Headers = (), body: bytes = b"", *, operation: str) -> Page:
        """A script's fetch() on a page of that very origin; the open page stays.

        A redirect to another origin is not followed (a script could not read it): the page returned is the redirect.
        """
        page = self.page
        began = page.url if page and origin_of(page.url) == origin_of(url) else f"{origin_of(url)}/"
        policy = page.policy if page and began == page.url else DEFAULT_POLICY
        return self._travel(Trip(method.upper(), url, began, policy, headers, body, by_script=True), operation)

    def copy(self) -> "Browser":
        """Another browser with the cookies of now: a thief's, or one kept from before a logout."""
        twin = Browser(self._send, home=self.home, now=self._now, agent=self._agent)
        twin.jar = self.jar
        return twin

    def take(self, lines: Sequence[str], url: str) -> None:
        """Cookies (lines of Set-Cookie) that `url` gave this browser at an earlier visit."""
        for line in lines:
            self.jar, turned = self.jar.store(line, url, self._now())
            assert turned is None, f"{url} gave a cookie that it may not: {turned}"

    def asked_at(self, origin: str) -> str:
        """Where this browser came to `origin` since it last left home."""
        asked = ""
        for hop in reversed(self.hops):
            if origin_of(hop.request.url) == self.home:
                break
            asked = hop.request.url if origin_of(hop.request.url) == origin else asked
        return asked

    def keep_own_cookies(self) -> None:
        """Every other site has forgotten this browser."""
        own = host_of(self.home)
        self.jar = Jar(tuple(cookie for cookie in self.jar.cookies if of_host(cookie, own)))

    def cookies_for(self, url: str) -> tuple[Cookie, ...]:
        """Whatever the jar would send to `url` from a page of its own site."""
        trip = Trip("GET", url, "", DEFAULT_POLICY)
        return self.jar.for_hop(url, trip.crossing, self._now())[0]

    def script_cookies(self, url: str) -> str:
        return self.jar.for_script(url, self._now())

    def _travel(self, trip: Trip, operation: str) -> Page:
        trip = begin(trip)
        for _ in range(REDIRECT_LIMIT + 1):
            if not trip.url.startswith(("http://", "https://")):
                raise Lost(f"the browser was sent to {trip.url[:200]}")
            reply = self._hop(trip, operation_of(trip.url, self.home, operation))
            onward = redirected(trip, reply)
            if onward is None or (trip.by_script and origin_of(onward.url) != origin_of(trip.page)):
                page = Page(trip.url, reply.status, reply.headers, reply.body, policy_of(reply) or DEFAULT_POLICY)
                if not trip.by_script and not _stays(page):
                    self.page = page
                return page
            trip = onward
        raise Lost(f"more than {REDIRECT_LIMIT} redirects, the last to {trip.url[:200]}")

    def _hop(self, trip: Trip, operation: str) -> Reply:
        now = self._now()
        url = trip.url.partition("#")[0]
        sent, withheld = self.jar.for_hop(url, trip.crossing, now)
        cookies = "; ".join(cookie.pair for cookie in sent)
        request = Request(trip.method, url, headers_of(trip, cookies, self._agent), trip.body)
        reply = self._send(operation, request)
        refused = []
        for line in reply.all("Set-Cookie"):
            self.jar, turned = self.jar.store(line, url, now)
            refused += [turned] if turned else []
        self.hops.append(Hop(operation, trip.page, request, reply, withheld, tuple(refused)))
        return reply


def _stays(page: Page) -> bool:
    """A download or an empty answer leaves the window as it was."""
    return page.status in {204, 205} or (page.header("Content-Disposition") or "").lower().startswith("attachment")
