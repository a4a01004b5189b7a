"""The PIN dialog, which is one signing: open, then signed or refused; pure, it is given the time."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

from msgspec.structs import replace

from simulators.kernel.clock import in_vietnam
from simulators.kernel.prompts import Line, Prompt
from simulators.kernel.records import Change, Event, Instant, Key, Record
from simulators.tokens import token as tokens
from simulators.tokens.reasons import Reason
from simulators.tokens.spec import TokenSpec
from simulators.tokens.token import Token

PROMPT = "token.pin"
TITLE = "Máy tính: nhập mã PIN của USB token"
OVER = "Hộp thoại nhập mã PIN đã đóng."
AGAIN = "Mã PIN vừa được đổi, hãy nhập lại."
SAID = {
    Reason.WRONG_PIN: "Mã PIN không đúng.",
    Reason.PIN_LENGTH: "Mã PIN có độ dài không hợp lệ.",
    Reason.PIN_LOCKED: "USB token đã bị khoá do nhập sai mã PIN nhiều lần.",
    Reason.REMOVED: "USB token đã bị rút khỏi máy tính.",
    Reason.EXPIRED: OVER,
}


class State(Enum):
    """How a signing stands."""

    OPEN = "open"
    SIGNED = "signed"
    REFUSED = "refused"


class Dialog(Record, frozen=True, kw_only=True):
    """`id` is also its prompt's; `digests` in hex, signed with one PIN; `signatures` in base64, in their order."""

    KIND: ClassVar[str] = "token_dialog"

    citizen: str
    token: str
    provider: str
    serial: str
    digests: tuple[str, ...]
    origin: str
    """Of the page that asked, as the browser says it; empty where none did."""
    state: State = State.OPEN
    reason: Reason | None = None
    signatures: tuple[str, ...] = ()
    expires: Instant = Instant(0)


def opened(dialog: Dialog, token: Token, spec: TokenSpec, now: Instant) -> Change:
    """The dialog on the screen, the token's session taken; Refused while the token cannot sign."""
    tokens.demand_free(token, spec, now)
    until = Instant(now + spec.dialog_life)
    shown = replace(dialog, expires=until)
    taken = replace(token, dialog=dialog.id, dialog_until=until)
    body: dict[str, Any] = {
        "token": token.id,
        "serial": dialog.serial,
        "digests": dialog.digests,
        "origin": dialog.origin,
    }
    written = event(dialog, "usb_signing", body)
    return Change(records=(shown, taken, _question(shown, token, now)), events=(written,), result=shown)


def signed(dialog: Dialog, signatures: tuple[str, ...]) -> tuple[Dialog, tuple[Event, ...]]:
    """A row of the journal for each digest."""
    done = replace(dialog, state=State.SIGNED, signatures=signatures)
    told = {"serial": dialog.serial, "origin": dialog.origin}
    pairs = zip(dialog.digests, signatures, strict=True)
    return done, tuple(event(dialog, "usb_signed", told | {"digest": d, "signature_value": s}) for d, s in pairs)


def refused(dialog: Dialog, reason: Reason, **told: object) -> tuple[Dialog, Event]:
    done = replace(dialog, state=State.REFUSED, reason=reason)
    return done, event(dialog, "usb_refused", {"reason": reason.value, "serial": dialog.serial, **told})


def ended(dialog: Dialog, _now: Instant) -> Change:
    """Closed unanswered; nothing changes when it is over already."""
    if dialog.state is not State.OPEN:
        return Change()
    done, written = refused(dialog, Reason.EXPIRED)
    return Change(records=(done,), events=(written,), gone=(Key(Prompt, dialog.id),), result=done)


def event(dialog: Dialog, word: str, body: dict[str, Any]) -> Event:
    return Event(source=f"token.{dialog.provider}", word=word, ref=dialog.id, subject=dialog.citizen, body=body)


def _question(dialog: Dialog, token: Token, now: Instant) -> Prompt:
    """Nothing of the document: a token sees a digest alone."""
    lines = [Line("Thiết bị", "máy tính"), Line("USB token", f"{token.label} · {token.id}")]
    lines.append(Line("Chứng thư số", dialog.serial))
    lines += [Line("Trang web", dialog.origin)] if dialog.origin else []
    lines.append(Line("Thời gian", f"{in_vietnam(now):%H:%M, %d/%m/%Y}"))
    return Prompt(
        id=dialog.id,
        citizen=dialog.citizen,
        kind=PROMPT,
        ref=dialog.id,
        title=TITLE,
        lines=tuple(lines),
        code="",
        secret="pin",  # noqa: S106  # the name of what is asked for
        expires=dialog.expires,
    )
