"""What a run leaves behind in results/<run>/: each exchange as it happens, the journal, the verdicts; secrets masked."""

import hashlib
import json
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TextIO

from conformance.journal import OWN_WORDS, Row
from conformance.redaction import Redactor
from conformance.transport import Reply, Request, Send, Unreachable

VIETNAM = timezone(timedelta(hours=7))
LONGEST_BODY = 8 * 1024
HTTP, JOURNAL, VERDICTS, NOTES = "http", "journal.ndjson", "verdicts.json", "notes"
LANE = ".lane"
"""The lock of checks that must be alone; gone when the run is over."""


def now() -> str:
    return datetime.now(VIETNAM).isoformat(timespec="milliseconds")


def new_folder(results: Path) -> Path:
    """results/<instant>/, with a number behind it when two runs begin in one second."""
    name = datetime.now(VIETNAM).strftime("%Y%m%d-%H%M%S")
    for number in range(1, 1000):
        folder = results / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"{results}: a thousand runs in one second")


class HttpLog:
    """A `send` that writes down every hop, with the check that made it; each process has a file of its own.

    With `hops` false it writes down the suite's own notes alone.
    """

    def __init__(self, send: Send, folder: Path, redactor: Redactor, *, part: str = "", hops: bool = True) -> None:
        self._send, self.redactor = send, redactor
        self._file = _lines(folder / f"{HTTP}{part}.ndjson") if hops else None
        self._notes = _lines(folder / f"{NOTES}{part}.ndjson")
        self.check = ""
        self._pen = threading.Lock()  # for checks in which two act at once

    def __call__(self, operation: str, request: Request) -> Reply:
        began = time.perf_counter()
        row: dict[str, Any] = {"at": now(), "check": self.check, "operation": operation}
        try:
            reply = self._send(operation, request)
        except Unreachable as error:
            with self._pen:
                self._write(row, request, {"unreachable": str(error)})
            raise
        with self._pen:
            self.redactor.learn_cookies(reply.all("Set-Cookie"))
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            self._write(row, request, {"ms": milliseconds}, reply)
        return reply

    def note(self, word: str, ref: str, subject: str, body: Mapping[str, Any]) -> None:
        """A row of the suite's own for the laws."""
        assert word in OWN_WORDS, word
        row = vars(Row(0, word, ref, subject, dict(body), now(), source="suite"))
        _append(self._notes, row)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._notes.close()

    def _write(
        self, row: Mapping[str, Any], request: Request, told: Mapping[str, Any], reply: Reply | None = None
    ) -> None:
        if self._file is not None:
            answered = {} if reply is None else self._answered(reply)
            _append(self._file, {**row, **self._asked(request), **answered, **told})

    def _asked(self, request: Request) -> dict[str, Any]:
        told = {
            "method": request.method,
            "url": self.redactor.text(request.url),
            "headers": self._headers(request.headers),
        }
        return told | ({"body": self._body(request.body)} if request.body else {})

    def _answered(self, reply: Reply) -> dict[str, Any]:
        told = {"status": reply.status, "reply_headers": self._headers(reply.headers)}
        return told | ({"reply_body": self._body(reply.body)} if reply.body else {})

    def _headers(self, headers: Iterable[tuple[str, str]]) -> list[list[str]]:
        return [[name, self.redactor.header(name, value)] for name, value in headers]

    def _body(self, body: bytes) -> str:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return f"{len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()}"
        masked = self.redactor.text(text)
        return masked if len(masked) <= LONGEST_BODY else f"{masked[:LONGEST_BODY]}… ({len(body)} bytes)"


def gather(folder: Path, stem: str) -> Path:
    """All parts of a log in one file, by time; the parts go away."""
    parts = sorted(folder.glob(f"{stem}*.ndjson"))
    lines = [line for part in parts for line in part.read_text(encoding="utf-8").splitlines() if line]
    whole = folder / f"{stem}.ndjson"
    for part in parts:
        part.unlink()
    whole.write_text("".join(line + "\n" for line in sorted(lines)), encoding="utf-8")
    return whole


def notes(folder: Path) -> list[Row]:
    """The suite's own rows."""
    return [Row(**json.loads(line)) for line in gather(folder, NOTES).read_text(encoding="utf-8").splitlines()]


def keep_rows(folder: Path, rows: Iterable[Row], redactor: Redactor) -> None:
    with (folder / JOURNAL).open("w", encoding="utf-8") as file:
        for row in rows:
            _append(file, redactor.tree(vars(row)))


def keep(folder: Path, name: str, told: Any, redactor: Redactor) -> None:
    """JSON for people and programs."""
    text = json.dumps(redactor.tree(told), ensure_ascii=False, indent=1)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def _lines(path: Path) -> TextIO:
    return path.open("a", encoding="utf-8", buffering=1)


def _append(file: TextIO, row: Mapping[str, Any]) -> None:
    file.write(json.dumps(row, ensure_ascii=False) + "\n")
