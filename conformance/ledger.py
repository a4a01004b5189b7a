"""What the journal of one contract and the portal's books say, folded in one pass each into what the laws compare."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.journal import ACKNOWLEDGED, SEATED, SHOWN, TOKEN_ANSWERED, Row
from conformance.records import Broken

SUCCESS = "00"
ACKNOWLEDGING = frozenset({"00", "02"})
# Deliveries that a fault left true: repeated, early, late, or with a field more.
BELIEVABLE = frozenset({"", "duplicate", "parallel", "before_return", "extra_field", "late"})


@dataclass(frozen=True)
class Signed:
    """A file that the books call signed; `subject` is the dossier's owner (TechID)."""

    dossier: str
    component: str
    subject: str
    personal_id: str
    serial: str
    digest: str


@dataclass
class Ledger:
    """Only ids, amounts and digests: small enough for hours of load."""

    settled: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    approved: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    sent_again: Counter[str] = field(default_factory=Counter)
    persons: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, tuple[str, str]] = field(default_factory=dict)
    told_codes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown_signed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dossiers: dict[str, tuple[str, str]] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of a registration with the State Treasury: personal ids of all who were ever declared in it."""
    codes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    paid: dict[str, int] = field(default_factory=dict)
    receipts: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    signatures: list[Signed] = field(default_factory=list)


def fold(rows: Iterable[Row], books: Iterable[Mapping[str, Any]], *, since: int = 0) -> Ledger:
    """What the portal confirmed up to `since` obliges it to nothing: it may have begun anew after an earlier run."""
    ledger = Ledger()
    for row in rows:
        if (read := _ROWS.get(row.word)) is not None:
            read(ledger, row)
        if 0 < row.seq <= since:
            ledger.confirmed.discard(row.ref)
            ledger.sent_again.pop(row.ref, None)
    for book in books:
        if (enter := _BOOKS.get(str(book.get("book")))) is not None:
            enter(ledger, book)
    return ledger


def plain_serial(serial: object) -> str:
    """Hexadecimal without colons, blanks, leading zeros and case."""
    return str(serial or "").replace(":", "").replace(" ", "").lower().removeprefix("0x").lstrip("0")


def _settled(ledger: Ledger, row: Row) -> None:
    codes = {str(row.body.get(name, SUCCESS)) for name in ("response_code", "transaction_status")}
    if codes == {SUCCESS}:
        ledger.settled[row.ref] = int(row.body.get("amount", 0))


def _delivered(ledger: Ledger, row: Row) -> None:
    if not row.source.startswith("payment") or str(row.body.get("injected") or "") not in BELIEVABLE:
        return
    ledger.told.add(row.ref)
    if row.word == "delivered" and row.body.get("status") == 200 and _acknowledges(row.body.get("answer")):
        ledger.confirmed.add(row.ref)


def _acknowledges(answer: object) -> bool:
    """The portal said that it has booked the payment, now or before."""
    try:
        told = json.loads(str(answer))
    except ValueError:
        return False
    return isinstance(told, dict) and str(told.get("RspCode")) in ACKNOWLEDGING


def _queried(ledger: Ledger, row: Row) -> None:
    """Only what the gateway answered is journalled under this word; it proves what it says."""
    told = row.body.get("answer") or {}
    if {told.get("vnp_ResponseCode"), told.get("vnp_TransactionStatus")} == {SUCCESS}:
        ledger.told.add(row.ref)


def _approved(ledger: Ledger, row: Row) -> None:
    for document in row.body.get("docs", ()):
        digest = str(document.get("digest", "")).lower()
        ledger.approved[digest].add((row.subject, plain_serial(row.body.get("serial"))))


def _token_answered(ledger: Ledger, row: Row) -> None:
    """The PIN was right: the citizen's USB token signed this digest."""
    ledger.approved[str(row.body.get("digest", "")).lower()].add((row.subject, plain_serial(row.ref)))


def _token_refused(ledger: Ledger, row: Row) -> None:
    """A login exchanges no code twice; what a portal can do is send one again."""
    if row.body.get("reason") == "used_code":
        ledger.sent_again[row.ref] += 1


def _person(ledger: Ledger, row: Row) -> None:
    ledger.persons[row.ref] = row.subject


def _acknowledged(ledger: Ledger, row: Row) -> None:
    code = str(row.body.get("code") or "")
    ledger.acknowledged[row.ref] = (code or ledger.acknowledged.get(row.ref, ("", ""))[0], row.subject)
    if code:
        ledger.told_codes[row.ref].add(code)


def _shown(ledger: Ledger, row: Row) -> None:
    if row.subject:
        ledger.shown[row.ref].add(row.subject)
    if "signed" in row.body:
        ledger.shown_signed[row.ref] = tuple(row.body["signed"])


def _dossier(ledger: Ledger, book: Mapping[str, Any]) -> None:
    code, name = str(book.get("code") or ""), str(book.get("id"))
    ledger.dossiers[name] = (code, str(book.get("subject") or ""))
    if code:
        ledger.codes[code].append(name)
    if members := book.get("members"):
        ledger.members[name] = frozenset(map(str, members))


def _payment(ledger: Ledger, book: Mapping[str, Any]) -> None:
    if book.get("state") == "paid":
        ledger.paid[str(book.get("ref"))] = _amount(book)


def _receipt(ledger: Ledger, book: Mapping[str, Any]) -> None:
    if book.get("payment") != "counter":
        ledger.receipts[str(book.get("payment"))].append((str(book.get("id")), _amount(book)))


def _amount(book: Mapping[str, Any]) -> int:
    amount = book.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Broken(
            "books", 200, f"{book.get('book')} {book.get('id') or book.get('ref')}: `amount` is no number of đồng"
        )
    return amount


def _signature(ledger: Ledger, book: Mapping[str, Any]) -> None:
    names = ("dossier", "component", "subject", "personal_id")
    told = {name: str(book.get(name) or "") for name in names}
    told |= {"serial": plain_serial(book.get("serial")), "digest": str(book.get("digest") or "").lower()}
    ledger.signatures.append(Signed(**told))


_ROWS: Mapping[str, Callable[[Ledger, Row], None]] = {
    "payment_settled": _settled,
    "delivered": _delivered,
    "undelivered": _delivered,
    "payment_queried": _queried,
    "signing_approved": _approved,
    "token_refused": _token_refused,
    SEATED: _person,
    ACKNOWLEDGED: _acknowledged,
    SHOWN: _shown,
    TOKEN_ANSWERED: _token_answered,
}
_BOOKS: Mapping[str, Callable[[Ledger, Mapping[str, Any]], None]] = {
    "dossier": _dossier,
    "payment": _payment,
    "receipt": _receipt,
    "signature": _signature,
}
