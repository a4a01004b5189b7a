"""`send` over Locust's FastHttpSession: exactly one hop, one Locust event and one row of the tally each."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from locust.contrib.fasthttp import FAILURE_EXCEPTIONS, FastHttpSession, LocustUserAgent, ResponseContextManager

from conformance.transport import Headers, Reply, Request, Unreachable
from loadtests.tally import Hop, Result, Tally

LANDING = "page"
SIMULATOR = "sim:"


@dataclass(frozen=True)
class Places:
    """The portal's paths at which a journey comes back from a provider: hops that need a name of their own."""

    callback: str = ""
    gateway_return: str = ""

    def named(self, operation: str, url: str) -> str:
        """An operation, or where in it this hop is; a page of the simulators keeps its step, without identifiers."""
        if operation.startswith(SIMULATOR):
            return SIMULATOR + _step(url)
        split = urlsplit(url)
        if split.path in {self.callback, self.gateway_return}:
            return "callback" if split.path == self.callback else "return"
        return "outcome" if operation == "read" and "signing" in parse_qs(split.query) else operation


class LocustTransport:
    """One seat's hops, a journey at a time; redirects, cookies and bodies are left alone, as `Send` demands."""

    def __init__(self, session: FastHttpSession, tally: Tally, places: Places) -> None:
        self._session, self._tally, self._places = _one_hop(session), tally, places
        self._journey = ""
        self._expected: frozenset[int] = frozenset()
        self._landing = False

    def begin(self, journey: str) -> None:
        """From now on hops are counted for this journey."""
        self._journey, self._landing = journey, False

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Here these 4xx or 5xx are what the caller wants, and no failure of Locust's."""
        before, self._expected = self._expected, frozenset(statuses)
        try:
            yield
        finally:
            self._expected = before

    def __call__(self, operation: str, request: Request) -> Reply:
        name = self._places.named(operation, request.url)
        # What follows a provider's way back is the portal's own page, not the operation once more.
        if self._landing and name == operation and not name.startswith(SIMULATOR):
            name = LANDING
        at, began = time.time(), time.perf_counter()
        reply: Reply | None = None
        result: Result = "unknown"
        why = "cut off"
        try:
            reply, result, why = self._hop(name, request)
        finally:
            spent = (time.perf_counter() - began) * 1000
            self._landing = bool(reply and 300 <= reply.status < 400 and name in {"callback", "return", LANDING})
            self._tally.write(
                Hop(
                    name=name,
                    result=result,
                    status=reply.status if reply else 0,
                    milliseconds=spent,
                    at=at,
                    journey=self._journey,
                    why=why,
                )
            )
        if reply is None:
            raise Unreachable(f"{request.method} {request.url}: {why}")
        return reply

    def _hop(self, name: str, request: Request) -> tuple[Reply | None, Result, str]:
        with self._session.request(
            request.method,
            request.url,
            name=name,
            data=request.body or None,
            headers=_grouped((*request.headers, ("Accept-Encoding", "identity"))),
            catch_response=True,
            allow_redirects=False,
        ) as response:
            try:
                reply = _reply(response, request.url)
            except FAILURE_EXCEPTIONS as error:
                why = f"{type(error).__name__}: {error}"
                response.failure(why)
                return None, "unknown", why
            if reply.status < 400 or reply.status in self._expected:
                response.success()
                return reply, "success", ""
            why = f"{reply.status} {reply.body[:200].decode('utf-8', 'replace')}"
            response.failure(why)
            return reply, "failure", why


class _Agent(LocustUserAgent):  # type: ignore[misc]  # locust publishes no types
    """Keeps no cookie, follows nothing, and sends the address byte for byte: a checksum is over the query as written."""

    # A status is judged above; left to the agent, a refusal with a body that is not UTF-8 would be an exception.
    valid_response_codes = frozenset(range(100, 1000))
    redirect_response_codes: frozenset[int] = frozenset()

    def _urlopen(self, request: Any) -> Any:
        client = self.clientpool.get_client(request.url_split)
        target = request.url.partition("://")[2].partition("#")[0]
        path = target[len(request.url_split.netloc) :]
        path = path if path.startswith("/") else f"/{path}"
        answer = client.request(request.method, path, body=request.payload, headers=request.headers)
        return self.response_type(answer, request=request)


def _one_hop(session: FastHttpSession) -> FastHttpSession:
    if not isinstance(session.client, _Agent):
        session.client = _Agent(client_pool=session.client.clientpool, max_redirects=0, max_retries=0)
    return session


def _reply(response: ResponseContextManager, url: str) -> Reply:
    if error := getattr(response, "error", None):
        raise error
    body = response.content
    headers = tuple((str(name), str(value)) for name, value in response.headers.items())
    return Reply(response.status_code, headers, body or b"", url)


def _grouped(headers: Headers) -> Mapping[str, str | list[str]]:
    """Repeated headers as a list each: the session takes a mapping and sends a line for every element."""
    grouped: dict[str, str | list[str]] = {}
    for name, value in headers:
        held = grouped.get(name)
        grouped[name] = value if held is None else [*([held] if isinstance(held, str) else held), value]
    return grouped


def _step(url: str) -> str:
    """The last word of the path that names a step and no thing: a name a token would fill Locust's table."""
    split = urlsplit(url)
    words = [word for word in split.path.split("/") if word and (word.isalpha() or "." in word or "_" in word)]
    return words[-1] if words else split.hostname or ""
