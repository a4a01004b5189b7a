"""The PIN: the count goes down, the last try locks, a right one takes the count back."""

from dataclasses import replace

import pytest

from simulators.ca import asking
from simulators.ca.asking import PinTries
from simulators.ca.providers.vnpt import PROVIDER
from simulators.kernel.records import Instant

NOW = Instant(1_000_000_000)
SPEC = replace(PROVIDER, pin_tries=3)


def after(*rights: bool, at: Instant = NOW) -> tuple[PinTries, asking.Tried]:
    tries = PinTries(id="vnpt/1")
    for right in rights:
        tried = asking.tried(tries, right=right, now=at, spec=SPEC)
        tries = tried.tries or tries
    return tries, tried


def test_a_right_pin_is_taken_and_nothing_is_counted() -> None:
    tries, tried = after(True)
    assert (tries.wrong, tried.text) == (0, "")


@pytest.mark.parametrize(("wrong", "left"), [(1, 2), (2, 1), (3, 0)])
def test_each_wrong_pin_leaves_one_less(wrong: int, left: int) -> None:
    _, tried = after(*[False] * wrong)
    assert tried.left == left
    assert tried.text


def test_the_last_but_one_does_not_lock_and_the_last_does() -> None:
    assert after(False, False)[0].locked_until == 0
    assert after(False, False, False)[0].locked_until == NOW + SPEC.pin_lock


def test_a_right_pin_takes_the_count_back() -> None:
    assert after(False, False, True, False)[1].left == 2


def test_while_locked_even_the_right_pin_is_refused_and_then_the_count_begins_anew() -> None:
    locked, _ = after(False, False, False)
    just_before, over = Instant(locked.locked_until - 1), locked.locked_until

    assert "bị khoá" in asking.tried(locked, right=True, now=just_before, spec=SPEC).text
    assert asking.tried(locked, right=True, now=over, spec=SPEC).text == ""
    assert asking.tried(locked, right=False, now=over, spec=SPEC).left == SPEC.pin_tries - 1
