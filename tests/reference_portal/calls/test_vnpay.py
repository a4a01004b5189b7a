import asyncio
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import respx

from reference_portal.calls import vnpay
from reference_portal.calls.vnpay import Bill, QueryAnswer, QueryFailed

SECRET = "SIMSECRETSIMSECRETSIMSECRETSIM01"
API = "http://127.0.0.1:4/merchant_webapi/api/transaction"
SHEET = {"tmn_code": "SIMTMN01", "hash_secret": SECRET, "pay_url": "http://127.0.0.1:4/vpcpay.html", "api_url": API}
MADE = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
BILL = Bill(ref="T1", amount=10000, info="Nop le phi ho so 123", ip="127.0.0.1")
PAID = (
    "vnp_Amount=1000000&vnp_BankCode=NCB&vnp_BankTranNo=VNP14226112&vnp_CardType=ATM&vnp_OrderInfo=Nop+le+phi+ho+so+123"
    "&vnp_PayDate=20261121100503&vnp_ResponseCode=00&vnp_TmnCode=SIMTMN01&vnp_TransactionNo=14226112"
    "&vnp_TransactionStatus=00&vnp_TxnRef=T1"
)
PAID_HASH = (
    "e6413e09c1d420f3fd81cc2517eefb13b927ffc4d942ace66b3d11f0539bd8c9"
    "6083233cbb1428975430bc9496645d998d821bfe385d9f459b0b9122cbf43cd4"
)


def url(bill: Bill = BILL, now: datetime = MADE, back: str = "http://m.example/return?x=1") -> str:
    return vnpay.pay_url(SHEET, bill, return_url=back, now=now)


def fields(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def notice(text: str = PAID, checksum: str = PAID_HASH) -> list[tuple[str, str]]:
    return [*parse_qsl(text, keep_blank_values=True), ("vnp_SecureHash", checksum)]


def test_the_pay_url_is_the_published_vector():
    assert url().endswith(
        "vnp_ReturnUrl=http%3A%2F%2Fm.example%2Freturn%3Fx%3D1&vnp_TmnCode=SIMTMN01&vnp_TxnRef=T1&vnp_Version=2.1.0"
        "&vnp_SecureHash=632fbf26155ca0976f08804e8a100321d7dd3c885eaa42421ea70933fb5a3f9f"
        "8cf08e6f5f7b254fb0c31a8891a4b7ad48f7ab50eea5dc28b6a9a536ac8a2121"
    )


def test_the_amount_is_a_hundredfold_and_the_window_fifteen_minutes():
    told = fields(url())

    assert told["vnp_Amount"] == "1000000"
    assert (told["vnp_CreateDate"], told["vnp_ExpireDate"]) == ("20261121100000", "20261121101500")


@pytest.mark.parametrize(
    ("now", "made", "ends"),
    [
        (datetime(2026, 11, 21, 6, 5, tzinfo=UTC), "20261121130500", "20261121132000"),
        (datetime(2026, 12, 31, 16, 50, tzinfo=UTC), "20261231235000", "20270101000500"),
        (datetime(2026, 6, 1, 9, 0, tzinfo=timezone(timedelta(hours=2))), "20260601140000", "20260601141500"),
    ],
)
def test_times_are_vietnams_on_a_24_hour_clock(now, made, ends):
    told = fields(url(now=now))

    assert (told["vnp_CreateDate"], told["vnp_ExpireDate"]) == (made, ends)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nộp lệ phí hồ sơ H10.2-261121-0001", "Nop le phi ho so H10 2 261121 0001"),
        ("Đặng Thị Ưởng & 50% a+b ~!*'", "Dang Thi Uong 50 a b"),
        ("x" * 300, "x" * 255),
    ],
)
def test_the_order_info_has_neither_accents_nor_special_characters(text, expected):
    assert fields(url(Bill("T1", 1, text, "127.0.0.1")))["vnp_OrderInfo"] == expected


def test_an_address_that_is_too_short_for_the_field_is_replaced():
    assert fields(url(Bill("T1", 1, "x", "::1")))["vnp_IpAddr"] == "127.0.0.1"
    assert fields(url(Bill("T1", 1, "x", "2001:db8::17")))["vnp_IpAddr"] == "2001:db8::17"


def test_a_pay_url_passes_the_same_check():
    assert vnpay.checksum_ok(SECRET, parse_qsl(urlsplit(url()).query))


def test_the_published_notice_passes_in_any_order_with_foreign_and_empty_fields():
    assert vnpay.checksum_ok(SECRET, notice())
    assert vnpay.checksum_ok(SECRET, notice()[::-1])
    assert vnpay.checksum_ok(SECRET, [*notice(), ("vnp_SecureHashType", "SHA512"), ("utm", "1"), ("vnp_New", "")])
    assert vnpay.checksum_ok(SECRET, notice(checksum=PAID_HASH.upper()))


