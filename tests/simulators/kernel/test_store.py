"""The store: one transaction a change, versions that notice another's change, the journal in the same breath."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from simulators.kernel.clock import VIETNAM, Clock, still
from simulators.kernel.journal import KERNEL_WORDS, Journal, Question, UnknownWord
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.store import TRIES, Conflict, Store

TET = datetime(2026, 2, 17, 8, 0, tzinfo=VIETNAM)


class Tally(Record, frozen=True, kw_only=True):
    KIND: ClassVar[str] = "tally"
    ABOUT: ClassVar[str | None] = "owner"
    DUE: ClassVar[str | None] = "due"

    owner: str = ""
    due: Instant | None = None
    n: int = 0


class Other(Record, frozen=True, kw_only=True):
    KIND: ClassVar[str] = "other"

    told: str


class Unlucky(Store):
    """Loses every first save to somebody else."""

    lost = 0

    def _write(self, saves, gone, events, now) -> bool:
        if saves and saves[0][0].KIND == "tally":
            self.lost += 1
            if self.lost % 2 == 1:
                return False
        return super()._write(saves, gone, events, now)


KEY = Key(Tally, "t")


def counted(records: Records, _now: Instant) -> Change:
    tally = records[KEY] or Tally(id="t")
    return Change.of(msgspec.structs.replace(tally, n=tally.n + 1), [Event(source="test", word="delivered", ref="t")])


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path: Path):
    made = Store(tmp_path if request.param == "file" else None, clock=still(TET))
    yield made
    made.close()


def test_a_change_saves_records_and_events_together(store: Store) -> None:
    asyncio.run(store.change([KEY], counted))
    assert asyncio.run(store.get(KEY)) == Tally(id="t", n=1)
    assert [row.word for row in Journal(store, KERNEL_WORDS).read(Question(ref="t"))] == ["delivered"]


def test_time_is_the_worlds_and_stands_still(store: Store) -> None:
    asyncio.run(store.change([KEY], counted))
    assert Journal(store, KERNEL_WORDS).read(Question())[0].at == "2026-02-17T08:00:00.000+07:00"


def test_a_decision_that_raises_saves_nothing(store: Store) -> None:
    def refuse(_records: Records, _now: Instant) -> Change:
        raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(store.change([KEY], refuse))
    assert asyncio.run(store.get(KEY)) is None
    assert Journal(store, KERNEL_WORDS).read(Question()) == []


def test_a_refusal_with_a_counter_is_saved_first_and_raised_then(store: Store) -> None:
    def counts(_records: Records, _now: Instant) -> Change:
        return Change(records=(Tally(id="t", n=4),), refused=PermissionError("wrong PIN"))

    with pytest.raises(PermissionError):
        asyncio.run(store.change([KEY], counts))
    assert asyncio.run(store.get(KEY)) == Tally(id="t", n=4)


def test_a_change_that_lost_a_race_is_decided_again() -> None:
    with closing(Unlucky(None)) as store:
        for _ in range(3):
            asyncio.run(store.change([KEY], counted))
        assert asyncio.run(store.get(KEY)) == Tally(id="t", n=3)
        assert store.lost == 6


def test_a_change_that_always_loses_ends_as_conflict(store: Store) -> None:
    seen = []

    def meddled(records: Records, now: Instant) -> Change:
        seen.append(1)
        store._write([(Tally(id="t", n=100 + len(seen)), len(seen) - 1)], (), (), now)  # somebody else, in between
        return counted(records, now)

    with pytest.raises(Conflict):
        asyncio.run(store.change([KEY], meddled))
    assert len(seen) == TRIES


def test_creating_what_is_there_already_is_a_conflict_not_an_overwrite(store: Store) -> None:
    asyncio.run(store.change([KEY], counted))
    with pytest.raises(Conflict):
        asyncio.run(store.change([], lambda _r, _n: Change(records=(Tally(id="t", n=9),))))
    assert asyncio.run(store.get(KEY)) == Tally(id="t", n=1)


def test_records_are_found_by_about_by_due_and_page_by_page(store: Store) -> None:
    made = tuple(
        Tally(id=f"{n:02d}", owner="a" if n % 2 else "b", due=Instant(n) if n < 6 else None) for n in range(10)
    )
    asyncio.run(store.change([], lambda _r, _n: Change(records=made)))
    found = asyncio.run(store.find(Tally, about="a", limit=2))
    assert [tally.id for tally in found] == ["01", "03"]
    assert [tally.id for tally in asyncio.run(store.find(Tally, about="a", after="03"))] == ["05", "07", "09"]
    assert [tally.id for tally in asyncio.run(store.find(Tally, due_before=Instant(2)))] == ["00", "01", "02"]
    assert store.next_due(Tally) == 0


def test_a_restart_on_the_same_folder_finds_everything(tmp_path: Path) -> None:
    with closing(Store(tmp_path)) as first:
        asyncio.run(first.change([KEY], counted))
    with closing(Store(tmp_path)) as again:
        assert asyncio.run(again.get(KEY)) == Tally(id="t", n=1)
        assert len(Journal(again, KERNEL_WORDS).read(Question())) == 1


def test_a_long_body_lies_in_a_file_and_reads_as_before(tmp_path: Path) -> None:
    long = {"answer": "é" * 9000}
    with closing(Store(tmp_path)) as store:
        asyncio.run(store.note(Event(source="test", word="delivered", body=long)))
        assert [row.body for row in Journal(store, KERNEL_WORDS).read(Question())] == [long]
    assert len(list((tmp_path / "bodies").iterdir())) == 1


def test_waiting_ends_when_the_rows_are_there(store: Store) -> None:
    async def race() -> int:
        journal = Journal(store, KERNEL_WORDS)
        waiting = asyncio.create_task(journal.wait(Question(word="delivered"), count=2, seconds=5))
        for _ in range(2):
            await asyncio.sleep(0)
            await store.change([KEY], counted)
        return len(await waiting)

    assert asyncio.run(asyncio.wait_for(race(), 2)) == 2


def test_waiting_ends_with_what_there_is_when_the_time_is_over(store: Store) -> None:
    journal = Journal(store, KERNEL_WORDS)
    assert asyncio.run(journal.wait(Question(word="delivered"), count=1, seconds=0.01)) == []


def test_a_word_that_nobody_writes_is_refused(store: Store) -> None:
    with pytest.raises(UnknownWord):
        Journal(store, KERNEL_WORDS).read(Question(word="deliverd"))


def test_nothing_is_looked_for_by_looking_at_every_record_of_a_kind(store: Store) -> None:
    asked: list[str] = []
    saved = (Tally(id="known"), Other(id="known", told=""))
    asyncio.run(store.change([], lambda _records, _now: Change(records=saved)))
    store._sql.set_trace_callback(asked.append)
    asyncio.run(store.find(Tally, about="a"))
    asyncio.run(store.find(Tally, about="a", contract="c", after="b", newest=True))
    asyncio.run(store.find(Tally, due_before=store.now()))
    asyncio.run(store.read(KEY, Key(Tally, "other"), Key(Other, "t")))
    store.next_due(Tally)
    store._sql.set_trace_callback(None)
    plans = [row[3] for sql in asked for row in store._sql.execute(f"EXPLAIN QUERY PLAN {sql}")]
    searches = [plan for plan in plans if "records" in plan]
    assert len(searches) >= 5
    assert not [plan for plan in searches if plan.endswith("(kind=?)") or "SCAN" in plan], searches


def test_records_of_several_kinds_are_read_each_as_its_own(store: Store) -> None:
    many = [Key(Tally, f"t{number}") for number in range(250)]
    saved = (*(Tally(id=key.id, n=number) for number, key in enumerate(many)), Other(id="t7", told="yes"))
    asyncio.run(store.change([], lambda _records, _now: Change(records=saved)))
    found = asyncio.run(store.read(*many, Key(Other, "t7"), Key(Other, "t8")))
    assert [found[key].n for key in many] == list(range(250))
    assert (found[Key(Other, "t7")].told, found[Key(Other, "t8")]) == ("yes", None)


def test_who_waits_for_a_kind_is_woken_by_it_and_by_the_clock_alone(store: Store) -> None:
    async def live() -> list[bool]:
        heard = []
        for saved in (Other(id="o", told=""), Tally(id="w"), Clock(base=1, rate=0)):
            waiting = asyncio.create_task(store.bell.wait(0.05, Tally))
            await asyncio.sleep(0)
            await store.change(
                [Key(type(saved), saved.id)], lambda _records, _now, saved=saved: Change(records=(saved,))
            )
            heard.append(await waiting)
        return heard

    assert asyncio.run(live()) == [False, True, True]
