"""How our own operations answer (control, phone, inbox): a refusal is one sentence that names the field and the cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.wire import Handle, Reads, Route, answer

LONGEST_WAIT = 20.0
"""Seconds that one long poll may ask for: short enough for any proxy between."""

ERRORS: Mapping[int, str] = {
    401: "the run key is missing or wrong",
    422: "a field is missing, unknown or wrong; the sentence names it",
}


def refuse(status: int, sentence: str) -> Response:
    return answer({"error": sentence}, status)


async def broken(_request: Request, why: str) -> Response:
    """Input that the route cannot read."""
    return refuse(422, f"This request cannot be read: {why}. See /openapi.json for the fields.")


def operation(  # noqa: PLR0913  # a row of a table of routes: every field is named where it is used
    method: str,
    path: str,
    text: str,
    handle: Handle,
    *,
    reads: Reads = "nothing",
    takes: Any = None,
    gives: Any = None,
    errors: Mapping[int, str] | None = None,
) -> Route:
    """A route of our own behind the run key."""
    return Route(
        method, path, text, handle, broken, reads, takes, gives, errors={**ERRORS, **(errors or {})}, guarded=True
    )
