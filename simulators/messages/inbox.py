"""The inbox: what came for whom, with a long poll, and the code that an SMS holds."""

from __future__ import annotations

import re
from itertools import chain
from typing import Annotated, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.clock import in_vietnam
from simulators.kernel.plain import LONGEST_WAIT, operation, refuse
from simulators.kernel.prompts import Message
from simulators.kernel.store import Store
from simulators.kernel.wire import Route, answer
from simulators.messages.addresses import normal

SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
MOST = 1000

Wait = Annotated[float, msgspec.Meta(ge=0, le=LONGEST_WAIT)]
Count = Annotated[int, msgspec.Meta(ge=1, le=MOST)]


class Which(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`to` is a number or an address; `after` is the id of the last message that was seen."""

    to: str = ""
    channel: Literal["", "sms", "mail"] = ""
    after: str = ""
    wait: Wait = 0.0
    count: Count = 1


class WhoseCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest code that came for `to` after the message `after`."""

    to: str
    after: str = ""
    wait: Wait = 0.0


class Shown(msgspec.Struct):
    """One message."""

    id: str
    at: str
    channel: str
    to: str
    sender: str = msgspec.field(name="from")
    subject: str
    text: str


class Page(msgspec.Struct):
    """`next` is the `after` of the next question."""

    messages: list[Shown]
    next: str


class Code(msgspec.Struct):
    """Six digits, and the message that holds them."""

    otp: str
    id: str


class Inbox:
    """Reads messages; nobody but the run key's holder may."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> tuple[Route, ...]:
        return (
            operation(
                "GET",
                "/messages/inbox",
                "Messages by addressee and channel, oldest first; with wait a long poll.",
                self.inbox,
                reads="query",
                takes=Which,
                gives=Page,
            ),
            operation(
                "GET",
                "/messages/otp",
                "The newest six-digit code for an addressee; with wait a long poll.",
                self.otp,
                reads="query",
                takes=WhoseCode,
                gives=Code,
                errors={404: "no message with a code came"},
            ),
        )

    async def inbox(self, _request: Request, given: Which) -> Response:
        async def look() -> list[Message]:
            found = await self.find(given.to, after=given.after)
            return [message for message in found if given.channel in {"", message.channel}]

        found = await self._store.bell.until(look, lambda seen: len(seen) >= given.count, given.wait)
        shown = [show(message) for message in found]
        return answer(Page(shown, shown[-1].id if shown else given.after))

    async def otp(self, _request: Request, given: WhoseCode) -> Response:
        async def look() -> list[Code]:
            found = await self.find(given.to, after=given.after)
            return [Code(code[-1], one.id) for one in found if (code := SIX_DIGITS.findall(one.text))]

        found = await self._store.bell.until(look, bool, given.wait)
        if not found:
            return refuse(
                404, f"to: no message with six digits came for {given.to!r}; ask with wait, or see the inbox."
            )
        return answer(found[-1])

    async def find(self, to: str, *, after: str = "") -> list[Message]:
        """Oldest first."""
        found = [await self._store.find(Message, about=one, after=after, limit=MOST) for one in _spellings(to)]
        return sorted(chain.from_iterable(found), key=lambda message: message.id)

    async def newest(self, to: str, limit: int) -> list[Message]:
        """Newest first."""
        found = [await self._store.find(Message, about=one, newest=True, limit=limit) for one in _spellings(to)]
        return sorted(chain.from_iterable(found), key=lambda message: message.id, reverse=True)


def show(message: Message) -> Shown:
    return Shown(
        id=message.id,
        at=in_vietnam(message.at).isoformat(timespec="milliseconds"),
        channel=message.channel,
        to=message.to,
        sender=message.sender,
        subject=message.subject,
        text=message.text,
    )


def _spellings(to: str) -> set[str | None]:
    """Families write addressees as the citizen has them, portals as they please: both spellings are looked for."""
    return {to.strip(), normal(to)} if to else {None}
