"""VNPAY PAY 2.1.0: the pay URL, the checksum of a notice or return, and the query for what happened."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote_plus

import httpx

from reference_portal.calls.bodies import object_of

VIETNAM = timezone(timedelta(hours=7))
_TIME_TO_PAY = timedelta(minutes=15)
_OWN_IP = "127.0.0.1"
_LONGEST_INFO = 255
_PATIENCE = 15.0
_UNSIGNED = {"vnp_SecureHash", "vnp_SecureHashType"}
_QUERY_FIELDS = ("RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr")
_ANSWER_FIELDS = (
    *("ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate"),
    *("TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo", "PromotionCode", "PromotionAmount"),
)


class QueryFailed(Exception):
    """The gateway gave no answer that can be believed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Bill:
    """What is to be paid: `amount` in đồng, `info` in any spelling, `ip` of the payer."""

    ref: str
    amount: int
    info: str
    ip: str


@dataclass(frozen=True)
class QueryAnswer:
    """`found` is false when the gateway does not know the reference; paid only when both codes are 00."""

    amount: int
    response_code: str
    transaction_status: str
    transaction_no: str
    found: bool


def pay_url(vnpay: Mapping[str, str], bill: Bill, *, return_url: str, now: datetime) -> str:
    assert bill.amount > 0, f"{bill.ref}: nothing to pay"
    fields = {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": vnpay["tmn_code"],
        "vnp_Amount": str(bill.amount * 100),
        "vnp_CreateDate": _instant(now),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": bill.ip if 7 <= len(bill.ip) <= 45 else _OWN_IP,  # "::1" is shorter than the field allows
        "vnp_Locale": "vn",
        "vnp_OrderInfo": plain(bill.info) or plain(bill.ref),  # demanded, and what is empty is not hashed
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": return_url,
        "vnp_TxnRef": bill.ref,
        "vnp_ExpireDate": _instant(now + _TIME_TO_PAY),
    }
    query = _form(fields.items())
    return f"{vnpay['pay_url']}?{query}&vnp_SecureHash={_hmac(vnpay['hash_secret'], query)}"


def checksum_ok(secret: str, params: Sequence[tuple[str, str]]) -> bool:
    """Over the gateway's own fields only; no checksum, an empty one or a field sent twice is wrong."""
    fields = dict(params)
    if not secret or len(fields) != len(params):
        return False
    ours = ((key, value) for key, value in fields.items() if key.startswith("vnp_") and key not in _UNSIGNED and value)
    given = fields.get("vnp_SecureHash", "").lower()
    return hmac.compare_digest(_hmac(secret, _form(ours)).encode(), given.encode())


async def query(
    http: httpx.AsyncClient, vnpay: Mapping[str, str], *, ref: str, created: datetime, now: datetime
) -> QueryAnswer:
    """`created` is the instant of the pay URL, by which the gateway finds the transaction."""
    fields = {
        "vnp_RequestId": secrets.token_hex(16),
        "vnp_Version": "2.1.0",
        "vnp_Command": "querydr",
        "vnp_TmnCode": vnpay["tmn_code"],
        "vnp_TxnRef": ref,
        "vnp_TransactionDate": _instant(created),
        "vnp_CreateDate": _instant(now),
        "vnp_IpAddr": _OWN_IP,
        "vnp_OrderInfo": f"Truy van giao dich {plain(ref)}",
    }
    fields["vnp_SecureHash"] = _hmac(vnpay["hash_secret"], _barred(fields, (*_QUERY_FIELDS, "OrderInfo")))
    try:
        reply = await http.post(vnpay["api_url"], json=fields, timeout=_PATIENCE)
        reply.raise_for_status()
        answer = object_of(reply)
    except (httpx.HTTPError, ValueError) as error:
        raise QueryFailed(f"{type(error).__name__} {error}") from error
    return _believed(answer, vnpay, ref)


def plain(text: str) -> str:
    """Letters and digits without accents and single spaces: form encoders disagree about everything else."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^A-Za-z0-9]+", " ", bare.replace("đ", "d").replace("Đ", "D"))
    return words.strip()[:_LONGEST_INFO].strip()


def _believed(answer: Mapping[str, Any], vnpay: Mapping[str, str], ref: str) -> QueryAnswer:
    told = {key: "" if value is None else str(value) for key, value in answer.items()}
    expected = _hmac(vnpay["hash_secret"], _barred(told, _ANSWER_FIELDS))
    if not hmac.compare_digest(expected.encode(), told.get("vnp_SecureHash", "").lower().encode()):
        raise QueryFailed("the answer's checksum is wrong")
    if told.get("vnp_ResponseCode") == "91":
        return QueryAnswer(0, "91", "", "", found=False)
    if (told.get("vnp_TxnRef"), told.get("vnp_TmnCode")) != (ref, vnpay["tmn_code"]):
        raise QueryFailed("the answer speaks of another transaction")
    if told.get("vnp_ResponseCode") != "00" or not re.fullmatch("[0-9]{1,12}", told.get("vnp_Amount", "")):
        raise QueryFailed(f"code {told.get('vnp_ResponseCode')}: {told.get('vnp_Message')}")
    return QueryAnswer(
        amount=int(told["vnp_Amount"]) // 100,
        response_code="00",
        transaction_status=told.get("vnp_TransactionStatus", ""),
        transaction_no=told.get("vnp_TransactionNo", ""),
        found=True,
    )


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%Y%m%d%H%M%S}"


def _form(fields: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in sorted(fields))


def _barred(fields: Mapping[str, str], names: Iterable[str]) -> str:
    return "|".join(fields.get(f"vnp_{name}", "") for name in names)


def _hmac(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()
