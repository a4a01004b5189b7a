"""Money: begin a payment, believe a gateway only by checksum and amount, book one receipt for one payment."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import uuid4

from msgspec.structs import replace

from reference_portal.accounts import Account
from reference_portal.books import Change
from reference_portal.calls.vnpay import Bill, QueryFailed
from reference_portal.dossiers import DRAFT, HANDED_OVER, REFUSED, STOPPED, WITHDRAWN, Dossier, Refused
from reference_portal.fees import Payment, Receipt, Result, open_fees, paid_up
from reference_portal.notices import carry_out
from reference_portal.office import Office
from reference_portal.settings import RETURN_PATH
from reference_portal.steps import Counter, owned, settle_back

# Answers to a notice in the order of the gateway's own checks (specs/payment.md 1.6).
ANSWERS = {
    "00": "Confirm Success",
    "01": "Order not found",
    "02": "Order already confirmed",
    "04": "Invalid amount",
    "97": "Invalid signature",
    "99": "Unknown error",
}
_NOT_DONE = "01"
WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0)
"""Seconds between the questions to a gateway that is silent after a restart."""


async def pay(office: Office, person: Account | None, dossier_id: str, client: str) -> tuple[Payment, str]:
    """A new attempt for the first open fee, and where the browser goes; the amount is the server's."""
    dossier = owned(office, person, dossier_id, "pay")
    if dossier.state in (DRAFT, REFUSED, WITHDRAWN, STOPPED, HANDED_OVER) or not open_fees(dossier):
        raise Refused("nothing_to_pay", "Hồ sơ không có phí, lệ phí đang chờ nộp.")
    fee = open_fees(dossier)[0]
    rules = office.parts.rules.money
    now = office.now().replace(microsecond=0)
    earlier = tuple(payment for payment in office.books.find(Payment, about=dossier.id) if payment.fee == fee.id)
    payment = Payment(
        id=rules.reference(earlier, now), about=dossier.id, fee=fee.id, amount=fee.amount, created=now.isoformat()
    )

    def decide(change: Change) -> None:
        same = change.get(Payment, payment.id)
        change.put(replace(payment, version=same.version) if same else payment)

    await office.change(decide)
    bill = Bill(ref=payment.id, amount=rules.asked(fee.amount), info=f"Nop {fee.name} ho so {dossier.code}", ip=client)
    url = office.parts.calls.pay_url(
        office.settings.vnpay, bill, return_url=office.settings.origin + RETURN_PATH, now=now
    )
    return payment, url


async def notice(office: Office, params: Sequence[tuple[str, str]]) -> str:
    """The gateway's code for what became of its notice: checksum, reference, amount, state, in this order."""
    if not office.parts.calls.checksum_ok(office.settings.vnpay["hash_secret"], params):
        return "97"
    result = _result(params)
    return "99" if result is None else await settle(office, result)


async def settle(office: Office, result: Result) -> str:
    """Books a result: once, for the right amount, in one transaction with receipt and dossier."""
    rules = office.parts.rules.money
    payment = office.books.get(Payment, result.ref)
    if payment is None:
        return "01"
    answers: list[str] = []

    def decide(change: Change) -> Dossier:
        current = change.get(Payment, result.ref)
        assert current is not None, "payments are never removed"
        dossier = change.get(Dossier, current.about)
        assert dossier is not None, "dossiers are never removed"
        if not rules.same_amount(rules.asked(current.amount), result):
            answers.append("04")
        elif rules.final(current):
            answers.append("02")
        else:
            answers.append("00")
            dossier = _booked(office, change, dossier, (current, result))
        return dossier

    await carry_out(office, decide)
    return answers[-1]


async def reconcile(office: Office) -> None:
    """Asks the gateway about every payment whose notice has not come (specs/payment.md 13 row 8)."""
    if office.parts.rules.money.reconciles:
        await _asked_about(office, _pending(office))


def resume(office: Office) -> None:
    """After a restart: notices may have come while nobody listened, and the next comes in five minutes or never."""
    if office.parts.rules.money.reconciles and (pending := _pending(office)):
        office.tasks.start(_caught_up(office, pending))


