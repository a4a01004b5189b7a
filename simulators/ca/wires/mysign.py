"""Viettel MySign: login for one user, certificates/info, signHash (waits or is polled), requests/status."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from cryptography import x509
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulators.ca import digests, orders
from simulators.ca.desk import effects
from simulators.ca.desk.callers import Caller, contract_of, recognised
from simulators.ca.desk.effects import BROKEN
from simulators.ca.desk.requests import Desk
from simulators.ca.desk.users import CLIENT, Users, UserToken, credential_id
from simulators.ca.orders import Document, Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State, event
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import mysign_types as types
from simulators.ca.wires import mysign_webhook
from simulators.ca.wires.mysign_texts import document_name, text
from simulators.ca.wires.mysign_words import ENDED, MEANWHILE, SIGNED, WAITING, MysignDialect
from simulators.ca.wires.replies import MAINTENANCE
from simulators.ca.wires.rows import STATUSES, Variance, base64_lines
from simulators.kernel import faults
from simulators.kernel.clock import SECOND, in_utc
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Event
from simulators.kernel.wire import Route, answer, from_base64

SHA256, RSA = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.1"
LONGEST_DESCRIPTION = 100
"""Characters, in base64."""
TOLD = 3
"""async: a webhook tells the end."""
METHODS: dict[str, tuple[type, Any]] = {
    "ras/v1/login": (types.LogIn, types.Token),
    "certificates/info": (types.CertificatesInfo, list[types.Credential]),
    "signHash": (types.SignHash, types.Signed),
    "requests/status": (types.Status, types.Standing),
}


def routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    """Everything behind a door of this wire."""
    counter, name = Counter(desk, door.dialect), desk.spec.name
    errors = {400: "error and error_description", 401: "the Bearer token is not valid"}
    return tuple(
        Route(
            "POST", f"{door.base}/{method}", f"{name}: {method}", handle, counter.broken, "json", *shapes, errors=errors
        )
        for (method, shapes), handle in zip(METHODS.items(), counter.handles(), strict=True)
    )


def _told(dialect: MysignDialect, address: str) -> dict[str, str]:
    return {"base_url": address, "profile_id": dialect.profile_id}


SITES = {"status": faults.plain(*MEANWHILE), "answer": faults.plain(effects.SIGN_FAILED)}
WIRE = Wire(
    routes,
    CLIENT,
    told=_told,
    sites=SITES,
    webhook=mysign_webhook.body,
    begun=mysign_webhook.begun,
    kinds=mysign_webhook.kinds,
    acknowledged=mysign_webhook.acknowledged,
)


class Counter:
    """One CA's desk in MySign's words."""

    def __init__(self, desk: Desk, dialect: MysignDialect) -> None:
        self._desk = desk
        self._dialect = dialect
        self._users = Users(desk, dialect.token_life)
        self._variance = Variance(desk.world.entropy, desk.spec)

    def handles(self) -> tuple[Callable[[Request, Any], Awaitable[Response]], ...]:
        """In the order of METHODS."""
        return (self.log_in, *(self._behind_token(action) for action in (self._listed, self._signed, self._standing)))

    async def broken(self, request: Request, why: str) -> Response:
        return await self._refusal(request, Refused(Reason.UNREADABLE, f"the body cannot be read: {why}"))

    async def log_in(self, request: Request, given: types.LogIn) -> Response:
        try:
            token = await self._token(given)
        except Refused as refused:
            return await self._refusal(request, refused, given.client_id)
        return answer(types.Token(token.id, str(self._dialect.token_life // SECOND)))

    async def _token(self, given: types.LogIn) -> UserToken:
        self._demand_profile(given.profile_id)
        return await self._users.log_in(given.client_id, given.client_secret, given.user_id)

    def _demand_profile(self, sent: str) -> None:
        if sent != self._dialect.profile_id:
            raise Refused(Reason.UNREADABLE, f"profile_id {sent[:40]!r} is unknown: send {self._dialect.profile_id}")

    def _behind_token(self, action: Callable[[Caller, str, Any], Awaitable[Response]]) -> Any:
        async def handle(request: Request, given: Any) -> Response:
            scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
            token = bearer.strip() if scheme.lower() == "bearer" else ""
            try:
                caller, citizen = await self._users.caller(token)
                return await action(caller, citizen, given)
            except Refused as refused:
                return await self._refusal(request, refused, await self._users.client_of(token))

        return handle

    async def _listed(self, caller: Caller, citizen: str, given: types.CertificatesInfo) -> Response:
        await self._demand_same(caller, given.client_id, given.client_secret)
        self._users.whose(citizen, given.user_id)
        self._demand_profile(given.profile_id)
        listing = await self._desk.listed(caller, citizen, "")
        if listing.injected == "server_error":
            return _failed(listing.injected)
        return answer([await self._credential(one) for one in listing.certificates])

    async def _signed(self, caller: Caller, citizen: str, given: types.SignHash) -> Response:
        await self._demand_same(caller, given.client_id, given.client_secret)
        if given.mode not in {0, 1, 2, TOLD}:
            why = f"async {given.mode}: 0 waits for the phone, 1 and 2 are polled, 3 is told by webhook; none is no answer"
            raise Refused(Reason.UNREADABLE, why)
        if given.mode == TOLD:
            caller = await self._users.told_at(caller)
        certificate = await self._users.credential(citizen, given.credential_id)
        order = self._order(given, citizen, certificate)
        opened = await self._desk.open(caller, order)
        request = opened.request
        await self._desk.held(opened)
        if given.mode:
            return answer(types.Signed(transaction=request.transaction))
        settled = await self._desk.settled(request, self._desk.spec.request_ttl / SECOND + 1)
        await self._note(settled)
        if settled.state is not State.APPROVED:
            reason = settled.reason or Reason.EXPIRED
            raise Refused(reason, f"the citizen's phone: {reason.value}")
        return _failed(settled.injected) if settled.injected in BROKEN else answer(types.Signed(self._values(settled)))

    async def _standing(self, caller: Caller, citizen: str, given: types.Status) -> Response:
        found = await self._desk.found(given.transaction, caller.contract)
        if found.citizen != citizen:
            why = f"transactionId {given.transaction[:60]!r} is another user's: log in as who was asked to sign"
            raise Refused(Reason.TRANSACTION_UNKNOWN, why)
        await self._note(found)
        effect = await effects.befallen(self._desk.world.store, f"{self._desk.spec.id}.status", found)
        if effect:
            return answer(types.Standing(*MEANWHILE[effect]))
        if found.injected in BROKEN:
            return _failed(found.injected)
        if found.state is State.APPROVED:
            return answer(types.Standing(*SIGNED, self._values(found)))
        told = WAITING if found.state is State.WAITING else ENDED[found.reason or Reason.EXPIRED]
        return answer(types.Standing(*told))

    async def _demand_same(self, caller: Caller, client_id: str, secret: str) -> None:
        """Credentials stand in each body beside the token, and must be those of the login."""
        again = await recognised(self._desk.world.store, self._desk.spec.id, client_id, secret, CLIENT)
        if again.sp_id != caller.sp_id:
            raise Refused(Reason.SP_UNKNOWN, "client_id is another than the token's: log in with this one")

    def _order(self, given: types.SignHash, citizen: str, certificate: Certificate) -> Order:
        if not given.num_signatures == len(given.hash) == len(given.documents):
            counts = f"{given.num_signatures}, {len(given.hash)} and {len(given.documents)}"
            raise Refused(Reason.BAD_FILES, f"numSignatures, hash and documents count {counts}: they must be the same")
        if (given.hash_algo, given.sign_algo) != (SHA256, RSA):
            why = f"hashAlgo {given.hash_algo[:40]!r}, signAlgo {given.sign_algo[:40]!r}: send {SHA256} and {RSA}"
            raise Refused(Reason.BAD_ALGORITHM, why)
        named = [(one.document_id, document_name(one.document_name)) for one in given.documents]
        read = [digests.read(one, ("base64",), "hash[]")[0] for one in given.hash]
        return Order(
            user_id=citizen,
            transaction=self._desk.world.entropy.uuid(f"{self._desk.source}.transaction"),
            documents=tuple(Document(identity, digest) for (identity, _), digest in zip(named, read, strict=True)),
            encoding="base64",
            serial=certificate.id,
            description=", ".join([_description(given.description), *(name for _, name in named)]).strip(", "),
        )

    async def _credential(self, certificate: Certificate) -> types.Credential:
        parsed = x509.load_der_x509_certificate(certificate.der_bytes)
        reason = orders.unusable(certificate, self._desk.world.store.now())
        chain = (certificate.der_bytes, *await self._desk.world.pki.chain(certificate.ca))
        return types.Credential(
            credential_id=credential_id(certificate),
            description="Go>Sign mobile based implicit credential authorization",
            key=types.PrivateKey("enabled" if reason is None else "disabled", [RSA], "2048"),
            cert=types.CertificateInfo(
                status=STATUSES[reason][1].lower(),
                certificates=[base64_lines(der, wrapped=True) for der in chain],
                issuer_dn=parsed.issuer.rfc4514_string(),
                serial_number=str(parsed.serial_number),
                subject_dn=parsed.subject.rfc4514_string(),
                valid_from=f"{in_utc(certificate.not_before):%Y%m%d%H%M%S}+0000",
                valid_to=f"{in_utc(certificate.not_after):%Y%m%d%H%M%S}+0000",
            ),
        )

    def _values(self, request: SigningRequest) -> list[str]:
        """In the order of the question; base64 in one line or with CRLF."""
        wrapped = self._variance.choose("crlf", request.transaction) == 1
        raw = [from_base64(document.signature) or b"" for document in request.documents]
        return [base64_lines(value, wrapped=wrapped) for value in raw]

    async def _note(self, request: SigningRequest) -> None:
        await self._desk.world.store.note(event(request, "signing_polled", {"state": request.state.value}))

    async def _refusal(self, request: Request, refused: Refused, client_id: str = "") -> Response:
        told = Event(
            source=self._desk.source,
            word="turned_away",
            contract=await contract_of(self._desk.world.store, self._desk.spec.id, client_id),
            body={"reason": refused.reason.value, "why": refused.why, "path": request.url.path},
        )
        await self._desk.world.store.note(told)
        word = self._dialect.word(refused.reason)
        return answer(types.Failure(word.error, word.description), word.code)


def _description(sent: str) -> str:
    if len(sent) >= LONGEST_DESCRIPTION:
        raise Refused(Reason.BAD_FILES, f"description has {len(sent)} characters of base64: fewer than 100 are taken")
    return text("description", sent)


def _failed(effect: str) -> Response:
    """What a planned fault makes of an answer."""
    if effect == "html_200":
        return HTMLResponse(MAINTENANCE)
    return answer(types.Failure("50000", "Internal error"), 500)
