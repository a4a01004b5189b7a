"""What planned faults make of an ID token, a callback, a token answer and userinfo: one deviation each, all else right; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from simulators.kernel.faults import Effects, plain
from simulators.portal.tokens import Unsigned, half_hash

FAULT_SITES: dict[str, Effects] = {
    "login.id_token": plain(
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
        "issued_in_future",
        "issued_long_ago",
        "not_yet_valid",
        "another_application",
        "aud_with_others",
        "aud_with_wrong_azp",
        "wrong_at_hash",
    ),
    "login.callback": plain(
        "wrong_state",
        "missing_state",
        "repeated_state",
        "wrong_iss",
        "error_beside_code",
        "access_denied",
    ),
    "login.userinfo": plain(
        "without_email",
        "without_phone",
        "extra_claims",
        "kind_as_number",
        "another_subject",
        "missing_sub",
        "name_nfd",
        "server_error",
        "unknown_kind",
        "without_number",
    ),
    "login.token": plain("missing_id_token", "wrong_token_type", "server_error"),
    "login.keys": plain("fresh"),  # nothing wrong: an ID token under a key that the set has from now on
}

LONG_AGO = 2 * 3600
"""Seconds: more than any leeway."""
A_DAY = 24 * 3600
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
    }
    return bent[effect]


def callback(told: Claims, effect: str) -> dict[str, Any]:
    if effect == "missing_state":
        return _without(told, "state")
    change = CALLBACK.get(effect)
    return dict(change(told) if change else told)


def answered(told: Claims, effect: str) -> dict[str, Any]:
    """The token endpoint's answer."""
    match effect:
        case "missing_id_token":
            return _without(told, "id_token")
        case "wrong_token_type":
            return {**told, "token_type": "mac"}
    return dict(told)


def userinfo(told: Claims, effect: str) -> dict[str, Any]:
    if effect == "missing_sub":
        return _without(told, "sub")
    change = USERINFO.get(effect)
    return dict(change(told) if change else told)


def _without(told: Claims, name: str) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != name}


def _other(value: object) -> str:
    return f"{value or ''}"[::-1] + "x"


def _moved(claims: Claims, seconds: int, *names: str) -> Claims:
    return {**claims, **{name: claims[name] + seconds for name in names}}


def _expired(claims: Claims) -> Claims:
    return _moved(claims, claims["iat"] - claims["exp"] - LONG_AGO, "exp", "iat", "nbf", "auth_time")


CLAIMS: dict[str, Callable[[Claims], Claims]] = {
    "wrong_iss": lambda claims: {**claims, "iss": ELSEWHERE},
    "wrong_aud": lambda claims: {**claims, "aud": ANOTHER_CLIENT},
    "wrong_azp": lambda claims: {**claims, "azp": ANOTHER_CLIENT},
    "numeric_sub": lambda claims: {**claims, "sub": 1_234_567_890},
    "expired": _expired,
    "wrong_nonce": lambda claims: {**claims, "nonce": _other(claims.get("nonce"))},
    "issued_in_future": lambda claims: _moved(claims, LONG_AGO, "iat", "exp"),
    "issued_long_ago": lambda claims: _moved(claims, -A_DAY, "iat", "nbf", "auth_time"),
    "not_yet_valid": lambda claims: _moved(claims, LONG_AGO, "nbf", "exp"),
    "another_application": lambda claims: {**claims, "aud": ANOTHER_CLIENT, "azp": ANOTHER_CLIENT},
    "aud_with_others": lambda claims: _without({**claims, "aud": [claims["aud"], ANOTHER_CLIENT]}, "azp"),
    "aud_with_wrong_azp": lambda claims: {**claims, "aud": [claims["aud"], ANOTHER_CLIENT], "azp": ANOTHER_CLIENT},
    "wrong_at_hash": lambda claims: {**claims, "at_hash": half_hash("another access token")},
}

CALLBACK: dict[str, Callable[[Claims], Claims]] = {
    "wrong_state": lambda told: {**told, "state": _other(told.get("state"))},
    "repeated_state": lambda told: {**told, "state": [told.get("state"), _other(told.get("state"))]},
    "wrong_iss": lambda told: {**told, "iss": ELSEWHERE},
    "error_beside_code": lambda told: {**told, "error": "access_denied"},
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
