"""What follows an end: the notices that are due, the right one where a bad one went first, and what is marked as injected."""

from __future__ import annotations

from dataclasses import replace as altered
from typing import Any

import pytest
from msgspec.structs import replace

from simulators.kernel.clock import MINUTE
from simulators.kernel.faults import NOTHING, Taken
from simulators.payment import payments
from simulators.payment.effects import NOTICE
from simulators.payment.notices import Faults, Post, ending, plan
from simulators.payment.providers.vnpay import PROVIDER as VNPAY
from simulators.payment.spec import Outcome
from simulators.payment.wires.vnpay_fields import voice_of
from tests.simulators.payment.test_payments import NOW, OPEN

KNOWN = replace(OPEN, terminal=replace(OPEN.terminal, notice_url="http://m.example/ipn"))
PAID = payments.close(KNOWN, Outcome.PAID, NOW)
LATER = 5 * MINUTE


def taken(effect: str, **args: Any) -> Taken:
    return Taken(effect, args, (), ())


def posts(effect: str, **args: Any) -> list[Post]:
    return plan(PAID, taken(effect, **args), VNPAY)


def test_every_declared_effect_has_a_plan() -> None:
    for effect in ("", *NOTICE):
        for post in posts(effect):
            assert post.injected in ("", effect)


def test_without_a_fault_one_right_notice_is_due_at_once() -> None:
    assert posts("") == [Post(PAID)]


@pytest.mark.parametrize(
    "outcome", [outcome for outcome in Outcome if not outcome.name.endswith(("HALF", "HALF_DONE"))]
)
def test_failed_payments_are_notified_too(outcome: Outcome) -> None:
    ended = payments.close(KNOWN, outcome, NOW)
    assert plan(ended, NOTHING, VNPAY) == [Post(ended)]


def test_nobody_is_notified_without_an_address_or_where_the_spec_is_silent() -> None:
    assert plan(payments.close(OPEN, Outcome.PAID, NOW), NOTHING, VNPAY) == []
    expired = payments.close(KNOWN, Outcome.EXPIRED, NOW)
    assert plan(expired, NOTHING, altered(VNPAY, notice_on_expiry=False)) == []


def test_a_lost_notice_is_never_sent() -> None:
    assert posts("lost") == []


def test_a_late_notice_is_the_right_one_put_off() -> None:
    assert posts("late") == [Post(PAID, delay=LATER, injected="late")]


def test_a_duplicate_follows_the_right_one() -> None:
    first, second = posts("duplicate")
    assert (first.injected, second.injected) == ("", "duplicate")
    assert second.delay == VNPAY.duplicate_after
    assert second.payment == first.payment == PAID


@pytest.mark.parametrize(("args", "count"), [({}, 10), ({"count": 1}, 1), ({"count": 64}, 64)])
def test_parallel_notices_are_due_at_once(args: dict[str, Any], count: int) -> None:
    made = posts("parallel", **args)
    assert len(made) == count
    assert {post.delay for post in made} == {0}
    assert [post.injected for post in made] == [""] + ["parallel"] * (count - 1)


BAD = ["wrong_checksum", "missing_checksum", "wrong_amount", "another_order", "half_success"]


@pytest.mark.parametrize("effect", BAD)
def test_a_bad_notice_goes_first_and_the_right_one_is_the_next_attempt(effect: str) -> None:
    bad, right = posts(effect)
    assert (bad.injected, bad.delay, bad.repeats) == (effect, 0, False)
    assert right == Post(PAID, delay=LATER)


@pytest.mark.parametrize("effect", BAD)
def test_a_bad_notice_may_be_alone(effect: str) -> None:
    (bad,) = posts(effect, alone=True)
    assert bad.injected == effect


def test_what_a_bad_notice_says() -> None:
    assert posts("wrong_checksum")[0].checksum == "wrong"
    assert posts("missing_checksum")[0].checksum == "missing"
    assert posts("missing_checksum", empty=True)[0].checksum == "empty"
    assert posts("wrong_amount")[0].payment.amount == PAID.amount + 1000
    assert posts("wrong_amount", amount=7)[0].payment.amount == 7
    assert posts("another_order")[0].payment.ref.startswith("SIT_NOTFOUND_")
    assert posts("another_order", ref="T2")[0].payment.ref == "T2"
    assert posts("half_success")[0].payment.outcome is Outcome.HALF_DONE
    assert posts("half_success", other=True)[0].payment.outcome is Outcome.OTHER_HALF


def test_a_late_notice_is_the_right_one_at_the_time_of_the_next_attempt() -> None:
    (post,) = posts("late")
    assert post == Post(PAID, delay=LATER, injected="late")


def test_a_failure_follows_the_success() -> None:
    first, second = posts("failure_after_success")
    assert first == Post(PAID)
    assert (second.payment.outcome, second.injected) == (Outcome.CANCELLED, "failure_after_success")


def test_the_right_notice_with_another_field_or_before_the_return_is_repeated_as_the_rule_says() -> None:
    for effect in ("extra_field", "before_return"):
        (post,) = posts(effect)
        assert (post.injected, post.checksum, post.repeats) == (effect, "right", True)
    assert posts("extra_field")[0].payment.extra


def test_the_end_of_a_payment_is_one_change() -> None:
    change = ending(PAID, Faults(NOTHING, NOTHING), voice_of(VNPAY), VNPAY, NOW)
    assert [event.word for event in change.events] == ["payment_settled", "payment_returned"]
    payment, delivery = change.records
    assert payment == PAID
    assert (delivery.method, delivery.kind, delivery.ref) == ("GET", "vnpay.notice", "T1")


def test_a_browser_that_is_left_behind_does_not_return() -> None:
    change = ending(PAID, Faults(NOTHING, taken("lost")), voice_of(VNPAY), VNPAY, NOW)
    assert [event.word for event in change.events] == ["payment_settled"]
    assert change.result.left_behind
