"""A USB token: in the computer or out of it, its PIN with the tries that are left, the dialog that asks for it; pure."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from simulators.kernel.records import Event, Instant, Record
from simulators.tokens.reasons import Reason, Refused
from simulators.tokens.spec import TokenSpec

MOST_TOKENS = 16
"""Of one citizen: more than a computer has sockets for."""


class Token(Record, frozen=True, kw_only=True):
    """`id` is its serial number (16 hex digits); it belongs to one citizen and goes into that citizen's computer alone.

    `dialog` is the signing that has its session now; out of the computer there is none.
    """

    KIND: ClassVar[str] = "token"

    citizen: str
    provider: str
    label: str
    pin: str
    so_pin: str
    serial: str
    """Of its certificate."""
    inserted: bool = True
    wrong: int = 0
    so_wrong: int = 0
    dialog: str = ""
    dialog_until: Instant = Instant(0)


class Keyring(Record, frozen=True, kw_only=True):
    """The tokens of the citizen `id`, in the computer or out of it."""

    KIND: ClassVar[str] = "keyring"

    tokens: tuple[str, ...] = ()


def added(ring: Keyring, token: Token) -> Keyring:
    if len(ring.tokens) >= MOST_TOKENS:
        raise Refused(Reason.BUSY, f"citizen: {ring.id} has {MOST_TOKENS} tokens already; make another citizen")
    return replace(ring, tokens=(*ring.tokens, token.id))


def demand_pin(pin: str, spec: TokenSpec) -> None:
    if not spec.pin_shortest <= len(pin) <= spec.pin_longest:
        raise Refused(Reason.PIN_LENGTH, f"pin: a PIN has {spec.pin_shortest} to {spec.pin_longest} characters")


def demand_free(token: Token, spec: TokenSpec, now: Instant) -> None:
    """Before a dialog: the token is there, not locked, and signs nothing else."""
    if not token.inserted:
        raise Refused(Reason.NOT_PRESENT, f"token {token.id} is not in the computer: insert it")
    if token.wrong >= spec.pin_tries:
        raise Refused(Reason.PIN_LOCKED, f"token {token.id} is locked: its SO PIN unlocks it")
    if token.dialog and now < token.dialog_until:
        raise Refused(Reason.BUSY, f"token {token.id} asks for its PIN already: one token signs one thing at a time")


def tried(token: Token, typed: str, spec: TokenSpec) -> tuple[Token, Reason | None]:
    """C_Login: a right PIN takes the count back; a wrong one changes the count alone; one of no PIN's length, nothing."""
    if token.wrong >= spec.pin_tries:
        return token, Reason.PIN_LOCKED
    if not spec.pin_shortest <= len(typed) <= spec.pin_longest:
        return token, Reason.PIN_LENGTH
    if typed == token.pin:
        return replace(token, wrong=0), None
    counted = replace(token, wrong=token.wrong + 1)
    locks = counted.wrong >= spec.pin_tries and spec.locking_try == "locked"
    return counted, Reason.PIN_LOCKED if locks else Reason.WRONG_PIN


def unlocked(token: Token, so_pin: str, pin: str, spec: TokenSpec) -> tuple[Token, Reason | None]:
    """C_InitPIN after the security officer's login: a new PIN with all its tries. Nothing mends a locked SO PIN."""
    if not token.inserted:
        raise Refused(Reason.NOT_PRESENT, f"token {token.id} is not in the computer: insert it")
    if token.so_wrong >= spec.so_tries:
        raise Refused(Reason.PIN_LOCKED, f"so_pin: token {token.id} is locked for ever; give the citizen another")
    demand_pin(pin, spec)
    if so_pin != token.so_pin:
        return replace(token, so_wrong=token.so_wrong + 1), Reason.WRONG_PIN
    return replace(token, pin=pin, wrong=0, so_wrong=0), None


def removed(token: Token) -> Token:
    """Out of the computer: whatever it was signing is lost."""
    return released(replace(token, inserted=False))


def released(token: Token) -> Token:
    return replace(token, dialog="", dialog_until=Instant(0))


def event(token: Token, word: str, **body: object) -> Event:
    """A row of the journal about a token."""
    return Event(source=f"token.{token.provider}", word=word, ref=token.id, subject=token.citizen, body=dict(body))
