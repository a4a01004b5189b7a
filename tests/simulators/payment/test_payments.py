"""The life of a payment: who may type what how often, when its time is over, and that nothing ends twice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from simulators.kernel.clock import MINUTE
from simulators.kernel.records import Instant
from simulators.payment import payments
from simulators.payment.cards import Typed
from simulators.payment.providers.vnpay import PROVIDER as VNPAY
from simulators.payment.records import Asked, Payment, Terminal
from simulators.payment.spec import Card, Outcome, Reason, Refused

NOW = Instant(1_771_295_400_000)
ASKED = Asked(
    ref="T1", amount=10_000, info="Le phi", return_url="http://m.example/ve", ip="127.0.0.1", locale="vn", bank="",
    created=NOW, expires=Instant(NOW + 15 * MINUTE),
)  # fmt: skip
OPEN = Payment(
    id="vnpay/SIMTMN01/20260217/T1", ref="T1", terminal=Terminal(code="SIMTMN01", secret="s"), asked=ASKED, token="t",
    number="12345678", extra=False, begun=NOW, expires=Instant(NOW + 15 * MINUTE), due=Instant(NOW + 15 * MINUTE),
)  # fmt: skip
CARD = Card("9704198526191432198", "NGUYEN VAN A", "07/15", "NCB")
RIGHT = Typed("9704198526191432198", "NGUYEN VAN A", "07/15")
WRONG = Typed("9704198526191432198", "NGUYEN VAN B", "07/15")


def card_given() -> Payment:
    return payments.give_card(OPEN, RIGHT, CARD, VNPAY, NOW)


def test_a_card_then_its_otp_pays() -> None:
    asked = card_given()
    assert asked.awaits_otp
    assert not asked.outcome
    paid = payments.give_otp(asked, "123456", VNPAY, NOW)
    assert (paid.outcome, paid.ended, paid.due) == (Outcome.PAID, NOW, None)


def test_wrong_card_data_may_be_typed_three_times_and_the_fourth_ends_it() -> None:
    payment = OPEN
    for _ in range(VNPAY.card_tries):
        payment = payments.give_card(payment, WRONG, CARD, VNPAY, NOW)
        assert payment.outcome is None
    assert payments.give_card(payment, WRONG, CARD, VNPAY, NOW).outcome is Outcome.WRONG_CARD


def test_the_last_wrong_otp_ends_it_and_the_one_before_does_not() -> None:
    payment = card_given()
    for _ in range(VNPAY.otp_tries - 1):
        payment = payments.give_otp(payment, "000000", VNPAY, NOW)
        assert payment.outcome is None
    assert payments.give_otp(payment, "000000", VNPAY, NOW).outcome is Outcome.WRONG_OTP
    assert payments.give_otp(payment, "123456", VNPAY, NOW).outcome is Outcome.PAID


def test_an_otp_before_any_card_changes_nothing() -> None:
    assert payments.give_otp(OPEN, "123456", VNPAY, NOW) == OPEN


@pytest.mark.parametrize("late", [0, 1])
def test_the_window_ends_at_its_very_instant(late: int) -> None:
    there = Instant(OPEN.expires + late)
    assert payments.lapse(OPEN, Instant(OPEN.expires - 1)) == OPEN
    assert payments.lapse(OPEN, there).outcome is Outcome.EXPIRED
    assert payments.give_otp(card_given(), "123456", VNPAY, there).outcome is Outcome.EXPIRED
    assert payments.give_card(OPEN, RIGHT, CARD, VNPAY, there).outcome is Outcome.EXPIRED
    assert payments.cancel(OPEN, there).outcome is Outcome.EXPIRED


@pytest.mark.parametrize("outcome", Outcome)
def test_nothing_ends_twice(outcome: Outcome) -> None:
    ended = payments.close(OPEN, outcome, NOW)
    for step in (
        lambda: payments.cancel(ended, NOW),
        lambda: payments.give_otp(ended, "123456", VNPAY, NOW),
        lambda: payments.give_card(ended, RIGHT, CARD, VNPAY, NOW),
    ):
        with pytest.raises(Refused) as refused:
            step()
        assert refused.value.reason is Reason.OVER
    assert payments.lapse(ended, Instant(OPEN.expires + 1)) == ended


@pytest.mark.parametrize(
    ("prefix", "url", "approved"),
    [
        ("http://m.example", "http://m.example/any", True),
        ("http://m.example/pay", "http://m.example/pay", True),
        ("http://m.example/pay", "http://m.example/pay/return?x=1", True),
        ("http://m.example/pay/", "http://m.example/pay/return", True),
        ("http://m.example/pay", "http://m.example/payment", False),
        ("http://m.example", "http://m.example.evil.example/any", False),
        ("http://m.example:80", "http://m.example:8080/any", False),
        ("https://m.example", "http://m.example/any", False),
        ("http://m.example/pay", "http://m.example/", False),
        ("", "http://anywhere.example/", True),
    ],
)
def test_a_return_url_must_lie_under_the_approved_prefix(prefix: str, url: str, approved: bool) -> None:
    terminal = replace(OPEN.terminal, return_prefix=prefix)
    asked = replace(ASKED, return_url=url)
    if approved:
        payments.check(asked, terminal, VNPAY, NOW)
        return
    with pytest.raises(Refused) as refused:
        payments.check(asked, terminal, VNPAY, NOW)
    assert refused.value.reason is Reason.RETURN_NOT_APPROVED


def test_an_expiry_that_is_reached_is_too_late() -> None:
    payments.check(ASKED, OPEN.terminal, VNPAY, Instant(ASKED.expires - 1))
    with pytest.raises(Refused, match=r"GMT\+7"):
        payments.check(ASKED, OPEN.terminal, VNPAY, ASKED.expires)
