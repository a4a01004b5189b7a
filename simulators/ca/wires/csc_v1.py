"""Cloud Signature Consortium API 1.0.4.0: info, auth/login, credentials/…, signatures/signHash; authorize waits for the phone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from cryptography import x509
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulators.ca import csc, digests, orders
from simulators.ca.desk.activations import TOKEN_TTL, Activations, Gate, ServiceGate
from simulators.ca.desk.callers import Caller
from simulators.ca.desk.effects import BROKEN
from simulators.ca.desk.requests import Desk
from simulators.ca.orders import Document, Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import csc_types as types
from simulators.ca.wires.csc_words import CscDialect
from simulators.ca.wires.replies import MAINTENANCE
from simulators.ca.wires.rows import STATUSES
from simulators.kernel.clock import SECOND, in_utc
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Event
from simulators.kernel.wire import Route, answer

SPECS = "1.0.4.0"
SHA256 = "2.16.840.1.101.3.4.2.1"
RSA, SHA256_RSA = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"
SHOWN = 8
"""Hexadecimal digits of a digest by which the phone names a document: the standard has no name for it."""
Methods = Mapping[str, tuple[type, type]]
"""What each takes and gives."""
METHODS: Methods = {
    "info": (types.Info, types.Service),
    "auth/login": (types.LogIn, types.Token),
    "credentials/list": (types.CredentialsList, types.CredentialIds),
    "credentials/info": (types.CredentialsInfo, types.Credential),
    "credentials/authorize": (types.Authorize, types.Sad),
    "signatures/signHash": (types.SignHash, types.Signatures),
}


def routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    """Everything behind a door of this standard."""
    gate = ServiceGate(desk)
    return served(Counter(desk, door.dialect, gate), METHODS, desk, door)


def served(counter: Counter, methods: Methods, desk: Desk, door: Door) -> tuple[Route, ...]:
    """These methods alone; a CA's own variant may have fewer, and types of its own."""
    base, name = f"{door.base}/csc/v1", desk.spec.name
    errors = {400: "error and error_description of the standard", 401: "the Bearer token is not valid"}
    handles = counter.handles()
    return tuple(
        Route(
            "POST",
            f"{base}/{method}",
            f"{name}, CSC {SPECS}: {method}",
            handles[method],
            counter.broken,
            "json",
            *shapes,
            errors,
        )
        for method, shapes in methods.items()
    )


def _told(_dialect: CscDialect, address: str) -> dict[str, str]:
    """What precedes /csc/v1."""
    return {"csc_url": address}


WIRE = Wire(routes, told=_told)


