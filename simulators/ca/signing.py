"""The life of a signing request: waiting, then approved, refused or expired; pure, it is given the time."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, ClassVar

from msgspec.structs import replace

from simulators.ca.orders import Document
from simulators.ca.reasons import Reason
from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Change, Event, Instant, Key, Record


class State(Enum):
    """How a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class SigningRequest(Record, frozen=True, kw_only=True):
    """`id` is ca/transaction/contract, or ca/transaction/ where all service providers of a CA share the transactions."""

    KIND: ClassVar[str] = "signing_request"
    ABOUT: ClassVar[str | None] = "unanswered"
    DUE: ClassVar[str | None] = "due"

    ca: str
    sp_id: str
    transaction: str
    tran_code: str
    citizen: str
    serial: str
    documents: tuple[Document, ...]
    encoding: str
    hub: bool
    webhook: str
    webhook_token: tuple[str, str, str] = ("", "", "")
    """Where a token for the webhook is asked for, and as whom: URL, client id, client secret."""
    prompt: str
    state: State = State.WAITING
    reason: Reason | None = None
    expires: Instant = Instant(0)
    due: Instant | None = None
    injected: str = ""
    """The effect of a planned fault on what the CA answers."""

    @property
    def unanswered(self) -> str | None:
        """The transaction while it waits: what is over is found by its id alone, so that a long past costs nothing."""
        return self.transaction if self.state is State.WAITING else None

    @property
    def abouts(self) -> tuple[str, str, str]:
        """Whom a fault may be planned about."""
        return self.transaction, self.citizen, self.contract

    @property
    def asked(self) -> tuple[Key[Prompt], ...]:
        """The question on the phone, where there is one."""
        return (Key(Prompt, self.prompt),) if self.prompt else ()


def request_id(ca: str, contract: str, transaction: str) -> str:
    return f"{ca}/{transaction}/{contract}"


def opened(request: SigningRequest, now: Instant, ttl: int) -> tuple[SigningRequest, Event]:
    """The request as it begins to wait for the phone."""
    waiting = replace(request, expires=Instant(now + ttl), due=Instant(now + ttl))
    docs = [{"doc_id": document.doc_id, "digest": document.digest} for document in request.documents]
    body = {"docs": docs, "serial": request.serial, "encoding": request.encoding, "hub": request.hub}
    return waiting, event(request, "signing_requested", body)


def approved(request: SigningRequest, signatures: Iterable[str], injected: str = "") -> tuple[SigningRequest, Event]:
    """All documents at once, each with its value."""
    documents = tuple(
        replace(document, signature=signature)
        for document, signature in zip(request.documents, signatures, strict=True)
    )
    done = replace(request, state=State.APPROVED, documents=documents, due=None, injected=injected)
    docs = [
        {"doc_id": document.doc_id, "digest": document.digest, "signature_value": document.signature}
        for document in documents
    ]
    body: dict[str, Any] = {"docs": docs, "serial": request.serial, "hub": request.hub}
    return done, event(request, "signing_approved", body | ({"injected": injected} if injected else {}))


def refused(request: SigningRequest, reason: Reason) -> tuple[SigningRequest, Event]:
    """By the citizen, or by the CA because the certificate may no longer sign."""
    done = replace(request, state=State.REFUSED, reason=reason, due=None)
    by = "citizen" if reason is Reason.REFUSED else "ca"
    return done, event(request, "signing_refused", {"by": by, "reason": reason.value, "hub": request.hub})


def ended(request: SigningRequest, _now: Instant) -> Change:
    """Expired, its prompt gone; nothing changes when it is over already."""
    if request.state is not State.WAITING:
        return Change()
    done = replace(request, state=State.EXPIRED, reason=Reason.EXPIRED, due=None)
    written = event(request, "signing_expired", {"hub": request.hub})
    return Change(records=(done,), events=(written,), gone=request.asked, result=done)


def event(request: SigningRequest, word: str, body: dict[str, Any]) -> Event:
    return Event(
        source=f"ca.{request.ca}",
        word=word,
        ref=request.transaction,
        subject=request.citizen,
        contract=request.contract,
        body=body,
    )
