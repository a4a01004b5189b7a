"""Redirects of the login: to its own pages, and back to applications."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from starlette.responses import Response

SAFE = ":/?#[]@!$&'()*+,;=-._~%"


def redirect(url: str, params: Mapping[str, str | list[str] | None] | None = None) -> Response:
    """302, as WSO2 does; a parameter that is None is left out, one with several values is repeated."""
    query = urlencode({name: value for name, value in (params or {}).items() if value is not None}, doseq=True)
    if query:
        url += ("&" if "?" in url else "?") + query
    return Response(status_code=302, headers={"Location": quote(url, safe=SAFE), "Cache-Control": "no-store"})
