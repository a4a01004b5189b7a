"""Reading what happened: by contract, reference, citizen and word, with a long poll; an unknown word is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from simulators.kernel.clock import in_vietnam
from simulators.kernel.records import Instant
from simulators.kernel.store import Store

KERNEL_WORDS = {
    "delivered": "a callback got an answer",
    "undelivered": "a callback got no answer",
    "fault_planned": "a test planned a fault",
    "fault_used": "a planned fault took effect (what followed is injected)",
    "ended": "the control side ended one thing before its time",
    "delivered_now": "the control side made deliveries due",
    "clock_moved": "the control side moved the clock",
    "contract_made": "a portal and the providers agreed",
    "citizen_made": "a citizen was made",
    "certificate_shown": "the login's back channel shows another TLS certificate from now on",
    "certificate_changed": "a certificate was suspended, unsuspended or revoked",
    "turned_away": "a provider refused what it could not read or accept; body.why says it in our words",
    "crashed": "the simulators themselves failed: a run that meets this is void",
}


INDEXED = ("ref", "subject", "contract")
"""Columns with an index of their own, the narrowest first."""


class Row(msgspec.Struct, frozen=True):
    """One line of the journal."""

    seq: int
    at: str
    contract: str
    source: str
    word: str
    ref: str
    subject: str
    body: dict[str, Any]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows; an empty field asks for all."""

    contract: str = ""
    ref: str = ""
    subject: str = ""
    word: str = ""
    source: str = ""
    after: int = 0
    limit: int = 1000


class UnknownWord(Exception):
    """Nobody writes this word: waiting for it, or finding none of it, would prove nothing."""


class Journal:
    """The journal's reading side; `words` are all words that anyone writes, with their meaning."""

    def __init__(self, store: Store, words: dict[str, str]) -> None:
        self._store = store
        self.words = words

    def read(self, question: Question) -> list[Row]:
        """In their order."""
        return self._rows(question, "seq")

    def newest(self, question: Question) -> list[Row]:
        """The last first."""
        return self._rows(question, "seq DESC")

    def _rows(self, question: Question, order: str) -> list[Row]:
        if question.word and question.word not in self.words:
            raise UnknownWord(question.word)
        where, values = ["seq > ?"], [question.after]
        for column in ("contract", "ref", "subject", "word", "source"):
            if value := getattr(question, column):
                where.append(f"{column} = ?")
                values.append(value)
        narrowest = next((column for column in INDEXED if getattr(question, column)), None)
        if narrowest:
            where.append(f"{narrowest} <> ''")  # the index holds no others, and SQLite must be told so to use it
        found = self._store.rows(
            "SELECT seq, at, contract, source, word, ref, subject, body FROM journal"  # noqa: S608  # no value is in the text
            f"{f' INDEXED BY journal_{narrowest}' if narrowest else ''}"
            f" WHERE {' AND '.join(where)} ORDER BY {order} LIMIT {int(question.limit)}",
            values,
        )
        return [self._row(*row) for row in found]

    async def wait(self, question: Question, *, count: int, seconds: float) -> list[Row]:
        """The rows as soon as there are `count`, or those that there are when the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        rows: list[Row] = []
        while True:
            last = self._store.rows("SELECT coalesce(max(seq), 0) FROM journal")[0][0]
            rows += self.read(question)
            left = deadline - loop.time()
            if len(rows) >= count or left <= 0:
                return rows
            # What was looked through is not looked through again at the next bell.
            after, limit = max(question.after, last), question.limit - len(rows)
            question = msgspec.structs.replace(question, after=after, limit=limit)
            await self._store.bell.wait(left)

    def _row(self, seq: int, at: int, *rest: Any) -> Row:
        contract, source, word, ref, subject, body = rest
        return Row(seq, _text(at), contract, source, word, ref, subject, self._store.body_of(body))


def _text(at: int) -> str:
    return in_vietnam(Instant(at)).isoformat(timespec="milliseconds")
