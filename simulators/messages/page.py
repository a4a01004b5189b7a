"""The inbox as a page for a person."""

from __future__ import annotations

from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.gate import Gate
from simulators.kernel.pages import page
from simulators.kernel.plain import broken
from simulators.kernel.wire import Route
from simulators.messages.inbox import Inbox, show

NEWEST = 100


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at; `key` opens the page the first time."""

    to: str = ""
    channel: Literal["", "sms", "mail"] = ""
    key: str = ""


class InboxPage:
    """Newest first; it looks again every ten seconds."""

    def __init__(self, inbox: Inbox, gate: Gate) -> None:
        self._inbox = inbox
        self._gate = gate

    def route(self) -> Route:
        text = "The inbox as a page."
        return Route("GET", "/messages", text, self.show, broken, reads="query", takes=View, gives="text/html")

    async def show(self, request: Request, given: View) -> Response:
        if not self._gate.knows(request):
            return page("simulators.messages", "locked.html", 401)
        found = [one for one in await self._inbox.newest(given.to, NEWEST) if given.channel in {"", one.channel}]
        shown = [show(message) for message in found]
        html = page("simulators.messages", "inbox.html", messages=shown, to=given.to, channel=given.channel)
        return self._gate.remember(request, html)