class Counter:
    """One CA's desk in the standard's words."""

    def __init__(self, desk: Desk, dialect: CscDialect, gate: Gate) -> None:
        self._desk = desk
        self._dialect = dialect
        self._gate = gate
        self._activations = Activations(desk)

    def handles(self) -> dict[str, Callable[[Request, Any], Awaitable[Response]]]:
        """By method."""
        behind: dict[str, Any] = {
            "credentials/list": self._listed,
            "credentials/info": self._credential,
            "credentials/authorize": self._authorized,
            "signatures/signHash": self._signed,
        }
        free: dict[str, Any] = {"info": self.info, "auth/login": self.log_in}
        return free | {method: self._behind_token(action) for method, action in behind.items()}

    async def broken(self, request: Request, why: str) -> Response:
        return await self._refusal(request, Refused(Reason.UNREADABLE, f"the body cannot be read: {why}"))

    async def info(self, _request: Request, _given: types.Info) -> Response:
        spec = self._desk.spec
        text = f"{spec.name} (MÔ PHỎNG): a standard wire, not one that the provider documents"
        return answer(types.Service(SPECS, spec.name, "VN", "vi-VN", text, ["basic"], list(METHODS)))

    async def log_in(self, request: Request, _given: types.LogIn) -> Response:
        """HTTP Basic with sp_id and sp_password: the service provider's authorization, for all its users."""
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        try:
            plain = base64.b64decode(sent.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
        except (binascii.Error, ValueError):
            plain = ""
        sp_id, _, password = plain.partition(":")
        try:
            token = await ServiceGate(self._desk).log_in(sp_id, password)
        except Refused as refused:
            return await self._refusal(request, refused)
        return answer(types.Token(token.id, TOKEN_TTL // SECOND))

    def _behind_token(self, action: Callable[[tuple[Caller, str], Any], Awaitable[Response]]) -> Any:
        async def handle(request: Request, given: Any) -> Response:
            scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
            caller = None
            try:
                caller, citizen = await self._gate.caller(bearer.strip() if scheme.lower() == "bearer" else "")
                return await action((caller, citizen), given)
            except Refused as refused:
                return await self._refusal(request, refused, caller)

        return handle

    async def _listed(self, who: tuple[Caller, str], given: types.CredentialsList) -> Response:
        """Where the token is the service provider's, userID says whose."""
        listing = await self._desk.listed(who[0], self._gate.whose(who[1], given.user_id), "")
        if listing.injected == "server_error":
            return _failed(listing.injected)
        return answer(types.CredentialIds([self._gate.identity(one) for one in listing.certificates]))

    async def _credential(self, who: tuple[Caller, str], given: types.CredentialsInfo) -> Response:
        found = await self._gate.credential(who[1], given.credential_id)
        if given.certificates not in {"none", "single", "chain"}:
            raise Refused(Reason.UNREADABLE, f"certificates {given.certificates[:20]!r}: none, single or chain")
        chain = [found.der_bytes, *await self._desk.world.pki.chain(found.ca)]
        shown = chain[: {"none": 0, "single": 1, "chain": len(chain)}[given.certificates]]
        reason = orders.unusable(found, self._desk.world.store.now())
        told = types.Credential(
            description=self._desk.spec.service_name,
            key=types.PrivateKey("enabled" if reason is None else "disabled", [RSA, SHA256_RSA], 2048),
            cert=_certificate(found, STATUSES[reason][1].lower(), shown, names=given.cert_info),
            auth_mode="implicit",
            scal="2",
            multisign=self._desk.spec.files_per_request,
            lang="vi-VN",
        )
        return answer(told)

    async def _authorized(self, who: tuple[Caller, str], given: types.Authorize) -> Response:
        """Answers when the phone has: what the standard calls implicit authorization."""
        found = await self._gate.credential(who[1], given.credential_id)
        spare = given.num_signatures - len(given.hash)
        if not given.hash or spare < 0 or (spare and not self._dialect.spare_signatures):
            why = f"numSignatures is {given.num_signatures} and hash has {len(given.hash)}: SCAL 2 demands every hash"
            raise Refused(Reason.BAD_FILES, why)
        read = _digests(given.hash)
        names = given.names or [digest[:SHOWN] for digest in read]
        if len(names) != len(read):
            raise Refused(
                Reason.BAD_FILES, f"documents counts {len(names)} and hash {len(read)}: they must be the same"
            )
        order = Order(
            user_id=found.citizen,
            transaction=self._desk.world.entropy.uuid(f"{self._desk.source}.csc"),
            documents=tuple(Document(name, digest) for name, digest in zip(names, read, strict=True)),
            encoding="base64",
            serial=found.id,
            description=given.told,
        )
        sad, seconds = await self._activations.authorize(who[0], order)
        return answer(types.Sad(sad.id, seconds))

    async def _signed(self, who: tuple[Caller, str], given: types.SignHash) -> Response:
        found = await self._gate.credential(who[1], given.credential_id)
        if (given.sign_algo, given.hash_algo) not in {(SHA256_RSA, SHA256), (SHA256_RSA, ""), (RSA, SHA256)}:
            why = (
                f"signAlgo {given.sign_algo[:40]!r} with hashAlgo {given.hash_algo[:40]!r}: RSA with SHA-256 is offered"
            )
            raise Refused(Reason.BAD_ALGORITHM, why)
        read = _digests(given.hash)
        if not read:
            raise Refused(Reason.BAD_DIGEST, "hash is empty")
        request = await self._activations.sign(who[0], given.sad, found.id, read)
        if request.injected in BROKEN:
            return _failed(request.injected)
        return answer(types.Signatures(csc.values(request, read)))

    async def _refusal(self, request: Request, refused: Refused, caller: Caller | None = None) -> Response:
        event = Event(
            source=self._desk.source,
            word="turned_away",
            contract=caller.contract if caller else "",
            body={"reason": refused.reason.value, "why": refused.why, "path": request.url.path},
        )
        await self._desk.world.store.note(event)
        word = self._dialect.word(refused.reason)
        headers = {"WWW-Authenticate": "Bearer"} if word.code == 401 else None
        return answer(types.Failure(word.error, word.description), word.code, headers)


def _digests(sent: list[str]) -> list[str]:
    return [digests.read(one, ("base64",))[0] for one in sent]


def _certificate(found: Certificate, status: str, chain: list[bytes], *, names: bool) -> types.CertificateInfo:
    shown = [base64.b64encode(der).decode() for der in chain]
    if not names:
        return types.CertificateInfo(status, shown)
    parsed = x509.load_der_x509_certificate(found.der_bytes)
    return types.CertificateInfo(
        status=status,
        certificates=shown,
        issuer_dn=parsed.issuer.rfc4514_string(),
        serial_number=found.id,
        subject_dn=parsed.subject.rfc4514_string(),
        valid_from=f"{in_utc(found.not_before):%Y%m%d%H%M%SZ}",
        valid_to=f"{in_utc(found.not_after):%Y%m%d%H%M%SZ}",
    )


def _failed(effect: str) -> Response:
    """What a planned fault makes of an answer."""
    if effect == "html_200":
        return HTMLResponse(MAINTENANCE)
    return answer(types.Failure("server_error", "The remote service met an unexpected condition"), 500)
