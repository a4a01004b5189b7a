"""What a service provider asks to be signed, and with which certificate: what can be wrong with it, pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from simulators.ca.reasons import Reason, Refused
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Instant


class Document(msgspec.Struct, frozen=True):
    """One digest to be signed (hex), and what came of it (base64 of the raw RSA value)."""

    doc_id: str
    digest: str
    signature: str = ""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a service provider asks for, its digests read already."""

    user_id: str
    transaction: str
    documents: tuple[Document, ...]
    encoding: str
    serial: str = ""
    description: str = ""
    webhook: str = ""
    hub: bool = False


def check(order: Order, files_per_request: int) -> None:
    """What can be wrong with an order whoever asks it of whomever."""
    if not order.transaction:
        raise Refused(Reason.TRANSACTION_MISSING, "transaction_id is empty: send one that is new for each request")
    if not 0 < len(order.documents) <= files_per_request:
        why = f"sign_files has {len(order.documents)} items; 1 to {files_per_request} are taken"
        raise Refused(Reason.BAD_FILES, why)
    seen: set[str] = set()
    for document in order.documents:
        if not document.doc_id:
            raise Refused(Reason.BAD_FILES, "sign_files[].doc_id is empty: the citizen must see which document it is")
        if document.doc_id in seen:
            raise Refused(Reason.BAD_FILES, f"sign_files[].doc_id {document.doc_id!r} stands twice in one request")
        seen.add(document.doc_id)


def check_webhook(url: str) -> None:
    """Where each request names its webhook's URL."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if url and not usable:
        raise Refused(Reason.UNREADABLE, f"urlWebhook {url[:60]!r} is no absolute http(s) URL")


def chosen(certificates: Sequence[Certificate], serial: str) -> Certificate:
    """The certificate that the order names, or the only one; serials are compared without case and separators."""
    if not serial and len(certificates) == 1:
        return certificates[0]
    if not serial:
        raise Refused(Reason.SERIAL_NEEDED, f"the user has {len(certificates)} certificates: send serial_number")
    wanted = plain_serial(serial)
    found = [certificate for certificate in certificates if certificate.id == wanted]
    if not found:
        raise Refused(Reason.SERIAL_UNKNOWN, f"serial_number {serial!r} is not one of this user's at this CA")
    return found[0]


def plain_serial(serial: str) -> str:
    return serial.lower().replace(":", "").replace(" ", "")


def unusable(certificate: Certificate, now: Instant) -> Reason | None:
    """Why this certificate may not sign now, if it may not."""
    if certificate.status != "good":
        return Reason.REVOKED if certificate.status == "revoked" else Reason.SUSPENDED
    return None if certificate.not_before <= now < certificate.not_after else Reason.LAPSED
