"""What follows when a payment ends, pure: the journal rows, the notices that are due, and what a planned fault makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from simulators.kernel.courier import Delivery
from simulators.kernel.faults import Args, Taken
from simulators.kernel.records import Change, Event, Instant
from simulators.payment.effects import (
    NOTICE,
    AnotherOrder,
    Bad,
    HalfSuccess,
    MissingChecksum,
    Parallel,
    WrongAmount,
)
from simulators.payment.records import Payment
from simulators.payment.spec import GatewaySpec, Outcome

Checksum = Literal["right", "wrong", "missing", "empty"]

WRONG_BY = 1000
"""đồng: what VNPAY's own acceptance case 7 adds."""


@dataclass(frozen=True)
class Voice:
    """How a wire tells of a payment: the notice's URL and the way back to the merchant."""

    notice_url: Callable[[Payment, Checksum], str]
    return_url: Callable[[Payment], str]


@dataclass(frozen=True)
class Post:
    """One notice to be sent `delay` from now; `repeats` is the provider's own rule, an injected one is sent once."""

    payment: Payment
    checksum: Checksum = "right"
    delay: int = 0
    injected: str = ""
    repeats: bool = True


@dataclass(frozen=True)
class Faults:
    """What was planned for the notice and for the way back."""

    notice: Taken
    back: Taken


def ending(payment: Payment, faults: Faults, voice: Voice, spec: GatewaySpec, now: Instant) -> Change:
    """The ended payment with everything that its end causes, in one change."""
    payment = replace(payment, left_behind=bool(faults.back.effect))
    posts = plan(payment, faults.notice, spec)
    deliveries = tuple(_delivery(payment, post, number, voice, now) for number, post in enumerate(posts, start=1))
    events = [_ended(payment, spec), *faults.notice.events, *faults.back.events]
    if payment.outcome is not Outcome.EXPIRED and not payment.left_behind:
        events.append(_event(payment, spec, "payment_returned", {"url": voice.return_url(payment)}))
    return Change(
        records=(payment, *deliveries, *faults.notice.records, *faults.back.records),
        events=tuple(events),
        result=payment,
    )


def plan(payment: Payment, fault: Taken, spec: GatewaySpec) -> list[Post]:
    """Which notices, in the order in which they are due. A bad one goes first; the right one is the next attempt."""
    if not payment.terminal.notice_url or (payment.outcome is Outcome.EXPIRED and not spec.notice_on_expiry):
        return []
    args = msgspec.convert(fault.args, NOTICE.get(fault.effect, Args))  # demanded when it was planted
    if whole := SCHEDULES.get(fault.effect):
        return whole(payment, args, spec)
    assert isinstance(args, Bad), f"{fault.effect} is a bad notice"
    bad = _bad(payment, fault.effect, args)
    return [bad] if args.alone else [bad, Post(payment, delay=spec.notice_gap)]


def _failure_after_success(payment: Payment, _args: Args, spec: GatewaySpec) -> list[Post]:
    failed = replace(payment, outcome=Outcome.CANCELLED)
    return [
        Post(payment),
        Post(failed, delay=spec.duplicate_after, injected="failure_after_success", repeats=False),
    ]


def _duplicate(payment: Payment, _args: Args, spec: GatewaySpec) -> list[Post]:
    return [Post(payment), Post(payment, delay=spec.duplicate_after, injected="duplicate", repeats=False)]


def _parallel(payment: Payment, args: Args, _spec: GatewaySpec) -> list[Post]:
    assert isinstance(args, Parallel), args
    return [Post(payment)] + [Post(payment, injected="parallel", repeats=False)] * (args.count - 1)


SCHEDULES: Mapping[str, Callable[[Payment, Args, GatewaySpec], list[Post]]] = {
    "": lambda payment, _args, spec: [Post(payment, delay=spec.late_by if payment.timing == "late" else 0)],
    "lost": lambda _payment, _args, _spec: [],
    "late": lambda payment, _args, spec: [Post(payment, delay=spec.notice_gap, injected="late")],
    "duplicate": _duplicate,
    "parallel": _parallel,
    "failure_after_success": _failure_after_success,
    "before_return": lambda payment, _args, _spec: [Post(payment, injected="before_return")],
    "extra_field": lambda payment, _args, _spec: [Post(replace(payment, extra=True), injected="extra_field")],
}


def _bad(payment: Payment, effect: str, args: Bad) -> Post:
    told, checksum = payment, "right"
    match args:
        case MissingChecksum():
            checksum = "empty" if args.empty else "missing"
        case WrongAmount():
            amount = args.amount or payment.amount + WRONG_BY
            told = replace(payment, asked=replace(payment.asked, amount=amount))
        case AnotherOrder():
            told = replace(payment, ref=args.ref or f"SIT_NOTFOUND_{payment.number}")
        case HalfSuccess():
            told = replace(payment, outcome=Outcome.OTHER_HALF if args.other else Outcome.HALF_DONE)
        case _:
            checksum = "wrong"
    return Post(told, checksum, injected=effect, repeats=False)  # type: ignore[arg-type]  # one of Checksum


def _delivery(payment: Payment, post: Post, number: int, voice: Voice, now: Instant) -> Delivery:
    gateway = payment.id.partition("/")[0]
    return Delivery(
        id=f"{payment.id}/notice/{number}",
        contract=payment.contract,
        kind=notice_kind(gateway, repeats=post.repeats),
        source=f"payment.{gateway}",
        ref=payment.ref,
        method="GET",
        url=voice.notice_url(post.payment, post.checksum),
        due=Instant(now + post.delay),
        injected=post.injected,
    )


def notice_kind(gateway: str, *, repeats: bool) -> str:
    return f"{gateway}.notice" if repeats else f"{gateway}.notice.once"


def first_notice(payment: Payment) -> str:
    """The id of the delivery that goes out first."""
    return f"{payment.id}/notice/1"


def _ended(payment: Payment, spec: GatewaySpec) -> Event:
    assert payment.outcome is not None, f"{payment.id} is open"
    told = spec.endings[payment.outcome]
    body: dict[str, Any] = {
        "amount": payment.amount,
        "transaction_no": payment.number if payment.outcome is Outcome.PAID else "0",
        "response_code": told.code,
        "transaction_status": told.status,
    }
    if payment.outcome is Outcome.PAID:
        return _event(payment, spec, "payment_settled", body)
    return _event(payment, spec, "payment_failed", {**body, "reason": payment.outcome.value})


def _event(payment: Payment, spec: GatewaySpec, word: str, body: dict[str, Any]) -> Event:
    return Event(source=f"payment.{spec.id}", word=word, ref=payment.ref, contract=payment.contract, body=body)
