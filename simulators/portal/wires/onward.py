"""Redirects of the login: to its own pages, and back to applications."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from simulators.kernel.forms import query_of

SAFE = ":/?#[]@!$&'()*+,;=-._~%"


def redirect(url: str, params: Mapping[str, str | list[str] | None] | None = None) -> Response:
    """302, as WSO2 does; a parameter that is None is left out, one with several values is repeated."""
    told = {
        name: [value] if isinstance(value, str) else value
        for name, value in (params or {}).items()
        if value is not None
    }
    query = query_of((name, each) for name, values in told.items() for each in values)
    if query:
        url += ("&" if "?" in url else "?") + query
    return Response(status_code=302, headers={"Location": quote(url, safe=SAFE), "Cache-Control": "no-store"})
