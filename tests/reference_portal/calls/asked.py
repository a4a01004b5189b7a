"""Every public call of the portal: what it asks for, a right answer to each question, and what a failure must come to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import respx
from joserfc import jwt
from joserfc.jwk import RSAKey

from reference_portal.calls import hub, id_tokens, login, messages, qd769, smartca, vnpay
from reference_portal.calls.login import Attempt, LoginRefused
from reference_portal.calls.messages import SendFailed
from reference_portal.calls.qd769 import Order, Outcome, ProviderFailed
from reference_portal.calls.vnpay import QueryFailed
from tests.reference_portal.authority import Authority, Holder

HOST = "http://127.0.0.1:3"
SP = {"sp_id": "4d00-1.apps.smartcaapi.com", "sp_password": "x-y"}
VNPT, NEAC = {"base_url": f"{HOST}/sca/sp769", **SP}, {"base_url": f"{HOST}/neac", **SP}
LOGIN = {
    "issuer": f"{HOST}/oauth2/token",
    "client_id": "abcdEFGHijklMNOPqrstUVWXyzAa",
    "client_secret": "an invented secret",
    "token_endpoint": f"{HOST}/oauth2/token",
    "userinfo_endpoint": f"{HOST}/oauth2/userinfo",
    "jwks_uri": f"{HOST}/oauth2/jwks",
}
SECRET = "SIMSECRETSIMSECRETSIMSECRETSIM01"
VNPAY = {"tmn_code": "SIMTMN01", "hash_secret": SECRET, "api_url": f"{HOST}/merchant_webapi/api/transaction"}
SMS = {"url": f"{HOST}/sms", "user": "u", "password": "p"}
CITIZEN, TECHID = "001099000001", "0b5c6c1e-6f5c-4ab7-9a6f-0d8f4b8f0001"
ORDER = Order(CITIZEN, "5401ab", "TX-1", "88626142", bytes(range(32)), "Tờ khai đăng ký khai sinh")
VALUE = bytes(256)
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
ATTEMPT = Attempt(state="s", nonce="n", verifier="v" * 43, target="/", at=datetime.now(UTC))
BACK = "http://localhost:4001/sso/callback"
NOW = datetime(2026, 11, 21, 3, 5, tzinfo=UTC)
ANSWER_ORDER = (
    *("ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate"),
    *("TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo", "PromotionCode", "PromotionAmount"),
)


@dataclass(frozen=True)
class Question:
    """One request of a call, and the right answer."""

    method: str
    url: str
    answer: dict[str, Any]


@dataclass(frozen=True)
class Call:
    """`refuses` is how it says that nothing came of it: an exception, or an outcome's state."""

    run: Callable[[httpx.AsyncClient], Awaitable[Any]]
    questions: tuple[Question, ...]
    refuses: type[Exception] | str
    lost: str = ""
    """The outcome's state where the connection was lost after the question had gone out: nobody knows, ask again."""
    unsent: str = ""
    """The same where it had not gone out."""


def id_token() -> str:
    now = int(time.time())
    claims = {"iss": LOGIN["issuer"], "sub": TECHID, "aud": LOGIN["client_id"], "nonce": ATTEMPT.nonce}
    return jwt.encode({"alg": "RS256", "kid": "k1"}, {**claims, "iat": now, "exp": now + 3600}, KEY)


def info() -> dict[str, Any]:
    person = {"sub": TECHID, "TechID": TECHID, "LoaiTaiKhoan": "1", "SoDinhDanh": CITIZEN, "HoVaTen": "NGUYỄN VĂN A"}
    return {**person, "NgayThangNamSinh": "19991107", "SoDienThoai": "0912000001", "ThuDienTu": "a@vidu.example"}


