"""VNPAY's API for merchants: querydr, and refund in so far as the sandbox offers it (it does not)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulators.kernel.contracts import Settings
from simulators.kernel.wire import Route, answer
from simulators.payment.checksum import barred_string, checksum, explain, same
from simulators.payment.desk import Desk
from simulators.payment.records import Payment
from simulators.payment.spec import Outcome, Reason, Refused
from simulators.payment.wires.vnpay_fields import HUNDREDTHS, bank_of, moment, written

Text = str | int


class Ask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """querydr and refund; numbers may come as JSON numbers, as merchants send them."""

    vnp_RequestId: Text = ""  # noqa: N815  # VNPAY's own names
    vnp_Version: Text = ""  # noqa: N815
    vnp_Command: Text = ""  # noqa: N815
    vnp_TmnCode: Text = ""  # noqa: N815
    vnp_TransactionType: Text = ""  # noqa: N815
    vnp_TxnRef: Text = ""  # noqa: N815
    vnp_Amount: Text = ""  # noqa: N815
    vnp_TransactionNo: Text | None = None  # noqa: N815
    vnp_TransactionDate: Text = ""  # noqa: N815
    vnp_CreateBy: Text = ""  # noqa: N815
    vnp_CreateDate: Text = ""  # noqa: N815
    vnp_IpAddr: Text = ""  # noqa: N815
    vnp_OrderInfo: Text = ""  # noqa: N815
    vnp_SecureHash: Text = ""  # noqa: N815


class Told(msgspec.Struct, kw_only=True):
    """The answer; the API's code is vnp_ResponseCode, the payment's result vnp_TransactionStatus."""

    vnp_ResponseId: str  # noqa: N815
    vnp_Command: str  # noqa: N815
    vnp_ResponseCode: str  # noqa: N815
    vnp_Message: str  # noqa: N815
    vnp_TmnCode: str = ""  # noqa: N815
    vnp_TxnRef: str = ""  # noqa: N815
    vnp_Amount: str = ""  # noqa: N815
    vnp_OrderInfo: str = ""  # noqa: N815
    vnp_BankCode: str = ""  # noqa: N815
    vnp_PayDate: str = ""  # noqa: N815
    vnp_TransactionNo: str = ""  # noqa: N815
    vnp_TransactionType: str = ""  # noqa: N815
    vnp_TransactionStatus: str = ""  # noqa: N815
    vnp_PromotionCode: str = ""  # noqa: N815
    vnp_PromotionAmount: str = ""  # noqa: N815
    vnp_SecureHash: str = ""  # noqa: N815


QUERY_SIGNED = (
    *("vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate"),
    *("vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo"),
)
REFUND_SIGNED = (
    *("vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef", "vnp_Amount"),
    *("vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo"),
)
REFUND_ANSWER_SIGNED = (
    *("vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef", "vnp_Amount"),
    *("vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType", "vnp_TransactionStatus"),
    "vnp_OrderInfo",
)
QUERY_ANSWER_SIGNED = (*REFUND_ANSWER_SIGNED, "vnp_PromotionCode", "vnp_PromotionAmount")

SHAPES = {
    "vnp_RequestId": r"[!-~]{1,32}",
    "vnp_Version": r"2\.1\.0",
    "vnp_TxnRef": r"[!-~]{1,100}",
    "vnp_OrderInfo": r"[^\x00-\x1f\x7f]{1,255}",
    "vnp_TransactionDate": r"[0-9]{14}",
    "vnp_CreateDate": r"[0-9]{14}",
    "vnp_IpAddr": r"[0-9A-Za-z.:%]{7,45}",
}
DATES = ("vnp_TransactionDate", "vnp_CreateDate")
COMMANDS = {"querydr": QUERY_SIGNED, "refund": REFUND_SIGNED}
PAID_FOR = "01"
"""vnp_TransactionType of a payment."""
NOT_COMPLETED = "01"


class Query:
    """POST merchant_webapi/api/transaction: JSON in, JSON out, status 200 whatever the code.

    Order of checks: can be read, terminal, command, checksum, format, request id, payment.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._spec = desk.spec

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "POST",
                f"/payment/{self._spec.id}/merchant_webapi/api/transaction",
                "querydr: what became of a payment. refund: not offered by the sandbox (99).",
                self.ask,
                self.unreadable,
                "json",
                Ask,
                Told,
            ),
        )

    async def ask(self, _request: Request, given: Ask) -> Response:
        fields = {name: str(value) for name, value in msgspec.to_builtins(given).items() if value is not None}
        ref, contract, secret = fields.get("vnp_TxnRef", "")[:100], "", ""
        try:
            merchant = await self._desk.merchant(fields.get("vnp_TmnCode", ""))
            contract, secret = merchant.contract, merchant.values["hash_secret"]
            names = _signed_by(fields)
            if not self._is_authentic(fields, names, secret):
                return await self._wrong_checksum(fields, names, secret, contract)
            _check_shapes(fields)
            effect = await self._desk.query(merchant, ref, fields["vnp_RequestId"])
            if effect == "server_error":
                return HTMLResponse("<html><body><h1>502 Bad Gateway</h1></body></html>", 502)
            return await self._found(fields, merchant, secret)
        except Refused as refused:
            code = self._spec.query_words[refused.reason].code
            await self._desk.turn_away(refused, code, ref=ref, contract=contract)
            return self._refusal(refused.reason, fields, secret)

    async def unreadable(self, _request: Request, why: str) -> Response:
        refused = Refused(Reason.UNREADABLE, why)
        await self._desk.turn_away(refused, self._spec.query_words[refused.reason].code)
        return self._refusal(refused.reason, {}, "")

    async def _found(self, fields: Mapping[str, str], merchant: Settings, secret: str) -> Response:
        if fields["vnp_Command"] == "refund":
            raise Refused(Reason.NOT_OFFERED, "the sandbox refuses refunds of normal terminals")
        created = moment("vnp_TransactionDate", fields["vnp_TransactionDate"])
        payment = await self._desk.find(merchant, fields["vnp_TxnRef"], created)
        told = self._told(payment)
        _sign(told, QUERY_ANSWER_SIGNED, secret)
        await self._desk.queried(payment, msgspec.to_builtins(told))
        return answer(told)

    def _told(self, payment: Payment) -> Told:
        paid = payment.outcome is Outcome.PAID
        return Told(
            vnp_ResponseId=self._response_id(),
            vnp_Command="querydr",
            vnp_ResponseCode="00",
            vnp_Message=self._spec.query_success,
            vnp_TmnCode=payment.terminal.code,
            vnp_TxnRef=payment.ref,
            vnp_Amount=str(payment.amount * HUNDREDTHS),
            vnp_OrderInfo=payment.asked.info,
            vnp_BankCode=bank_of(payment),
            vnp_PayDate=written(payment.ended),
            vnp_TransactionNo=payment.number if paid else "0",
            vnp_TransactionType=PAID_FOR,
            vnp_TransactionStatus=self._spec.endings[payment.outcome].status if payment.outcome else NOT_COMPLETED,
        )

    def _refusal(self, reason: Reason, fields: Mapping[str, str], secret: str) -> Response:
        """Signed where the terminal is known."""
        word = self._spec.query_words[reason]
        told = Told(
            vnp_ResponseId=self._response_id(),
            vnp_Command=fields.get("vnp_Command", "")[:16],
            vnp_ResponseCode=word.code,
            vnp_Message=word.text,
            vnp_TmnCode=fields.get("vnp_TmnCode", "")[:8],
            vnp_TxnRef=fields.get("vnp_TxnRef", "")[:100],
        )
        if secret:
            _sign(told, REFUND_ANSWER_SIGNED if told.vnp_Command == "refund" else QUERY_ANSWER_SIGNED, secret)
        return answer(told)

    async def _wrong_checksum(
        self, fields: Mapping[str, str], names: Sequence[str], secret: str, contract: str
    ) -> Response:
        code, ref = self._spec.query_words[Reason.WRONG_CHECKSUM].code, fields.get("vnp_TxnRef", "")[:100]
        short = {name: value[: self._spec.largest_query // len(names)] for name, value in fields.items()}
        others = await self._desk.other_secrets(fields["vnp_TmnCode"])
        why = explain(secret, short, fields.get("vnp_SecureHash", ""), names=names, others=others)
        await self._desk.wrong_checksum(code, fields["vnp_Command"], ref, contract, why)
        return self._refusal(Reason.WRONG_CHECKSUM, fields, secret)

    def _is_authentic(self, fields: Mapping[str, str], names: Sequence[str], secret: str) -> bool:
        """A refund without vnp_TransactionNo may have hashed "" or "0" in its place."""
        ways = [fields]
        if names is REFUND_SIGNED and not fields.get("vnp_TransactionNo"):
            ways.append({**fields, "vnp_TransactionNo": "0"})
        given, any_case = fields.get("vnp_SecureHash", ""), self._spec.any_case_checksum
        return any(same(checksum(secret, barred_string(way, names)), given, any_case=any_case) for way in ways)

    def _response_id(self) -> str:
        return self._desk.world.entropy.hex(f"{self._desk.source}.response")


def _signed_by(fields: Mapping[str, str]) -> Sequence[str]:
    names = COMMANDS.get(fields.get("vnp_Command", ""))
    if names is None:
        raise Refused(Reason.BAD_FORMAT, "vnp_Command is neither querydr nor refund")
    return names


def _check_shapes(fields: Mapping[str, str]) -> None:
    for name, shape in SHAPES.items():
        value = fields.get(name, "")
        if not re.fullmatch(shape, value):
            raise Refused(Reason.BAD_FORMAT, f"{name} {'is missing' if not value else f'is not {shape}'}")
    for name in DATES:
        moment(name, fields[name])


def _sign(told: Told, names: Sequence[str], secret: str) -> None:
    told.vnp_SecureHash = checksum(secret, barred_string(msgspec.to_builtins(told), names))
