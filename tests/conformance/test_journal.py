"""The words that the suite declares are words that the simulators write; others are refused on both sides."""

import pytest

from conformance.control import Control, Question
from conformance.failures import Ours
from conformance.journal import OWN_WORDS, WORDS, known
from conformance.launch import Running


def test_every_declared_word_is_written_by_the_simulators(running: Running) -> None:
    with Control(running.url, running.key) as control:
        theirs = set(control.get("/control/words")["words"])
    assert theirs >= WORDS
    assert not OWN_WORDS & theirs


def test_an_undeclared_word_is_refused_before_it_is_asked() -> None:
    with pytest.raises(Ours, match="declares no word 'deliverd'"):
        known("deliverd")


def test_an_unknown_word_is_refused_by_the_server_too(running: Running) -> None:
    with Control(running.url, running.key) as control, pytest.raises(Ours, match="Nobody writes the word"):
        control.rows(Question(word="deliverd"))
