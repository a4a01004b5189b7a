"""MISA eSign: who asks, by two headers, and how a call is refused: as {error, …}, inside a login's status, or not at all."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulators.ca.coded import MisaSpec
from simulators.ca.desk.callers import Caller, contract_of, recognised
from simulators.ca.reasons import Reason, Refused
from simulators.ca.wires import misa_types as types
from simulators.ca.wires.misa_words import MisaDialect, MisaWord
from simulators.ca.wires.replies import MAINTENANCE
from simulators.kernel.records import Event
from simulators.kernel.store import Store
from simulators.kernel.wire import Route, answer

ID, KEY = "x-clientid", "x-clientkey"
BARE = {ID: "clientid", KEY: "clientkey"}
"""How the document names the two at two-factor-auth; both are taken everywhere."""
APP = (
    "<!doctype html><html lang=vi><title>MISA eSign (MÔ PHỎNG)</title><body><div id=root></div>"
    "<noscript>MÔ PHỎNG</noscript></body></html>"
)
"""What the test environment answers to a path under /webdev that is no service: its web application."""
NOT_ALLOWED = (
    "<html><head><title>405 Not Allowed</title></head><body><center><h1>405 Not Allowed</h1></center>"
    "<hr><center>MÔ PHỎNG</center></body></html>"
)


class MisaReplies:
    """Of one door."""

    def __init__(self, store: Store, spec: MisaSpec, dialect: MisaDialect) -> None:
        self._store = store
        self._spec = spec
        self._dialect = dialect

    async def caller(self, request: Request) -> Caller:
        """The service provider that the headers name, or Refused."""
        return await recognised(self._store, self._spec.id, _header(request, ID), _header(request, KEY), (ID, KEY))

    async def refusal(self, request: Request, refused: Refused) -> Response:
        """{error, errorCode, devMsg, userMsg}."""
        word = await self._noted(request, refused)
        return answer(types.Failure(word.error, word.error_code, word.error, word.message), self._status(word))

    async def login_refusal(self, request: Request, refused: Refused) -> Response:
        """The same inside `status`."""
        word = await self._noted(request, refused)
        http = self._status(word)
        outcome = types.Outcome("error", word.code, word.error, True, word.error_code, word.error, word.message)  # noqa: FBT003  # as the wire has it
        return answer(types.LoggedIn(outcome, None), http)

    async def broken(self, request: Request, why: str) -> Response:
        return await self.refusal(request, Refused(Reason.UNREADABLE, f"the request cannot be read: {why}"))

    async def broken_login(self, request: Request, why: str) -> Response:
        return await self.login_refusal(request, Refused(Reason.UNREADABLE, f"the body cannot be read: {why}"))

    def ended(self, reason: Reason) -> tuple[str, MisaWord]:
        """Status and word of a request that nobody signed."""
        status = self._spec.refused_status if reason is Reason.REFUSED else "FAILED"
        return status, self._dialect.word(reason)

    def failed(self, effect: str) -> Response:
        """What a planned fault makes of an answer."""
        if effect == "html_200":
            return HTMLResponse(MAINTENANCE)
        return answer(types.Failure("InternalError", "500", "InternalError", "Lỗi hệ thống"), 500)

    def wrong_paths(self, path: str) -> tuple[Route, ...]:
        """The services' paths under /webdev: a page with 200, where a portal expects JSON."""
        return tuple(
            Route(method, path, "No service: the web application, 200 text/html", self._app, self._app_broken)
            for method in ("GET", "POST")
        )

    async def not_allowed(self, request: Request, _given: Any) -> Response:
        """login-api at the root of the test environment."""
        why = f"{request.url.path} is served under /webdev alone: see auth_url of the settings sheet"
        await self._note(request, {"reason": "wrong_path", "why": why})
        return HTMLResponse(NOT_ALLOWED, 405, {"Allow": "GET"})

    async def not_allowed_broken(self, request: Request, _why: str) -> Response:
        return await self.not_allowed(request, None)

    async def _app(self, request: Request, _given: None) -> Response:
        why = f"{request.url.path} is no service: take /webdev out of the path"
        await self._note(request, {"reason": "wrong_path", "why": why})
        return HTMLResponse(APP)

    async def _app_broken(self, request: Request, _why: str) -> Response:
        return await self._app(request, None)

    async def _noted(self, request: Request, refused: Refused) -> MisaWord:
        await self._note(request, {"reason": refused.reason.value, "why": refused.why})
        return self._dialect.word(refused.reason)

    async def _note(self, request: Request, told: dict[str, str]) -> None:
        event = Event(
            source=f"ca.{self._spec.id}",
            word="turned_away",
            ref=request.path_params.get("transaction", ""),
            contract=await contract_of(self._store, self._spec.id, _header(request, ID)),
            body={**told, "path": request.url.path},
        )
        await self._store.note(event)

    def _status(self, word: MisaWord) -> int:
        return word.code if self._spec.http_status == "both" else 200


def _header(request: Request, name: str) -> str:
    return request.headers.get(name) or request.headers.get(BARE[name], "")