@pytest.mark.parametrize(
    "params",
    [
        notice()[:-1],
        notice(checksum=""),
        notice(checksum="é"),
        notice(checksum=PAID_HASH[:-1] + "5"),
        notice(checksum=PAID_HASH[:64]),
        notice(PAID.replace("1000000", "100000")),
        notice(PAID.replace("T1", "T2")),
        notice(PAID + "&vnp_Promotion=1"),
        [*notice(), ("vnp_Amount", "1000000")],
        [*notice(), ("vnp_SecureHash", PAID_HASH)],
        [],
    ],
)
def test_a_notice_with_anything_changed_fails(params):
    assert not vnpay.checksum_ok(SECRET, params)


def test_no_secret_verifies_nothing():
    assert not vnpay.checksum_ok("", notice())
    assert not vnpay.checksum_ok(SECRET[:-1], notice())


ANSWER = {
    "vnp_ResponseId": "r1",
    "vnp_Command": "querydr",
    "vnp_ResponseCode": "00",
    "vnp_Message": "QueryDR Success",
    "vnp_TmnCode": "SIMTMN01",
    "vnp_TxnRef": "T1",
    "vnp_Amount": "1000000",
    "vnp_OrderInfo": "Nop le phi",
    "vnp_BankCode": "NCB",
    "vnp_PayDate": "20261121100503",
    "vnp_TransactionNo": "14226112",
    "vnp_TransactionType": "01",
    "vnp_TransactionStatus": "00",
}


def signed(**changes: object) -> dict[str, object]:
    """An answer with its checksum, made by hand from the published order of the fields."""

    told = {name: value for name, value in {**ANSWER, **changes}.items() if value is not None}
    order = (
        "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType"
    )
    names = [*order.split(), "TransactionStatus", "OrderInfo", "PromotionCode", "PromotionAmount"]
    text = "|".join(str(told.get(f"vnp_{name}", "")) for name in names)
    return {**told, "vnp_SecureHash": hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()}


def asked() -> QueryAnswer:
    async def run() -> QueryAnswer:
        async with httpx.AsyncClient() as http:
            return await vnpay.query(http, SHEET, ref="T1", created=MADE, now=MADE + timedelta(minutes=5))

    return asyncio.run(run())


@respx.mock
def test_a_query_names_the_pay_url_s_instant_and_is_signed(respx_mock):
    route = respx_mock.post(API).respond(json=signed())

    assert asked() == QueryAnswer(10000, "00", "00", "14226112", found=True)

    sent = json.loads(route.calls[0].request.content)
    assert (sent["vnp_TransactionDate"], sent["vnp_CreateDate"]) == ("20261121100000", "20261121100500")
    assert len(sent["vnp_RequestId"]) == 32
    text = "|".join(
        sent[f"vnp_{name}"]
        for name in [
            "RequestId",
            "Version",
            "Command",
            "TmnCode",
            "TxnRef",
            "TransactionDate",
            "CreateDate",
            "IpAddr",
            "OrderInfo",
        ]
    )

    assert sent["vnp_SecureHash"] == hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()


@respx.mock
def test_a_pending_and_an_unknown_transaction_are_told_apart(respx_mock):
    unknown = signed(vnp_ResponseCode="91", vnp_Amount=None, vnp_TransactionStatus=None, vnp_TransactionNo=None)
    pending = signed(vnp_TransactionStatus="01", vnp_Amount=1000000)
    respx_mock.post(API).mock(side_effect=[httpx.Response(200, json=each) for each in (pending, unknown)])

    assert asked() == QueryAnswer(10000, "00", "01", "14226112", found=True)
    assert not asked().found


FAILURES = {
    "server_error": httpx.Response(500, json=signed()),
    "html": httpx.Response(200, html="x"),
    "list": httpx.Response(200, json=[]),
    "unsigned": httpx.Response(200, json=ANSWER),
    "changed": httpx.Response(200, json=signed() | {"vnp_TransactionStatus": "01"}),
    "another": httpx.Response(200, json=signed(vnp_TxnRef="T2")),
    "another_terminal": httpx.Response(200, json=signed(vnp_TmnCode="OTHER001")),
    "api_code": httpx.Response(200, json=signed(vnp_ResponseCode="94")),
    "no_amount": httpx.Response(200, json=signed(vnp_Amount=None)),
    "lost": httpx.ReadError("lost"),
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
@respx.mock
def test_an_answer_that_cannot_be_believed_is_none(respx_mock, answer):
    respx_mock.post(API).mock(side_effect=[answer])

    with pytest.raises(QueryFailed):
        asked()
