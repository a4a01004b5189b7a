"""Variant A of the NEAC hub: credentials and ca_name in the body, hex or base64, one call until the phone has answered."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from simulators.ca.desk.callers import Caller, recognised
from simulators.ca.desk.hub import Hub
from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import types
from simulators.ca.wires.dialect import Dialect, Word
from simulators.ca.wires.qd769 import meanings
from simulators.ca.wires.replies import Replies, Seen, order_of
from simulators.ca.wires.rows import Lister, signature_rows
from simulators.kernel.wire import Route


def routes(hub: Hub, door: Door) -> tuple[Route, ...]:
    """Everything behind the hub's door."""
    counter, dialect = HubCounter(hub, door.dialect), door.dialect
    said, errors, name = Replies(hub.world.store, hub.spec, dialect), meanings(dialect), hub.spec.name
    listing = [
        Route(
            "POST",
            door.base + path,
            f"{name}: the certificates of a person at the CA that is named",
            counter.listed,
            said.broken,
            "json",
            types.GetCertificate,
            types.GetCertificateReply,
            errors,
        )
        for path in dialect.list_paths
    ]
    text = f"{name}: ask the person's phone to sign; answers when the phone has"
    sign = Route(
        "POST",
        door.base + dialect.sign_path,
        text,
        counter.sign,
        said.broken,
        "json",
        types.Sign,
        types.SignReply,
        errors,
    )
    return (*listing, sign)


WIRE = Wire(routes)


class HubCounter:
    """The hub's desk behind its dialect."""

    def __init__(self, hub: Hub, dialect: Dialect) -> None:
        self._hub = hub
        self._dialect = dialect
        self._replies = Replies(hub.world.store, hub.spec, dialect)

    async def listed(self, request: Request, given: types.GetCertificate) -> Response:
        seen = Seen(given.sp_id, given.transaction_id or "", given.user_id)
        return await self._replies.answered(request, seen, self._listed(given))

    async def sign(self, request: Request, given: types.Sign) -> Response:
        transaction = self._hub.world.entropy.uuid(f"ca.{self._hub.spec.id}.transaction")
        seen = Seen(given.sp_id, transaction, given.user_id)
        return await self._replies.answered(request, seen, self._sign(given, transaction))

    async def _listed(self, given: types.GetCertificate) -> Response:
        caller = await self._caller(given.sp_id, given.sp_password)
        desk = self._hub.desk(given.ca_name or "")
        listing = await desk.listed(caller, given.user_id, given.serial_number or "", hub=True)
        if listing.injected == "server_error":
            raise Refused(Reason.CA_FAILED, f"{desk.spec.name} did not answer the hub as it should (injected)")
        rows = await Lister(desk, self._dialect).rows(listing.certificates, given.transaction_id or "")
        return self._replies.said(Word(200, self._dialect.success[0], "UNKNOWN"), {"user_certificates": rows})

    async def _sign(self, given: types.Sign, transaction: str) -> Response:
        caller = await self._caller(given.sp_id, given.sp_password)
        desk = self._hub.desk(given.ca_name or "")
        order = order_of(given, self._dialect, transaction, hub=True)
        request = await self._hub.signed(desk, caller, order)
        if request.reason:
            return self._replies.said(self._dialect.word(request.reason), {"transaction_id": transaction})
        data = {
            "transaction_id": transaction,
            self._dialect.arrays[0]: signature_rows(request, self._dialect.values[0]),
        }
        return self._replies.said(Word(200, self._dialect.success[0], "UNKNOWN"), data)

    async def _caller(self, sp_id: str, sp_password: str) -> Caller:
        return await recognised(self._hub.world.store, self._hub.spec.id, sp_id, sp_password)
