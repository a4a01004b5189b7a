"""What planned faults make of an ID token, a callback and userinfo: one deviation each, all else right; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from simulators.portal.tokens import Unsigned

FAULT_SITES: dict[str, tuple[str, ...]] = {
    "login.id_token": (
        "wrong_iss",
        "missing_iss",
        "wrong_aud",
        "missing_aud",
        "wrong_azp",
        "missing_sub",
        "numeric_sub",
        "missing_iat",
        "missing_exp",
        "expired",
        "alg_none",
        "hs256_public_key",
        "wrong_nonce",
        "missing_nonce",
        "bad_signature",
        "unknown_kid",
        "unknown_crit",
        "not_yet_valid",
        "fresh_key",
    ),
    "login.callback": ("wrong_state", "missing_state", "access_denied"),
    "login.userinfo": (
        "without_email",
        "without_phone",
        "extra_claims",
        "kind_as_number",
        "another_subject",
        "name_nfd",
        "server_error",
        "unknown_kind",
        "without_number",
    ),
    "login.token": ("server_error",),
}

FRESH_KEY = "fresh_key"
"""Nothing wrong: the token is signed by a key that the key set has from now on, beside the old one."""
LONG_AGO = 2 * 3600
"""Seconds: more than any leeway."""
ELSEWHERE = "https://login.elsewhere.example/oauth2/token"
ANOTHER_CLIENT = "AnotherApplicationOfTheLogin"
ANOTHER_SUBJECT = "00000000-0000-4000-a000-00000000ffff"

Claims = Mapping[str, Any]


def id_token(token: Unsigned, effect: str, public_pem: bytes) -> Unsigned:
    if change := CLAIMS.get(effect):
        return replace(token, claims=change(token.claims))
    if effect.startswith("missing_"):
        return replace(token, claims=_without(token.claims, effect.removeprefix("missing_")))
    bent = {
        "": token,
        "alg_none": replace(token, header={"alg": "none", "typ": "JWT"}),
        "hs256_public_key": replace(token, header={**token.header, "alg": "HS256"}, secret=public_pem),
        "bad_signature": replace(token, spoiled=True),
        "unknown_kid": replace(token, header={**token.header, "kid": "of-no-key-here"}),
        "unknown_crit": replace(token, header={**token.header, "crit": ["x-unknown"], "x-unknown": True}),
        FRESH_KEY: token,
    }
    return bent[effect]


def callback(told: Claims, effect: str) -> dict[str, Any]:
    match effect:
        case "wrong_state":
            return {**told, "state": str(told.get("state", ""))[::-1] + "x"}
        case "missing_state":
            return _without(told, "state")
    return dict(told)


def userinfo(told: Claims, effect: str) -> dict[str, Any]:
    change = USERINFO.get(effect)
    return dict(change(told) if change else told)


def _without(told: Claims, name: str) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != name}


def _expired(claims: Claims) -> Claims:
    moments = {
        name: claims[name] - claims["exp"] + claims["iat"] - LONG_AGO for name in ("exp", "iat", "nbf", "auth_time")
    }
    return {**claims, **moments}


CLAIMS: dict[str, Callable[[Claims], Claims]] = {
    "wrong_iss": lambda claims: {**claims, "iss": ELSEWHERE},
    "wrong_aud": lambda claims: {**claims, "aud": ANOTHER_CLIENT},
    "wrong_azp": lambda claims: {**claims, "azp": ANOTHER_CLIENT},
    "numeric_sub": lambda claims: {**claims, "sub": 1_234_567_890},
    "expired": _expired,
    "wrong_nonce": lambda claims: {**claims, "nonce": str(claims.get("nonce", ""))[::-1] + "x"},
    "not_yet_valid": lambda claims: {**claims, **{name: claims[name] + LONG_AGO for name in ("nbf", "exp")}},
}

USERINFO: dict[str, Callable[[Claims], Claims]] = {
    "without_email": lambda told: _without(told, "ThuDienTu"),
    "without_phone": lambda told: _without(told, "SoDienThoai"),
    "extra_claims": lambda told: {
        "zzUnknown": {"nested": [1, None, {"deep": True}]},
        **told,
        "roles": [],
        "hidden": None,
    },
    "kind_as_number": lambda told: {**told, "LoaiTaiKhoan": int(told["LoaiTaiKhoan"])},
    "another_subject": lambda told: {**told, "sub": ANOTHER_SUBJECT, "TechID": ANOTHER_SUBJECT},
    "name_nfd": lambda told: {**told, "HoVaTen": unicodedata.normalize("NFD", told["HoVaTen"])},
    "unknown_kind": lambda told: {**told, "LoaiTaiKhoan": "9"},
    "without_number": lambda told: _without(told, "SoDinhDanh"),
}
