"""Forms and queries: read into pairs in their order, and written as browsers write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote_plus, unquote

MOST_FIELDS = 200
AS_IT_IS = re.compile(r"[A-Za-z0-9_.~-]*")


class Unreadable(Exception):
    """The input is not of the shape that the route takes; the text says which field and why."""


def pairs_of(text: str) -> list[tuple[str, str]]:
    """Pairs in their order, blanks kept; what is not UTF-8 is refused."""
    written = text.split("&") if text else []
    if len(written) > MOST_FIELDS:
        raise Unreadable(f"not form-encoded: more than {MOST_FIELDS} fields")
    return [_pair(one) for one in written]


def fields_of(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """One value for each name; a repeated name is refused."""
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise Unreadable(f"repeated parameter: {name}")
        fields[name] = value
    return fields


def form_encoded(text: str) -> str:
    """`quote_plus`, which is asked only where it would change something."""
    return text if AS_IT_IS.fullmatch(text) else quote_plus(text)


def query_of(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{form_encoded(name)}={form_encoded(value)}" for name, value in pairs)


def _pair(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals:
        raise Unreadable(f"not form-encoded: bad query field: {written!r}")
    return _plain(name), _plain(value)


def _plain(written: str) -> str:
    if "%" not in written and "+" not in written:
        return written
    try:
        return unquote(written.replace("+", " "), errors="strict")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not form-encoded: {error}") from error
