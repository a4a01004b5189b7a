"""What is kept of who enrols: the file with its stage and papers, orders of the app's own till, devices that were activated."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec

from simulators.ca.enrolment.offers import Applicant, Kind, Quote
from simulators.kernel.records import Instant, Record


class Stage(Enum):
    """How far an enrolment is. NONE: nobody asked yet."""

    NONE = "none"
    REGISTERED = "registered"
    PAID = "paid"
    ACTIVATED = "activated"
    IDENTIFIED = "identified"
    APPRAISING = "appraising"
    APPROVED = "approved"
    ACTIVE = "active"
    REFUSED = "refused"


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """The business path. `representative` is a personal id (12 digits, or 9 of old); whoever is not that person has a sealed
    authorisation."""

    name: str
    tax_code: str
    licence: str
    representative: str
    authorisation: str = ""
    sealed: bool = False


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed at registration. `channel` is the portal where they will sign, "" for none in particular."""

    package: str
    card_number: str
    name: str
    email: str
    phone: str
    address: str
    channel: str = ""
    organisation: Organisation | None = None

    @property
    def kind(self) -> Kind:
        return "organisation" if self.organisation else "person"

    @property
    def applicant(self) -> Applicant:
        return Applicant(self.kind, self.address, self.channel)


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A signed text. `digest` is SHA-256 of its UTF-8 in hex, `signature` base64 of raw RSA PKCS#1 v1.5 over that digest by
    the subscriber's key: the lab keeps bytes and value; no PDF is made of them."""

    title: str
    text: str
    digest: str
    signature: str
    at: Instant


class Enrolment(Record, frozen=True, kw_only=True):
    """`id` is ca/citizen."""

    KIND: ClassVar[str] = "enrolment"
    DUE: ClassVar[str | None] = "due"

    ca: str
    citizen: str
    stage: Stage
    details: Details
    quote: Quote
    device: str
    begun: Instant = Instant(0)
    """When they registered; a correction does not change it."""
    order: str = ""
    """The newest order, whatever it pays: an earlier one that waits is no longer anybody's."""
    code: str = ""
    code_expires: Instant = Instant(0)
    """The last instant at which the code is good."""
    code_wrong: int = 0
    password: str = ""
    identity_wrong: int = 0
    keypair: str = ""
    contract_paper: Paper | None = None
    minutes: Paper | None = None
    refusal: str = ""
    """Why the CA refused the file, as the citizen reads it."""
    renewals: int = 0
    serials: tuple[str, ...] = ()
    due: Instant | None = None
    """When the CA appraises by itself."""


class Purpose(Enum):
    """What an order pays."""

    PACKAGE = "package"
    RENEWAL = "renewal"
    TURNS = "turns"


class OrderState(Enum):
    """How an order stands."""

    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Order(Record, frozen=True, kw_only=True):
    """A payment inside the app. `amount` in đồng; `turns` that it buys."""

    KIND: ClassVar[str] = "enrolment_order"

    enrolment: str
    purpose: Purpose
    amount: int
    means: str
    expires: Instant
    turns: int = 0
    state: OrderState = OrderState.WAITING


class Device(Record, frozen=True, kw_only=True):
    """`id` is ca/device: an account was activated on it."""

    KIND: ClassVar[str] = "enrolment_device"

    citizen: str


def enrolment_id(ca: str, citizen: str) -> str:
    return f"{ca}/{citizen}"