def signed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A querydr answer with its checksum, by hand from the published order of the fields."""
    text = "|".join(str(fields.get(f"vnp_{name}") or "") for name in ANSWER_ORDER)
    return {**fields, "vnp_SecureHash": hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()}


def certificates(holder: Holder, authority: Authority) -> dict[str, Any]:
    row = {
        "cert_id": "5a8d",
        "cert_status_code": "VALID",
        "serial_number": f"{holder.certificate.serial_number:x}",
        "cert_subject": "C=VN,CN=Nguyễn Văn A,UID=CCCD:001099000001",
        "cert_data": base64.b64encode(holder.der).decode(),
        "chain_data": {"ca_cert": base64.b64encode(authority.ca.der).decode(), "root_cert": None},
    }
    return {"status_code": 200, "message": "Success", "data": {"user_certificates": [row]}}


def signatures(array: str) -> dict[str, Any]:
    row = {"doc_id": ORDER.doc_id, "signature_value": base64.b64encode(VALUE).decode(), "timestamp_signature": None}
    return {"status_code": 200, "message": "SUCCESS", "data": {"transaction_id": "TX-1", array: [row]}}


def calls(holder: Holder, authority: Authority) -> dict[str, Call]:
    """By module.function."""
    waiting = {
        "status_code": 200,
        "message": "sig_wait_for_user_confirm",
        "data": {"tran_code": "b8", "expired_in": 300},
    }
    listed = certificates(holder, authority)
    direct, through = f"{VNPT['base_url']}/v1", f"{NEAC['base_url']}/sign_v2"
    return {
        **_login_calls(),
        "qd769.post": Call(
            lambda http: qd769.post(http, f"{HOST}/x", {}, patience=1),
            (Question("POST", f"{HOST}/x", listed),),
            ProviderFailed,
        ),
        "smartca.certificates": Call(
            lambda http: smartca.certificates(http, VNPT, CITIZEN),
            (Question("POST", f"{direct}/credentials/get_certificate", listed),),
            ProviderFailed,
        ),
        "hub.certificates": Call(
            lambda http: hub.certificates(http, NEAC, "CA2", CITIZEN),
            (Question("POST", f"{through}/get_certificate", listed),),
            ProviderFailed,
        ),
        "smartca.sign": Call(
            lambda http: smartca.sign(http, VNPT, ORDER),
            (Question("POST", f"{direct}/signatures/sign", waiting),),
            "failed",
            lost="waiting",
        ),
        "smartca.status": Call(
            lambda http: smartca.status(http, VNPT, ORDER),
            (Question("POST", f"{direct}/signatures/sign/TX-1/status", signatures("signatures")),),
            "failed",
            lost="waiting",
            unsent="waiting",
        ),
        "hub.sign": Call(
            lambda http: hub.sign(http, NEAC, "CA2", ORDER),
            (Question("POST", f"{through}/sign", signatures("signed_files")),),
            "failed",
        ),
        "vnpay.query": Call(
            lambda http: vnpay.query(http, VNPAY, ref="T1", created=NOW, now=NOW),
            (Question("POST", VNPAY["api_url"], settled()),),
            QueryFailed,
        ),
        "messages.send_sms": Call(
            lambda http: messages.send_sms(http, SMS, "0912000001", "Hồ sơ đã nhận"),
            (Question("POST", SMS["url"], {"id": "m1"}),),
            SendFailed,
        ),
    }


def settled() -> dict[str, Any]:
    told = {"ResponseId": "r1", "Command": "querydr", "ResponseCode": "00", "Message": "OK", "TmnCode": "SIMTMN01"}
    told |= {"TxnRef": "T1", "Amount": "1000000", "TransactionNo": "14226112", "TransactionStatus": "00"}
    return signed({f"vnp_{name}": value for name, value in told.items()})


def _login_calls() -> dict[str, Call]:
    tokens = {"access_token": "at", "refresh_token": "rt", "id_token": id_token(), "token_type": "Bearer"}
    token = Question("POST", LOGIN["token_endpoint"], tokens)
    keys = Question("GET", LOGIN["jwks_uri"], {"keys": [KEY.as_dict(private=False)]})
    userinfo = Question("GET", LOGIN["userinfo_endpoint"], info())
    return {
        "login.redeem": Call(
            lambda http: login.redeem(http, LOGIN, BACK, "the-code", ATTEMPT), (token, keys, userinfo), LoginRefused
        ),
        "login.exchange": Call(
            lambda http: login.exchange(http, LOGIN, BACK, "the-code", ATTEMPT), (token,), LoginRefused
        ),
        "id_tokens.check_id_token": Call(
            lambda http: id_tokens.check_id_token(http, LOGIN, tokens["id_token"], "n"), (keys,), LoginRefused
        ),
        "login.read_identity": Call(lambda http: login.read_identity(http, LOGIN, tokens), (userinfo,), LoginRefused),
    }


async def outcome(
    call: Call, http: httpx.AsyncClient, router: respx.MockRouter, place: int, answer: httpx.Response | Exception
) -> Any:
    """What the call comes to when its question number `place` meets this answer, and every other its right one."""
    router.clear()
    for number, question in enumerate(call.questions):
        right = httpx.Response(200, json=question.answer)
        router.request(question.method, question.url).mock(
            side_effect=lambda _request, told=answer if number == place else right: _told(told)
        )
    try:
        return await call.run(http)
    except (LoginRefused, ProviderFailed, QueryFailed, SendFailed) as failed:
        return failed


def _told(answer: httpx.Response | Exception) -> httpx.Response:
    if isinstance(answer, Exception):
        raise answer
    return answer


def state_of(result: Any) -> type[Exception] | str:
    """In the words of `Call`."""
    return result.state if isinstance(result, Outcome) else type(result)
