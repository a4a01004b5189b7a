"""Records and journal in one SQLite database: three calls, optimistic versions, one transaction a change."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from simulators.kernel.bell import Bell
from simulators.kernel.clock import Clock, machine_now
from simulators.kernel.recent import Recent, decoder
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records

R = TypeVar("R", bound=Record)
Decide = Callable[[Records, Instant], Change]

TRIES = 5
LARGEST_INLINE = 8 * 1024
PAGES_AHEAD = 16_000
"""Pages of 4 KB in the WAL file before they are copied into the database: most are written again and again meanwhile."""
CACHE_KB = 4 * 1024
"""Of the database in memory, at most. More is slower: SQLite walks the whole of it whenever pages of an index change places."""
STEPS = ("read", "decided", "begun", "saved", "removed", "journalled", "committed", "rung")
"""What a change passes, in this order: a process that ends at any of them has lost nothing that it answered."""
AT_ONCE = 100
"""Records that one statement reads."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, contract TEXT NOT NULL,
  about TEXT, due INTEGER, body BLOB NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX IF NOT EXISTS records_about ON records (kind, about, id) WHERE about IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_due ON records (kind, due, id) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, contract TEXT NOT NULL, source TEXT NOT NULL,
  word TEXT NOT NULL, ref TEXT NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS journal_ref ON journal (ref, seq) WHERE ref <> '';
CREATE INDEX IF NOT EXISTS journal_subject ON journal (subject, seq) WHERE subject <> '';
CREATE INDEX IF NOT EXISTS journal_contract ON journal (contract, seq) WHERE contract <> '';
"""


class Conflict(Exception):
    """A decision met another's change at every try."""


_encode = msgspec.json.Encoder().encode


def going_on(_step: str) -> None:
    """Nobody wants to know which step of a change is passed."""


def _kinds(change: Change) -> frozenset[str]:
    return frozenset([*(record.KIND for record in change.records), *(key.type.KIND for key in change.gone)])


def _unless_refused(change: Change) -> Change:
    if change.refused:
        raise change.refused
    return change


