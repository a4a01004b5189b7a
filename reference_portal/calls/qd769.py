"""What every CA that speaks Decision 769/QĐ-BTTTT has in common: the words of a signing and how an answer is read."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import httpx
from cryptography import x509

from reference_portal import certificates
from reference_portal.calls.bodies import object_of

_UNREADABLE = "Dịch vụ chứng thực chữ ký số đang gặp sự cố. Vui lòng thử lại sau."
_REFUSED = ("reject", "deny", "denied", "cancel", "từ chối", "hủy")
_EXPIRED = ("expire", "timeout", "hết hạn", "quá thời gian")


class ProviderFailed(Exception):
    """No usable answer came: `why` is for the log, `message_vi` for the citizen."""

    def __init__(self, why: str, message_vi: str = _UNREADABLE) -> None:
        super().__init__(why)
        self.why = why
        self.message_vi = message_vi

    @property
    def lost(self) -> bool:
        """The connection was: the question may have been heard."""
        return isinstance(self.__cause__, httpx.TransportError)

    @property
    def unsent(self) -> bool:
        """It was lost before anything was asked."""
        return isinstance(self.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


@dataclass(frozen=True)
class Offered:
    """A certificate that a CA offers: who it belongs to is read from the certificate, not from the list around it."""

    serial: str
    der: bytes
    chain: tuple[bytes, ...]
    subject: str
    issuer: str
    name: str
    personal_id: str
    not_before: datetime
    not_after: datetime
    status: str

    @property
    def usable(self) -> bool:
        return self.status.upper() in {"", "VALID"}


@dataclass(frozen=True)
class Order:
    """One document to be signed; `digest` is SHA-256 of the DER of its signed attributes."""

    user_id: str
    serial: str
    transaction: str
    doc_id: str
    digest: bytes
    description: str


@dataclass(frozen=True)
class Outcome:
    """How a signing stands; `value` is raw PKCS#1 and still has to be verified."""

    state: Literal["waiting", "signed", "refused", "expired", "failed"]
    value: bytes | None = None
    message_vi: str | None = None


@dataclass(frozen=True)
class Answer:
    """A JSON answer: `ok` only when the HTTP status and the body's status_code both say so."""

    ok: bool
    message: str
    data: Mapping[str, Any]

    @property
    def tells(self) -> Literal["refused", "expired", "nothing"]:
        """No list of messages is published: what every integrator looks for in them."""
        message = self.message.lower()
        if any(word in message for word in _REFUSED):
            return "refused"
        return "expired" if any(word in message for word in _EXPIRED) else "nothing"


async def post(http: httpx.AsyncClient, url: str, body: Mapping[str, Any] | None, *, patience: float) -> Answer:
    """HTML with 200, a body that is no object and a lost connection are failures; an empty body is sent for None."""
    timeout = httpx.Timeout(10, read=patience)
    try:
        reply = await (http.post(url, timeout=timeout) if body is None else http.post(url, json=body, timeout=timeout))
        answer = object_of(reply)
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderFailed(f"{url}: {type(error).__name__} {error}") from error
    data = answer.get("data")
    code = answer.get("status_code", answer.get("code"))
    return Answer(
        ok=reply.status_code == 200 and str(code) == "200",
        message=str(answer.get("message") or ""),
        data=data if isinstance(data, dict) else {},
    )


def credentials(section: Mapping[str, str]) -> dict[str, str]:
    return {"sp_id": section["sp_id"], "sp_password": section["sp_password"]}


def offered(answer: Answer) -> tuple[Offered, ...]:
    """The certificates of a get_certificate answer; a row that cannot be read or belies its certificate is left out."""
    if not answer.ok:
        raise ProviderFailed(answer.message, _told("Không lấy được chứng thư số", answer.message))
    rows = answer.data.get("user_certificates")
    listed = rows if isinstance(rows, list) else []
    return tuple(found for row in listed if isinstance(row, dict) and (found := _offered(row)) is not None)


def signed_value(rows: Any, doc_id: str) -> bytes | None:
    """The value of the row with our doc_id (never by position: a batch may come back in another order)."""
    candidates = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    text = next((row.get("signature_value") for row in candidates if row.get("doc_id") == doc_id), None)
    return _decoded(text) if isinstance(text, str) and text else None


def unsigned(answer: Answer) -> Outcome:
    """What an answer without a signature means."""
    if answer.tells == "refused":
        return Outcome("refused", None, "Bạn đã từ chối ký số trên ứng dụng.")
    if answer.tells == "expired":
        return Outcome("expired", None, "Yêu cầu ký số đã hết hạn. Vui lòng ký lại.")
    return Outcome("failed", None, _told("Ký số không thành công", answer.message))


def _offered(row: Mapping[str, Any]) -> Offered | None:
    der = _decoded(row.get("cert_data"))
    try:
        certificate = x509.load_der_x509_certificate(der or b"")
    except ValueError:
        return None
    listed = str(row.get("serial_number") or certificates.serial(certificate))
    if not certificates.same_serial(listed, certificates.serial(certificate)):
        return None
    return Offered(
        serial=listed,
        der=der or b"",
        chain=tuple(_chain(row.get("chain_data"))),
        subject=str(row.get("cert_subject") or certificate.subject.rfc4514_string()),
        issuer=certificates.issuer_name(certificate),
        name=certificates.common_name(certificate),
        personal_id=certificates.personal_id(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        status=str(row.get("cert_status_code") or ""),
    )


def _chain(chain_data: Any) -> Iterable[bytes]:
    """VNPT sends an object {ca_cert, root_cert}, the decision's own form is an array; any member may be null."""
    texts = list(chain_data.values()) if isinstance(chain_data, dict) else chain_data
    for text in texts if isinstance(texts, list) else []:
        if der := _decoded(text):
            yield der


def _decoded(text: Any) -> bytes | None:
    """Base64 that may be broken by CRLF."""
    if not isinstance(text, str):
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _told(what: str, message: str) -> str:
    return f"{what}: {message}" if message else f"{what}."
