"""VNPT SmartCA and the NEAC hub by transcripts."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

import httpx
import pytest
import respx

from reference_portal.calls import hub, smartca
from reference_portal.calls.qd769 import Order, Outcome, ProviderFailed
from tests.reference_portal.authority import Leaf

VNPT = {"base_url": "http://127.0.0.1:3/ca/vnpt/sca/sp769", "sp_id": "4d00-1.apps.smartcaapi.com", "sp_password": "x-y"}
NEAC = {"base_url": "http://127.0.0.1:3/ca/neac", "sp_id": "SP_DEMO", "sp_password": "x-y"}
LIST, SIGN = f"{VNPT['base_url']}/v1/credentials/get_certificate", f"{VNPT['base_url']}/v1/signatures/sign"
STATUS = f"{SIGN}/TX-1/status"
HUB_LIST, HUB_SIGN = f"{NEAC['base_url']}/sign_v2/get_certificate", f"{NEAC['base_url']}/sign_v2/sign"
ORDER = Order("001099000001", "5401ab", "TX-1", "88626142", bytes(range(32)), "Tờ khai đăng ký khai sinh")
VALUE = bytes(256)


def run(call: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    async def inner() -> Any:
        async with httpx.AsyncClient() as http:
            return await call(http)

    return asyncio.run(inner())


def row(holder, authority, **changes: Any) -> dict[str, Any]:
    text = base64.encodebytes(holder.der).decode().replace("\n", "\r\n")
    ca = base64.b64encode(authority.ca.der).decode()
    usual = {
        "cert_id": "5a8d",
        "service_type": "SMARTCA",
        "cert_status": "Đang hoạt động",
        "cert_status_code": "VALID",
        "serial_number": f"{holder.certificate.serial_number:x}",
        "cert_subject": "C=VN,CN=Nguyễn Thị Mỹ Dưỡng,UID=CCCD:001099000001",
        "cert_data": text,
        "chain_data": {"ca_cert": ca, "root_cert": None},
        "transaction_id": "",
    }
    return usual | changes


def listed(*rows: Any) -> dict[str, Any]:
    return {"status_code": 200, "message": "Success", "data": {"user_certificates": list(rows)}}


@respx.mock
def test_certificates_are_read_from_the_der_with_line_breaks_and_a_missing_root(respx_mock, citizen, authority):
    route = respx_mock.post(LIST).respond(json=listed(row(citizen, authority)))

    (offered,) = run(lambda http: smartca.certificates(http, VNPT, "001099000001"))

    assert (offered.der, offered.chain) == (citizen.der, (authority.ca.der,))
    assert (offered.personal_id, offered.name) == ("001099000001", "Nguyễn Thị Mỹ Dưỡng")
    assert offered.issuer == "VNPT SmartCA RS (MO PHONG)"
    assert offered.not_after.tzinfo is UTC
    assert offered.usable
    sent = json.loads(route.calls[0].request.content)
    assert (sent["sp_id"], sent["sp_password"], sent["user_id"]) == (VNPT["sp_id"], VNPT["sp_password"], "001099000001")


@respx.mock
def test_whose_a_certificate_is_says_the_certificate_and_not_the_list(respx_mock, authority):
    other = authority.issue(Leaf(uids=("CCCD:001099000009",)))
    respx_mock.post(LIST).respond(json=listed(row(other, authority)))

    (offered,) = run(lambda http: smartca.certificates(http, VNPT, "001099000001"))

    assert offered.personal_id == "001099000009"


@pytest.mark.parametrize(
    "changes", [{"serial_number": "5401ff"}, {"cert_data": "!!"}, {"cert_data": None}, {"cert_data": "MIIB"}]
)
@respx.mock
def test_a_row_that_cannot_be_believed_is_not_offered(respx_mock, citizen, authority, changes):
    respx_mock.post(LIST).respond(json=listed(row(citizen, authority, **changes), "no row"))

    assert run(lambda http: smartca.certificates(http, VNPT, "001099000001")) == ()


@respx.mock
def test_a_suspended_certificate_is_not_usable(respx_mock, citizen, authority):
    serial = f"{citizen.certificate.serial_number:032X}"
    respx_mock.post(LIST).respond(
        json=listed(row(citizen, authority, cert_status_code="SUSPENDED", serial_number=serial))
    )

    (offered,) = run(lambda http: smartca.certificates(http, VNPT, "001099000001"))

    assert not offered.usable


FAILURES = {
    "http_500": httpx.Response(500, json={"status_code": 500, "message": "Lỗi hệ thống"}),
    "body_401": httpx.Response(200, json={"status_code": 401, "message": "SP_CREDENTIAL_INVALID"}),
    "http_only": httpx.Response(403, json={"status_code": 200, "message": "Success", "data": {}}),
    "html_200": httpx.Response(200, html="<h1>Bảo trì</h1>"),
    "list": httpx.Response(200, json=[]),
    "without_code": httpx.Response(200, json={"message": "Success"}),
    "empty": httpx.Response(200),
}


@pytest.mark.parametrize("answer", [*FAILURES.values(), httpx.ReadTimeout("slow")], ids=[*FAILURES, "slow"])
@respx.mock
def test_a_list_that_fails_is_told(respx_mock, answer):
    respx_mock.post(LIST).mock(side_effect=[answer])

    with pytest.raises(ProviderFailed) as failed:
        run(lambda http: smartca.certificates(http, VNPT, "001099000001"))

    assert failed.value.message_vi


@respx.mock
def test_the_digest_goes_as_lower_case_hex_with_the_order_s_own_transaction(respx_mock):
    data = {"transaction_id": "TX-1", "tran_code": "b8a0", "expired_in": 300}
    route = respx_mock.post(SIGN).respond(
        json={"status_code": 200, "message": "SIG_WAIT_FOR_USER_CONFIRM", "data": data}
    )

    outcome = run(lambda http: smartca.sign(http, VNPT, ORDER))

    sent = json.loads(route.calls[0].request.content)
    assert outcome.state == "waiting"
    assert sent["sign_files"] == [
        {"data_to_be_signed": ORDER.digest.hex(), "doc_id": "88626142", "file_type": "pdf", "sign_type": "hash"}
    ]
    assert (sent["transaction_id"], sent["serial_number"], sent["user_id"]) == ("TX-1", "5401ab", "001099000001")
    assert sent["transaction_desc"] == ORDER.description
    assert sent["time_stamp"].endswith("Z")


@pytest.mark.parametrize("answer", [*FAILURES.values(), httpx.ConnectError("x")], ids=[*FAILURES, "refused"])
@respx.mock
def test_an_order_that_the_provider_does_not_take_failed(respx_mock, answer):
    respx_mock.post(SIGN).mock(side_effect=[answer])

    outcome = run(lambda http: smartca.sign(http, VNPT, ORDER))

    assert outcome.state == "failed"
    assert outcome.message_vi


@pytest.mark.parametrize("lost", [httpx.ReadError("cut"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")])
@respx.mock
def test_an_order_whose_answer_was_lost_may_have_been_taken_and_is_asked_about(respx_mock, lost):
    respx_mock.post(SIGN).mock(side_effect=[lost])

    assert run(lambda http: smartca.sign(http, VNPT, ORDER)).state == "waiting"


def told(message: str, code: int = 200, **data: Any) -> httpx.Response:
    return httpx.Response(200, json={"status_code": code, "message": message, "data": data or None})


def value(doc_id: str = "88626142") -> dict[str, Any]:
    text = base64.encodebytes(VALUE).decode().replace("\n", "\r\n")
    return {"doc_id": doc_id, "signature_value": text, "timestamp_signature": None}


STATES = {
    "signed": (told("SUCCESS", transaction_id="TX-1", signatures=[value("other"), value()]), "signed"),
    "signed_in_mixed_case": (told("Success", signatures=[value()]), "signed"),
    "waiting": (told("sig_wait_for_user_confirm", signatures=None, expired_in=120), "waiting"),
    "waiting_without_data": (told("sig_wait_for_user_confirm"), "waiting"),
    "refused": (told("REJECTED"), "refused"),
    "refused_as_4xx": (httpx.Response(400, json={"status_code": 400, "message": "USER_REJECT"}), "refused"),
    "cancelled": (told("CANCELLED"), "refused"),
    "refused_in_vietnamese": (told("Người dùng từ chối", 400), "refused"),
    "expired": (told("EXPIRED"), "expired"),
    "expired_as_403": (httpx.Response(403, json={"status_code": 403, "message": "Giao dịch đã hết hạn"}), "expired"),
    "time_is_up": (told("sig_wait_for_user_confirm", expired_in=0), "expired"),
    "success_without_ours": (told("SUCCESS", signatures=[value("other")]), "failed"),
    "success_without_any": (told("SUCCESS", signatures=[]), "failed"),
    "unreadable_value": (told("SUCCESS", signatures=[{"doc_id": "88626142", "signature_value": "!"}]), "failed"),
    "signature_under_an_error": (told("error", 500, signatures=[value()]), "failed"),
    "http_500": (httpx.Response(500, text="oops"), "failed"),
    "html_200": (httpx.Response(200, html="<p>x</p>"), "failed"),
    "lost": (httpx.ReadError("lost"), "waiting"),
}


@pytest.mark.parametrize(("answer", "state"), STATES.values(), ids=STATES)
@respx.mock
def test_what_a_status_means(respx_mock, answer, state):
    route = respx_mock.post(STATUS).mock(side_effect=[answer])

    outcome = run(lambda http: smartca.status(http, VNPT, ORDER))

    assert outcome.state == state
    assert outcome.value == (VALUE if state == "signed" else None)
    assert state == "signed" or outcome.message_vi
    assert route.calls[0].request.content == b""


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"sp_id":"x","status_code":200,"message":"SUCCESS","transaction_id":"TX-1","signed_files":[]}', "TX-1"),
        (b'{"status_code":200}', None),
        (b'{"transaction_id":7}', None),
        (b'{"transaction_id":""}', None),
        (b"[]", None),
        (b"\xff\xfe", None),
        (b"", None),
    ],
)
def test_a_webhook_only_names_a_transaction(body, named):
    assert smartca.webhook_names(body) == named


@respx.mock
def test_the_hub_is_asked_for_the_chosen_ca_only_and_may_send_no_chain(respx_mock, citizen, authority):
    bare = {name: row(citizen, authority)[name] for name in ("cert_id", "cert_data", "serial_number")}
    route = respx_mock.post(HUB_LIST).respond(json=listed(bare))

    (offered,) = run(lambda http: hub.certificates(http, NEAC, "CA2", "001099000001"))

    assert (offered.chain, offered.personal_id, offered.usable) == ((), "001099000001", True)
    assert json.loads(route.calls[0].request.content)["ca_name"] == "CA2"


@respx.mock
def test_the_hubs_chain_may_be_an_array(respx_mock, citizen, authority):
    chain = [base64.b64encode(authority.ca.der).decode(), None]
    respx_mock.post(HUB_LIST).respond(json=listed(row(citizen, authority, chain_data=chain)))

    (offered,) = run(lambda http: hub.certificates(http, NEAC, "CA2", "001099000001"))

    assert offered.chain == (authority.ca.der,)


@respx.mock
def test_the_hub_answers_with_the_value_after_the_phone(respx_mock):
    route = respx_mock.post(HUB_SIGN).mock(side_effect=[told("Success", transaction_id="H1", signed_files=[value()])])

    outcome = run(lambda http: hub.sign(http, NEAC, "CA2", ORDER))

    sent = json.loads(route.calls[0].request.content)
    assert outcome == Outcome("signed", VALUE)
    assert (sent["ca_name"], sent["serial_number"]) == ("CA2", "5401ab")
    assert sent["sign_files"][0]["data_to_be_signed"] == ORDER.digest.hex()
    assert route.calls[0].request.extensions["timeout"]["read"] == 320


HUB_STATES = {
    "refused": (told("Người dùng từ chối ký", 400), "refused"),
    "expired": (told("Giao dịch đã hết hạn", 400), "expired"),
    "nothing": (told("Success", signed_files=None), "failed"),
    "another_document": (told("Success", signed_files=[value("other")]), "failed"),
    "html_200": (httpx.Response(200, html="x"), "failed"),
    "slow": (httpx.ReadTimeout("slow"), "failed"),
}


@pytest.mark.parametrize(("answer", "state"), HUB_STATES.values(), ids=HUB_STATES)
@respx.mock
def test_what_the_hubs_other_answers_mean(respx_mock, answer, state):
    respx_mock.post(HUB_SIGN).mock(side_effect=[answer])

    outcome = run(lambda http: hub.sign(http, NEAC, "CA2", ORDER))

    assert (outcome.state, outcome.value) == (state, None)
    assert outcome.message_vi
