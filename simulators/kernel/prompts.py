"""What reaches a citizen's phone: prompts that wait for an answer, and messages; any family writes them in its own change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from simulators.kernel.records import Event, Instant, Record


class Line(msgspec.Struct, frozen=True):
    """One line that the phone shows."""

    label: str
    text: str


class Prompt(Record, frozen=True, kw_only=True):
    """A question on the phone. `doc_ids` lets a test find it; `secret` names what must be typed (pin), if anything."""

    KIND: ClassVar[str] = "prompt"
    ABOUT: ClassVar[str | None] = "citizen"
    DUE: ClassVar[str | None] = "expires"

    citizen: str
    kind: str
    ref: str
    title: str
    lines: tuple[Line, ...]
    code: str
    choices: tuple[str, ...] = ("approve", "refuse")
    secret: str | None = None
    doc_ids: tuple[str, ...] = ()
    expires: Instant


class Message(Record, frozen=True, kw_only=True):
    """A text for a person, by SMS or e-mail; `to` is the number or the address. The id begins with the instant."""

    KIND: ClassVar[str] = "message"
    ABOUT: ClassVar[str | None] = "to"

    at: Instant
    channel: str
    to: str
    sender: str
    subject: str = ""
    text: str


@dataclass(frozen=True)
class PromptKind:
    """Who hears the answer: `answer(prompt, choice, secret, answered)` may raise Refused, whose text the phone shows.

    `answered` is the phone's own row of the journal: it is written with the change that takes the answer, or not at all.
    """

    name: str
    answer: Callable[[Prompt, str, str | None, Event], Awaitable[None]]


class Refused(Exception):
    """The phone's answer was not taken (wrong PIN, too late); the text is for the citizen."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def message_id(now: Instant, token: str) -> str:
    """Sorts by time."""
    return f"{now:014d}-{token}"
