"""Decision 769/QĐ-BTTTT as the CAs speak it: get_certificate, sign, status, and the webhook; the dialect is data."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.ca.desk.callers import Caller, recognised
from simulators.ca.desk.effects import BROKEN
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State, event
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import types
from simulators.ca.wires.dialect import NEVER, Dialect, Word
from simulators.ca.wires.replies import Replies, Seen, lacking, order_of
from simulators.ca.wires.rows import Lister, Variance, signature_rows
from simulators.kernel.clock import SECOND
from simulators.kernel.wire import Reads, Route


def routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    """Everything behind one door of a CA."""
    counter, dialect = Counter(desk, door.dialect), door.dialect
    said, errors = Replies(desk.world.store, desk.spec, dialect), meanings(dialect)

    def post(path: str, text: str, handle: Any, takes: Any, gives: Any) -> Route:  # as Route's own
        reads: Reads = "json" if takes else "nothing"
        return Route("POST", door.base + path, text, handle, said.broken, reads, takes, gives, errors)

    name = desk.spec.name
    listing = [
        post(
            path,
            f"{name}: the certificates of a person",
            counter.listed,
            types.GetCertificate,
            types.GetCertificateReply,
        )
        for path in dialect.list_paths
    ]
    sign = post(dialect.sign_path, f"{name}: ask the person's phone to sign", counter.sign, types.Sign, types.SignReply)
    asked = None if "{" in dialect.status_path else types.Status
    handle = counter.status_by_path if asked is None else counter.status
    status = post(dialect.status_path, f"{name}: how a transaction stands", handle, asked, types.SignReply)
    wrong = Route("GET", status.path, "Refused: POST is due", said.wrong_method, said.broken, errors={405: "always"})
    return (*listing, sign, status, wrong)


def webhook_body(dialect: Dialect, request: SigningRequest) -> str:
    """The list is called signed_files here, whatever the status reply calls it (specs 1.1.4)."""
    body = {
        "sp_id": request.sp_id,
        "status_code": 200,
        "message": dialect.success[0],
        "transaction_id": request.transaction,
        "signed_files": signature_rows(request, "signature_value"),
    }
    return msgspec.json.encode(body).decode()


WIRE = Wire(routes, webhook=webhook_body)


class Counter:
    """One CA's desk behind one dialect."""

    def __init__(self, desk: Desk, dialect: Dialect) -> None:
        self._desk = desk
        self._dialect = dialect
        self._replies = Replies(desk.world.store, desk.spec, dialect)
        self._variance = Variance(desk.world.entropy, desk.spec)
        self._lister = Lister(desk, dialect)

    async def listed(self, request: Request, given: types.GetCertificate) -> Response:
        seen = Seen(given.sp_id, given.transaction_id or "", given.user_id)
        return await self._replies.answered(request, seen, self._listed(given))

    async def sign(self, request: Request, given: types.Sign) -> Response:
        seen = Seen(given.sp_id, given.transaction_id or "", given.user_id)
        return await self._replies.answered(request, seen, self._sign(given))

    async def status(self, request: Request, given: types.Status) -> Response:
        """Where the body names the transaction and the caller."""
        seen = Seen(given.sp_id, given.transaction_id or "", given.user_id)
        return await self._replies.answered(request, seen, self._status(given))

    async def status_by_path(self, request: Request, _given: None) -> Response:
        """Where the path names the transaction and nobody names himself."""
        transaction = request.path_params["transaction"]
        return await self._replies.answered(request, Seen(ref=transaction), self._standing(transaction))

    async def _listed(self, given: types.GetCertificate) -> Response:
        caller = await self._caller(given.sp_id, given.sp_password)
        if name := lacking(given, self._dialect.list_needs):
            reason = Reason.TRANSACTION_MISSING if name == "transaction_id" else Reason.UNREADABLE
            raise Refused(reason, f"{name} is missing: this provider's document marks it as required")
        listing = await self._desk.listed(caller, given.user_id, given.serial_number or "")
        if listing.injected == "server_error":
            return self._replies.injected(listing.injected)
        rows = await self._lister.rows(listing.certificates, given.transaction_id or "")
        text = self._dialect.nothing_found if not rows else ""
        text = text or self._variance.pick("list_word", given.user_id, ("Success", *self._dialect.success))
        return self._replies.said(Word(200, text, "CONFIRMED"), {"user_certificates": rows})

    async def _sign(self, given: types.Sign) -> Response:
        caller = await self._caller(given.sp_id, given.sp_password)
        order = order_of(given, self._dialect, given.transaction_id or "")
        opened = await self._desk.open(caller, order)
        await self._desk.held(opened)
        return self._replies.said(self._dialect.pending, self._waiting(opened.request))

    async def _status(self, given: types.Status) -> Response:
        caller = await self._caller(given.sp_id, given.sp_password)
        return await self._standing(given.transaction_id or "", caller.contract)

    async def _standing(self, transaction: str, contract: str = "") -> Response:
        found = await self._desk.found(transaction, contract)
        await self._desk.world.store.note(event(found, "signing_polled", {"state": found.state.value}))
        if found.state is State.WAITING:
            return self._replies.said(self._dialect.pending, self._waiting(found))
        if found.state is not State.APPROVED:
            assert found.reason is not None, "what ended without a signature has a reason"
            return self._replies.said(self._dialect.word(found.reason), {"transaction_id": transaction})
        if found.injected in BROKEN:
            return self._replies.injected(found.injected)
        array = self._variance.pick("array", transaction, self._dialect.arrays)
        value = self._variance.pick("value", transaction, self._dialect.values)
        text = self._variance.pick("word", transaction, self._dialect.success)
        told = {"transaction_id": transaction, array: signature_rows(found, value)}
        data = self._variance.ordered(transaction, told)
        return self._replies.said(Word(200, text, "CONFIRMED"), data)

    async def _caller(self, sp_id: str, sp_password: str) -> Caller:
        return await recognised(self._desk.world.store, self._desk.spec.id, sp_id, sp_password)

    def _waiting(self, request: SigningRequest) -> dict[str, Any]:
        left = (request.expires - self._desk.world.store.now()) // SECOND
        return {"transaction_id": request.transaction, "tran_code": request.tran_code, "expired_in": max(left, 0)}


def meanings(dialect: Dialect) -> dict[int, str]:
    """What each HTTP status of a refusal may mean here; a code of the provider's own, such as 1003, is no status."""
    meanings: dict[int, set[str]] = {}
    for reason, word in dialect.words.items():
        if not isinstance(word, NEVER) and 400 <= word.code < 600 and reason is not Reason.WRONG_METHOD:
            meanings.setdefault(word.code, set()).add(reason.value)
    return {code: ", ".join(sorted(reasons)) for code, reasons in sorted(meanings.items())}
