"""What the control side is told of a payment: for the lab and for whoever looks for a mistake."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.clock import in_vietnam
from simulators.kernel.courier import Delivery
from simulators.kernel.plain import operation, refuse
from simulators.kernel.records import Instant
from simulators.kernel.wire import Route, answer
from simulators.payment.desk import Desk
from simulators.payment.records import Payment

CHECKOUT = "/paymentv2/Transaction/PaymentMethod.html"


class Waiting(msgspec.Struct):
    """A notice that is still to be sent."""

    attempt: int
    due: str
    injected: str


class State(msgspec.Struct):
    """`state` is open, otp (a card was taken), settled or failed; codes are "" while it is open."""

    ref: str
    contract: str
    gateway: str
    state: str
    amount: int
    order_info: str
    response_code: str
    transaction_status: str
    transaction_no: str
    created: str
    expires: str
    ended: str
    checkout: str
    notices: list[Waiting]


class States:
    """GET /control/payments/{ref}: the latest payment with this reference; ?contract= where several portals use it."""

    def __init__(self, desks: Sequence[Desk]) -> None:
        self._desks = desks

    def routes(self) -> tuple[Route, ...]:
        return (
            operation(
                "GET",
                "/control/payments/{ref:path}",
                "The state of the latest payment with this reference (?contract= narrows).",
                self.get,
                gives=State,
                errors={404: "no payment has this reference"},
            ),
        )

    async def get(self, request: Request, _given: None) -> Response:
        ref, contract = request.path_params["ref"], request.query_params.get("contract") or None
        store = self._desks[0].world.store
        found = await store.find(Payment, about=ref, contract=contract)
        if not found:
            return refuse(
                404, f"ref: no payment has the reference {ref!r}; the journal's payment_requested rows show refs."
            )
        payment = max(found, key=lambda each: each.begun)
        waiting = await store.find(Delivery, about=ref, contract=payment.contract)
        desk = next(desk for desk in self._desks if payment.id.startswith(f"{desk.spec.id}/"))
        return answer(_state(payment, desk, waiting))


def _state(payment: Payment, desk: Desk, waiting: Sequence[Delivery]) -> State:
    ending = desk.spec.endings[payment.outcome] if payment.outcome else None
    settled = ending is not None and ending.code == ending.status == "00"
    return State(
        ref=payment.ref,
        contract=payment.contract,
        gateway=desk.spec.id,
        state=("settled" if settled else "failed") if ending else ("otp" if payment.awaits_otp else "open"),
        amount=payment.amount,
        order_info=payment.asked.info,
        response_code=ending.code if ending else "",
        transaction_status=ending.status if ending else "",
        transaction_no=payment.number if settled else "0",
        created=_text(payment.begun),
        expires=_text(payment.expires),
        ended=_text(payment.ended) if payment.ended is not None else "",
        checkout=f"{desk.world.address(f'/payment/{desk.spec.id}')}{CHECKOUT}?token={payment.token}",
        notices=[Waiting(each.attempt, _text(each.due), each.injected) for each in waiting],
    )


def _text(instant: Instant) -> str:
    return in_vietnam(instant).isoformat(timespec="milliseconds")
