"""Reading what a service provider sent and saying no in the provider's words: what the doors of CAs and hub share."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulators.ca import digests
from simulators.ca.desk.callers import contract_of
from simulators.ca.orders import Document, Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import CaSpec, HubSpec
from simulators.ca.wires.dialect import Dialect, Need, Word
from simulators.ca.wires.types import Sign, SignFile
from simulators.kernel.records import Event
from simulators.kernel.store import Store
from simulators.kernel.wire import answer

DESCRIBED = 200
"""Characters of transaction_desc that reach the phone."""
MAINTENANCE = (
    "<!doctype html><html lang=vi><title>MÔ PHỎNG</title><p>Hệ thống đang bảo trì. Vui lòng quay lại sau.</p></html>"
)


@dataclass(frozen=True)
class Seen:
    """What a request said of itself before anything was checked: for the journal's row about a refusal."""

    sp_id: str = ""
    ref: str = ""
    subject: str = ""


class Replies:
    """Answers of one door."""

    def __init__(self, store: Store, spec: CaSpec | HubSpec, dialect: Dialect) -> None:
        self._store = store
        self._spec = spec
        self._dialect = dialect

    def said(self, word: Word, data: Any = None) -> Response:
        """The word's code in the body and, where the spec has it so, as HTTP status."""
        http = self.http(word)
        if word.code >= 400 and self._dialect.errors == "code":
            return answer({"code": word.code, "message": word.text}, http)
        return answer({"status_code": word.code, "message": word.text, "data": data}, http)

    def http(self, word: Word) -> int:
        return word.code if self._spec.http_status == "both" and 400 <= word.code < 600 else 200

    async def answered(self, request: Request, seen: Seen, action: Awaitable[Response]) -> Response:
        """What the action answers, or the provider's word for why not; the journal is told the why."""
        try:
            return await action
        except Refused as refused:
            return await self.refusal(request, seen, refused)

    async def refusal(self, request: Request, seen: Seen, refused: Refused) -> Response:
        await self.noted(request, seen, refused)
        return self.said(self._dialect.word(refused.reason))

    async def noted(self, request: Request, seen: Seen, refused: Refused) -> None:
        """The journal is told the why."""
        event = Event(
            source=f"ca.{self._spec.id}",
            word="turned_away",
            ref=seen.ref,
            subject=seen.subject,
            contract=await contract_of(self._store, self._spec.id, seen.sp_id),
            body={"reason": refused.reason.value, "why": refused.why, "path": request.url.path},
        )
        await self._store.note(event)

    async def broken(self, request: Request, why: str) -> Response:
        """A body that cannot be read."""
        return await self.refusal(request, Seen(), Refused(Reason.UNREADABLE, f"the body cannot be read: {why}"))

    async def wrong_method(self, request: Request, _given: None) -> Response:
        """GET where POST is due: seen in the field at the status call."""
        why = f"{request.method} is not taken here: send POST, with an empty body if there is nothing to say"
        seen = Seen(ref=request.path_params.get("transaction", ""))
        reply = await self.refusal(request, seen, Refused(Reason.WRONG_METHOD, why))
        reply.status_code = 405
        reply.headers["Allow"] = "POST"
        return reply

    def injected(self, effect: str) -> Response:
        """What a planned fault makes of an answer: a page with 200, or an internal error."""
        if effect == "html_200":
            return HTMLResponse(MAINTENANCE)
        return answer({self._dialect.errors: 500, "message": "SERVER_INTERNAL_ERROR"}, 500)


def lacking(given: Any, needs: Mapping[str, Need]) -> str:
    """The first of the needed fields that was not sent, or was sent empty where it must be filled."""
    for name, need in needs.items():
        value = getattr(given, name)
        if value is None or (need == "filled" and not value):
            return name
    return ""


def documents_of(files: list[SignFile], dialect: Dialect) -> tuple[tuple[Document, ...], str]:
    """The digests of a request, and how the last was encoded."""
    encoding, read = "", []
    for file in files:
        _must_be_hash(file, dialect)
        if name := lacking(file, dialect.file_needs):
            why = f"sign_files[].{name} is missing: this provider's document marks it as required"
            raise Refused(Reason.BAD_FILES, why)
        digest, encoding = digests.read(file.data_to_be_signed, dialect.encodings)
        read.append(Document(file.doc_id, digest))
    return tuple(read), encoding


def order_of(given: Sign, dialect: Dialect, transaction: str, *, hub: bool = False) -> Order:
    documents, encoding = documents_of(given.sign_files, dialect)
    return Order(
        user_id=given.user_id,
        transaction=transaction,
        documents=documents,
        encoding=encoding,
        serial=given.serial_number or "",
        description=(given.transaction_desc or "")[:DESCRIBED],
        webhook=given.url_webhook or "",
        hub=hub,
    )


def _must_be_hash(file: SignFile, dialect: Dialect) -> None:
    nested = file.file_options.sign_type if file.file_options else None
    due, other = (nested, file.sign_type) if dialect.file_options == "nested" else (file.sign_type, nested)
    if due == "hash":
        return
    place = "file_options.sign_type" if dialect.file_options == "nested" else "sign_type"
    if due is None and other is not None:
        why = f"sign_files[].{place} is missing: this provider reads it there, not where the other dialect has it"
    else:
        why = f"sign_files[].{place} is {due!r}: only 'hash' is signed"
    raise Refused(Reason.BAD_FILES, why)
