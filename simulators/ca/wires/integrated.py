"""SmartCA TH ("tích hợp"), version 2 of VNPT's API: password and code open a request, `confirm` with its SAD signs at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.ca.desk.callers import Caller, recognised
from simulators.ca.desk.effects import BROKEN
from simulators.ca.desk.integrated import Integrated
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import types
from simulators.ca.wires.dialect import Dialect, Need, Word
from simulators.ca.wires.qd769 import meanings
from simulators.ca.wires.replies import Replies, Seen, lacking, order_of
from simulators.ca.wires.rows import signature_rows
from simulators.kernel.clock import SECOND
from simulators.kernel.wire import Route

SIGN_NEEDS: Mapping[str, Need] = {"password": "filled", "otp": "filled", "serial_number": "filled"}
CONFIRM_NEEDS: Mapping[str, Need] = {"user_id": "filled", "password": "filled", "sad": "filled"}
REASONS = {"serial_number": Reason.SERIAL_NEEDED}
"""Of a field that is missing, where it has one of its own."""


def routes(desk: Desk, door: Door) -> tuple[Route, ...]:
    """Everything behind a door of this wire."""
    counter, dialect, name = Counter(desk, door.dialect), door.dialect, desk.spec.name
    said, errors = Replies(desk.world.store, desk.spec, dialect), meanings(dialect)

    def post(path: str, text: str, handle: Any, takes: Any) -> Route:  # as Route's own
        return Route("POST", door.base + path, text, handle, said.broken, "json", takes, types.SignReply, errors)

    ask = "open a request with the person's password and code; the phone where the account is none of these"
    return (
        post(dialect.sign_path, f"{name} TH: {ask}", counter.sign, types.SignIntegrated),
        post(dialect.status_path, f"{name} TH: sign what was opened", counter.confirm, types.Confirm),
    )


WIRE = Wire(routes)


class Counter:
    """One CA's desk behind this dialect."""

    def __init__(self, desk: Desk, dialect: Dialect) -> None:
        self._integrated = Integrated(desk)
        self._dialect = dialect
        self._replies = Replies(desk.world.store, desk.spec, dialect)

    async def sign(self, request: Request, given: types.SignIntegrated) -> Response:
        seen = Seen(given.sp_id, given.transaction_id or "", given.user_id)
        return await self._replies.answered(request, seen, self._sign(given))

    async def confirm(self, request: Request, given: types.Confirm) -> Response:
        seen = Seen(given.sp_id, given.transaction_id or "", given.user_id)
        return await self._replies.answered(request, seen, self._confirm(given))

    async def _sign(self, given: types.SignIntegrated) -> Response:
        caller = await self._caller(given.sp_id, given.sp_password)
        _demand(given, SIGN_NEEDS)
        order = order_of(given, self._dialect, given.transaction_id or "")
        opened, sad = await self._integrated.open(caller, order, given.password, given.otp)
        left = (opened.expires - self._integrated.desk.world.store.now()) // SECOND
        data: dict[str, Any] = {"transaction_id": opened.transaction, "tran_code": opened.tran_code}
        # Without a SAD it is the phone that is asked: nothing else tells the two apart.
        data |= {"sad": sad, "expired_in": self._life()} if sad else {"expired_in": max(left, 0)}
        return self._replies.said(self._dialect.pending, data)

    async def _confirm(self, given: types.Confirm) -> Response:
        caller = await self._caller(given.sp_id, given.sp_password)
        _demand(given, CONFIRM_NEEDS)
        named = given.transaction_id or "", given.user_id
        request = await self._integrated.confirm(caller, named, given.password, given.sad)
        if request.reason:
            return self._replies.said(self._dialect.word(request.reason), {"transaction_id": request.transaction})
        if request.injected in BROKEN:
            return self._replies.injected(request.injected)
        rows = signature_rows(request, self._dialect.values[0])
        data = {"transaction_id": request.transaction, "expired_in": self._life(), self._dialect.arrays[0]: rows}
        return self._replies.said(Word(200, self._dialect.success[0], "CONFIRMED"), data)

    def _life(self) -> int:
        return self._integrated.spec.sad_life // SECOND

    async def _caller(self, sp_id: str, sp_password: str) -> Caller:
        desk = self._integrated.desk
        return await recognised(desk.world.store, desk.spec.id, sp_id, sp_password)


def _demand(given: Any, needs: Mapping[str, Need]) -> None:
    if name := lacking(given, needs):
        why = f"{name} is missing: version 2 of the API demands it"
        raise Refused(REASONS.get(name, Reason.UNREADABLE), why)
