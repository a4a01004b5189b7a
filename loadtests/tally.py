"""What one process of the load did, hop by hop and unrounded, in a file of its own: the audit never asks Locust."""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

SUFFIX = ".ndjson"

ARRIVED, BROKEN, CUT = "arrived", "broken", "cut"
Result = Literal["success", "failure", "unknown"]


class Hop(msgspec.Struct, frozen=True, kw_only=True, tag="hop", tag_field="row"):
    """One exchange; `unknown` is a hop without an answer: it may have done its work."""

    name: str
    result: Result
    status: int
    milliseconds: float
    at: float
    journey: str
    why: str = ""


class Deed(msgspec.Struct, frozen=True, kw_only=True, tag="deed", tag_field="row"):
    """What the portal told the citizen that it did, with the reference by which others know it."""

    what: str
    ref: str
    journey: str


class Note(msgspec.Struct, frozen=True, kw_only=True, tag="note", tag_field="row"):
    """What the lab noted for the laws."""

    word: str
    ref: str
    subject: str
    body: Mapping[str, Any]
    at: float


class Begun(msgspec.Struct, frozen=True, kw_only=True, tag="begun", tag_field="row"):
    """A citizen sets out."""

    journey: str
    citizen: str
    techid: str
    at: float


class Over(msgspec.Struct, frozen=True, kw_only=True, tag="over", tag_field="row"):
    """How a journey ended; one without such a row was cut off."""

    journey: str
    end: str
    at: float
    why: str = ""


TallyRow = Hop | Deed | Note | Begun | Over


class Tally:
    """The file of this process; each row is there as soon as it is written."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / f"{os.getpid()}{SUFFIX}").open("ab", buffering=0)
        self._encode = msgspec.json.Encoder().encode

    def close(self) -> None:
        self._file.close()

    def write(self, row: TallyRow) -> None:
        self._file.write(self._encode(row) + b"\n")

    def note(self, word: str, ref: str, subject: str, body: Mapping[str, Any]) -> None:
        """The lab's `note`."""
        self.write(Note(word=word, ref=ref, subject=subject, body=dict(body), at=time.time()))


def rows(folder: Path) -> Iterator[TallyRow]:
    """All processes' rows; a last line that a killed process left half is no row."""
    decode = msgspec.json.Decoder(TallyRow).decode
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with path.open("rb") as lines:
            yield from (decode(line) for line in lines if line.endswith(b"\n"))
