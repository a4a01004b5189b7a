"""What a value may be, by its type alone: it is held to it, and the type is said in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta, inspect

from simulators.kernel.clock import DAY, SECOND

LONGEST = 400 * DAY
LONGEST_SHOWN = 80
Milliseconds = Annotated[int, Meta(ge=0, le=LONGEST)]
Lifetime = Annotated[int, Meta(ge=1, le=LONGEST)]
"""Milliseconds."""
Seconds = Annotated[int, Meta(ge=0, le=LONGEST // SECOND)]
LifetimeSeconds = Annotated[int, Meta(ge=1, le=LONGEST // SECOND)]
Days = Annotated[int, Meta(ge=1, le=3 * 365)]
"""NĐ 23/2025: a public certificate lives three years at most."""
Count = Annotated[int, Meta(ge=1, le=1000)]
Line = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f]{1,128}\Z", description="text of 1 to 128 characters on one line")]
Host = Annotated[
    str,
    Meta(
        pattern=r"\A(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z",
        description="a host name in small letters",
    ),
]


class Unfit(Exception):
    """A value that its type does not allow; the text says what it is and what is allowed."""


def fitting(value: Any, type_: Any) -> Any:
    """The value as its type, or Unfit."""
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        shown = repr(value)
        shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"
        raise Unfit(f"cannot be {shown}: it is {allowed(type_)}") from error


@cache
def fields_of(cls: type) -> Mapping[str, Any]:
    """Name -> type, of those fields of a record whose types can be said in words."""
    return {name: type_ for name, type_ in get_type_hints(cls, include_extras=True).items() if allowed(type_)}


def allowed(type_: Any) -> str:
    """One phrase, such as "a whole number 1 to 64"; empty for what is not made of plain values."""
    return _said(inspect.type_info(type_))


def _said(info: Any) -> str:
    match info:
        case inspect.Metadata(extra_json_schema={"description": str(phrase)}):
            said = phrase
        case inspect.BoolType():
            said = "true or false"
        case inspect.IntType():
            said = f"a whole number {_between(info.ge, info.le)}".rstrip()
        case inspect.FloatType():
            said = f"a number {_between(info.ge, info.le)}".rstrip()
        case inspect.LiteralType():
            said = f"one of {', '.join(map(str, info.values))}"
        case inspect.StrType():
            said = f"text {_sizes(info, 'characters')}".rstrip()
        case inspect.VarTupleType():
            said = _of(f"a list {_sizes(info, 'values')}".rstrip(), info.item_type)
        case inspect.DictType():
            said = _of(_of("a table", info.key_type, "name"), info.value_type, "value")
        case _:
            said = ""
    return said


def _of(phrase: str, item: Any, what: str = "") -> str:
    said = _said(item)
    return f"{phrase}, each {what} {said}".replace("  ", " ") if phrase and said else ""


def _sizes(info: Any, unit: str) -> str:
    said = _between(info.min_length, info.max_length)
    return said and f"of {said} {unit}"


def _between(least: Any, most: Any) -> str:
    if least is None:
        return "" if most is None else f"at most {most}"
    return f"{least} or more" if most is None else f"{least} to {most}"
