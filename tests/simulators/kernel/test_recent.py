"""What is kept of records in memory is what stands in the database, and no more of it than its limit."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.kernel import recent
from simulators.kernel.recent import KEPT, LARGEST, Recent
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.store import Store


class Tally(Record, frozen=True, kw_only=True):
    KIND: ClassVar[str] = "tally"

    n: int = 0
    lines: tuple[str, ...] = ()


def key(number: int) -> Key[Tally]:
    return Key(Tally, str(number))


def kept(recently: Recent, number: int) -> bool:
    return recently.get(key(number)) is not None


STEPS = st.lists(st.tuples(st.sampled_from(["save", "remove", "read", "fail"]), st.integers(0, 3)), max_size=30)


@given(STEPS)
@settings(deadline=None)
def test_whatever_is_saved_removed_or_fails_a_read_tells_what_the_database_holds(steps: list[tuple[str, int]]) -> None:
    async def live(store: Store) -> None:
        for count, (step, number) in enumerate(steps):
            saved = Change(records=(Tally(id=str(number), n=count),))
            change = {
                "save": saved,
                "remove": Change(gone=(key(number),)),
                "read": Change(),
                "fail": msgspec_fails(saved),
            }[step]
            try:
                await store.change([key(number)], lambda _records, _now, change=change: change)
            except TypeError:
                assert step == "fail"
            stored = store.rows("SELECT body, version FROM records WHERE kind = 'tally' AND id = ?", [str(number)])
            assert [(msgspec.json.decode(body, type=Tally), version) for body, version in stored] == (
                [row] if (row := store._row(key(number))) else []
            )

    with closing(Store()) as store:
        asyncio.run(live(store))


def msgspec_fails(change: Change) -> Change:
    """The same with an event that cannot be written: the whole change is undone."""
    return Change(change.records, (Event(source="test", word="delivered", body={"no": object()}),))


def test_what_was_saved_is_read_as_it_was_written_and_not_as_the_writer_holds_it() -> None:
    async def live(store: Store) -> Tally | None:
        made = Tally(id="1", lines=["a"])  # type: ignore[arg-type]  # as careless code makes it
        await store.change([key(1)], lambda _records, _now: Change(records=(made,)))
        return await store.get(key(1))

    with closing(Store()) as store:
        assert asyncio.run(live(store)) == Tally(id="1", lines=("a",))


def test_a_record_is_read_from_the_database_once(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as store:
        saved = tuple(Tally(id=str(number)) for number in range(3))
        asyncio.run(store.change([], lambda _records, _now: Change(records=saved)))
    with closing(Store(tmp_path)) as store:
        asked: list[str] = []
        store.now()
        store._sql.set_trace_callback(asked.append)
        for _ in range(3):
            found = asyncio.run(store.read(*(key(number) for number in range(3))))
            assert [record.id for record in found.get_all(map(key, range(3)))] == ["0", "1", "2"]
        store._sql.set_trace_callback(None)
    assert len([sql for sql in asked if "body" in sql]) == 1


def test_of_a_kind_without_records_none_is_looked_for_until_there_is_one() -> None:
    async def live(store: Store) -> list[int]:
        asked: list[str] = []
        store._sql.set_trace_callback(asked.append)
        for number in range(20):
            assert await store.get(key(number)) is None
        before = len(asked)
        await store.change([key(1)], lambda _records, _now: Change(records=(Tally(id="1"),)))
        assert await store.get(key(1)) == Tally(id="1")
        return [before]

    with closing(Store()) as store:
        assert asyncio.run(live(store)) == [1]


def test_so_many_records_are_kept_and_who_was_not_asked_for_longest_leaves() -> None:
    recently = Recent()
    for number in range(KEPT):
        recently.saved(Tally(id=str(number)), b'{"id":"0"}', 1)
    assert kept(recently, 0)
    recently.saved(Tally(id="more"), b'{"id":"0"}', 1)
    assert (kept(recently, 0), kept(recently, 1), kept(recently, 2)) == (True, False, True)


def test_a_body_at_the_limit_is_kept_and_a_longer_one_is_not() -> None:
    recently, empty = Recent(), len(msgspec.json.encode(Tally(id="1", lines=("",))))
    for length in (LARGEST, LARGEST + 1):
        long = Tally(id="1", lines=("x" * (length - empty),))
        body = msgspec.json.encode(long)
        assert len(body) == length
        recently.saved(long, body, 1)
        assert kept(recently, 1) is (length == LARGEST)
        recently.gone(Tally.KIND, "1")
        assert recently.read(key(1), body, 1) == (long, 1)
        assert kept(recently, 1) is (length == LARGEST)
        recently.gone(Tally.KIND, "1")


def test_what_a_failed_commit_held_is_not_told() -> None:
    async def live(store: Store) -> None:
        await store.change([key(1)], lambda _records, _now: Change(records=(Tally(id="1", n=1),)))

        def decide(records: Records, _now: Instant) -> Change:
            assert records[key(1)] == Tally(id="1", n=1)
            return Change(records=(Tally(id="1", n=2),))

        store._sql.set_authorizer(lambda action, *_: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_UPDATE else 0)
        with pytest.raises(sqlite3.DatabaseError):
            await store.change([key(1)], decide)
        store._sql.set_authorizer(None)
        assert await store.get(key(1)) == Tally(id="1", n=1)

    with closing(Store()) as store:
        asyncio.run(live(store))


def test_the_limits_are_what_the_memory_of_a_long_run_allows() -> None:
    assert recent.KEPT * recent.LARGEST <= 16 * 1024 * 1024
