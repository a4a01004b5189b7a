"""Paying inside the app: an order with a means, and how it ends; the CA's own business, no gateway of a portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as other
from typing import Literal

from msgspec.structs import replace

from simulators.ca.enrolment import offers, steps
from simulators.ca.enrolment.case import Case
from simulators.ca.enrolment.letters import Prepared
from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.records import Order, OrderState, Purpose
from simulators.ca.enrolment.transitions import Action
from simulators.ca.turns import Turns
from simulators.kernel.records import Change, Event, Instant

Ending = Literal["pay", "fail", "cancel"]
ENDINGS: Mapping[Ending, OrderState] = {
    "pay": OrderState.PAID,
    "fail": OrderState.FAILED,
    "cancel": OrderState.CANCELLED,
}


def pay(case: Case, means: str, identity: str) -> Change:
    """An order of the package's price; an earlier one that waits is no longer the file's."""
    case.demand(Action.PAID)
    return _opened(case, _order(case, identity, means, Purpose.PACKAGE, case.opened.quote.amount))


def renew(case: Case, means: str, identity: str) -> Change:
    """An order of the same package for another term; the first renewal has the discount that signing up promised."""
    case.demand(Action.RENEW)
    file = case.opened
    package = case.spec.package(file.details.package)
    assert package is not None, "registration looked it up"
    quote = offers.renewal(package, file.quote.renewal_percent_off, file.renewals)
    return _opened(case, _order(case, identity, means, Purpose.RENEWAL, quote.amount))


def buy(case: Case, pack: str, means: str, identity: str) -> Change:
    """An order of turns, where the package counts them."""
    case.demand(Action.BUY_TURNS)
    package = case.spec.package(case.opened.details.package)
    assert package is not None, "registration looked it up"
    if not package.per_signature:
        why = f"the package {package.id} has no limit of signatures: there is nothing to buy"
        raise Refused(Reason.TURNS_NOT_COUNTED, why)
    if pack not in case.spec.turn_packs:
        known = ", ".join(case.spec.turn_packs)
        raise Refused(Reason.PACK_UNKNOWN, f"pack {pack[:20]!r} is not sold: choose one of {known}")
    order = _order(case, identity, means, Purpose.TURNS, case.spec.turn_packs[pack])
    return _opened(case, replace(order, turns=int(pack)))


def settled(case: Case, order: Order | None, ending: Ending, turns: Turns | None, prepared: Prepared) -> Change:
    """`turns` are those that are left. Failed and cancelled: another order may be made."""
    order = waiting(case, order)
    ended = replace(order, state=ENDINGS[ending])
    told = (_told(case, ended),)
    if ended.state is not OrderState.PAID:
        return Change((ended,), told, result=ended)
    if order.purpose is Purpose.PACKAGE:
        change = steps.paid(case, prepared)
    elif order.purpose is Purpose.TURNS:
        left = (turns.left if turns else 0) or 0
        change = case.move(Action.BUY_TURNS, Turns(id=case.id, left=left + order.turns))
    else:
        file = case.opened
        change = case.move(Action.RENEW, renewals=file.renewals + 1, serials=(*file.serials, prepared.serial))
    return other(change, records=(ended, *change.records), events=(*told, *change.events), result=ended)


def waiting(case: Case, order: Order | None) -> Order:
    """The order if it may still end, or Refused."""
    if order is None or order.enrolment != case.id:
        raise Refused(Reason.ORDER_UNKNOWN, "order names no order of this citizen here: pay opens one")
    if not is_open(case, order):
        raise Refused(Reason.ORDER_OVER, "order is over, or another took its place: pay opens a new one")
    return order


def ended(order: Order, now: Instant) -> Change:
    """By the control side: nobody confirmed it in time."""
    open_yet = order.state is OrderState.WAITING and now < order.expires
    return Change((replace(order, expires=now),)) if open_yet else Change()


def is_open(case: Case, order: Order) -> bool:
    """Whether it may still end."""
    newest = case.file is not None and case.file.order == order.id
    return newest and order.state is OrderState.WAITING and case.now < order.expires


def _opened(case: Case, order: Order) -> Change:
    return Change((order, replace(case.opened, order=order.id)), (_told(case, order),), result=order)


def _order(case: Case, identity: str, means: str, purpose: Purpose, amount: int) -> Order:
    if means not in case.spec.means:
        known = ", ".join(case.spec.means)
        raise Refused(Reason.MEANS_UNKNOWN, f"means {means[:40]!r} is not taken: choose one of {known}")
    expires = Instant(case.now + case.spec.payment_window)
    return Order(id=identity, enrolment=case.id, purpose=purpose, amount=amount, means=means, expires=expires)


def _told(case: Case, order: Order) -> Event:
    body = {"order": order.id, "for": order.purpose.value, "state": order.state.value, "amount": order.amount}
    return case.event("enrolment_payment", **body, means=order.means)
