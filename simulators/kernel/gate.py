"""Who may use the control side: whoever has the run key, as Bearer, or on a person's pages as ?key= and then as a cookie."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.plain import refuse


class Gate:
    """Compares in constant time. The cookie is named by port, because cookies ignore ports."""

    def __init__(self, key: str, url: str) -> None:
        self._key = key.encode()
        self.cookie = f"hopchuan_{urlsplit(url).port or 'key'}"

    def bearer(self, request: Request) -> Response | None:
        """None when the run key was sent; otherwise the refusal."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_key(given.strip()):
            return None
        refused = refuse(401, "Send the header Authorization: Bearer <run key>; serve printed the key when it started.")
        refused.headers["www-authenticate"] = "Bearer"
        return refused

    def knows(self, request: Request) -> bool:
        """True when a person's browser brought the key in the address or in the cookie."""
        return self._is_key(request.query_params.get("key", "")) or self._is_key(request.cookies.get(self.cookie, ""))

    def remember(self, request: Request, response: Response) -> Response:
        """Leave the key as a cookie, so that forms and links work without it."""
        given = request.query_params.get("key", "")
        if self._is_key(given):
            response.set_cookie(self.cookie, given, httponly=True, samesite="strict", path="/")
        return response

    def _is_key(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._key)
