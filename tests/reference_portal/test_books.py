"""The store: one transaction for one change, and nobody overwrites what somebody else saved."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from reference_portal.books import Books, Change, Conflict, Record
from reference_portal.flaws import FLAWS
from reference_portal.parts import RIGHT


class Note(Record, frozen=True, kw_only=True):
    text: str = ""


@pytest.fixture
def books() -> Iterator[Books]:
    with closing(Books()) as made:
        yield made


def test_a_record_comes_back_as_it_was_saved_with_its_version(books: Books) -> None:
    books.transact(lambda change: change.put(Note(id="1", about="a", text="Tờ khai")))
    assert books.get(Note, "1") == Note(id="1", about="a", text="Tờ khai", version=1)
    assert [note.id for note in books.find(Note, about="a")] == ["1"]


def test_a_stale_record_is_not_saved_and_neither_is_the_rest_of_its_change(books: Books) -> None:
    books.transact(lambda change: change.put(Note(id="1")))
    stale = books.get(Note, "1")
    assert stale is not None
    books.transact(lambda change: change.put(replace(stale, text="first")))

    def late(change: Change) -> None:
        change.put(Note(id="2"))
        change.put_file("f", b"x")
        change.put(replace(stale, text="second"))

    with pytest.raises(Conflict):
        books.transact(late)
    first = books.get(Note, "1")
    assert first is not None
    assert first.text == "first"
    assert books.get(Note, "2") is None
    assert books.file("f") is None


def test_one_id_is_given_once(books: Books) -> None:
    books.transact(lambda change: change.put(Note(id="1")))
    with pytest.raises(Conflict):
        books.transact(lambda change: change.put(Note(id="1")))


def test_a_change_that_raises_saves_nothing(books: Books) -> None:

    def broken(change: Change) -> None:
        change.put(Note(id="1"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        books.transact(broken)
    assert books.get(Note, "1") is None


def test_a_change_sees_its_own_planned_records(books: Books) -> None:

    def decide(change: Change) -> tuple[Note, ...]:
        change.put(Note(id="1", about="a"))
        return change.find(Note, about="a")

    assert [note.id for note in books.transact(decide)] == ["1"]


def test_books_survive_a_restart(tmp_path: Path) -> None:
    with closing(Books(tmp_path / "portal.sqlite")) as books:
        books.transact(lambda change: change.put(Note(id="1")))
    with closing(Books(tmp_path / "portal.sqlite")) as again:
        assert again.get(Note, "1") is not None


def test_all_records_are_walked_in_order_across_pages(books: Books) -> None:
    for number in range(450):
        books.transact(lambda change, number=number: change.put(Note(id=str(number))))
    assert [note.id for note in books.every(Note)] == [str(number) for number in range(450)]


@pytest.mark.parametrize(("name", "last"), [(None, 10), ("races", 1)])
def test_parallel_changes_count_right_unless_the_discipline_is_check_then_act(
    books: Books, name: str | None, last: int
) -> None:
    books.transact(lambda change: change.put(Note(id="n", text="0")))
    flawed = [flaw.parts(RIGHT) for flaw in FLAWS if flaw.name == name]
    discipline = (flawed or [RIGHT])[0].discipline

    def count(change: Change) -> None:
        note = change.get(Note, "n")
        assert note is not None
        change.put(replace(note, text=str(int(note.text) + 1)))

    async def all_at_once() -> None:
        await asyncio.gather(*(discipline(books, count) for _ in range(10)))

    asyncio.run(all_at_once())
    note = books.get(Note, "n")
    assert note is not None
    assert int(note.text) == last
