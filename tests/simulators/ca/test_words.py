"""Every dialect has a word, or a reason for having none, for every reason of the core."""

import pytest

from simulators.ca.providers import ca2, fpt_esign, misa, mysign, vnpt
from simulators.ca.reasons import Reason
from simulators.ca.wires.canonical import CANONICAL
from simulators.ca.wires.csc_words import CscWord
from simulators.ca.wires.dialect import NEVER, Dialect, Word
from simulators.ca.wires.hub_words import VARIANT_A, VARIANT_B
from simulators.ca.wires.misa_words import MisaWord
from simulators.ca.wires.mysign_words import MysignWord

DIALECTS = {
    "vnpt": vnpt.SP769,
    "vnpt TH": vnpt.TH,
    "ca2": ca2.CA2_RS,
    "canonical": CANONICAL,
    "neac": VARIANT_A,
    "neac files": VARIANT_B,
    "mysign": mysign.PROVIDER.doors[0].dialect,
    "mysign csc": mysign.PROVIDER.doors[2].dialect,
    "misa": misa.PROVIDER.doors[0].dialect,
    "fpt_esign": fpt_esign.PROVIDER.doors[0].dialect,
    "csc": vnpt.PROVIDER.doors[2].dialect,
}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_nothing_is_left_without_a_word(dialect: Dialect) -> None:
    assert set(dialect.words) == set(Reason)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_word_that_never_comes_says_why(dialect: Dialect) -> None:
    assert all(word.why for word in dialect.words.values() if isinstance(word, NEVER))


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_no_refusal_looks_like_success_or_like_waiting(dialect: Dialect) -> None:
    codes = {word.code for word in dialect.words.values() if isinstance(word, Word | CscWord | MysignWord | MisaWord)}
    assert not codes & {200, 102, 1001, 1002}
