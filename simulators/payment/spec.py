"""What a gateway is, as data: its words, lifetimes, retry rule, banks and published test cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Literal

from msgspec import Meta

from simulators.kernel.bounds import Count, Host, Lifetime, Line, Milliseconds
from simulators.kernel.clock import MINUTE, SECOND

Code = Annotated[str, Meta(pattern=r"\A[0-9]{2}\Z", description="two digits")]
Encoder = Literal["python", "php", "java", "dotnet"]
ExtraName = Annotated[
    str, Meta(pattern=r"\Avnp_[A-Za-z0-9]{1,40}\Z", description="vnp_ and 1 to 40 letters and digits")
]
Mark = Literal["CONFIRMED", "LIKELY", "UNKNOWN", "DESIGN"]


class Reason(Enum):
    """Why a gateway turns a request away."""

    UNREADABLE = "unreadable"
    BAD_FORMAT = "bad_format"
    UNKNOWN_TERMINAL = "unknown_terminal"
    WRONG_CHECKSUM = "wrong_checksum"
    RETURN_NOT_APPROVED = "return_not_approved"
    UNKNOWN_BANK = "unknown_bank"
    TOO_LATE = "too_late"
    USED_REF = "used_ref"
    UNKNOWN_CHECKOUT = "unknown_checkout"
    OVER = "over"
    UNKNOWN_PAYMENT = "unknown_payment"
    REPEATED_REQUEST = "repeated_request"
    NOT_OFFERED = "not_offered"


class Outcome(Enum):
    """How a payment ended; HALF_DONE and OTHER_HALF are told by an injected notice alone."""

    PAID = "paid"
    HALF_DONE = "half_done"
    OTHER_HALF = "other_half"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WRONG_OTP = "wrong_otp"
    WRONG_CARD = "wrong_card"
    NOT_ACTIVATED = "not_activated"
    LOCKED = "locked"
    CARD_EXPIRED = "card_expired"
    INSUFFICIENT = "insufficient"


class Refused(Exception):
    """What the real gateway would answer; `why` is one English sentence for the journal."""

    def __init__(self, reason: Reason, why: str) -> None:
        super().__init__(why)
        self.reason = reason
        self.why = why


@dataclass(frozen=True)
class Word:
    """A code of the gateway; `hint` tells a developer the usual causes."""

    code: str
    text: str
    mark: Mark
    hint: str = ""


@dataclass(frozen=True)
class Ending:
    """How an outcome is told: payment result, transaction status, and what the payer reads."""

    code: str
    status: str
    text: str
    mark: Mark = "CONFIRMED"


@dataclass(frozen=True)
class Bank:
    """A way to pay on the checkout page; `group` is the code that means all of its kind."""

    code: str
    name: str
    group: str


@dataclass(frozen=True)
class Card:
    """A test card; `bank` is where it is typed, `told` the bank that answers name; otp "" asks for none."""

    number: str
    holder: str
    date: str
    bank: str
    kind: str = "ATM"
    told: str = ""
    cvv: str = ""
    otp: str = "123456"
    outcome: Outcome = Outcome.PAID


@dataclass(frozen=True)
class GatewaySpec:
    """One gateway. The provider's docstring says which of these facts are confirmed, likely and unknown; a field's type
    says what a world file may set it to.
    """

    id: str
    name: Line
    source: str
    wire: str
    page_words: Mapping[Reason, Word]
    query_words: Mapping[Reason, Word]
    endings: Mapping[Outcome, Ending]
    banks: tuple[Bank, ...]
    cards: tuple[Card, ...]
    citizen_bank: Line
    hosts: tuple[Host, ...] = ()
    """Names of the real one's hosts, the test environment's first: only simulators.inprocess answers them."""
    window: Lifetime = 15 * MINUTE
    notice_attempts: Count = 10
    notice_gap: Milliseconds = 5 * MINUTE
    acknowledged: tuple[Code, ...] = ("00", "02")
    notice_on_expiry: bool = True
    duplicate_after: Milliseconds = 1 * SECOND
    before_return_patience: Milliseconds = 15 * SECOND
    card_tries: Count = 3
    otp_tries: Count = 3
    any_case_checksum: bool = True
    encoders: Annotated[tuple[Encoder, ...], Meta(min_length=1)] = ("python", "php", "java", "dotnet")
    order_info_strict: bool = False
    expire_date_required: bool = False
    query_date_exact: bool = True
    largest_query: Annotated[int, Meta(ge=1024, le=64 * 1024)] = 16 * 1024
    extra_fields: Mapping[ExtraName, Line] = field(default_factory=dict)
    variance: Annotated[int, Meta(ge=0, le=1000)] = 4
    """Legal variance: one payment in so many is told with the extra fields, one late, one before the payer is sent back; 0
    never any."""
    late_by: Milliseconds = 700
    """Milliseconds."""
    query_success: Annotated[str, Meta(max_length=255)] = ""

    def __post_init__(self) -> None:
        codes = [bank.code for bank in self.banks]
        if self.citizen_bank not in codes:
            raise ValueError(f"citizen_bank cannot be {self.citizen_bank!r}: it is one of {', '.join(codes)}")
