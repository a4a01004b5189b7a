"""A generic PKCS#11 agent over HTTP: this lab's own door, no vendor's protocol; list the certificates, sign a digest."""

from __future__ import annotations

import base64
from typing import Literal

import msgspec
from cryptography import x509
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.records import Event
from simulators.kernel.wire import Route, answer, from_base64
from simulators.tokens.desk.signing import Computer, Slot
from simulators.tokens.dialogs import State
from simulators.tokens.reasons import Reason, Refused
from simulators.tokens.wires.words import ckr

ANY_PAGE = {"Access-Control-Allow-Origin": "*"}
"""An agent serves whatever page is open on its computer; the PIN dialog is what stands between."""
LONGEST_ORIGIN = 200
ERRORS = {
    404: "no such computer or certificate",
    409: "what the token says: CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_TOKEN_NOT_PRESENT, CKR_FUNCTION_CANCELED, …",
    422: "the request cannot be read, or its digest is no SHA-256 digest",
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """`op` list takes no more; sign takes `serial` (hex, as list shows it) and `digest` (base64 of 32 bytes)."""

    op: Literal["list", "sign"]
    serial: str = ""
    digest: str = ""


class Shown(msgspec.Struct):
    """One certificate: base64 DER, serial in hex, names as RFC 4514 prints them."""

    certificate: str
    serial: str
    subject: str
    issuer: str
    not_before: str
    not_after: str
    token_label: str
    token_serial: str


class Answered(msgspec.Struct, omit_defaults=True):
    """`certificates` answers list; `signature` (base64, 256 bytes of RSA PKCS#1 v1.5) and `certificate` answer sign."""

    certificates: list[Shown] | None = None
    signature: str = ""
    certificate: str = ""


class Failure(msgspec.Struct):
    """`error` is PKCS#11's name, `number` its value, `message` for the page."""

    error: str
    number: int
    message: str


class Agent:
    """One door for every citizen's computer: the path says whose."""

    def __init__(self, computer: Computer) -> None:
        self._computer = computer

    def routes(self) -> tuple[Route, ...]:
        text = "The citizen's computer: generic PKCS#11 agent (not a vendor's protocol); sign waits for the PIN."
        path = "/tokens/{citizen}/agent"
        return (Route("POST", path, text, self.asked, self.broken, "json", Asked, Answered, ERRORS),)

    async def broken(self, request: Request, why: str) -> Response:
        return await self._refusal(request, Refused(Reason.UNREADABLE, f"the body cannot be read: {why}"))

    async def asked(self, request: Request, given: Asked) -> Response:
        try:
            return await (self._list(request) if given.op == "list" else self._sign(request, given))
        except Refused as error:
            return await self._refusal(request, error)

    async def _list(self, request: Request) -> Response:
        slots = await self._computer.slots(request.path_params["citizen"], origin_of(request))
        return answer(Answered(certificates=[_shown(slot) for slot in slots]), headers=ANY_PAGE)

    async def _sign(self, request: Request, given: Asked) -> Response:
        digest = from_base64(given.digest)
        if digest is None:
            raise Refused(Reason.BAD_DIGEST, "digest: it is not base64")
        dialog = await self._computer.sign(request.path_params["citizen"], given.serial, (digest,), origin_of(request))
        if dialog.state is not State.SIGNED:
            return _failure(dialog.reason or Reason.EXPIRED)
        certificate = await self._computer.world.pki.by_serial(dialog.serial)
        assert certificate is not None, "certificates are never removed"
        return answer(Answered(signature=dialog.signatures[0], certificate=certificate.der), headers=ANY_PAGE)

    async def _refusal(self, request: Request, error: Refused) -> Response:
        body = {"reason": error.reason.value, "why": error.why, "path": request.url.path, "origin": origin_of(request)}
        subject = request.path_params["citizen"][:40]
        await self._computer.note(Event(source="token", word="turned_away", subject=subject, body=body))
        return _failure(error.reason)


def origin_of(request: Request) -> str:
    """The page that asks, as its browser says it; empty for a client that is no browser."""
    return request.headers.get("origin", "")[:LONGEST_ORIGIN]


def _failure(reason: Reason) -> Response:
    word = ckr(reason)
    return answer(Failure(word.name, word.number, word.text), word.status, ANY_PAGE)


def _shown(slot: Slot) -> Shown:
    der = base64.b64decode(slot.certificate.der)
    parsed = x509.load_der_x509_certificate(der)
    return Shown(
        certificate=slot.certificate.der,
        serial=slot.certificate.id,
        subject=parsed.subject.rfc4514_string(),
        issuer=parsed.issuer.rfc4514_string(),
        not_before=parsed.not_valid_before_utc.isoformat(),
        not_after=parsed.not_valid_after_utc.isoformat(),
        token_label=slot.token.label,
        token_serial=slot.token.id,
    )
