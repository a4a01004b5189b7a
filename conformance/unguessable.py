"""Whether values drawn one after the other could be guessed, as far as their length, letters and likeness tell; pure."""

import math
import string
from collections.abc import Sequence

NEEDED_BITS = 128
"""RFC 6749 section 10.10: the chance of guessing is at most 2^-128."""
NEEDED_APART_BITS = 64
"""What is left of each value without the beginning and end that all share; chance alone shares little of them."""

_ALPHABETS = (
    string.digits,
    string.digits + "abcdef",
    string.digits + "ABCDEF",
    string.ascii_lowercase + string.digits,
    string.ascii_uppercase + string.digits,
    string.ascii_letters + string.digits + "-_",
)


def weakness(values: Sequence[str]) -> str:
    """Why somebody who saw the others could guess one, "" where nothing says so; at least two values."""
    assert len(values) > 1, "one value alone shows no structure"
    if "" in values:
        return "empty"
    if len(set(values)) < len(values):
        return "the same twice"
    bits = _bits_of_a_letter(values)
    shortest = min(map(len, values)) * bits
    if shortest < NEEDED_BITS:
        return f"at most {shortest:.0f} bits"
    apart = min(map(len, _without_common_ends(values))) * bits
    return f"only {apart:.0f} bits differ from one to the next" if apart < NEEDED_APART_BITS else ""


def _bits_of_a_letter(values: Sequence[str]) -> float:
    """By the smallest alphabet that all are written in; a longer text of unknown letters counts six bits each."""
    used = set("".join(values))
    smallest = next((alphabet for alphabet in _ALPHABETS if used <= set(alphabet)), _ALPHABETS[-1])
    return math.log2(len(smallest))


def _without_common_ends(values: Sequence[str]) -> list[str]:
    begin = _shared(values)
    rest = [value[begin:] for value in values]
    end = _shared([value[::-1] for value in rest])
    return [value[: len(value) - end] for value in rest]


def _shared(values: Sequence[str]) -> int:
    """How many letters all begin with."""
    columns = enumerate(zip(*values, strict=False))
    return next((at for at, column in columns if len(set(column)) > 1), min(map(len, values)))
