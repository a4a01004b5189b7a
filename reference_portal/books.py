"""The portal's store: sqlite3, one connection, every change one transaction with a version check."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True):
    """What is stored: frozen, found by id and by what it is about; `version` counts its saves."""

    id: str
    about: str = ""
    version: int = 0


class Conflict(Exception):
    """Somebody else saved this record first."""


R = TypeVar("R", bound=Record)
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  about TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS records_about ON records (kind, about);
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, content BLOB NOT NULL);
"""


class Change:
    """The reads and the planned writes of one transaction."""

    def __init__(self, books: "Books") -> None:
        self._books = books
        self.records: dict[tuple[str, str], Record] = {}
        self.files: dict[str, bytes] = {}
        self.files_gone: list[str] = []

    def get(self, kind: type[R], record_id: str) -> R | None:
        planned = self.records.get((kind.__name__, record_id))
        return planned if isinstance(planned, kind) else self._books.get(kind, record_id)

    def put(self, record: Record) -> None:
        self.records[type(record).__name__, record.id] = record

    def put_file(self, file_id: str, content: bytes) -> None:
        self.files[file_id] = content

    def drop_file(self, file_id: str) -> None:
        self.files_gone.append(file_id)

    def find(self, kind: type[R], *, about: str) -> tuple[R, ...]:
        stored = {row.id: row for row in self._books.find(kind, about=about)}
        stored |= {row.id: row for row in self.records.values() if isinstance(row, kind) and row.about == about}
        return tuple(stored.values())


class Books:
    def __init__(self, path: Path | None = None) -> None:
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA)

    def get(self, kind: type[R], record_id: str) -> R | None:
        query = "SELECT body, version FROM records WHERE kind = ? AND id = ?"
        row = self._db.execute(query, (kind.__name__, record_id)).fetchone()
        return None if row is None else _thaw(kind, row)

    def find(self, kind: type[R], *, about: str) -> tuple[R, ...]:
        query = "SELECT body, version FROM records WHERE kind = ? AND about = ? ORDER BY seq"
        return tuple(_thaw(kind, row) for row in self._db.execute(query, (kind.__name__, about)))

    def every(self, kind: type[R]) -> Iterator[R]:
        """All records of a kind, a page at a time, so that nothing is held open while a caller waits."""
        query = "SELECT body, version, seq FROM records WHERE kind = ? AND seq > ? ORDER BY seq LIMIT 200"
        last = 0
        while rows := self._db.execute(query, (kind.__name__, last)).fetchall():
            yield from (_thaw(kind, row) for row in rows)
            last = rows[-1][2]

    def file(self, file_id: str) -> bytes | None:
        row = self._db.execute("SELECT content FROM files WHERE id = ?", (file_id,)).fetchone()
        return None if row is None else row[0]

    def transact(self, decide: Callable[[Change], T]) -> T:
        """Decide on what is stored now and save it, or save nothing; nobody comes between."""
        change = Change(self)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            answer = decide(change)
            self._save(change)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return answer

    def overwrite(self, change: Change) -> None:
        """Save without asking whether somebody was faster: only a flaw does this."""
        for record in change.records.values():
            self._db.execute(
                "INSERT INTO records (kind, id, version, about, body) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET version = version + 1, about = excluded.about,"
                " body = excluded.body",
                (type(record).__name__, record.id, record.version + 1, record.about, msgspec.json.encode(record)),
            )
        self._save_files(change)

    def close(self) -> None:
        self._db.close()

    def _save(self, change: Change) -> None:
        for (kind, record_id), record in change.records.items():
            body = msgspec.json.encode(record)
            if record.version == 0:
                values: tuple[Any, ...] = (kind, record_id, record.about, body)
                query = "INSERT OR IGNORE INTO records (kind, id, version, about, body) VALUES (?, ?, 1, ?, ?)"
            else:
                values = (record.about, body, kind, record_id, record.version)
                query = (
                    "UPDATE records SET version = version + 1, about = ?, body = ? WHERE kind=? AND id=? AND version=?"
                )
            if self._db.execute(query, values).rowcount != 1:
                raise Conflict(f"{kind} {record_id}")
        self._save_files(change)

    def _save_files(self, change: Change) -> None:
        self._db.executemany("INSERT INTO files (id, content) VALUES (?, ?)", change.files.items())
        self._db.executemany("DELETE FROM files WHERE id = ?", ((file_id,) for file_id in change.files_gone))


def _thaw(kind: type[R], row: tuple[Any, ...]) -> R:
    return msgspec.structs.replace(msgspec.json.decode(row[0], type=kind), version=row[1])


async def atomically(books: Books, decide: Callable[[Change], T]) -> T:
    """The right discipline: what was read is still true when it is written."""
    return books.transact(decide)
