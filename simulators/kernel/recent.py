"""Records as they were last read or committed: one process owns the database, so what is kept here is what stands there."""

from __future__ import annotations

from collections import OrderedDict
from functools import cache
from typing import TypeVar

import msgspec

from simulators.kernel.records import Key, Record

R = TypeVar("R", bound=Record)

KEPT = 2_000
"""Records at most; who was not asked for longest leaves first."""
LARGEST = 8 * 1024
"""Bytes of a body that is kept: a letter's text is read once."""


@cache
def decoder(type_: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(type_)


class Recent:
    """Bodies with their versions; one is decoded when it is first asked for. Told of nothing that is not committed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[bytes | Record, int]] = OrderedDict()

    def get(self, key: Key[R]) -> tuple[R, int] | None:
        """The record and its version, or None when it is not kept."""
        place = (key.type.KIND, key.id)
        if (found := self._kept.get(place)) is None:
            return None
        self._kept.move_to_end(place)
        body, version = found
        if not isinstance(body, bytes):
            return found  # type: ignore[return-value]  # kept under a key of its own type
        record = decoder(key.type).decode(body)
        self._kept[place] = (record, version)
        return record, version

    def read(self, key: Key[R], body: bytes, version: int) -> tuple[R, int]:
        """What the database told of the key."""
        record = decoder(key.type).decode(body)
        if len(body) <= LARGEST:
            self._keep((key.type.KIND, key.id), record, version)
        return record, version

    def saved(self, record: Record, body: bytes, version: int) -> None:
        """Kept as its body: what is read later is what was written, and nothing that the writer still holds."""
        if len(body) <= LARGEST:
            self._keep((record.KIND, record.id), body, version)
        else:
            self.gone(record.KIND, record.id)

    def gone(self, kind: str, identity: str) -> None:
        self._kept.pop((kind, identity), None)

    def _keep(self, place: tuple[str, str], stored: bytes | Record, version: int) -> None:
        self._kept[place] = (stored, version)
        self._kept.move_to_end(place)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
