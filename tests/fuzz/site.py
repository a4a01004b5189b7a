"""The simulators as anyone starts them, and a window into their books: what each request wrote, seen from outside."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from tests.fuzz.wire import Ask, NoAnswer, Reply, Wire, get, post
from tests.simulators.living import PATIENCE, ROOT

AFTERMATH = 3
"""Requests after which the end of a connection, and what it interrupted, is through."""
TOUCHED = """
CREATE TABLE touched (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, how TEXT NOT NULL, id TEXT NOT NULL);
CREATE TRIGGER told_insert AFTER INSERT ON records BEGIN INSERT INTO touched (kind, how, id) VALUES (new.kind, '+', new.id); END;
CREATE TRIGGER told_update AFTER UPDATE ON records BEGIN INSERT INTO touched (kind, how, id) VALUES (new.kind, '~', new.id); END;
CREATE TRIGGER told_delete AFTER DELETE ON records BEGIN INSERT INTO touched (kind, how, id) VALUES (old.kind, '-', old.id); END;
"""


@dataclass(frozen=True)
class Row:
    """One line of the journal."""

    word: str
    ref: str
    body: str


@dataclass(frozen=True)
class Seen:
    """What one request did: the answer (or how it failed to come), the kinds of records that changed, the journal's new rows."""

    reply: Reply | None
    silence: str = ""
    touched: frozenset[str] = frozenset()
    rows: tuple[Row, ...] = ()
    seconds: float = 0.0

    @property
    def words(self) -> frozenset[str]:
        return frozenset(row.word for row in self.rows)


@dataclass(frozen=True)
class Operation:
    """One operation of the OpenAPI."""

    id: str
    family: str
    method: str
    path: str
    pattern: re.Pattern[str]


@dataclass
class Site:
    """A running server, the key to it and its operations."""

    url: str
    key: str
    wire: Wire
    operations: Sequence[Operation]
    stderr: Path
    _books: sqlite3.Connection
    _touched: int = 0
    _journal: int = 0
    _known: dict[str, Operation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._known = {operation.id: operation for operation in self.operations}

    def ask(self, ask: Ask) -> Seen:
        """One request, and everything that was written until its answer was here."""
        self._look()
        begun = perf_counter()
        try:
            reply, silence = self.wire.ask(ask), ""
        except NoAnswer as error:
            reply, silence = None, str(error)
        seconds = perf_counter() - begun
        if ask.framing == "as is":  # bytes behind the end of a whole request are refused before that one is through
            for _ in range(AFTERMATH):
                self.wire.ask(get("/control/health"))
        touched, rows = self._look()
        return Seen(reply, silence, touched, rows, seconds)

    def operation(self, ask: Ask) -> Operation | None:
        """Which operation this reaches, as the server reads method and path; None where it reaches none."""
        method = "GET" if ask.method == b"HEAD" else ask.method.decode("latin-1")
        raw = ask.target.partition(b"?")[0].partition(b"#")[0]
        raw = re.sub(rb"^[A-Za-z]+://[^/]*", b"", raw)
        path = unquote(raw.decode("latin-1"))
        return next((one for one in self.operations if one.method == method and one.pattern.fullmatch(path)), None)

    def named(self, identity: str) -> Operation:
        return self._known[identity]

    def control(self, method: str, path: str, body: object = None) -> Any:
        """For preparations: what the control side answers."""
        ask = get(path, **self.bearer) if method == "GET" else post(path, body, method=method, **self.bearer)
        reply = self.wire.ask(ask)
        assert reply.status < 300, (path, reply.text)
        return reply.json()

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def digest(self) -> list[tuple[Any, ...]]:
        """Every record, without the touch of a clock that stands."""
        return self._books.execute("SELECT kind, id, version, body FROM records ORDER BY kind, id").fetchall()

    def _look(self) -> tuple[frozenset[str], tuple[Row, ...]]:
        touched = self._books.execute("SELECT seq, kind FROM touched WHERE seq > ?", (self._touched,)).fetchall()
        rows = self._books.execute(
            "SELECT seq, word, ref, body FROM journal WHERE seq > ?", (self._journal,)
        ).fetchall()
        self._touched = touched[-1][0] if touched else self._touched
        self._journal = rows[-1][0] if rows else self._journal
        return frozenset(kind for _, kind in touched), tuple(
            Row(word, ref, body.decode("utf-8", "replace")) for _, word, ref, body in rows
        )


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Site]:
    """The whole world in a process of its own, its books in `folder`."""
    stderr = folder / "stderr.txt"
    with stderr.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.windowed", "serve", "--data", str(folder / "world"), "--seed", "fuzz"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        )
    assert process.stdout
    with process:
        try:
            first = process.stdout.readline()
            assert first, stderr.read_text("utf-8")
            line = json.loads(first)
            with contextlib.closing(sqlite3.connect(folder / "world" / "world.sqlite", timeout=PATIENCE)) as books:
                books.executescript(TOUCHED)
                site = _made(line, books, stderr)
                with contextlib.closing(site.wire):
                    yield site
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _made(line: dict[str, Any], books: sqlite3.Connection, stderr: Path) -> Site:
    wire = Wire(line["url"])
    described = wire.ask(get("/openapi.json")).json()
    return Site(line["url"], line["key"], wire, operations_of(described), stderr, books)


def operations_of(described: dict[str, Any]) -> tuple[Operation, ...]:
    """In the order of the description, which is the order of the routes."""
    return tuple(
        Operation(told["operationId"], told["tags"][0], method.upper(), path, _pattern(path))
        for path, ways in described["paths"].items()
        for method, told in ways.items()
    )


SLASHES = {"transaction", "ref", "request", "service"}
"""Parameters that take slashes (`:path` in the route, which OpenAPI cannot say)."""


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    whole = "".join(
        re.escape(part) if number % 2 == 0 else (".*" if part in SLASHES else "[^/]+")
        for number, part in enumerate(parts)
    )
    return re.compile(whole + "\n?", re.DOTALL)  # Starlette's patterns end in $, which a line end may follow
