"""What is, what happened and what is still to be sent: the words in which every change is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, NamedTuple, NewType, TypeVar

import msgspec

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01 UTC, as the world's clock tells them."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is. A subclass names its kind and the fields by which it is found; `id` is unique within the kind."""

    KIND: ClassVar[str]
    ABOUT: ClassVar[str | None] = None
    DUE: ClassVar[str | None] = None

    id: str
    contract: str = ""


R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)


class Key(NamedTuple, Generic[R_co]):
    """Names one record: its type and its id."""

    type: type[R_co]
    id: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, for the journal. `ref` is the transaction, `subject` the citizen's personal id."""

    source: str
    word: str
    ref: str = ""
    subject: str = ""
    contract: str = ""
    body: dict[str, Any] = msgspec.field(default_factory=dict)


class Records(Mapping[Key[Any], "Record | None"]):
    """The records that a decision was handed; a key that was asked for and is absent reads as None."""

    __slots__ = ("_found",)

    def __init__(self, found: Mapping[Key[Any], Record | None]) -> None:
        self._found = found

    def __getitem__(self, key: Key[R]) -> R | None:
        return self._found[key]  # type: ignore[return-value]  # held under a key of its own type

    def __iter__(self) -> Any:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def holds(self, type_: type[Record]) -> bool:
        """Whether any of the records is of this type."""
        return any(type(record) is type_ for record in self._found.values())

    def get_all(self, keys: Iterable[Key[R]]) -> list[R]:
        return [record for key in keys if (record := self[key]) is not None]


@dataclass(frozen=True)
class Change:
    """What a decision wants saved, in one transaction. With `refused`, it is saved first and raised then (counters)."""

    records: tuple[Record, ...] = ()
    events: tuple[Event, ...] = ()
    gone: tuple[Key[Any], ...] = ()
    refused: Exception | None = None
    result: Any = field(default=None, compare=False)

    @classmethod
    def of(cls, *parts: Record | Iterable[Event] | Iterable[Record]) -> Change:
        """Gather records and events: `Change.of(request, events)`."""
        records: list[Record] = []
        events: list[Event] = []
        for part in parts:
            for item in (part,) if isinstance(part, Record) else part:
                if isinstance(item, Record):
                    records.append(item)
                else:
                    events.append(item)
        return cls(tuple(records), tuple(events))
