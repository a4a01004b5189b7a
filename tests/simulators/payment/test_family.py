"""The family: what a contract gets, what is declared, and what the control side is told."""

from __future__ import annotations

import re

import pytest

from simulators.catalog import BadOverride
from tests.simulators.payment.world import KEY, Bench, bench, story

BEARER = {"authorization": f"Bearer {KEY}"}


@story()
async def test_a_contract_gets_a_terminal_of_its_own(b: Bench) -> None:
    _, other = await b.agree(name="another")
    for section in (b.terminal, other):
        assert set(section) == {"tmn_code", "hash_secret", "pay_url", "api_url"}
        assert re.fullmatch("[A-Z0-9]{8}", section["tmn_code"])
        assert re.fullmatch("[A-Z0-9]{32}", section["hash_secret"])
        assert section["pay_url"] == "http://127.0.0.1:9000/payment/vnpay/paymentv2/vpcpay.html"
        assert section["api_url"] == "http://127.0.0.1:9000/payment/vnpay/merchant_webapi/api/transaction"
    assert b.terminal["tmn_code"] != other["tmn_code"]
    assert b.terminal["hash_secret"] != other["hash_secret"]


@story()
async def test_the_sites_of_faults_are_those_of_the_seams(b: Bench) -> None:
    assert set(b.family.fault_sites) == {"vnpay.notice", "vnpay.return", "vnpay.query"}


@story()
async def test_an_unknown_field_of_a_provider_refuses_to_start(b: Bench) -> None:
    with pytest.raises(BadOverride, match="otp_trys"):
        await bench({"vnpay": {"otp_trys": 1}})


@story()
async def test_the_state_of_a_payment_is_told_to_the_control_side_alone(b: Bench) -> None:
    assert (await b.http.get("/control/payments/T1")).status_code == 401
    assert (await b.http.get("/control/payments/T1", headers=BEARER)).status_code == 404
    token = await b.start(vnp_TxnRef="HS/1")
    state = (await b.http.get("/control/payments/HS/1", headers=BEARER)).json()
    assert (state["state"], state["amount"], state["response_code"]) == ("open", 10_000, "")
    assert state["checkout"].endswith(f"PaymentMethod.html?token={token}")
    await b.pay(token)
    reply = await b.http.get("/control/payments/HS/1", headers=BEARER, params={"contract": b.contract})
    state = reply.json()
    assert (state["state"], state["response_code"], state["transaction_status"]) == ("settled", "00", "00")
    assert [notice["attempt"] for notice in state["notices"]] == [1]
    assert b.terminal["hash_secret"] not in reply.text
    other = await b.http.get("/control/payments/HS/1", headers=BEARER, params={"contract": "c-another"})
    assert other.status_code == 404
