"""VNPAY's checkout pages: choose a bank, card, OTP, cancel, result; each is a plain form at its own URL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.kernel.clock import SECOND
from simulators.kernel.wire import Route
from simulators.payment.cards import Typed
from simulators.payment.desk import Desk
from simulators.payment.pages import page
from simulators.payment.records import Payment
from simulators.payment.spec import Bank, Outcome, Reason, Refused

LONGEST_INPUT = 200


class Opened(msgspec.Struct, frozen=True):
    """`token` is the checkout's; `bank` is what was chosen on the first page."""

    token: str = ""
    bank: str = ""


class CardForm(msgspec.Struct, frozen=True):
    """What the card page sends."""

    token: str = ""
    bank: str = ""
    card_number: str = ""
    card_holder: str = ""
    card_date: str = ""
    cvv: str = ""


class OtpForm(msgspec.Struct, frozen=True):
    """What the OTP page sends."""

    token: str = ""
    otp: str = ""


Handler = Callable[[Request, Payment, "Opened | CardForm | OtpForm"], Awaitable[Response]]


class Checkout:
    """The pages of one gateway."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._spec = desk.spec
        self._path = f"/payment/{desk.spec.id}/paymentv2"

    def routes(self) -> tuple[Route, ...]:
        return (
            self._get("PaymentMethod", "Choose how to pay.", self.methods),
            self._get("Card", "The card form of one bank; for VNPAYQR the code to scan.", self.card),
            self._post("Card", "A card: on to the OTP, or back to the merchant.", CardForm, self.give_card),
            self._get("Otp", "Asks for the bank's OTP.", self.otp),
            self._post("Otp", "The OTP: paid and back to the merchant, or asked again.", OtpForm, self.give_otp),
            self._post("Cancel", "The payer gives up: back to the merchant.", Opened, self.cancel),
            self._get("Result", "What became of a payment that has ended.", self.result),
        )

    def first_page(self, payment: Payment) -> str:
        """The card form where the merchant named a bank, otherwise the choice."""
        named = next((bank for bank in self._spec.banks if bank.code == payment.asked.bank), None)
        return self._to("Card", payment, f"&bank={named.code}") if named else self._to("PaymentMethod", payment)

    async def methods(self, _request: Request, payment: Payment, _given: object) -> Response:
        return self._page("methods", payment, banks=self._offered(payment))

    async def card(self, _request: Request, payment: Payment, given: object) -> Response:
        assert isinstance(given, Opened)
        bank = self._bank(given.bank, payment)
        if bank is None:
            return _redirect(self._to("PaymentMethod", payment))
        if payment.awaits_otp:
            return _redirect(self._to("Otp", payment))
        return self._page("card", payment, bank=bank, typed=CardForm(), mistake="")

    async def give_card(self, _request: Request, payment: Payment, given: object) -> Response:
        assert isinstance(given, CardForm)
        bank = self._bank(given.bank, payment)
        if bank is None:
            return _redirect(self._to("PaymentMethod", payment))
        if payment.awaits_otp:
            return _redirect(self._to("Otp", payment))
        if not given.card_number.strip() and self._needs_number(bank):
            return self._page("card", payment, bank=bank, typed=given, mistake="Vui lòng nhập số thẻ.")
        typed = Typed(
            *(text[:LONGEST_INPUT] for text in (given.card_number, given.card_holder, given.card_date, given.cvv))
        )
        after = await self._desk.give_card(payment, bank.code, typed)
        if after.outcome:
            return await self._leave(after)
        if after.awaits_otp:
            return _redirect(self._to("Otp", after))
        left = self._spec.card_tries - after.wrong_cards
        mistake = "Thông tin thẻ không đúng. " + (f"Còn {left} lần nhập lại." if left else "Đây là lần nhập cuối.")
        return self._page("card", after, bank=bank, typed=given, mistake=mistake)

    async def otp(self, _request: Request, payment: Payment, _given: object) -> Response:
        if not payment.awaits_otp:
            return _redirect(self.first_page(payment))
        return self._page("otp", payment, mistake="")

    async def give_otp(self, _request: Request, payment: Payment, given: object) -> Response:
        assert isinstance(given, OtpForm)
        if not payment.awaits_otp:
            return _redirect(self.first_page(payment))
        if not given.otp.strip():
            return self._page("otp", payment, mistake="Vui lòng nhập mã OTP.")
        after = await self._desk.give_otp(payment, given.otp[:LONGEST_INPUT])
        if after.outcome:
            return await self._leave(after)
        left = self._spec.otp_tries - after.wrong_otps
        return self._page("otp", after, mistake=f"Mã OTP không đúng. Còn {left} lần nhập.")

    async def cancel(self, _request: Request, payment: Payment, _given: object) -> Response:
        return await self._leave(await self._desk.cancel(payment))

    async def result(self, _request: Request, payment: Payment, _given: object) -> Response:
        if payment.outcome is None:
            return _redirect(self.first_page(payment))
        ending = self._spec.endings[payment.outcome]
        back = "" if payment.left_behind else self._desk.voice.return_url(payment)
        return page("result", payment=payment, ending=ending, back=back, paid=payment.outcome is Outcome.PAID)

    async def _leave(self, payment: Payment) -> Response:
        """Back to the merchant; after the window, to the error page."""
        if payment.outcome is Outcome.EXPIRED:
            return self._error(Reason.TOO_LATE)
        await self._desk.notice_answered(payment)
        return _redirect(self._to("Result", payment) if payment.left_behind else self._desk.voice.return_url(payment))

    def _get(self, name: str, text: str, handler: Handler) -> Route:
        return Route("GET", self._url(name), text, self._opened(handler), self._unreadable, "query", Opened)

    def _post(self, name: str, text: str, takes: type[msgspec.Struct], handler: Handler) -> Route:
        return Route("POST", self._url(name), text, self._opened(handler), self._unreadable, "form", takes)

    def _opened(self, handler: Handler) -> Callable[[Request, Opened | CardForm | OtpForm], Awaitable[Response]]:
        async def handle(request: Request, given: Opened | CardForm | OtpForm) -> Response:
            try:
                payment = await self._desk.open(given.token)
                if payment.outcome is Outcome.EXPIRED:
                    return self._error(Reason.TOO_LATE)
                if payment.outcome is not None and handler != self.result:
                    return _redirect(self._to("Result", payment))
                return await handler(request, payment, given)
            except Refused as refused:
                if refused.reason is Reason.OVER:
                    return _redirect(self._url("Result") + f"?token={given.token}")
                return self._error(refused.reason)

        return handle

    async def _unreadable(self, _request: Request, why: str) -> Response:
        await self._desk.turn_away(Refused(Reason.UNREADABLE, why), self._spec.page_words[Reason.UNREADABLE].code)
        return self._error(Reason.UNREADABLE)

    def _page(self, template: str, payment: Payment, **values: Any) -> Response:
        seconds = max(0, (payment.expires - self._desk.world.store.now()) // SECOND)
        return page(template, payment=payment, path=f"{self._path}/Transaction", seconds=seconds, **values)

    def _offered(self, payment: Payment) -> list[Bank]:
        """All, or those of the bank or group that the merchant named."""
        wanted = payment.asked.bank
        return [bank for bank in self._spec.banks if not wanted or wanted in (bank.code, bank.group)]

    def _bank(self, code: str, payment: Payment) -> Bank | None:
        return next((bank for bank in self._offered(payment) if bank.code == code), None)

    def _needs_number(self, bank: Bank) -> bool:
        """A code that is scanned has none."""
        return not any(card.bank == bank.code and not card.number for card in self._spec.cards)

    def _url(self, name: str) -> str:
        return f"{self._path}/Transaction/{name}.html"

    def _to(self, name: str, payment: Payment, more: str = "") -> str:
        return f"{self._url(name)}?token={payment.token}{more}"

    def _error(self, reason: Reason) -> Response:
        return RedirectResponse(f"{self._path}/Payment/Error.html?code={self._spec.page_words[reason].code}", 302)


def _redirect(url: str) -> Response:
    """The URL as it was written: a merchant's checksum is over these bytes."""
    return Response(status_code=302, headers={"location": url})
