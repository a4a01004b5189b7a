"""querydr: authentic questions get signed answers; each code; and never a 5xx whatever is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.payment.wires.vnpay_query import QUERY_ANSWER_SIGNED, QUERY_SIGNED, REFUND_ANSWER_SIGNED, REFUND_SIGNED
from tests.simulators.payment.world import Bench, bench, form, sha512, story

API = "/payment/vnpay/merchant_webapi/api/transaction"
RIGHT = {
    "vnp_RequestId": "rq1",
    "vnp_Version": "2.1.0",
    "vnp_Command": "querydr",
    "vnp_TxnRef": "T1",
    "vnp_OrderInfo": "Truy van T1",
    "vnp_TransactionDate": "20260217093000",
    "vnp_CreateDate": "20260217093500",
    "vnp_IpAddr": "127.0.0.1",
}
REFUND = {"vnp_Command": "refund", "vnp_TransactionType": "02", "vnp_Amount": "1000000", "vnp_CreateBy": "can bo"}


def asked(terminal: Mapping[str, str], **fields: Any) -> dict[str, Any]:
    told = {**RIGHT, "vnp_TmnCode": terminal["tmn_code"], **fields}
    names = REFUND_SIGNED if told["vnp_Command"] == "refund" else QUERY_SIGNED
    base = "|".join(str(told.get(name, "")) for name in names)
    return {"vnp_SecureHash": sha512(terminal["hash_secret"], base), **told}


async def ask(b: Bench, **fields: Any) -> dict[str, str]:
    reply = await b.http.post(API, json=asked(b.terminal, **fields))
    assert reply.status_code == 200
    answer: dict[str, str] = reply.json()
    names = REFUND_ANSWER_SIGNED if answer["vnp_Command"] == "refund" else QUERY_ANSWER_SIGNED
    if answer["vnp_TmnCode"] == b.terminal["tmn_code"] and answer["vnp_ResponseCode"] != "03":
        assert answer["vnp_SecureHash"] == sha512(b.terminal["hash_secret"], "|".join(answer[name] for name in names))
    return answer


@story()
async def test_a_paid_payment_is_told_and_journalled(b: Bench) -> None:
    await b.pay(await b.start())
    answer = await ask(b)
    payment = await b.payment()
    assert answer["vnp_ResponseCode"] == answer["vnp_TransactionStatus"] == "00"
    assert answer["vnp_Amount"] == "1000000"
    assert answer["vnp_TransactionNo"] == payment.number
    assert (answer["vnp_BankCode"], answer["vnp_PayDate"]) == ("NCB", "20260217093000")
    assert answer["vnp_TransactionType"] == "01"
    (row,) = b.journal("payment_queried", ref="T1")
    assert row.body["answer"] == {name: value for name, value in answer.items() if name != "vnp_SecureHash"}


@story()
async def test_open_cancelled_and_expired_payments_are_told(b: Bench) -> None:
    await b.start()
    assert (await ask(b))["vnp_TransactionStatus"] == "01"
    cancelled = await b.start(vnp_TxnRef="T2")
    await b.post("Cancel", token=cancelled)
    assert (await ask(b, vnp_TxnRef="T2", vnp_RequestId="rq2"))["vnp_TransactionStatus"] == "02"
    await b.advance(minutes=15)
    answer = await ask(b, vnp_RequestId="rq3")
    assert (answer["vnp_ResponseCode"], answer["vnp_TransactionStatus"], answer["vnp_TransactionNo"]) == (
        "00",
        "02",
        "0",
    )


@story()
async def test_a_lost_notice_leaves_the_query(b: Bench) -> None:
    await b.fault("vnpay.notice", "lost", "T1")
    await b.pay(await b.start())
    assert await b.deliveries() == []
    answer = await ask(b)
    assert answer["vnp_ResponseCode"] == answer["vnp_TransactionStatus"] == "00"


@story()
async def test_each_refusal_by_its_code(b: Bench) -> None:
    await b.start()
    codes = [
        (await ask(b, vnp_TmnCode="NOBODY01"))["vnp_ResponseCode"],
        (await ask(b, vnp_SecureHash="0" * 128))["vnp_ResponseCode"],
        (await ask(b, vnp_TxnRef="T9"))["vnp_ResponseCode"],
        (await ask(b, vnp_TxnRef="T1"))["vnp_ResponseCode"],
        (await ask(b, vnp_RequestId="rq2", vnp_TransactionDate="20260217093001"))["vnp_ResponseCode"],
        (await ask(b, vnp_RequestId="rq3", vnp_Version="9"))["vnp_ResponseCode"],
        (await ask(b, vnp_RequestId="rq4"))["vnp_ResponseCode"],
        (await ask(b, vnp_RequestId="rq4"))["vnp_ResponseCode"],
        (await ask(b, vnp_RequestId="rq5", vnp_Command="genqr"))["vnp_ResponseCode"],
    ]
    assert codes == ["02", "97", "91", "94", "91", "03", "00", "94", "03"]
    assert [row.body["reason"] for row in b.journal("turned_away")] == [
        *("unknown_terminal", "wrong_checksum", "unknown_payment", "repeated_request", "unknown_payment"),
        *("bad_format", "repeated_request", "bad_format"),
    ]


@pytest.mark.parametrize("field", ["vnp_TransactionDate", "vnp_CreateDate"])
@story()
async def test_a_date_that_is_none_uses_no_request_id_up(b: Bench, field: str) -> None:
    await b.start()
    assert (await ask(b, **{field: "20269999999999"}))["vnp_ResponseCode"] == "03"
    assert (await ask(b))["vnp_ResponseCode"] == "00"


@story()
async def test_a_request_id_is_free_again_the_next_day(b: Bench) -> None:
    await b.start()
    assert (await ask(b))["vnp_ResponseCode"] == "00"
    await b.advance(days=1)
    assert (await ask(b))["vnp_ResponseCode"] == "00"


@story()
async def test_a_wrong_checksum_of_a_query_is_explained(b: Bench) -> None:
    await b.start()
    plain = {**RIGHT, "vnp_TmnCode": b.terminal["tmn_code"]}
    await ask(b, vnp_SecureHash=sha512(b.terminal["hash_secret"], form(plain)))
    (row,) = b.journal("turned_away")
    assert row.body["constructions"] == ["like_pay_url"]
    assert row.body["expected"].startswith("rq1|2.1.0|querydr|")


@story()
async def test_numbers_may_come_as_json_numbers(b: Bench) -> None:
    await b.start()
    answer = await ask(b, vnp_TransactionDate=20260217093000, vnp_CreateDate=20260217093500, vnp_TransactionNo=0)
    assert answer["vnp_ResponseCode"] == "00"


@pytest.mark.parametrize(
    "number", [{}, {"vnp_TransactionNo": ""}, {"vnp_TransactionNo": "0"}, {"vnp_TransactionNo": "12345678"}]
)
@story()
async def test_a_refund_is_authenticated_and_not_offered(b: Bench, number: dict[str, str]) -> None:
    await b.pay(await b.start())
    assert (await ask(b, **REFUND, **number))["vnp_ResponseCode"] == "99"
    assert b.journal("turned_away")[0].body["reason"] == "not_offered"
    assert (await ask(b, **REFUND, vnp_SecureHash="0"))["vnp_ResponseCode"] == "97"


@story()
async def test_a_refund_without_a_number_may_have_hashed_a_zero(b: Bench) -> None:
    hashed = asked(b.terminal, **REFUND, vnp_TransactionNo="0")
    del hashed["vnp_TransactionNo"]
    assert (await b.http.post(API, json=hashed)).json()["vnp_ResponseCode"] == "99"


@story()
async def test_a_planned_server_error_comes_once(b: Bench) -> None:
    await b.start()
    await b.fault("vnpay.query", "server_error", "T1")
    assert (await b.http.post(API, json=asked(b.terminal))).status_code == 502
    assert (await ask(b, vnp_RequestId="rq2"))["vnp_ResponseCode"] == "00"
    assert [row.body["site"] for row in b.journal("fault_used")] == ["vnpay.query"]


UNREADABLE = [
    *(
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff",
        b'{"vnp_TxnRef":{}}',
        b'{"vnp_TxnRef":true}',
        b'{"vnp_TxnRef":1e400}',
    ),
    *(b'{"vnp_TxnRef":"\\ud800"}', b'{"vnp_CreateDate":' + b"9" * 5000 + b"}", b"[" * 100_000, b"x" * 9_000_000),
]


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
@story()
async def test_what_cannot_be_read_is_03(b: Bench, body: bytes) -> None:
    reply = await b.http.post(API, content=body)
    assert reply.status_code == 200
    assert reply.json()["vnp_ResponseCode"] == "03"
    assert b.journal("turned_away")[0].body["reason"] == "unreadable"


@story()
async def test_ten_megabytes_in_one_field_are_03(b: Bench) -> None:
    reply = await b.http.post(API, json={"vnp_TmnCode": b.terminal["tmn_code"], "vnp_OrderInfo": "ộ" * 4_000_000})
    assert reply.json()["vnp_ResponseCode"] == "03"


@story()
async def test_long_fields_with_a_wrong_checksum_are_explained_without_delay(b: Bench) -> None:
    answer = await ask(b, vnp_SecureHash="0", vnp_OrderInfo="ộ" * 1_000_000)
    assert answer["vnp_ResponseCode"] == "97"


@story()
async def test_another_method_is_not_there(b: Bench) -> None:
    assert (await b.http.get(API)).status_code == 405


values = st.text(max_size=30) | st.integers() | st.none() | st.booleans() | st.lists(st.integers(), max_size=2)
bodies = st.dictionaries(st.sampled_from(REFUND_SIGNED) | st.text(max_size=10), values, max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies, st.booleans())
def test_no_body_makes_a_5xx(fields: dict[str, Any], signed: bool) -> None:
    async def play() -> httpx.Response:
        b = await bench()
        told = asked(b.terminal, **fields) if signed else fields
        reply = await b.http.post(API, content=msgspec.json.encode(told))
        b.world.store.close()
        await b.http.aclose()
        return reply

    assert asyncio.run(play()).status_code == 200
