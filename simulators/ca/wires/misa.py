"""MISA eSign: login with a second factor, tokens, certificates, Signing/hash and its status, and the path that is none."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.ca import digests, orders
from simulators.ca.coded import MisaSpec
from simulators.ca.desk.accounts import Accounts
from simulators.ca.desk.callers import Caller
from simulators.ca.desk.effects import BROKEN
from simulators.ca.desk.requests import Desk
from simulators.ca.orders import Document, Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State, event
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import misa_types as types
from simulators.ca.wires import misa_webhook
from simulators.ca.wires.misa_login import LoginCounter
from simulators.ca.wires.misa_replies import MisaReplies
from simulators.ca.wires.misa_webhook import key_guid, user_guid
from simulators.ca.wires.replies import DESCRIBED
from simulators.ca.wires.rows import Variance, base64_lines
from simulators.kernel import faults
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import in_utc
from simulators.kernel.pki import Certificate
from simulators.kernel.wire import Reads, Route, answer

CLIENT = ("client_id", "client_key")
AUTH = "/api/auth/api/v1/auth"
ESRM = "/external/esrm/service"
GENERAL, SIGNING = f"{ESRM}/general/api/v1", f"{ESRM}/signing/api/v1"
LONGEST_ID, LONGEST_NAME = 36, 100
MARKUP = re.compile(r"<[^>]*>")
"""HTML is taken; the phone shows its text."""
Action = Callable[[Caller, Citizen, Any, Request], Awaitable[Response]]


def routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    """Everything behind a door of this wire."""
    assert isinstance(desk.spec, MisaSpec), "MISA's wire speaks MISA's facts"
    replies = MisaReplies(desk.world.store, desk.spec, door.dialect)
    accounts = Accounts(desk, desk.spec)
    counter, login = Counter(desk, accounts, replies), LoginCounter(accounts, desk.spec, replies)
    errors = {400: "error, errorCode, devMsg, userMsg", 401: "client or access token invalid"}

    def esrm(method: str, path: str, action: Action, takes: Any, gives: Any) -> Route:
        reads: Reads = "nothing" if takes is None else "json" if method == "POST" else "query"
        text = f"{desk.spec.name}: {path.rsplit('/api/v1/')[1]}"
        handle = counter.behind_token(action)
        return Route(method, door.base + path, text, handle, replies.broken, reads, takes, gives, errors)

    status = f"{SIGNING}/Signing/status/{{transaction:path}}"
    return (
        *login.routes(door.base, AUTH),
        esrm("GET", f"{GENERAL}/Certificates/by-userId", counter.listed, None, list[types.Certificate]),
        esrm("GET", f"{GENERAL}/Certificates/by-certId", counter.one, types.WhichCertificate, types.Certificate),
        esrm("POST", f"{SIGNING}/Signing/hash", counter.asked, types.SignHash, types.Asked),
        esrm("GET", status, counter.standing, None, types.Standing),
        *replies.wrong_paths(f"{door.base}/webdev/external/esrm/{{service:path}}"),
    )


def _told(_dialect: Any, address: str) -> dict[str, str]:
    return {"base_url": address, "auth_url": f"{address}/webdev{AUTH}"}


WIRE = Wire(
    routes,
    CLIENT,
    told=_told,
    sites={"account": faults.plain("not_connected")},
    webhook=misa_webhook.body,
    attempt=misa_webhook.attempt,
    acknowledged=misa_webhook.acknowledged,
)


class Counter:
    """One CA's desk in MISA's words, behind x-clientid, x-clientkey and AuthorizationRM."""

    def __init__(self, desk: Desk, accounts: Accounts, replies: MisaReplies) -> None:
        self._desk = desk
        self._accounts = accounts
        self._replies = replies
        self._variance = Variance(desk.world.entropy, desk.spec)

    def behind_token(self, action: Action) -> Callable[[Request, Any], Awaitable[Response]]:
        async def handle(request: Request, given: Any) -> Response:
            try:
                caller = await self._replies.caller(request)
                scheme, _, bearer = request.headers.get("authorizationrm", "").partition(" ")
                token = bearer.strip() if scheme.lower() == "bearer" else ""
                citizen = await self._accounts.citizen(caller, token)
                return await action(caller, citizen, given, request)
            except Refused as refused:
                return await self._replies.refusal(request, refused)

        return handle

    async def listed(self, caller: Caller, citizen: Citizen, _given: None, _request: Request) -> Response:
        listing = await self._desk.listed(caller, citizen.id, "")
        if listing.injected == "server_error":
            return self._replies.failed(listing.injected)
        return answer([await self._row(one, citizen) for one in listing.certificates])

    async def one(
        self, _caller: Caller, citizen: Citizen, given: types.WhichCertificate, _request: Request
    ) -> Response:
        return answer(await self._row(await self._chosen(citizen, given.cert_alias), citizen))

    async def asked(self, caller: Caller, citizen: Citizen, given: types.SignHash, _request: Request) -> Response:
        await self._accounts.demand_connected(caller, citizen)
        if given.user_id != user_guid(citizen):
            why = f"UserId {given.user_id[:40]!r} is not the token's user: send data.user.id of the login"
            raise Refused(Reason.USER_UNKNOWN, why)
        certificate = await self._chosen(citizen, given.cert_alias)
        order = self._order(given, citizen, certificate)
        opened = await self._desk.open(caller, order)
        await self._desk.held(opened)
        return answer(types.Asked(opened.request.transaction))

    async def standing(self, caller: Caller, citizen: Citizen, _given: None, request: Request) -> Response:
        transaction = request.path_params["transaction"]
        found = await self._desk.found(transaction, caller.contract)
        if found.citizen != citizen.id:
            why = f"transactionId {transaction[:60]!r} is another user's: log in as who was asked to sign"
            raise Refused(Reason.TRANSACTION_UNKNOWN, why)
        await self._desk.world.store.note(event(found, "signing_polled", {"state": found.state.value}))
        if found.injected in BROKEN:
            return self._replies.failed(found.injected)
        return answer(self._told(found))

    def _told(self, request: SigningRequest) -> types.Standing:
        if request.state is State.WAITING:
            return types.Standing("PENDING", "", "", request.transaction, [])
        if request.state is not State.APPROVED:
            reason = request.reason or Reason.EXPIRED
            status, word = self._replies.ended(reason)
            return types.Standing(status, word.error_code, word.message, request.transaction, [])
        named = self._variance.choose("document_id", request.transaction) == 0
        made = [types.Signature(one.signature, one.doc_id if named else "") for one in request.documents]
        return types.Standing("SUCCESS", "", "", request.transaction, made)

    def _order(self, given: types.SignHash, citizen: Citizen, certificate: Certificate) -> Order:
        for one in given.documents:
            if len(one.document_id) > LONGEST_ID or not 0 < len(one.document_name) <= LONGEST_NAME:
                why = f"DocumentId has at most {LONGEST_ID} characters, DocumentName 1 to {LONGEST_NAME}"
                raise Refused(Reason.BAD_FILES, why)
        read = [digests.read(one.file_to_sign, ("base64",), "Documents[].FileToSign")[0] for one in given.documents]
        names = ", ".join(one.document_name for one in given.documents)
        shown = " ".join(html.unescape(MARKUP.sub(" ", given.data_to_be_displayed)).split())
        return Order(
            user_id=citizen.id,
            transaction=self._desk.world.entropy.uuid(f"{self._desk.source}.transaction"),
            documents=tuple(
                Document(one.document_id, digest) for one, digest in zip(given.documents, read, strict=True)
            ),
            encoding="base64",
            serial=certificate.id,
            description=f"{shown} ({names})"[:DESCRIBED] if shown else names[:DESCRIBED],
        )

    async def _chosen(self, citizen: Citizen, alias: str) -> Certificate:
        for one in await self._desk.subscribers.certificates(citizen):
            if key_guid(one) == alias:
                return one
        why = f"CertAlias {alias[:60]!r} is none of the token's user: Certificates/by-userId names them as keyAlias"
        raise Refused(Reason.SERIAL_UNKNOWN, why)

    async def _row(self, certificate: Certificate, citizen: Citizen) -> types.Certificate:
        usable = orders.unusable(certificate, self._desk.world.store.now()) is None
        status = "ACTIVE" if usable else "INACTIVE"
        chain = (certificate.der_bytes, *await self._desk.world.pki.chain(certificate.ca))
        written = [base64_lines(der, wrapped=False) for der in chain]
        return types.Certificate(
            user_id=user_guid(citizen),
            key_alias=key_guid(certificate),
            app_name=self._desk.spec.service_name,
            key_status=status,
            certificate=written[0],
            chain=written,
            cert_status=status,
            effective_date=f"{in_utc(certificate.not_before):%Y-%m-%dT%H:%M:%SZ}",
            expiration_date=f"{in_utc(certificate.not_after):%Y-%m-%dT%H:%M:%SZ}",
            email_name=citizen.email or "",
            is_auto_sign=False,
        )