async def _caught_up(office: Office, pending: tuple[Payment, ...]) -> None:
    """Until the gateway has spoken about each; it may be down at this very moment too."""
    for wait in (*WAITS, None):
        pending = await _asked_about(office, pending)
        if not pending or wait is None:
            return
        await asyncio.sleep(wait)


def _pending(office: Office) -> tuple[Payment, ...]:
    return tuple(payment for payment in office.books.every(Payment) if payment.state == "pending")


async def _asked_about(office: Office, payments: Sequence[Payment]) -> tuple[Payment, ...]:
    """Settles what the gateway knows; returns those about which it gave no answer that can be believed."""
    silent: list[Payment] = []
    for payment in payments:
        created = datetime.fromisoformat(payment.created)
        try:
            answer = await office.parts.calls.query(
                office.http, office.settings.vnpay, ref=payment.id, created=created, now=office.now()
            )
        except QueryFailed:
            silent.append(payment)
            continue
        if answer.found and answer.transaction_status:
            result = Result(
                ref=payment.id,
                amount=answer.amount,
                response_code=answer.response_code,
                transaction_status=answer.transaction_status,
                proof="query",
            )
            await settle(office, result)
    return tuple(silent)


async def returned(office: Office, query: str) -> Payment | None:
    """The payment that the browser came back from, to be shown; the way back proves nothing."""
    params = parse_qsl(query, keep_blank_values=True)
    if office.parts.rules.money.return_settles and (result := _result(params)):
        await settle(office, result)
    return office.books.get(Payment, dict(params).get("vnp_TxnRef", ""))


def counter_payment(office: Office, change: Change, dossier: Dossier) -> Dossier:
    """An officer took the money for the first open fee."""
    fees = open_fees(dossier)
    if not fees:
        raise Refused("nothing_to_pay", "Hồ sơ không có phí, lệ phí đang chờ nộp.")
    _write_receipt(office, change, dossier, ("counter", fees[0].amount))
    return settle_back(office, paid_up(dossier, fees[0].id))


def _booked(office: Office, change: Change, dossier: Dossier, told: tuple[Payment, Result]) -> Dossier:
    payment, result = told
    rules = office.parts.rules.money
    if not rules.succeeded(result.response_code, result.transaction_status):
        if result.transaction_status != _NOT_DONE:
            change.put(replace(payment, state="failed", proof=result.proof))
        return dossier
    excess = all(fee.id != payment.fee for fee in open_fees(dossier))
    change.put(replace(payment, state="paid", proof=result.proof, excess=excess))
    _write_receipt(office, change, dossier, (payment.id, payment.amount))
    if excess:
        return dossier
    # A prepaid fee that comes in starts the time of receipt anew (specs/portal.md 2.4).
    restarted = office.now().isoformat() if dossier.state == 1 else dossier.submitted
    settled = settle_back(office, replace(paid_up(dossier, payment.fee), submitted=restarted))
    change.put(settled)
    return settled


def _write_receipt(office: Office, change: Change, dossier: Dossier, paid: tuple[str, int]) -> None:
    counter = change.get(Counter, f"receipts-{dossier.agency}") or Counter(id=f"receipts-{dossier.agency}")
    change.put(replace(counter, last=counter.last + 1))
    change.put(
        Receipt(
            id=uuid4().hex,
            about=dossier.id,
            number=f"BL-{dossier.agency}-{counter.last + 1:06d}",
            amount=paid[1],
            payment=paid[0],
            payer=dossier.applicant,
            dossier_code=dossier.code,
            at=office.now().isoformat(),
        )
    )


def _result(params: Sequence[tuple[str, str]]) -> Result | None:
    told = dict(params)
    amount = told.get("vnp_Amount", "")
    if not told.get("vnp_TxnRef") or not (amount.isascii() and amount.isdigit()):
        return None
    return Result(
        ref=told["vnp_TxnRef"],
        amount=-1 if int(amount) % 100 else int(amount) // 100,  # a part of a đồng is nobody's amount
        response_code=told.get("vnp_ResponseCode", ""),
        transaction_status=told.get("vnp_TransactionStatus", ""),
        proof="notice",
    )
