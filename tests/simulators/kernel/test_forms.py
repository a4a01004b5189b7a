"""Forms and queries are read and written as the standard library does it; what cannot be read is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.kernel.forms import MOST_FIELDS, Unreadable, pairs_of, query_of

WRITTEN = st.text(st.sampled_from("ab=&+%2fEc3á é.~-_;[]"), max_size=30)


@given(WRITTEN)
def test_what_is_read_is_what_the_standard_library_reads(text: str) -> None:
    try:
        due = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        with pytest.raises(Unreadable, match="not form-encoded"):
            pairs_of(text)
    else:
        assert pairs_of(text) == due


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20))))
def test_what_is_written_is_what_the_standard_library_writes_and_is_read_again(pairs: list[tuple[str, str]]) -> None:
    assert query_of(pairs) == urlencode(pairs)
    assert pairs_of(query_of(pairs)) == pairs


def test_so_many_fields_are_read_and_one_more_is_refused() -> None:
    assert len(pairs_of("&".join(["a=b"] * MOST_FIELDS))) == MOST_FIELDS
    with pytest.raises(Unreadable, match=f"more than {MOST_FIELDS} fields"):
        pairs_of("&".join(["a=b"] * (MOST_FIELDS + 1)))
