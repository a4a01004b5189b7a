"""VNPT SmartCA, Decision 769 API version 1: certificates, a request to sign, its status by polling or after a webhook."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

import httpx

from reference_portal.calls import qd769
from reference_portal.calls.qd769 import Offered, Order, Outcome, ProviderFailed

__all__ = ["Offered", "Order", "Outcome", "ProviderFailed", "certificates", "sign", "status", "webhook_names"]

PATIENCE = 20.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
WAITING = Outcome("waiting", None, "Vui lòng xác nhận ký số trên ứng dụng VNPT SmartCA.")


async def certificates(http: httpx.AsyncClient, ca: Mapping[str, str], user_id: str) -> tuple[Offered, ...]:
    wanted = {**qd769.credentials(ca), "user_id": user_id, "serial_number": "", "transaction_id": ""}
    url = f"{ca['base_url']}/v1/credentials/get_certificate"
    return qd769.offered(await qd769.post(http, url, wanted, patience=PATIENCE))


async def sign(http: httpx.AsyncClient, ca: Mapping[str, str], order: Order) -> Outcome:
    """Asks the citizen's phone; the digest travels as lower-case hex.

    Where the answer is lost the phone may ring all the same: the status call tells.
    """
    file = {
        "data_to_be_signed": order.digest.hex(),
        "doc_id": order.doc_id,
        "file_type": "pdf",
        "sign_type": "hash",
    }
    body = {
        **qd769.credentials(ca),
        "user_id": order.user_id,
        "transaction_id": order.transaction,
        "transaction_desc": order.description,
        "serial_number": order.serial,
        "time_stamp": f"{datetime.now(UTC):%Y%m%d%H%M%SZ}",
        "sign_files": [file],
    }
    try:
        answer = await qd769.post(http, f"{ca['base_url']}/v1/signatures/sign", body, patience=PATIENCE)
    except ProviderFailed as failure:
        heard = failure.lost and not failure.unsent
        return WAITING if heard else Outcome("failed", None, failure.message_vi)
    return WAITING if answer.ok else qd769.unsigned(answer)


async def status(http: httpx.AsyncClient, ca: Mapping[str, str], order: Order) -> Outcome:
    """POST with an empty body (GET is refused); a lost connection leaves the signing waiting."""
    url = f"{ca['base_url']}/v1/signatures/sign/{quote(order.transaction, safe='')}/status"
    try:
        answer = await qd769.post(http, url, None, patience=PATIENCE)
    except ProviderFailed as failure:
        return WAITING if failure.lost else Outcome("failed", None, failure.message_vi)
    if answer.ok and (value := qd769.signed_value(answer.data.get("signatures"), order.doc_id)):
        return Outcome("signed", value)
    if not answer.ok or answer.tells != "nothing" or answer.message.lower() == "success":
        return qd769.unsigned(answer)
    left = answer.data.get("expired_in")
    over = isinstance(left, int) and left <= 0
    return Outcome("expired", None, "Yêu cầu ký số đã hết hạn. Vui lòng ký lại.") if over else WAITING


def webhook_names(body: bytes) -> str | None:
    """The transaction that a webhook speaks of. Nothing else in it is believed: anyone can send one."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):  # the second: nested too deeply
        return None
    transaction = told.get("transaction_id") if isinstance(told, dict) else None
    return transaction if isinstance(transaction, str) and transaction else None
