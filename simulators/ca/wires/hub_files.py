"""Variant B of the NEAC hub: a bearer token, whole files, one call until the phone has answered, an answer nested in `data`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.ca.desk.callers import Caller, recognised
from simulators.ca.desk.file_hub import Asked, File, FileHub, as_base64
from simulators.ca.desk.hub import Hub
from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import Door, Wire
from simulators.ca.wires import hub_files_types as types
from simulators.ca.wires.dialect import Dialect, Word
from simulators.ca.wires.qd769 import meanings
from simulators.ca.wires.replies import Replies, Seen
from simulators.ca.wires.rows import Lister
from simulators.kernel.wire import Route, answer, from_base64


def routes(hub: Hub, door: Door) -> tuple[Route, ...]:
    """Everything behind the hub's door."""
    counter, dialect, name = FileCounter(hub, door.dialect), door.dialect, hub.spec.name
    errors = meanings(dialect)
    listing = f"{name}: the certificates of a person at the CA that is named, and a transaction"
    sign = f"{name}: have the person sign whole files; answers when the phone has"

    def post(path: str, text: str, handle: Any, broken: Any, shapes: tuple[type, type]) -> Route:  # as Route's own
        return Route("POST", door.base + path, text, handle, broken, "json", *shapes, errors)

    return (
        post(
            dialect.list_paths[0],
            listing,
            counter.listed,
            counter.said.broken,
            (types.GetCertificate, types.Certificates),
        ),
        post(dialect.sign_path, sign, counter.sign, counter.broken, (types.SignFiles, types.SignedReply)),
    )


WIRE = Wire(routes, client=("sp_id", "token"), found_by="password")


class FileCounter:
    """The hub's desk behind its dialect."""

    def __init__(self, hub: Hub, dialect: Dialect) -> None:
        self._hub = hub
        self._files = FileHub(hub)
        self._dialect = dialect
        self.said = Replies(hub.world.store, hub.spec, dialect)

    async def listed(self, request: Request, given: types.GetCertificate) -> Response:
        seen = Seen(_bearer(request), "", given.user_id)
        return await self.said.answered(request, seen, self._listed(request, given))

    async def sign(self, request: Request, given: types.SignFiles) -> Response:
        seen = Seen(_bearer(request), given.transaction_id, given.user_id)
        try:
            done = await self._signed(request, given)
        except Refused as refused:
            return await self._no(request, seen, given, refused)
        rows = [types.SignedFile(file.doc_id, file.name, as_base64(file.raw)) for file in done]
        return self._nested(Word(200, self._dialect.success[0], "UNKNOWN"), given, rows)

    async def broken(self, request: Request, why: str) -> Response:
        refused = Refused(Reason.UNREADABLE, f"the body cannot be read: {why}")
        return await self._no(request, Seen(_bearer(request)), types.SignFiles(), refused)

    async def _listed(self, request: Request, given: types.GetCertificate) -> Response:
        caller = await self._caller(request)
        transaction, listing, desk = await self._files.listed(caller, given.user_id, given.ca_name)
        rows = await Lister(desk, self._dialect).rows(listing.certificates, transaction)
        data = {"transaction_id": transaction, "user_certificates": rows}
        return self.said.said(Word(200, self._dialect.success[0], "UNKNOWN"), data)

    async def _signed(self, request: Request, given: types.SignFiles) -> tuple[File, ...]:
        caller = await self._caller(request)
        asked = Asked(given.user_id, given.ca_name, given.serial_number, given.cert_data, given.transaction_id)
        files = [File(one.doc_id, one.file_name, _decoded(one)) for one in given.sign_files]
        return await self._files.signed(caller, asked, files)

    async def _caller(self, request: Request) -> Caller:
        token = _bearer(request)
        try:
            return await recognised(self._hub.world.store, self._hub.spec.id, token, token, ("token", "token"))
        except Refused as refused:
            why = "the Bearer token is missing or unknown: the settings sheet has one"
            raise Refused(Reason.TOKEN_UNKNOWN, why) from refused

    async def _no(self, request: Request, seen: Seen, given: types.SignFiles, refused: Refused) -> Response:
        await self.said.noted(request, seen, refused)
        return self._nested(self._dialect.word(refused.reason), given, [])

    def _nested(self, word: Word, given: types.SignFiles, rows: list[types.SignedFile]) -> Response:
        told = types.Signed(word.code, word.text, given.serial_number, given.transaction_id, rows)
        return answer(types.SignedReply(told), self.said.http(word))


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _decoded(file: types.FileToSign) -> bytes:
    raw = from_base64(file.file_base64)
    if raw is None:
        raise Refused(Reason.BAD_FILES, f"sign_files[].file_base64 of {file.doc_id[:60]!r} is no base64")
    return raw
