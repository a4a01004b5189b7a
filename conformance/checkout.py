"""The gateway's checkout pages as a payer goes through them: bank, card, OTP; or "Huỷ thanh toán"."""

from dataclasses import dataclass

from conformance.browser import Browser, Page
from conformance.failures import NotExercised
from conformance.forms import Form, Value, request_of
from conformance.people import Citizen
from conformance.records import Payment

BANK = "bank-NCB"
"""Where every simulated citizen has a card."""


@dataclass(frozen=True)
class Checkout:
    """A payment at the gateway; `page` is where the browser arrived."""

    payment: Payment
    payer: Citizen
    browser: Browser
    page: Page

    @property
    def ref(self) -> str:
        return self.payment.ref

    @property
    def refused(self) -> str:
        """The gateway's error code where it turned the order away, else ""."""
        return self.page.html.text_of.get("error-code", "")

    @property
    def amount(self) -> str:
        """What the payer reads."""
        return self.page.html.text_of.get("amount", "")

    def pay(self) -> Page:
        """With the payer's own card, to the page at which the portal (or the gateway) puts the browser."""
        return self._ended(self._submit(self._otp_form(), {"otp": self.payer.card_otp}))

    def pay_unseen(self) -> str:
        """The same, but the browser does not follow the way back: the address of the return, unvisited."""
        return self._unseen(self._otp_form(), {"otp": self.payer.card_otp})

    def cancel(self) -> Page:
        """Press "Huỷ thanh toán"."""
        return self._ended(self._submit(self._form("cancel-form"), {}))

    def cancel_unseen(self) -> str:
        return self._unseen(self._form("cancel-form"), {})

    def _otp_form(self) -> Form:
        """Through bank and card."""
        if self.refused:
            raise NotExercised(f"the gateway turned the order away with {self.refused}: {self.page.html.words[:300]}")
        self.browser.click(self._shown().html.link(BANK), operation="checkout")
        payer = self.payer
        card: dict[str, Value] = {
            "card_number": payer.card,
            "card_holder": payer.card_holder,
            "card_date": payer.card_date,
        }
        self._submit(self._form("card-form"), card)
        return self._form("otp-form")

    def _form(self, key: str) -> Form:
        return self._shown().html.form(key)

    def _shown(self) -> Page:
        assert self.browser.page is not None, "the browser went to the gateway"
        return self.browser.page

    def _submit(self, form: Form, values: dict[str, Value]) -> Page:
        return self.browser.submit(form, values, operation="checkout")

    def _unseen(self, form: Form, values: dict[str, Value]) -> str:
        request = request_of(form, values, None)
        sent = self.browser.fetch(request.method, request.url, request.headers, request.body, operation="checkout")
        if not (target := sent.header("Location")):
            raise NotExercised(f"the gateway sent the browser nowhere ({sent.status}): {sent.html.words[:300]}")
        return target

    def _ended(self, page: Page) -> Page:
        if page.html.forms and "otp" in page.html.text_of.get("mistake", "").lower():
            raise NotExercised(f"the gateway did not take the payment: {page.html.words[:300]}")
        return page
