"""What a citizen can do in a CA's app: a row for each act, with the form that it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simulators.ca.desk.enrolling import Account, Enrolling
from simulators.ca.enrolment import standing
from simulators.ca.enrolment.records import Order, Paper
from simulators.ca.enrolment.transitions import NEXT
from simulators.ca.wires import app_types as forms
from simulators.ca.wires.app_types import Shown, ShownOrder, ShownPaper
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import in_vietnam

Run = Callable[[Enrolling, Citizen, Any], Awaitable[None]]


@dataclass(frozen=True)
class Act:
    """One row: the last word of its path, what it is, its form, and what the desk does."""

    name: str
    text: str
    takes: type
    run: Run


async def _register(desk: Enrolling, citizen: Citizen, given: forms.Register) -> None:
    await desk.register(citizen, given.details(given.package, given.channel), given.device)


async def _contract(desk: Enrolling, citizen: Citizen, given: forms.Contract) -> None:
    await desk.sign_contract(citizen, agreed=given.agree == "yes")


ACTS = (
    Act("register", "Register: details as on the card, contact, package.", forms.Register, _register),
    Act("pay", "Open an order of the package's price.", forms.Pay, lambda d, c, g: d.pay(c, g.means)),
    Act(
        "settle",
        "End an order: paid, failed, cancelled.",
        forms.Settle,
        lambda d, c, g: d.settle(c, g.order, g.outcome),
    ),
    Act("resend", "Have another activation code sent.", forms.Nothing, lambda d, c, _g: d.resend(c)),
    Act(
        "activate",
        "Activate the account with the code, within 48 hours.",
        forms.Activate,
        lambda d, c, g: d.activate(c, g.code, g.password),
    ),
    Act(
        "identify",
        "eKYC: the card's photograph and the face.",
        forms.Identify,
        lambda d, c, g: d.identify(c, g.card_number.strip(), g.face),
    ),
    Act("contract", "Sign the contract; the CA appraises from now on.", forms.Contract, _contract),
    Act("update", "Correct a refused file.", forms.Update, lambda d, c, g: d.update(c, g.details("", ""))),
    Act(
        "minutes",
        "Sign the acceptance minutes: the certificate can sign.",
        forms.Minutes,
        lambda d, c, g: d.sign_minutes(c, g.password),
    ),
    Act("turns", "Open an order of signing turns.", forms.Turns, lambda d, c, g: d.buy(c, g.pack, g.means)),
    Act("renew", "Open an order of another term.", forms.Pay, lambda d, c, g: d.renew(c, g.means)),
    Act(
        "certificate",
        "Suspend, unsuspend or revoke every certificate that is not over.",
        forms.Certificate,
        lambda d, c, g: d.change_certificate(c, g.change, g.password),
    ),
)


def shown(account: Account) -> Shown:
    case = account.case
    file = case.file
    held = standing.standings(account.certificates, account.tries, account.turns, case.now)
    papers = [paper for paper in (file.contract_paper, file.minutes) if paper] if file else []
    return Shown(
        stage=case.stage.value,
        next=NEXT[case.stage],
        package=file.details.package if file else "",
        amount=file.quote.amount if file else 0,
        months=file.quote.months if file else 0,
        renewal_percent_off=file.quote.renewal_percent_off if file else 0,
        promotions=list(file.quote.promotions) if file else [],
        order=_order(account.order) if account.order else None,
        refusal=file.refusal if file else "",
        papers=[_paper(paper) for paper in papers],
        serials=list(file.serials) if file else [],
        standings=[one.value for one in held],
        turns=account.turns.left if account.turns else None,
    )


def _order(order: Order) -> ShownOrder:
    expires = in_vietnam(order.expires).isoformat(timespec="seconds")
    return ShownOrder(order.id, order.purpose.value, order.amount, order.means, expires)


def _paper(paper: Paper) -> ShownPaper:
    return ShownPaper(paper.title, paper.text, paper.digest, paper.signature)
