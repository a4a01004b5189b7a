"""The phone as a page: prompts with document, code and time, Hủy and Đồng ý; SMS and mails below. Plain forms."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import SECOND, in_vietnam
from simulators.kernel.gate import Gate
from simulators.kernel.pages import page
from simulators.kernel.plain import broken
from simulators.kernel.prompts import Message, Prompt, Refused
from simulators.kernel.records import Instant, Key
from simulators.kernel.store import Store
from simulators.kernel.wire import Route
from simulators.phone.desk.answering import Desk

NEWEST = 20
HERE = "simulators.phone"
SAID = {
    "": "",
    "approve": "Đã gửi xác nhận Đồng ý.",
    "refuse": "Đã huỷ giao dịch.",
    "gone": "Yêu cầu này không còn: đã trả lời hoặc đã hết hạn.",
}


class View(msgspec.Struct, frozen=True, kw_only=True):
    """`key` opens the page the first time; `said` is what was just done."""

    key: str = ""
    said: str = ""


class Tapped(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a prompt."""

    choice: Literal["approve", "refuse"]
    secret: str = ""


class PhonePage:
    """For the holder of the run key, by address and then by cookie."""

    def __init__(self, store: Store, desk: Desk, gate: Gate) -> None:
        self._store = store
        self._desk = desk
        self._gate = gate

    def routes(self) -> tuple[Route, ...]:
        html = {401: "the key is missing or wrong", 404: "there is no such citizen"}
        return (
            Route(
                "GET",
                "/phone/{citizen}",
                "A citizen's phone as a page.",
                self.show,
                broken,
                reads="query",
                takes=View,
                gives="text/html",
                errors=html,
            ),
            Route(
                "POST",
                "/phone/{citizen}/prompts/{id}",
                "Answer a prompt on the page.",
                self.tap,
                broken,
                reads="form",
                takes=Tapped,
                gives="text/html",
                errors=html | {409: "the answer was not taken; the page says why"},
            ),
        )

    async def show(self, request: Request, given: View) -> Response:
        if not self._gate.knows(request):
            return page(HERE, "locked.html", 401)
        html = await self._page(request, said=SAID.get(given.said, ""))
        return self._gate.remember(request, html)

    async def tap(self, request: Request, given: Tapped) -> Response:
        if not self._gate.knows(request):
            return page(HERE, "locked.html", 401)
        citizen, identity = request.path_params["citizen"], request.path_params["id"]
        prompt = await self._desk.prompt(citizen, identity)
        said: str = given.choice
        if prompt is None or given.choice not in prompt.choices:
            said = "gone"
        else:
            try:
                await self._desk.answer(prompt, given.choice, given.secret or None, by="page")
            except Refused as error:
                return await self._page(request, status=409, wrong=error.text)
        return RedirectResponse(f"/phone/{quote(citizen)}?said={said}", 303)

    async def _page(self, request: Request, *, status: int = 200, said: str = "", wrong: str = "") -> Response:
        identity = request.path_params["citizen"]
        citizen = await self._store.get(Key(Citizen, identity))
        if citizen is None:
            return page(HERE, "nobody.html", 404, identity=identity)
        now = self._store.now()
        prompts = [_prompt(prompt, now) for prompt in await self._desk.waiting(identity)]
        return page(
            HERE,
            "phone.html",
            status,
            citizen=citizen,
            clock=f"{in_vietnam(now):%H:%M}",
            prompts=prompts,
            sms=await self._messages(citizen.phone),
            mails=await self._messages(citizen.email),
            said=said,
            wrong=wrong,
        )

    async def _messages(self, to: str | None) -> list[dict[str, Any]]:
        spellings = {to, to.lower()} if to else set()
        found = [
            one for each in spellings for one in await self._store.find(Message, about=each, newest=True, limit=NEWEST)
        ]
        return [_message(one) for one in sorted(found, key=lambda one: one.id, reverse=True)]


def _prompt(prompt: Prompt, now: Instant) -> dict[str, Any]:
    left = (prompt.expires - now) // SECOND
    return {
        "id": prompt.id,
        "title": prompt.title,
        "lines": [line for line in prompt.lines if line.text not in prompt.doc_ids],
        "documents": prompt.doc_ids,
        "code": prompt.code,
        "choices": prompt.choices,
        "secret": prompt.secret,
        "left": f"{left // 60}:{left % 60:02d}",
        "until": f"{in_vietnam(prompt.expires):%H:%M:%S}",
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "sender": message.sender,
        "subject": message.subject,
        "text": message.text,
        "at": f"{in_vietnam(message.at):%H:%M · %d/%m}",
    }
