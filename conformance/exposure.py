"""What of a login's secrets stands where the browser, its history or a script can read it."""

import base64
import json
import re
from collections.abc import Iterable

from conformance.browser import Hop
from conformance.sites import origin_of

_TOKEN = re.compile(r"(?<![\w.-])eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]*")
_HINT = re.compile(r"id_token_hint(?:=|[\"'][^>]*?value=[\"'])[\w.-]+")
"""A logout's link or form carries the ID token by rule (OpenID Connect RP-Initiated Logout, 2)."""


def exposed(hops: Iterable[Hop], home: str, secrets: Iterable[str]) -> list[str]:
    """Where each secret, or an ID token, was found: “address of …”, “page of …”, “header … of …”."""
    visited, found = list(hops), []
    logins = {origin_of(hop.request.url) for hop in visited} - {home}
    for hop in visited:
        if origin_of(hop.request.url) == home:
            for where, text in _readable(hop):
                plain = _HINT.sub("", text)
                if any(secret in plain for secret in secrets) or any(
                    _issuer(token) in logins for token in _TOKEN.finditer(plain)
                ):
                    found.append(f"{where} {hop.request.url.partition('?')[0]}")
    return found


def _readable(hop: Hop) -> Iterable[tuple[str, str]]:
    """A cookie that scripts cannot read is the browser's own: not looked at."""
    yield "address", hop.request.url
    yield "page", hop.reply.body.decode("utf-8", "replace")
    for name, value in hop.reply.headers:
        if not (name.lower() == "set-cookie" and "httponly" in value.lower()):
            yield f"header {name}", value


def _issuer(found: re.Match[str]) -> str:
    """The origin that a JWT says to come from; a token of the portal's own is no ID token."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)))
        return origin_of(str(claims.get("iss", ""))) if isinstance(claims, dict) else ""
    except ValueError:
        return ""
