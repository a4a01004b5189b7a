"""The front door: each initiation error with its code, in a sensible order, and never a 5xx whatever is sent."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from urllib.parse import quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.payment.checksum import ENCODERS, base_string
from tests.simulators.payment.world import KEY, PATH, Bench, bench, pay_fields, query_of, sha512, signed_url, story

ENTRY = f"{PATH}/vpcpay.html"


async def code_of(bench: Bench, url: str) -> str:
    reply = await bench.http.get(url)
    assert reply.status_code == 302, reply.text
    location = reply.headers["location"]
    return query_of(location)["code"] if location.startswith(f"{PATH}/Payment/Error.html?") else location


@story()
async def test_a_right_pay_url_opens_a_checkout(b: Bench) -> None:
    location = await code_of(b, b.pay_url())
    assert location.startswith(f"{PATH}/Transaction/PaymentMethod.html?token=")
    (row,) = b.journal("payment_requested", ref="T1")
    assert (row.source, row.contract, row.subject) == ("payment.vnpay", b.contract, "")
    assert row.body["amount"] == 10_000
    assert row.body["expire"] == "20260217094500"
    assert row.body["odd"] == []


WRONG_FIELDS = {
    "vnp_Version": ["2.0.0", "", None],
    "vnp_Command": ["genqr", "PAY", None],
    "vnp_Amount": ["0", "-100", "1e5", "1000.00", "1000050", "1" * 13, "١٠٠", "", None],
    "vnp_BankCode": ["NC", "N C B", "N" * 21],
    "vnp_CreateDate": ["2026-02-17", "20260230093000", "20260217096000", "00000101000000", "99991231235959", None],
    "vnp_CurrCode": ["USD", "vnd", None],
    "vnp_IpAddr": ["::1", "1" * 46, "127.0.0.1\n", None],
    "vnp_Locale": ["fr", "", None],
    "vnp_OrderInfo": ["", "x" * 256, "a\nb", None],
    "vnp_OrderType": ["", "x" * 101, None],
    "vnp_ReturnUrl": [
        "/ve",
        "ftp://m.example/",
        "http://",
        "http://[x",
        "http://m:99999/",
        "http://m.example/" + "x" * 250,
        None,
    ],
    "vnp_TxnRef": ["", "a b", "x" * 101, "mã", None],
    "vnp_ExpireDate": ["soon", "20261301000000"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG_FIELDS.items() for value in values]
)
@story()
async def test_a_wrong_format_is_03_and_names_the_field(b: Bench, name: str, value: str | None) -> None:
    assert await code_of(b, b.pay_url(**{name: value})) == "03"
    (row,) = b.journal("turned_away")
    assert (row.body["reason"], row.body["code"]) == ("bad_format", "03")
    assert name in row.body["why"]
    assert row.contract == b.contract


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vnp_OrderInfo", "x" * 255),
        ("vnp_TxnRef", "x" * 100),
        ("vnp_Amount", "999999999900"),
        ("vnp_IpAddr", "1.1.1.1"),
        ("vnp_ReturnUrl", "http://m.example/" + "x" * 238),
    ],
)
@story()
async def test_the_limits_themselves_are_let_in(b: Bench, name: str, value: str) -> None:
    assert "PaymentMethod" in await code_of(b, b.pay_url(**{name: value}))


@story(return_url="http://localhost:8000/ve")
async def test_errors_by_their_code(b: Bench) -> None:
    right = pay_fields(b.terminal)
    assert await code_of(b, signed_url(b.terminal, {**right, "vnp_TmnCode": "NOBODY01"})) == "72"
    assert await code_of(b, ENTRY) == "03"
    assert await code_of(b, b.pay_url() + "0") == "70"
    assert await code_of(b, b.pay_url(vnp_ReturnUrl="http://evil.example/")) == "71"
    assert await code_of(b, b.pay_url(vnp_BankCode="NOBANK")) == "76"
    assert await code_of(b, b.pay_url(vnp_ExpireDate="20260217093000")) == "15"
    assert "PaymentMethod" in await code_of(b, b.pay_url())
    assert await code_of(b, b.pay_url()) == "01"
    assert [row.body["code"] for row in b.journal("turned_away")] == ["72", "03", "70", "71", "76", "15", "01"]
    assert [row.contract for row in b.journal("turned_away")] == ["", "", *[b.contract] * 5]


@story()
async def test_a_clock_in_utc_or_in_java_zone_is_too_late(b: Bench) -> None:
    assert await code_of(b, b.pay_url(vnp_CreateDate="20260217023000", vnp_ExpireDate="20260217024500")) == "15"
    assert await code_of(b, b.pay_url(vnp_CreateDate="20260216193000", vnp_ExpireDate="20260216194500")) == "15"


@story()
async def test_a_reference_is_free_again_the_next_day_and_for_another_terminal(b: Bench) -> None:
    await b.start()
    _, other = await b.agree(name="another")
    assert "PaymentMethod" in await code_of(b, signed_url(other, pay_fields(other)))
    next_day = {"vnp_CreateDate": "20260218093000", "vnp_ExpireDate": "20260218094500"}
    await b.advance(days=1)
    assert "PaymentMethod" in await code_of(b, b.pay_url(**next_day))


@story()
async def test_a_second_url_of_one_reference_is_refused_even_when_both_come_at_once(b: Bench) -> None:
    replies = await asyncio.gather(*(b.http.get(b.pay_url()) for _ in range(8)))
    assert sum("PaymentMethod" in reply.headers["location"] for reply in replies) == 1


@story()
async def test_what_the_document_forbids_is_let_in_and_journalled_as_odd(b: Bench) -> None:
    odd = {
        "vnp_OrderInfo": "Nộp lệ phí & 50% a+b",
        "vnp_ExpireDate": None,
        "vnp_ReturnUrl": "http://m.example/ve?x=1",
        "x": "1",
    }
    assert "PaymentMethod" in await code_of(b, b.pay_url(**odd))
    (row,) = b.journal("payment_requested")
    assert row.body["order_info"] == odd["vnp_OrderInfo"]
    assert len(row.body["odd"]) == 4


@story({"vnpay": {"order_info_strict": True, "expire_date_required": True}})
async def test_a_strict_gateway_refuses_what_is_odd(b: Bench) -> None:
    assert await code_of(b, b.pay_url(vnp_OrderInfo="Nộp lệ phí")) == "03"
    assert await code_of(b, b.pay_url(vnp_ExpireDate=None)) == "03"
    assert "PaymentMethod" in await code_of(b, b.pay_url())


@story()
async def test_empty_parameters_and_a_hash_type_are_left_out_of_the_checksum(b: Bench) -> None:
    assert "PaymentMethod" in await code_of(b, b.pay_url() + "&vnp_BankCode=&vnp_SecureHashType=HmacSHA512")


@story()
async def test_an_upper_case_checksum_is_accepted_unless_the_spec_says_otherwise(b: Bench) -> None:
    url, _, digest = b.pay_url().rpartition("=")
    assert "PaymentMethod" in await code_of(b, f"{url}={digest.upper()}")


@story({"vnpay": {"any_case_checksum": False}})
async def test_an_upper_case_checksum_is_named_where_it_is_refused(b: Bench) -> None:
    url, _, digest = b.pay_url().rpartition("=")
    assert await code_of(b, f"{url}={digest.upper()}") == "70"
    assert b.journal("turned_away")[0].body["constructions"] == ["upper_hex"]


@story()
async def test_a_wrong_checksum_is_explained_in_journal_error_page_and_diagnostics(b: Bench) -> None:
    fields = pay_fields(b.terminal)
    base = "&".join(f"{key}={value}" for key, value in sorted(fields.items()))
    right = signed_url(b.terminal, fields).rpartition("&vnp_SecureHash=")[0]
    reply = await b.http.get(f"{right}&vnp_SecureHash={sha512(b.terminal['hash_secret'], base)}")
    assert reply.headers["location"] == f"{PATH}/Payment/Error.html?code=70"

    (row,) = b.journal("turned_away")
    assert row.ref == "T1"
    assert row.body["constructions"] == ["raw_values"]
    assert row.body["expected"] == right.partition("?")[2]
    assert row.body["field"] == "vnp_OrderInfo"

    cookie = reply.headers["set-cookie"].partition(";")[0]
    shown = await b.http.get(reply.headers["location"], headers={"cookie": cookie})
    last = await b.http.get("/payment/vnpay/diagnostics", params={"key": KEY})
    for page in (shown.text, last.text):
        assert "giá trị để nguyên" in page
        assert "MÔ PHỎNG" in page
    for told in (str(row.body), shown.text, last.text):
        assert b.terminal["hash_secret"] not in told


@story()
async def test_another_terminals_secret_is_recognised(b: Bench) -> None:
    _, other = await b.agree(name="another")
    mixed = {**b.terminal, "hash_secret": other["hash_secret"]}
    assert await code_of(b, signed_url(mixed, pay_fields(b.terminal))) == "70"
    (row,) = b.journal("turned_away")
    assert row.body["constructions"] == ["secret_of_another"]
    assert other["tmn_code"] in row.body["why"]


@story()
async def test_diagnostics_demand_the_run_key(b: Bench) -> None:
    for key in ("", "wrong", "ở"):
        assert (await b.http.get("/payment/vnpay/diagnostics", params={"key": key})).status_code == 401
    shown = await b.http.get("/payment/vnpay/diagnostics", params={"key": KEY})
    assert shown.status_code == 200
    assert shown.headers["referrer-policy"] == "same-origin", "the run key stands in its address"


@pytest.mark.parametrize(
    "query", ["code=70", "code=15", "code=", "", "code=%3Cscript%3E", "code=99", "code=1&code=2", "%FF"]
)
@story()
async def test_the_error_page_shows_any_code(b: Bench, query: str) -> None:
    reply = await b.http.get(f"{PATH}/Payment/Error.html?{query}", follow_redirects=True)
    assert reply.status_code == 200
    assert "MÔ PHỎNG" in reply.text
    assert "<script>" not in reply.text


@pytest.mark.parametrize(
    "query",
    [
        "vnp_TxnRef=1&vnp_TxnRef=2",
        "vnp_TxnRef",
        "%",
        "%zz=1",
        "a=%FF",
        "a=%ED%A0%80",
        "\xff",
        "&".join(f"a{number}=1" for number in range(300)),
        "vnp_TmnCode=" + "9" * 100_000,
        "vnp_TmnCode=%00&vnp_TxnRef=%00",
    ],
)
@story()
async def test_what_cannot_be_read_is_turned_away(b: Bench, query: str) -> None:
    reply = await raw(b, query.encode("latin-1"))
    assert reply in {"03", "72"}
    assert len(b.journal("turned_away")) == 1


@story()
async def test_a_repeated_parameter_is_turned_away_in_its_merchants_journal(b: Bench) -> None:
    assert await code_of(b, b.pay_url() + "&vnp_Amount=100") == "03"
    (row,) = b.journal("turned_away")
    assert (row.contract, row.ref) == (b.contract, "T1")
    assert "vnp_Amount" in row.body["why"]


@pytest.mark.parametrize("encoder", sorted(ENCODERS))
@story()
async def test_what_is_told_is_hashed_as_the_merchant_writes_form_fields(b: Bench, encoder: str) -> None:
    fields = pay_fields(b.terminal, vnp_OrderInfo="Le phi (ho so 1) 5*3 a~b!")
    base = base_string(fields, encoder)
    entered = await b.http.get(f"{ENTRY}?{base}&vnp_SecureHash={sha512(b.terminal['hash_secret'], base)}")
    returned = (await b.pay(query_of(entered.headers["location"])["token"])).headers["location"]
    told = query_of(returned)
    given = told.pop("vnp_SecureHash")
    assert (told["vnp_ResponseCode"], given) == ("00", sha512(b.terminal["hash_secret"], base_string(told, encoder)))


@story()
async def test_ten_megabytes_are_turned_away(b: Bench) -> None:
    huge = b"vnp_TmnCode=" + b.terminal["tmn_code"].encode() + b"&vnp_OrderInfo=" + b"%E1%BB%99" * 1_000_000
    assert await raw(b, huge) == "03"


async def raw(b: Bench, query: bytes) -> str:
    """The code that these very bytes get, past any client's mending."""
    sent: list[dict[str, object]] = []
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": ENTRY, "raw_path": ENTRY.encode(),
        "query_string": query, "headers": [], "scheme": "http", "server": ("127.0.0.1", 9000), "client": None, "root_path": "",
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    await b.http._transport.app(scope, receive, send)  # type: ignore[attr-defined]  # the application under the client
    assert sent[0]["status"] == 302
    headers = dict(sent[0]["headers"])  # type: ignore[call-overload]  # ASGI's pairs
    return query_of(headers[b"location"].decode())["code"]


texts = st.text(max_size=40)
queries = st.dictionaries(
    st.sampled_from([*pay_fields({"tmn_code": "x"}), "vnp_SecureHash", "foreign"]) | texts, texts, max_size=16
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(queries, st.booleans())
def test_no_parameters_make_a_5xx(fields: dict[str, str], signed: bool) -> None:
    async def play() -> None:
        b = await bench()
        told = {
            key.encode("utf-8", "ignore").decode(): value.encode("utf-8", "ignore").decode()
            for key, value in fields.items()
        }
        if signed:
            told = {**told, "vnp_TmnCode": b.terminal["tmn_code"]}
            told.pop("vnp_SecureHash", None)
            base = "&".join(
                f"{quote_plus(k)}={quote_plus(v)}" for k, v in sorted(told.items()) if v and k != "vnp_SecureHashType"
            )
            told["vnp_SecureHash"] = hmac.new(
                b.terminal["hash_secret"].encode(), base.encode(), hashlib.sha512
            ).hexdigest()
        query = "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in told.items())
        assert await raw(b, query.encode()) in {"03", "72", "70"}
        b.world.store.close()
        await b.http.aclose()

    asyncio.run(play())
