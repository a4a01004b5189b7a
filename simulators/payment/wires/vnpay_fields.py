"""VNPAY's words, pure: a pay request read from its parameters, and what a return, a notice and their answer say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from simulators.kernel.clock import VIETNAM, in_vietnam, to_instant
from simulators.kernel.courier import DeliveryKind, Outcome
from simulators.kernel.records import Instant
from simulators.payment.checksum import base_string, checksum
from simulators.payment.notices import Checksum, Voice, notice_kind
from simulators.payment.records import Asked, Payment
from simulators.payment.spec import GatewaySpec, Reason, Refused
from simulators.payment.spec import Outcome as Ended

HUNDREDTHS = 100
"""vnp_Amount is đồng times 100 on the wire."""
WRITTEN = len("20261121103000")
FIRST_YEAR, LAST_YEAR = 2000, 2100

AT_ONCE = 64
"""Payments whose words are kept while they end."""

FORMATS: Mapping[str, tuple[str, bool]] = {
    "vnp_Version": (r"2\.1\.0", True),
    "vnp_Command": (r"pay", True),
    "vnp_TmnCode": (r"[A-Za-z0-9]{8}", True),
    "vnp_Amount": (r"[0-9]{1,12}", True),
    "vnp_BankCode": (r"[A-Za-z0-9]{3,20}", False),
    "vnp_CreateDate": (r"[0-9]{14}", True),
    "vnp_CurrCode": (r"VND", True),
    "vnp_IpAddr": (r"[0-9A-Za-z.:%]{7,45}", True),
    "vnp_Locale": (r"vn|en", True),
    "vnp_OrderInfo": (r"[^\x00-\x1f\x7f]{1,255}", True),
    "vnp_OrderType": (r"[A-Za-z0-9_-]{1,100}", True),
    "vnp_ReturnUrl": (r"[!-~]{10,255}", True),
    "vnp_TxnRef": (r"[!-~]{1,100}", True),
    "vnp_ExpireDate": (r"[0-9]{14}", False),
}
"""Name -> (what it may look like, whether it must be there): PAY 2.1.0, table of parameters."""

_SHAPES = [(name, re.compile(shape), needed) for name, (shape, needed) in FORMATS.items()]

PLAIN = re.compile(r"[A-Za-z0-9 .,:;_/#-]+")
"""What the document lets vnp_OrderInfo hold, as its own examples use it."""


def read_ask(fields: Mapping[str, str], spec: GatewaySpec) -> Asked:
    """The request in the core's words, or Refused naming the field that is not as the document says."""
    for name, shape, needed in _SHAPES:
        value = fields.get(name, "")
        if (value or needed) and not shape.fullmatch(value):
            raise Refused(Reason.BAD_FORMAT, f"{name} {'is missing' if not value else f'is not {shape.pattern}'}")
    amount = int(fields["vnp_Amount"])
    if amount == 0 or amount % HUNDREDTHS:
        raise Refused(Reason.BAD_FORMAT, "vnp_Amount is not a whole number of đồng times 100")
    if not _absolute(fields["vnp_ReturnUrl"]):
        raise Refused(Reason.BAD_FORMAT, "vnp_ReturnUrl is not an absolute http(s) URL")
    expires = fields.get("vnp_ExpireDate", "")
    if spec.expire_date_required and not expires:
        raise Refused(Reason.BAD_FORMAT, "vnp_ExpireDate is missing")
    info = fields["vnp_OrderInfo"]
    if spec.order_info_strict and not PLAIN.fullmatch(info):
        raise Refused(Reason.BAD_FORMAT, "vnp_OrderInfo has accents or special characters")
    return Asked(
        ref=fields["vnp_TxnRef"],
        amount=amount // HUNDREDTHS,
        info=info,
        return_url=fields["vnp_ReturnUrl"],
        ip=fields["vnp_IpAddr"],
        locale=fields["vnp_Locale"],
        bank=fields.get("vnp_BankCode", ""),
        created=moment("vnp_CreateDate", fields["vnp_CreateDate"]),
        expires=moment("vnp_ExpireDate", expires) if expires else None,
        odd=_odd(fields),
    )


def moment(name: str, text: str) -> Instant:
    """yyyyMMddHHmmss, GMT+7."""
    digits = text if len(text) == WRITTEN and text.isascii() and text.isdigit() else ""
    try:
        read = datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}").replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise Refused(Reason.BAD_FORMAT, f"{name} is no date: {text[:20]}") from error
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise Refused(Reason.BAD_FORMAT, f"{name} is of no year that can be meant: {text[:4]}")
    return to_instant(read)


def written(instant: Instant | None) -> str:
    return f"{in_vietnam(instant):%Y%m%d%H%M%S}" if instant is not None else ""


