"""A citizen as every provider knows them, with phone and inbox; reached over the control side, not over the portal."""

import html
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from conformance.control import LONGEST_WAIT, Control, Question
from conformance.dossiers import written
from conformance.failures import Missed, NotExercised, Ours, Words
from conformance.records import Dossier

CHANNELS = ("sms", "mail")


class Citizen(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the personal identification number."""

    id: str
    name: str
    username: str
    password: str
    techid: str
    pin: str
    birth: str = ""
    sex: int = 0
    phone: str | None = None
    email: str | None = None
    address: str = ""
    card: str = ""
    card_holder: str = ""
    card_date: str = ""
    card_otp: str = ""
    tax_code: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(text for text in (self.password, self.pin, self.card, self.card_otp) if text)


class Line(msgspec.Struct, frozen=True):
    label: str
    text: str


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A question on the phone, as it shows it."""

    id: str
    kind: str
    lines: tuple[Line, ...] = ()
    code: str = ""
    choices: tuple[str, ...] = ()
    secret: str | None = None
    title: str = ""
    ref: str = ""
    doc_ids: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that the citizen reads."""
        return "\n".join([self.title, self.code, *(f"{line.label}: {line.text}" for line in self.lines)])


class Message(msgspec.Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    id: str
    at: str
    channel: str
    to: str
    sender: str = ""
    subject: str = ""
    text: str = ""

    @property
    def words(self) -> str:
        """Subject and text as a person reads them."""
        return f"{_plain(self.subject)} {_plain(self.text)}"


def _has(words: str) -> Callable[[Message], bool]:
    return lambda message: written(words) in message.words


def _groups(pattern: str, message: Message) -> list[str]:
    """As a person reads it, else in the text as it came: an address may stand in a tag."""
    return re.findall(pattern, message.words) or re.findall(pattern, message.text)


def _plain(text: str) -> str:
    """Without the markup of an HTML mail."""
    return written(html.unescape(re.sub(r"<[^<>]*>", " ", text)))


def read(kind: Any, told: Any) -> Any:
    """What the control side says; another shape is our own error."""
    try:
        return msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        raise Ours(f"the control side's answer is not a {kind}: {error}") from error


@dataclass(frozen=True)
class Phone:
    """The citizen's phone: prompts are answered by the hand of the check."""

    control: Control
    citizen: Citizen

    def prompts(self, *, doc_id: str = "", seconds: float = 0.0) -> tuple[Prompt, ...]:
        """What the phone shows; with seconds, as soon as it shows something."""
        path = f"/phone/api/{self.citizen.id}/prompts"
        told = self.control.get(path, doc_id=doc_id, wait=min(seconds, LONGEST_WAIT) or None)
        return tuple(read(list[Prompt], told["prompts"]))

    def prompt(self, *, doc_id: str = "") -> Prompt:
        """The newest question, as soon as it is there."""
        shown = self.prompts(doc_id=doc_id, seconds=LONGEST_WAIT)
        if not shown:
            raise Missed(
                Words("một yêu cầu xác nhận trên điện thoại của người ký", "a prompt on the signer's phone"),
                Words(f"không có gì trong {LONGEST_WAIT:.0f} giây", f"nothing within {LONGEST_WAIT:.0f} seconds"),
            )
        return shown[-1]

    def approve(self, what: Prompt | str | None = None, *, pin: str | None = None) -> Prompt:
        """Answer yes: a prompt, the prompt of a doc_id, or whatever the phone shows next."""
        return self._answer(what, "approve", self.citizen.pin if pin is None else pin)

    def refuse(self, what: Prompt | str | None = None) -> Prompt:
        """Press "Hủy"."""
        return self._answer(what, "refuse", None)

    def auto_approve(self, kind: str = "*") -> None:
        """From now on every prompt of this kind is approved, with the right PIN."""
        script = {"kind": kind, "choice": "approve"}
        self.control.put(f"/phone/api/{self.citizen.id}/script", script)

    def _answer(self, what: Prompt | str | None, choice: str, secret: str | None) -> Prompt:
        prompt = what if isinstance(what, Prompt) else self.prompt(doc_id=what or "")
        told = {"choice": choice, "secret": secret if prompt.secret else None}
        self.control.post(f"/phone/api/{self.citizen.id}/prompts/{prompt.id}", told)
        return prompt


@dataclass(frozen=True)
class Inbox:
    """What came for the citizen after `since`, by SMS and by e-mail; `patience` in seconds is how late it may come."""

    control: Control
    citizen: Citizen
    since: str = ""
    patience: float = LONGEST_WAIT

    def with_words(self, channel: str, words: str, count: int = 1) -> tuple[Message, ...]:
        """All messages since in which these words stand, as soon as there are `count`."""
        return self._await(_has(words), f"“{words}”" if words else "", count, (channel,))[channel]

    def found(self, pattern: str, count: int = 1) -> tuple[str, ...]:
        """What the expression's one group finds in the e-mails since, oldest first, as soon as there are `count`."""
        self._await(lambda message: bool(_groups(pattern, message)), f"/{pattern}/", count, ("mail",))
        return self.matches(pattern)

    def matches(self, pattern: str) -> tuple[str, ...]:
        """The same, of what is there now."""
        return tuple(group for message in self.now("mail") for group in _groups(pattern, message)[:1])

    def settled(self, words: str, count: int = 1) -> None:
        """As soon as so many e-mails with these words are there, or when the portal's patience is over: what comes from
        now on is of something later."""
        with suppress(Missed):
            self.with_words("mail", words, count)

    def sms_of(self, dossier: Dossier, count: int = 1) -> tuple[Message, ...]:
        """All SMS since about the dossier: by its code; any, where the portal gives the code at acceptance only."""
        return self.with_words("sms", dossier.code or "", count)

    def told_of(self, dossier: Dossier, count: int = 1) -> dict[str, tuple[Message, ...]]:
        """The same in both channels, as soon as there are `count` in one of them."""
        words = dossier.code or ""
        return self._await(_has(words), f"“{words}”" if words else "", count, CHANNELS)

    def heard(self, words: str) -> dict[str, tuple[Message, ...]]:
        """All since in which these words stand, by channel, as soon as there is one; SMS may be without accents."""
        return self._await(_has(words), f"“{words}”", 1, CHANNELS)

    def now(self, channel: str) -> tuple[Message, ...]:
        """What is there, without waiting."""
        return self._read(channel)[0]

    def from_now(self) -> "Inbox":
        """The same inbox, empty from here on."""
        return Inbox(self.control, self.citizen, self.latest(), self.patience)

    def latest(self) -> str:
        """The position after everything that came so far."""
        return max([self.since, *(self._read(channel)[1] for channel in CHANNELS)])

    def otp(self, seconds: float = LONGEST_WAIT) -> str:
        """The one-time password in the newest SMS since."""
        told = self.control.get("/messages/otp", to=self.citizen.phone, after=self.since, wait=seconds)
        if not told.get("otp"):
            raise NotExercised(f"no OTP came to {self.citizen.phone} within {seconds:.0f} seconds")
        return str(told["otp"])

    def _await(
        self, wanted: Callable[[Message], bool], named: str, count: int, channels: Sequence[str]
    ) -> dict[str, tuple[Message, ...]]:
        """What is wanted, by channel, as soon as one has `count`; asked again whenever something comes."""
        question, end = Question("message_received", subject=self.citizen.id), time.monotonic() + self.patience
        while True:
            arrived = len(self.control.rows(question))
            came = {channel: self.now(channel) for channel in channels}
            found = {
                channel: tuple(message for message in messages if wanted(message)) for channel, messages in came.items()
            }
            if max(len(messages) for messages in found.values()) >= count:
                return found
            if (left := end - time.monotonic()) <= 0:
                break
            self.control.rows(question, count=arrived + 1, wait=left)
        most, where = max(len(messages) for messages in found.values()), "/".join(channels)
        shown = "; ".join(message.text[:80] for messages in came.values() for message in messages)
        named = f" {named}" if named else ""
        raise Missed(
            Words(f"{count} tin {where} tới người nộp{named}", f"{count} {where} to the applicant{named}"),
            Words(f"{most} tin. {shown}".strip(), f"{most}. {shown}".strip()),
        )

    def _read(self, channel: str) -> tuple[tuple[Message, ...], str]:
        address = self.citizen.phone if channel == "sms" else self.citizen.email
        if not address:
            return (), self.since
        told = self.control.get("/messages/inbox", to=address, channel=channel, after=self.since)
        return tuple(read(list[Message], told["messages"])), str(told.get("next") or self.since)
