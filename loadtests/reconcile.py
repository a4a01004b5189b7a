"""Locust's successes against what others wrote down: providers in the journal, the portal in its books; pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.journal import Row
from loadtests.summary import Done, Hops, Summary

JOURNAL, BOOKS = "journal", "books"


@dataclass(frozen=True)
class Pair:
    """An operation of Locust's table and its counterpart; `deed` names the references by which offenders are found."""

    operation: str
    source: str
    counterpart: str
    deed: str = ""


@dataclass(frozen=True)
class Compared:
    """`unknown` hops had no answer: each may or may not have its row, and so may what its journey did."""

    pair: Pair
    successes: int
    unknown: int
    rows: int
    offenders: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return not self.offenders


# An order begun is what the citizen did; the row is what the provider, or the portal's book, says of it after quiet.
PAIRS = (
    Pair("login", JOURNAL, "authorization_requested"),
    Pair("callback", JOURNAL, "code_redeemed", "logged_in"),
    Pair("sign", JOURNAL, "signing_approved", "signing_begun"),
    Pair("pay", JOURNAL, "payment_settled", "payment_begun"),
    Pair("draft", BOOKS, "dossier", "drafted"),
    Pair("act", BOOKS, "submitted dossier", "submitted"),
    Pair("sign", BOOKS, "signature", "component_signed"),
    Pair("pay", BOOKS, "payment", "payment_begun"),
    Pair("pay", BOOKS, "payment that is paid", "payment_begun"),
)

Found = dict[tuple[str, str], Counter[str]]
"""(source, counterpart) -> how often each reference is there."""


def found_in_journal(rows: Iterable[Row], *, after: int) -> Found:
    """Rows of this run by the reference that the citizen knows; `after` is where the journal stood before it."""
    found: Found = {}
    for row in rows:
        if row.word in _JOURNAL_REFS and row.seq > after:
            found.setdefault((JOURNAL, row.word), Counter())[_JOURNAL_REFS[row.word](row)] += 1
    return found


def found_in_books(rows: Iterable[Mapping[str, Any]], techids: set[str]) -> Found:
    """What the books say of these people's dossiers; a dossier's own row comes before what hangs on it, or after."""
    own: set[str] = set()
    hanging: list[tuple[str, str, str]] = []
    found: Found = {}
    for row in rows:
        match row.get("book"):
            case "dossier" if row.get("subject") in techids:
                own.add(str(row["id"]))
                found.setdefault((BOOKS, "dossier"), Counter())[str(row["id"])] += 1
                if row.get("state", 0) >= 1:
                    found.setdefault((BOOKS, "submitted dossier"), Counter())[str(row["id"])] += 1
            case "payment":
                hanging.append(("payment", str(row.get("dossier")), str(row.get("ref"))))
                if row.get("state") == "paid":
                    hanging.append(("payment that is paid", str(row.get("dossier")), str(row.get("ref"))))
            case "signature":
                hanging.append(("signature", str(row.get("dossier")), f"{row.get('dossier')}/{row.get('component')}"))
    for name, dossier, ref in hanging:
        if dossier in own:
            found.setdefault((BOOKS, name), Counter())[ref] += 1
    return found


def reconcile(summary: Summary, found: Found) -> Iterator[Compared]:
    for pair in PAIRS:
        there = found.get((pair.source, pair.counterpart), Counter())
        hops = summary.hops.get(pair.operation, Hops())
        deeds = summary.deeds.get(pair.deed, [])
        offenders = tuple(_by_ref(pair, deeds, there, hops.unknown) if pair.deed else ())
        rows = there.total()
        if not offenders and not hops.success - summary.excused <= rows <= hops.success + hops.unknown:
            offenders = (f"{hops.success} successes of {pair.operation}, {rows} rows of {pair.counterpart}",)
        yield Compared(pair, hops.success, hops.unknown, rows, offenders)


def _by_ref(pair: Pair, deeds: Iterable[Done], there: Counter[str], unknown: int) -> Iterator[str]:
    """Deeds without a row, rows without a deed: each with the reference, and whose it is."""
    told = Counter(done.ref for done in deeds)
    for done in {done.ref: done for done in deeds}.values():
        if told[done.ref] > there[done.ref] and not done.excused:
            yield (
                f"{done.ref}: {pair.operation} succeeded {told[done.ref]} times for citizen {done.citizen} "
                f"(journey {done.ended}), {pair.counterpart} is there {there[done.ref]} times"
            )
    doubles = [ref for ref in there for _ in range(there[ref] - told[ref])]
    for ref in doubles if len(doubles) > unknown else ():
        yield f"{ref}: {pair.counterpart} is there {there[ref]} times, {pair.operation} succeeded {told[ref]} times"


def _documents(row: Row) -> str:
    return ",".join(str(document.get("doc_id")) for document in row.body.get("docs", ()))


_JOURNAL_REFS: Mapping[str, Callable[[Row], str]] = {
    "authorization_requested": lambda _row: "",
    "code_redeemed": lambda row: row.subject,
    "signing_approved": _documents,
    "payment_settled": lambda row: row.ref,
}