OWN = frozenset(
    f"vnp_{name}"
    for name in (
        *("TmnCode", "Amount", "BankCode", "BankTranNo", "CardType", "PayDate", "OrderInfo", "TransactionNo"),
        *("ResponseCode", "TransactionStatus", "TxnRef", "SecureHash", "SecureHashType"),
    )
)
"""Names that return and notice have already: a field more has another."""


def told(payment: Payment, spec: GatewaySpec) -> dict[str, str]:
    """The parameters of return and notice (the same set); optional ones are absent where VNPAY leaves them out."""
    assert payment.outcome is not None, f"{payment.id} is open"
    ending, card = spec.endings[payment.outcome], payment.card
    paid = payment.outcome in (Ended.PAID, Ended.HALF_DONE, Ended.OTHER_HALF)
    fields = {
        "vnp_TmnCode": payment.terminal.code,
        "vnp_Amount": str(payment.amount * HUNDREDTHS),
        "vnp_BankCode": bank_of(payment),
        "vnp_BankTranNo": f"VNP{payment.number}" if paid else "",
        "vnp_CardType": card.kind if card else "ATM" if payment.bank else "QRCODE",
        "vnp_PayDate": written(payment.ended),
        "vnp_OrderInfo": payment.asked.info,
        "vnp_TransactionNo": payment.number if paid else "0",
        "vnp_ResponseCode": ending.code,
        "vnp_TransactionStatus": ending.status,
        "vnp_TxnRef": payment.ref,
    }
    if payment.extra:
        fields |= spec.extra_fields
    return {name: value for name, value in fields.items() if value}


def bank_of(payment: Payment) -> str:
    """VNPAY itself when the payer left before choosing."""
    return (payment.card.told or payment.card.bank) if payment.card else payment.bank or "VNPAY"


def signed_query(payment: Payment, spec: GatewaySpec, how: Checksum = "right") -> str:
    """The query string: what was hashed, and the hash (lower case) behind it."""
    base, secret = base_string(told(payment, spec), payment.asked.encoder), payment.terminal.secret
    right = checksum(secret, base)
    match how:
        case "missing":
            return base
        case "empty":
            return f"{base}&vnp_SecureHash="
        case "wrong":
            return f"{base}&vnp_SecureHash={right[:-1]}{'0' if right[-1] != '0' else '1'}"
    return f"{base}&vnp_SecureHash={right}"


def voice_of(spec: GatewaySpec) -> Voice:
    """How this gateway tells of a payment."""

    @lru_cache(maxsize=AT_ONCE)
    def query(payment: Payment, how: Checksum) -> str:
        """A payment is told in the same words to the portal, to the browser and to the journal: they are signed once."""
        return signed_query(payment, spec, how)

    def notice_url(payment: Payment, how: Checksum) -> str:
        return _with(payment.terminal.notice_url, query(payment, how))

    def return_url(payment: Payment) -> str:
        return _with(payment.asked.return_url, query(payment, "right"))

    return Voice(notice_url, return_url)


def notice_kinds(spec: GatewaySpec) -> tuple[DeliveryKind, ...]:
    """Again every five minutes until RspCode 00 or 02 in a 200 JSON answer, ten times at most; injected ones once."""

    def again(attempt: int, outcome: Outcome, now: Instant) -> Instant | None:
        if attempt >= spec.notice_attempts or acknowledged(outcome, spec):
            return None
        return Instant(now + spec.notice_gap)

    return (
        DeliveryKind(notice_kind(spec.id, repeats=True), again),
        DeliveryKind(notice_kind(spec.id, repeats=False), lambda _attempt, _outcome, _now: None),
    )


def acknowledged(outcome: Outcome, spec: GatewaySpec) -> bool:
    """RspCode with exactly this spelling, as a string."""
    if outcome.status != 200:
        return False
    try:
        answer = msgspec.json.decode(outcome.answer)
    except (msgspec.DecodeError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("RspCode") in spec.acknowledged


def _with(url: str, query: str) -> str:
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{query}{mark}{fragment}"


def _absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _odd(fields: Mapping[str, str]) -> tuple[str, ...]:
    """What the document forbids and the real gateway is not known to refuse."""
    odd = []
    if not PLAIN.fullmatch(fields["vnp_OrderInfo"]):
        odd.append("vnp_OrderInfo has accents or special characters")
    if not fields.get("vnp_ExpireDate"):
        odd.append("vnp_ExpireDate is missing")
    if "?" in fields["vnp_ReturnUrl"]:
        odd.append("vnp_ReturnUrl has a query of its own")
    odd += [f"{name} is not a parameter of PAY 2.1.0" for name in fields if not name.startswith("vnp_")]
    return tuple(odd)
