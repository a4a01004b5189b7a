"""VNPAY's words: what return and notice say, and when an answer ends the notices."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from simulators.kernel.clock import MINUTE
from simulators.kernel.courier import Outcome as Answer
from simulators.payment import payments
from simulators.payment.providers.vnpay import PROVIDER as VNPAY
from simulators.payment.records import Payment
from simulators.payment.spec import Card, Outcome, Reason
from simulators.payment.wires.vnpay_fields import acknowledged, notice_kinds, told, voice_of
from tests.simulators.payment.test_payments import ASKED, NOW, OPEN
from tests.simulators.payment.world import is_signed, query_of

CARD = Card("9704198526191432198", "NGUYEN VAN A", "07/15", "NCB")
OPTIONAL = {"vnp_BankTranNo", "vnp_CardType", "vnp_PayDate"}
ALWAYS = {
    *("vnp_TmnCode", "vnp_Amount", "vnp_BankCode", "vnp_OrderInfo", "vnp_TransactionNo", "vnp_ResponseCode"),
    *("vnp_TransactionStatus", "vnp_TxnRef"),
}


def ended(outcome: Outcome, card: Card | None = CARD) -> Payment:
    return payments.close(replace(OPEN, card=card), outcome, NOW)


@pytest.mark.parametrize("outcome", Outcome)
def test_each_end_is_told_with_the_documents_parameters(outcome: Outcome) -> None:
    fields = told(ended(outcome), VNPAY)
    assert set(fields) >= ALWAYS
    assert set(fields) <= ALWAYS | OPTIONAL
    assert fields["vnp_Amount"] == "1000000"


def test_a_cancel_before_any_choice_is_told_as_it_was_captured() -> None:
    fields = told(ended(Outcome.CANCELLED, None), VNPAY)
    assert "vnp_BankTranNo" not in fields
    assert {name: fields[name] for name in ("vnp_BankCode", "vnp_CardType", "vnp_TransactionNo")} == {
        "vnp_BankCode": "VNPAY",
        "vnp_CardType": "QRCODE",
        "vnp_TransactionNo": "0",
    }
    assert (fields["vnp_ResponseCode"], fields["vnp_TransactionStatus"]) == ("24", "02")


def test_a_return_url_keeps_its_own_query_and_fragment() -> None:
    payment = replace(ended(Outcome.PAID), asked=replace(ASKED, return_url="http://m.example/ve?x=1#top"))
    url = voice_of(VNPAY).return_url(payment)
    assert url.startswith("http://m.example/ve?x=1&vnp_Amount=")
    assert url.endswith("#top")


@pytest.mark.parametrize(("how", "right"), [("right", True), ("wrong", False), ("missing", False), ("empty", False)])
def test_a_notice_is_signed_or_spoiled(how: str, right: bool) -> None:
    payment = ended(Outcome.PAID)
    url = voice_of(VNPAY).notice_url(replace(payment, terminal=replace(payment.terminal, notice_url="http://m/i")), how)  # type: ignore[arg-type]  # the table's words
    assert is_signed(url, "s") is right
    assert ("vnp_SecureHash" in query_of(url)) is (how != "missing")


@pytest.mark.parametrize(
    ("status", "answer", "ends"),
    [
        (200, '{"RspCode":"00","Message":"Confirm Success"}', True),
        (200, ' {"Message":"x", "RspCode":"02"}\n', True),
        (200, '{"RspCode":"01"}', False),
        (200, '{"RspCode":"04"}', False),
        (200, '{"RspCode":"97"}', False),
        (200, '{"RspCode":"99"}', False),
        (200, '{"rspCode":"00"}', False),
        (200, '{"RspCode":0}', False),
        (200, '{"RspCode":["00"]}', False),
        (200, '["00"]', False),
        (200, "OK", False),
        (200, "[" * 60_000, False),
        (200, "", False),
        (201, '{"RspCode":"00"}', False),
        (500, '{"RspCode":"00"}', False),
        (302, "", False),
        (None, "", False),
    ],
)
def test_only_00_and_02_in_a_200_json_answer_end_the_notices(status: int | None, answer: str, ends: bool) -> None:
    assert acknowledged(Answer(status, answer), VNPAY) is ends


def test_ten_attempts_five_minutes_apart_and_no_eleventh() -> None:
    repeating, once = notice_kinds(VNPAY)
    silence = Answer(None, "", "refused")
    for attempt in range(1, 10):
        assert repeating.again(attempt, silence, NOW) == NOW + 5 * MINUTE
    assert repeating.again(10, silence, NOW) is None
    assert once.again(1, silence, NOW) is None


def test_every_reason_has_its_word_at_a_door() -> None:
    assert set(VNPAY.page_words) | set(VNPAY.query_words) == set(Reason)
    assert set(VNPAY.endings) == set(Outcome)
