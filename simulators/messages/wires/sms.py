"""A generic SMS gateway (no operator's own protocol): POST JSON with HTTP Basic, the id of the message comes back."""

from __future__ import annotations

import base64
import binascii

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.contracts import Settings
from simulators.kernel.plain import refuse
from simulators.kernel.wire import Route, answer
from simulators.messages.addresses import national
from simulators.messages.desk import Desk, Failing, Letter

SOURCE = "messages.sms"
LONGEST_TEXT = 1600
"""Ten parts of a text with marks; a gateway takes no more."""


class Sms(msgspec.Struct, frozen=True):
    """One text to one number (0…, 84… or +84…)."""

    to: str
    text: str


class Sent(msgspec.Struct):
    """The message's id, also its reference in the journal."""

    id: str


class Gateway:
    """The route of the gateway; anyone's credentials but a contract's are refused."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def route(self) -> Route:
        return Route(
            "POST",
            "/messages/sms",
            "Send an SMS (generic gateway; HTTP Basic by the section sms of the settings sheet).",
            self.receive,
            self.broken,
            reads="json",
            takes=Sms,
            gives=Sent,
            errors={400: "not readable", 401: "user or password wrong", 422: "no number or no text", 503: "try later"},
        )

    async def receive(self, request: Request, given: Sms) -> Response:
        settings = self._sender(request)
        if settings is None:
            return await self._refuse(401, "", "HTTP Basic: user or password is not that of a contract's section sms.")
        to = national(given.to)
        if to is None:
            why = f"to: {given.to[:40]!r} is no Vietnamese number; write 0912345678 or +84912345678."
            return await self._refuse(422, settings.contract, why)
        if not 1 <= len(given.text) <= LONGEST_TEXT:
            why = f"text: {len(given.text)} characters; an SMS has 1 to {LONGEST_TEXT}."
            return await self._refuse(422, settings.contract, why)
        letter = Letter("sms", (to,), settings.private["name"], "", given.text)
        try:
            (identity,) = await self._desk.take_in("sms.receive", settings.contract, letter)
        except Failing:
            return refuse(503, "The gateway cannot send now; try later.")
        return answer(Sent(identity))

    async def broken(self, request: Request, why: str) -> Response:
        settings = self._sender(request)
        return await self._refuse(400, settings.contract if settings else "", f"not JSON {{to, text}}: {why}")

    async def _refuse(self, status: int, contract: str, why: str) -> Response:
        await self._desk.turn_away(SOURCE, contract, reason=str(status), why=why)
        refused = refuse(status, why)
        if status == 401:
            refused.headers["www-authenticate"] = 'Basic realm="sms"'
        return refused

    def _sender(self, request: Request) -> Settings | None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return self._desk.sender("sms", user, password)
