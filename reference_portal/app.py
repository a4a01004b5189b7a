"""The portal as an ASGI application: routes as a table, one office in its state, the rules of a browser's safety around."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_portal import api, notices, pages, providers, signing, treasury
from reference_portal.books import Books, Conflict
from reference_portal.dossiers import Refused
from reference_portal.kbnn import pages as kbnn_pages
from reference_portal.office import Office, Workers, server_clock
from reference_portal.parts import RIGHT, Parts
from reference_portal.settings import WEBHOOK_PATH, Settings
from reference_portal.web import refusal

_SAFE = {"GET", "HEAD", "OPTIONS"}
_USB_PAGES = "/kbnn/"
_USB_POLICY = (
    "; script-src 'self'; connect-src http://127.0.0.1:* http://localhost:* https://127.0.0.1:* https://localhost:*"
)
"""Their script asks the signing software on the citizen's own computer, and nobody else."""


def build(
    settings: Settings,
    parts: Parts = RIGHT,
    *,
    http: httpx.AsyncClient | None = None,
    workers: Workers | None = None,
    clock: Callable[[], datetime] = server_clock,
) -> Starlette:
    """A portal; `http` and `workers` are handed in where several portals share them, and then ended by their owner."""
    client = http or httpx.AsyncClient(verify=parts.trust(settings.roots))
    pool = workers or Workers()
    books = Books(settings.data and settings.data / "portal.sqlite")
    office = Office(settings=settings, parts=parts, books=books, http=client, workers=pool, clock=clock)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        signing.resume(office)
        notices.resume(office)
        treasury.resume(office)
        yield
        await office.tasks.end()
        books.close()
        if http is None:
            await client.aclose()
        if workers is None:
            pool.close()

    app = Starlette(
        routes=[*api.ROUTES, *providers.ROUTES, *pages.ROUTES, *kbnn_pages.ROUTES],
        lifespan=lifespan,
        exception_handlers={Refused: _refused, Conflict: _conflict},
    )
    app.state.office = office
    app.add_middleware(_Guard, settings=settings)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and error.status == 401 and request.method == "GET":
        return pages.to_login(request)
    return refusal(error) if request.url.path.startswith("/pti/") else pages.refused(request, error)


async def _conflict(_request: Request, _error: Exception) -> Response:
    return refusal(Refused("changed_meanwhile", "Dữ liệu vừa thay đổi. Vui lòng thực hiện lại."))


class _Guard:
    """Refuses state changes that do not come from the portal's own pages; adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._origin = settings.origin
        self._headers = _headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if scope["path"].startswith(_USB_PAGES):
                    headers["content-security-policy"] += _USB_POLICY
            await send(message)

        app: Callable[[Scope, Receive, Send], Awaitable[None]] = self._app
        if not self._own(scope):
            told = {"error": "foreign_origin", "message_vi": "Yêu cầu không đến từ trang của cổng."}
            app = JSONResponse(told, 403)
        await app(scope, receive, guarded)

    def _own(self, scope: Scope) -> bool:
        """Servers (webhook) and holders of a key have no ambient cookies that another site could use."""
        headers = Headers(scope=scope)
        if scope["method"] in _SAFE or scope["path"] == WEBHOOK_PATH:
            return True
        origin = headers.get("origin")
        return origin == self._origin if origin else "authorization" in headers


def _headers(settings: Settings) -> Mapping[str, str]:
    # A form's answer may lead on to the gateway or to the provider's logout.
    onward = {_origin(settings.vnpay["pay_url"]), _origin(settings.login["end_session_endpoint"])}
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {' '.join(sorted(onward))}"
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cache-control": "no-store",
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
