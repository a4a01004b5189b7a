"""What a gateway keeps: payments with what was asked and agreed, the checkout's tickets, and request ids that are used up."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from simulators.kernel.records import Instant, Record
from simulators.payment.spec import Card, Outcome

Timing = Literal["", "late", "early"]


class Terminal(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway and the merchant agreed, as it stood when the payment was asked for."""

    code: str
    secret: str
    notice_url: str = ""
    return_prefix: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a merchant asks to be paid; `amount` in đồng, `expires` None when the merchant set no limit."""

    ref: str
    amount: int
    info: str
    return_url: str
    ip: str
    locale: str
    bank: str
    created: Instant
    expires: Instant | None
    odd: tuple[str, ...] = ()
    encoder: str = "python"
    """How the merchant writes form fields: what is told to it is hashed the same way."""


class Payment(Record, frozen=True, kw_only=True):
    """`outcome` is None while it is open; `otp` is what the bank sent once a card was taken."""

    KIND: ClassVar[str] = "payment"
    ABOUT: ClassVar[str | None] = "ref"
    DUE: ClassVar[str | None] = "due"

    ref: str
    terminal: Terminal
    asked: Asked
    token: str
    number: str
    extra: bool
    timing: Timing = ""
    """Legal variance of the notice: a little late, or answered before the payer is sent back."""
    begun: Instant
    expires: Instant
    due: Instant | None
    outcome: Outcome | None = None
    ended: Instant | None = None
    card: Card | None = None
    bank: str = ""
    """Where a card was last typed."""
    wrong_cards: int = 0
    wrong_otps: int = 0
    left_behind: bool = False
    """A planned fault kept the browser from going back to the merchant."""

    @property
    def amount(self) -> int:
        return self.asked.amount

    @property
    def awaits_otp(self) -> bool:
        return self.outcome is None and self.card is not None


class Ticket(Record, frozen=True, kw_only=True):
    """The checkout page's token -> its payment."""

    KIND: ClassVar[str] = "payment_ticket"

    payment: str


class Request(Record, frozen=True, kw_only=True):
    """A query's or refund's request id, used once a day."""

    KIND: ClassVar[str] = "payment_request"


def payment_id(gateway: str, terminal: str, day: str, ref: str) -> str:
    """Unique by construction: a reference is used once a day."""
    return f"{gateway}/{terminal}/{day}/{ref}"
