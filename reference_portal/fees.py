"""Fees, payments and receipts: what is owed, what a gateway's answer settles; pure."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from reference_portal.books import Record
from reference_portal.catalogue import Fee
from reference_portal.dossiers import Dossier


class Payment(Record, frozen=True, kw_only=True):
    """One attempt at the gateway; `id` is its reference there, `about` the dossier. `excess`: the fee was already paid."""

    fee: str
    amount: int
    created: str
    gateway: str = "vnpay"
    state: Literal["pending", "paid", "failed"] = "pending"
    proof: Literal["notice", "query"] | None = None
    excess: bool = False


class Receipt(Record, frozen=True, kw_only=True):
    """`about` is the dossier; `payment` is the payment's reference, or "counter"."""

    number: str
    amount: int
    payment: str
    payer: str
    dossier_code: str | None
    at: str


class Result(Struct, frozen=True, kw_only=True):
    """What a gateway says about a payment, by notice or by query: đồng, and the two codes that must both be 00."""

    ref: str
    amount: int
    response_code: str
    transaction_status: str
    proof: Literal["notice", "query"]


def open_fees(dossier: Dossier) -> tuple[Fee, ...]:
    return tuple(fee for fee in dossier.fees if not fee.paid)


def paid_up(dossier: Dossier, fee_id: str) -> Dossier:
    """The dossier with that fee paid."""
    return replace(dossier, fees=tuple(replace(fee, paid=True) if fee.id == fee_id else fee for fee in dossier.fees))
