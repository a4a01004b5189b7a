"""MISA eSign's webhook: its body, another messageId at each attempt, the answer that ends it; and what is named by a GUID."""

from __future__ import annotations

import hashlib

import msgspec

from simulators.ca.signing import SigningRequest
from simulators.ca.wires.misa_types import Acknowledgement, Signature, Webhook
from simulators.ca.wires.misa_words import MisaDialect
from simulators.kernel.citizens import Citizen
from simulators.kernel.courier import Delivery, Outcome
from simulators.kernel.pki import Certificate

TAKEN = {"0", 0}
OK = 200


def body(_dialect: MisaDialect, request: SigningRequest) -> str:
    signatures = [Signature(one.signature, one.doc_id) for one in request.documents]
    told = Webhook("", request.sp_id, {}, "SUCCESS", "", request.transaction, signatures)
    return msgspec.json.encode(told).decode()


def attempt(delivery: Delivery) -> str:
    """The same with a messageId of this attempt's own."""
    told = msgspec.json.decode(delivery.body, type=Webhook)
    mark = _guid(f"{delivery.id}/{delivery.attempt}")
    return msgspec.json.encode(msgspec.structs.replace(told, message_id=mark)).decode()


def acknowledged(outcome: Outcome) -> bool:
    """200 with errorCode "0" (LIKELY: what the vendor's SDK answers); a number is taken as the text."""
    if outcome.status != OK:
        return False
    try:
        return msgspec.json.decode(outcome.answer, type=Acknowledgement).error_code in TAKEN
    except (msgspec.DecodeError, RecursionError):  # the second: brackets in brackets, thousands deep
        return False


def user_guid(citizen: Citizen) -> str:
    """The same at every login."""
    return _guid(f"user/{citizen.id}")


def key_guid(certificate: Certificate) -> str:
    return _guid(f"key/{certificate.id}")


def _guid(thing: str) -> str:
    """Shaped as a GUID, the same for the same thing."""
    digest = hashlib.sha256(thing.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"
