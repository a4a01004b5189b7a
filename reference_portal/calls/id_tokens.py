"""The ID token, validated: RS256 under a key of the issuer, and what it says (OIDC Core 3.1.3.7)."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from reference_portal.calls.asking import PATIENCE, LoginRefused, answer_of

_LEEWAY = 60
"""Seconds by which two clocks may differ."""
KEYS_SERVE = 60.0
"""Seconds for which keys that were read serve: so long, at most, a key that the issuer withdrew is still believed."""
_READ: WeakKeyDictionary[httpx.AsyncClient, dict[str, tuple[float, KeySet]]] = WeakKeyDictionary()
"""When each client read which address's keys: what one client was told, another (of other trust) does not believe."""


async def check_id_token(
    http: httpx.AsyncClient, login: Mapping[str, str], id_token: str, nonce: str
) -> Mapping[str, Any]:
    """RS256 under a key of the issuer, then OIDC Core 3.1.3.7; its claims."""
    return check_claims(login, await _signed_claims(http, login, id_token), nonce)


def check_claims(login: Mapping[str, str], claims: dict[str, Any], nonce: str) -> Mapping[str, Any]:
    """What a signed ID token says is for us, of this issuer, of this attempt and of now."""
    registry = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY,
        iss={"essential": True, "value": login["issuer"]},
        aud={"essential": True, "value": login["client_id"]},
        azp={"value": login["client_id"]},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise LoginRefused(f"ID token: {error}") from error
    if claims["aud"] not in (login["client_id"], [login["client_id"]]):
        raise LoginRefused("ID token: meant for others too, whom we do not know")
    return claims


async def _signed_claims(http: httpx.AsyncClient, login: Mapping[str, str], id_token: str) -> dict[str, Any]:
    """What keys read before cannot verify is judged by the keys of now: the issuer may change them at any moment."""
    at, before = _READ.get(http, {}).get(login["jwks_uri"], (0.0, None))
    if before and time.monotonic() - at < KEYS_SERVE:
        with suppress(JoseError, ValueError, TypeError):
            return decoded(id_token, before)
    try:
        try:
            return decoded(id_token, await keys_of(http, login))
        except InvalidKeyIdError:  # changed between the token and our look
            return decoded(id_token, await keys_of(http, login))
    except (JoseError, ValueError, TypeError) as error:
        raise LoginRefused(f"ID token: {type(error).__name__}") from error


def decoded(id_token: str, keys: KeySet) -> dict[str, Any]:
    # Header parameters that we do not know are ignored, as RFC 7515 section 4 says; `crit` is still honoured.
    registry = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    return jwt.decode(id_token, keys, algorithms=["RS256"], registry=registry).claims


async def keys_of(http: httpx.AsyncClient, login: Mapping[str, str]) -> KeySet:
    served = await answer_of(http.build_request("GET", login["jwks_uri"], timeout=PATIENCE), http)
    keys = served.get("keys")
    listed = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
    usable = [key for key in listed if key.get("kty") == "RSA" and key.get("use", "sig") == "sig"]
    read = KeySet.import_key_set({"keys": usable})
    _READ.setdefault(http, {})[login["jwks_uri"]] = time.monotonic(), read
    return read
