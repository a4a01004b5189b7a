"""What transcripts are written in: "{name}" is filled in, "<shape>" is any value of a shape, "a|b" is a choice."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

TRANSCRIPTS = Path(__file__).parent / "transcripts"
SHAPES = {
    "<text>": lambda value: isinstance(value, str) and value != "",
    "<boolean>": lambda value: isinstance(value, bool),
    "<integer>": lambda value: isinstance(value, int),
    "<uuid>": lambda value: re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None,
    "<serial>": lambda value: re.fullmatch(r"5401[0-9a-f]{28}", value) is not None,
    "<instant>": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None,
    "<der>": lambda value: base64.b64decode("".join(value.split()), validate=True)[:1] == b"\x30",
    "<der or null>": lambda value: value is None or base64.b64decode("".join(value.split()))[:1] == b"\x30",
    "<date>": lambda value: re.fullmatch(r"\d{8}", value) is not None,
    "<jwt>": lambda value: re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", value) is not None,
    "<pdf>": lambda value: base64.b64decode(value, validate=True)[:5] == b"%PDF-",
    "<raw rsa>": lambda value: len(base64.b64decode(value, validate=True)) == 256,
}


def fits(pattern: Any, value: Any, place: str = "$") -> None:
    """Further fields are legal; "a|b" is a choice; "<shape>" a shape."""
    if isinstance(pattern, dict):
        assert isinstance(value, dict), place
        for name, inner in pattern.items():
            assert name in value, f"{place}.{name} is missing: {value}"
            fits(inner, value[name], f"{place}.{name}")
    elif isinstance(pattern, list):
        assert isinstance(value, list), place
        assert len(pattern) == len(value), place
        for number, (inner, found) in enumerate(zip(pattern, value, strict=True)):
            fits(inner, found, f"{place}[{number}]")
    elif pattern in SHAPES:
        assert SHAPES[pattern](value), f"{place}: {value!r} is no {pattern}"
    else:
        choices = pattern.split("|") if isinstance(pattern, str) and "|" in pattern else [pattern]
        assert value in choices, f"{place}: {value!r} is not {pattern!r}"


def filled(template: Any, values: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {name: filled(inner, values) for name, inner in template.items()}
    if isinstance(template, list):
        return [filled(inner, values) for inner in template]
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], template) if isinstance(template, str) else template
