"""The numbers of the law: each with its source, the right set chosen, and spans that are over in any calendar."""

from datetime import date, timedelta

import pytest

from conformance.failures import WrongOption
from conformance.legal import CONFIDENCES, DEFAULT, FOLDER, chosen, load, surely

NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_each_number_has_a_unit_a_source_and_a_confidence(name: str) -> None:
    legal = load(name)
    assert legal.name == name
    assert set(legal.numbers) == set(load(DEFAULT).numbers)
    for number in legal.numbers.values():
        assert number.confidence in CONFIDENCES
        assert number.unit
        assert number.source


def test_a_decree_that_was_not_read_stands_in_with_its_predecessors_values_and_says_so() -> None:
    unread, read = load("nd118-2025").numbers, load("nd61-2018").numbers
    assert {number.confidence for number in unread.values()} == {"UNKNOWN"}
    assert all(number.source.startswith("not read") for number in unread.values())
    assert {name: number.value for name, number in unread.items()} == {n: number.value for n, number in read.items()}


def test_the_option_goes_before_what_the_portal_says_and_that_before_the_default() -> None:
    assert chosen("nd118-2025", "nd61-2018").name == "nd118-2025"
    assert chosen(None, "nd118-2025").name == "nd118-2025"
    assert chosen(None, "").name == DEFAULT
    with pytest.raises(WrongOption, match="--legal nd99: there is no such set of numbers; there is nd118-2025"):
        chosen(None, "nd99")


@pytest.mark.parametrize("days", range(30))
@pytest.mark.parametrize("weekday", range(7))
def test_so_many_working_days_are_surely_over_even_with_two_weeks_of_holidays(days: int, weekday: int) -> None:
    begin = date(2026, 11, 2) + timedelta(days=weekday)
    span = surely(days)
    passed = [begin + timedelta(days=number) for number in range(1, span.days + 1)]
    assert len([day for day in passed if day.weekday() < 5]) >= days + 10
    assert span % timedelta(weeks=1) == timedelta()


def test_restart_is_a_word_of_the_law() -> None:
    assert load("nd61-2018").restarts
