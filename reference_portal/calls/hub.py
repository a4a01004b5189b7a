"""The NEAC eSign hub, variant A: credentials in the body, hash signing, one call that ends when the phone has answered."""

from collections.abc import Mapping

import httpx

from reference_portal.calls import qd769
from reference_portal.calls.qd769 import Offered, Order, Outcome, ProviderFailed

__all__ = ["Offered", "Order", "Outcome", "ProviderFailed", "certificates", "sign"]

PATIENCE = 20.0
PHONE_PATIENCE = 320.0
"""A CA gives the citizen 300 s; the hub answers only then."""


async def certificates(
    http: httpx.AsyncClient, hub: Mapping[str, str], ca_name: str, user_id: str
) -> tuple[Offered, ...]:
    wanted = {**qd769.credentials(hub), "user_id": user_id, "ca_name": ca_name}
    return qd769.offered(
        await qd769.post(http, f"{hub['base_url']}/sign_v2/get_certificate", wanted, patience=PATIENCE)
    )


async def sign(http: httpx.AsyncClient, hub: Mapping[str, str], ca_name: str, order: Order) -> Outcome:
    """The digest goes as hex, which Decision 769 asks for a hash (one live portal sends base64; the hub takes both)."""
    file = {
        "doc_id": order.doc_id,
        "file_type": "pdf",
        "sign_type": "hash",
        "data_to_be_signed": order.digest.hex(),
    }
    body = {
        **qd769.credentials(hub),
        "user_id": order.user_id,
        "ca_name": ca_name,
        "serial_number": order.serial,
        "transaction_id": order.transaction,
        "sign_files": [file],
    }
    try:
        answer = await qd769.post(http, f"{hub['base_url']}/sign_v2/sign", body, patience=PHONE_PATIENCE)
    except ProviderFailed as failure:
        return Outcome("failed", None, failure.message_vi)
    value = qd769.signed_value(answer.data.get("signed_files"), order.doc_id) if answer.ok else None
    return Outcome("signed", value) if value else qd769.unsigned(answer)
