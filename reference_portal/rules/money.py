"""Decisions about fees, payments and the gateway's notices."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from reference_portal.catalogue import Fee
from reference_portal.dossiers import Dossier
from reference_portal.fees import Payment, Result, open_fees


def _new_reference(_earlier: tuple[Payment, ...], now: datetime) -> str:
    """A new reference for each attempt: a gateway takes each one once (specs/payment.md 1.11)."""
    return f"DVC{now:%y%m%d%H%M%S}{secrets.token_hex(6)}"


def _succeeded(response_code: str, transaction_status: str) -> bool:
    """Both codes, never one of them (specs/payment.md 1.8)."""
    return response_code == "00" and transaction_status == "00"


def _prepaid_open(dossier: Dossier) -> tuple[Fee, ...]:
    return tuple(fee for fee in open_fees(dossier) if fee.collect == "before")


@dataclass(frozen=True)
class MoneyRules:
    reference: Callable[[tuple[Payment, ...], datetime], str] = _new_reference
    asked: Callable[[int], int] = lambda amount: amount
    same_amount: Callable[[int, Result], bool] = lambda asked, result: result.amount == asked
    succeeded: Callable[[str, str], bool] = _succeeded
    final: Callable[[Payment], bool] = lambda payment: payment.state != "pending"
    prepaid_open: Callable[[Dossier], tuple[Fee, ...]] = _prepaid_open
    return_settles: bool = False
    reconciles: bool = True
    answer_keys: tuple[str, str] = ("RspCode", "Message")
