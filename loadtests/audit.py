"""The audit: a program of its own that reads what a run left and judges it; nothing is running any more."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from conformance import laws
from conformance.journal import Row, row_of
from loadtests import books
from loadtests.reconcile import Compared, found_in_books, found_in_journal, reconcile
from loadtests.summary import Summary, summed
from loadtests.tally import Note, rows

RUN, JOURNAL, BOOKS, CRASHES, TALLY, LOCUST = (
    "run.json",
    "journal.ndjson",
    "books.ndjson",
    "crashes.ndjson",
    "tally",
    "locust.json",
)
BUSY = 0.9
"""Of a core: beyond it the generator measures itself."""

GREEN, RED, VOID, NOTHING = 0, 1, 3, 5


@dataclass(frozen=True)
class Verdict:
    run: Mapping[str, Any]
    summary: Summary
    locust: Mapping[str, tuple[int, int]]
    compared: tuple[Compared, ...]
    violations: tuple[laws.Violation, ...]
    void: tuple[str, ...]

    @property
    def code(self) -> int:
        """As pytest's: 0 green, 1 violations, 3 our own error, 5 nothing happened."""
        if self.void:
            return VOID
        if self.violations or not all(one.agrees for one in self.compared):
            return RED
        return GREEN if self.summary.ends["arrived"] else NOTHING

    @property
    def generator_is_busy(self) -> bool:
        return float(self.run["generator_cpu"]) > BUSY


def audit(folder: Path) -> Verdict:
    run = json.loads((folder / RUN).read_text(encoding="utf-8"))
    summary = summed(rows(folder / TALLY))
    found = found_in_journal(_journal(folder), after=run["journal_before"]) | found_in_books(
        books.kept(folder / BOOKS), summary.techids
    )
    told = chain(_journal(folder), _noted(summary.notes))
    return Verdict(
        run=run,
        summary=summary,
        locust=_locust(folder / LOCUST),
        compared=tuple(reconcile(summary, found)),
        violations=tuple(laws.judge(told, books.kept(folder / BOOKS), since=run["journal_before"])),
        void=tuple(dict.fromkeys(_void(folder, run))),
    )


def _journal(folder: Path) -> Iterator[Row]:
    for row in books.kept(folder / JOURNAL):
        yield row_of(row)


def _noted(notes: list[Note]) -> Iterator[Row]:
    for seq, note in enumerate(notes, 1):
        yield Row(seq=-seq, word=note.word, ref=note.ref, subject=note.subject, body=note.body, source="suite")


def _void(folder: Path, run: Mapping[str, Any]) -> Iterator[str]:
    for row in books.kept(folder / CRASHES):
        body = row.get("body", {})
        yield f"the simulators crashed in {body.get('where')}: {body.get('error')}"
    if run["unquiet"]:
        yield run["unquiet"]


def _locust(table: Path) -> Mapping[str, tuple[int, int]]:
    """Name -> (requests, failures) as Locust counted them; empty when it left no table."""
    if not table.exists():
        return {}
    told: dict[str, tuple[int, int]] = {}
    for row in json.loads(table.read_text(encoding="utf-8")):
        requests, failures = told.get(row["name"], (0, 0))
        told[row["name"]] = (requests + row["num_requests"], failures + row["num_failures"])
    return told