class Store:
    """One database; `folder=None` keeps it in memory. Decisions are pure: they may run more than once.

    `passing` hears each of STEPS (deaths.py kills the process there).
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        clock: Clock | None = None,
        passing: Callable[[str], None] = going_on,
    ) -> None:
        self.folder = folder
        self.bell = Bell()
        self._passing = passing
        self._clock: Clock | None = None
        self._recent = Recent()
        self._met: dict[str, bool] = {}
        """Of each kind that was asked for, whether there ever was a record of it."""
        self._sql = sqlite3.connect(folder / "world.sqlite" if folder else ":memory:", isolation_level=None)
        if folder:
            (folder / "bodies").mkdir(parents=True, exist_ok=True)
            self._sql.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._sql.execute("PRAGMA journal_mode=WAL")
            # A commit outlives the process, whatever ends it; only the machine's own end may take the last ones (decision 0009).
            self._sql.execute("PRAGMA synchronous=NORMAL")
            self._sql.execute(f"PRAGMA wal_autocheckpoint={PAGES_AHEAD}")
        self._sql.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        self._sql.executescript(SCHEMA)
        if self._row(Key(Clock, "world")) is None:
            start = machine_now()
            self._write([(clock or Clock(base=start, origin=start), 0)], (), (), Instant(0))

    async def change(self, keys: Sequence[Key[Any]], decide: Decide) -> Change:
        """Read `keys`, let `decide` see them with the time, save what it wants; again on conflict, at most TRIES times."""
        for _ in range(TRIES):
            now = self.now()
            rows = self._rows(keys)
            self._passing("read")
            change = decide(Records({key: row[0] if row else None for key, row in rows.items()}), now)
            self._passing("decided")
            versions = {(key.type.KIND, key.id): row[1] if row else 0 for key, row in rows.items()}
            saves = [(record, versions.get((record.KIND, record.id), 0)) for record in change.records]
            if not (saves or change.gone or change.events):
                return _unless_refused(change)
            if self._write(saves, change.gone, change.events, now):
                self.bell.ring(_kinds(change))
                self._passing("rung")
                return _unless_refused(change)
        raise Conflict(", ".join(f"{key.type.KIND} {key.id}" for key in keys))

    async def read(self, *keys: Key[Any]) -> Records:
        return Records({key: row[0] if row else None for key, row in self._rows(keys).items()})

    async def get(self, key: Key[R]) -> R | None:
        row = self._row(key)
        return row[0] if row else None

    def peek(self, key: Key[R]) -> R | None:
        """`get` for what never changes (keys)."""
        row = self._row(key)
        return row[0] if row else None

    async def find(  # noqa: PLR0913  # the design's own signature: one call finds by about or by due
        self,
        kind: type[R],
        *,
        about: str | None = None,
        contract: str | None = None,
        due_before: Instant | None = None,
        limit: int = 100,
        after: str = "",
        newest: bool = False,
    ) -> list[R]:
        """A snapshot, by id (or by due instant when `due_before` is given): never the basis of a decision."""
        where, values = ["kind = ?"], [kind.KIND]
        for column, value in (("about", about), ("contract", contract)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        order = "id DESC" if newest else "id"
        if due_before is not None:
            where.append("due IS NOT NULL AND due <= ?")
            values.append(due_before)  # type: ignore[arg-type]  # SQLite takes both
            order = "due, id"
        if after:
            where.append("id > ?")
            values.append(after)
        # Left to itself, SQLite would take the order by id from the primary key and look at every record of the kind.
        index = "INDEXED BY records_about" if about is not None else ""
        sql = f"SELECT body FROM records {index} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT {int(limit)}"  # noqa: S608  # no value is in the text
        return [decoder(kind).decode(body) for (body,) in self._sql.execute(sql, values)]

    def next_due(self, kind: type[Record]) -> Instant | None:
        sql = "SELECT min(due) FROM records WHERE kind = ? AND due IS NOT NULL"
        row = self._sql.execute(sql, (kind.KIND,)).fetchone()
        return row[0]  # type: ignore[no-any-return]  # SQLite is not typed

    def now(self) -> Instant:
        if self._clock is None:
            row = self._row(Key(Clock, "world"))
            assert row is not None, "the world has a clock"
            self._clock = row[0]
        return self._clock.at(machine_now())

    def count(self, kind: type[Record], *, contract: str | None = None, due_before: Instant | None = None) -> int:
        sql = "SELECT count(*) FROM records WHERE kind = ?"
        values: list[str | int] = [kind.KIND]
        if contract is not None:
            sql, values = sql + " AND contract = ?", [*values, contract]
        if due_before is not None:
            sql, values = sql + " AND due IS NOT NULL AND due <= ?", [*values, due_before]
        return int(self._sql.execute(sql, values).fetchone()[0])

    async def note(self, *events: Event) -> None:
        """Write to the journal alone: what was refused without changing anything."""
        self._write((), (), events, self.now())
        self.bell.ring(frozenset())

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """A read of the journal table (for kernel/journal.py)."""
        return self._sql.execute(sql, values).fetchall()

    def close(self) -> None:
        self._sql.close()

    def body_of(self, stored: bytes) -> dict[str, Any]:
        """The body of a journal row; long ones lie in a file under their digest."""
        body = msgspec.json.decode(stored)
        if self.folder and set(body) == {"$file"}:
            body = msgspec.json.decode((self.folder / "bodies" / body["$file"]).read_bytes())
        return body  # type: ignore[no-any-return]  # JSON object

    def _row(self, key: Key[R]) -> tuple[R, int] | None:
        return self._recent.get(key) or self._rows((key,))[key]

    def _rows(self, keys: Sequence[Key[Any]]) -> dict[Key[Any], tuple[Any, int] | None]:
        """What the keys name, with versions; what is not kept from before, in as few statements as may be."""
        found: dict[Key[Any], tuple[Any, int] | None] = dict.fromkeys(keys)
        missing: dict[tuple[str, str], Key[Any]] = {}
        for key in keys:
            if self._has_met(key.type.KIND):
                if row := self._recent.get(key):
                    found[key] = row
                else:
                    missing[key.type.KIND, key.id] = key
        places = list(missing)
        for start in range(0, len(places), AT_ONCE):
            some = places[start : start + AT_ONCE]
            wanted = " OR ".join(["kind = ? AND id = ?"] * len(some))
            sql = f"SELECT kind, id, body, version FROM records WHERE {wanted}"  # noqa: S608  # no value is in the text
            for kind, identity, body, version in self._sql.execute(sql, [value for place in some for value in place]):
                key = missing[kind, identity]
                found[key] = self._recent.read(key, body, version)
        return found

    def _has_met(self, kind: str) -> bool:
        """Most faults that are looked for were never planned: of a kind without any record none is looked for."""
        if kind not in self._met:
            self._met[kind] = (
                self._sql.execute("SELECT 1 FROM records WHERE kind = ? LIMIT 1", (kind,)).fetchone() is not None
            )
        return self._met[kind]

    def _write(
        self, saves: Sequence[tuple[Record, int]], gone: Sequence[Key[Any]], events: Sequence[Event], now: Instant
    ) -> bool:
        """All or nothing; False when another's change came first."""
        sql = self._sql
        bodies = [_encode(record) for record, _ in saves]
        sql.execute("BEGIN IMMEDIATE")
        self._passing("begun")
        try:
            if not all(
                self._save(record, version, body) for (record, version), body in zip(saves, bodies, strict=True)
            ):
                sql.execute("ROLLBACK")
                return False
            self._passing("saved")
            for key in gone:
                sql.execute("DELETE FROM records WHERE kind = ? AND id = ?", (key.type.KIND, key.id))
            self._passing("removed")
            sql.executemany(
                "INSERT INTO journal (at, contract, source, word, ref, subject, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(now, e.contract, e.source, e.word, e.ref, e.subject, self._stored(e.body)) for e in events],
            )
            self._passing("journalled")
            sql.execute("COMMIT")
        except BaseException:
            if sql.in_transaction:
                sql.execute("ROLLBACK")
            raise
        for (record, version), body in zip(saves, bodies, strict=True):
            self._recent.saved(record, body, version + 1)
            if record.KIND == Clock.KIND:
                self._clock = None  # read anew; nobody but this process can have moved it
        for key in gone:
            self._recent.gone(key.type.KIND, key.id)
        self._passing("committed")
        return True

    def _save(self, record: Record, version: int, body: bytes) -> bool:
        self._met[record.KIND] = True
        about = getattr(record, record.ABOUT) if record.ABOUT else None
        due = getattr(record, record.DUE) if record.DUE else None
        if version == 0:
            sql = (
                "INSERT INTO records (kind, id, version, contract, about, due, body) VALUES (?, ?, 1, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING"
            )
            return self._sql.execute(sql, (record.KIND, record.id, record.contract, about, due, body)).rowcount == 1
        sql = (
            "UPDATE records SET version = version + 1, contract = ?, about = ?, due = ?, body = ?"
            " WHERE kind = ? AND id = ? AND version = ?"
        )
        row = (record.contract, about, due, body, record.KIND, record.id, version)
        return self._sql.execute(sql, row).rowcount == 1

    def _stored(self, body: dict[str, Any]) -> bytes:
        plain = _encode(body)
        if self.folder is None or len(plain) <= LARGEST_INLINE:
            return plain
        name = hashlib.sha256(plain).hexdigest()
        # Beside it and then in its place: a row that was committed before may name this very file.
        fresh = self.folder / "bodies" / f"{name}.new"
        fresh.write_bytes(plain)
        fresh.replace(self.folder / "bodies" / name)
        return _encode({"$file": name})
