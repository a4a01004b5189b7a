"""ID tokens and the key set: WSO2's claims, RS256 by hand (what judges them elsewhere is joserfc)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from simulators.kernel.clock import SECOND
from simulators.kernel.records import Instant
from simulators.portal.records import Grant
from simulators.portal.spec import LoginSpec

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Unsigned:
    """A token before its signature: `secret` asks for HMAC, `spoiled` for a signature that does not fit."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    secret: bytes | None = None
    spoiled: bool = False


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What an ID token says beside its grant."""

    issuer: str
    techid: str
    access_token: str
    kid: str
    jti: str


def id_token(spec: LoginSpec, grant: Grant, occasion: Occasion, now: Instant) -> Unsigned:
    seconds = now // SECOND
    client_id = grant.asked.client_id
    claims: dict[str, Any] = {
        "isk": hashlib.sha256(grant.sid.encode()).hexdigest(),
        "at_hash": half_hash(occasion.access_token),
        "sub": occasion.techid,
        "amr": [grant.authenticator],
        "iss": occasion.issuer,
        "sid": grant.sid,
        "aud": client_id,
        "nbf": seconds,
        "azp": client_id,
        "exp": seconds + spec.id_token_ttl,
        "iat": seconds,
        "auth_time": grant.authenticated // SECOND,
        "acr": spec.acr,
        "jti": occasion.jti,
    }
    if grant.asked.nonce is not None:
        claims["nonce"] = grant.asked.nonce
    return Unsigned({"kid": occasion.kid, "typ": "JWT", "alg": "RS256"}, claims)


def signing_input(token: Unsigned) -> bytes:
    return b".".join(base64url(encode(part)) for part in (token.header, token.claims))


def signed(token: Unsigned, sign: Callable[[bytes], bytes]) -> str:
    """`sign` makes an RS256 signature of the digest that it is given."""
    text = signing_input(token)
    match token.header["alg"]:
        case "none":
            signature = b""
        case "HS256":
            assert token.secret is not None, "an HMAC needs a secret"
            signature = hmac.digest(token.secret, text, hashlib.sha256)
        case _:
            signature = sign(hashlib.sha256(text).digest())
    if token.spoiled:
        signature = bytes([signature[0] ^ 1]) + signature[1:]
    return b".".join((text, base64url(signature))).decode()


def read(token: str, verify: Callable[[bytes, bytes], bool]) -> dict[str, Any] | None:
    """The claims of one of our own tokens, expired or not, or None; `verify` takes signature and digest."""
    parts = token.encode().split(b".")
    if len(parts) != 3 or not all(parts):
        return None
    try:
        header, claims, signature = (base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in parts)
        told, said = msgspec.json.decode(header, type=dict), msgspec.json.decode(claims, type=dict)
    except (ValueError, RecursionError):  # binascii.Error and msgspec.DecodeError are ValueErrors
        return None
    if told.get("alg") != "RS256" or not verify(signature, hashlib.sha256(parts[0] + b"." + parts[1]).digest()):
        return None
    return said


def jwk(key: RSAPublicKey, kid: str) -> dict[str, str]:
    numbers = key.public_numbers()
    return {
        "kty": "RSA",
        "e": _number(numbers.e),
        "use": "sig",
        "kid": kid,
        "alg": "RS256",
        "n": _number(numbers.n),
    }


def thumbprint(key: RSAPublicKey) -> str:
    """RFC 7638: names the key by itself."""
    numbers = key.public_numbers()
    text = encode({"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)})
    return base64url(hashlib.sha256(text).digest()).decode()


def half_hash(value: str) -> str:
    """at_hash: the left half of the digest."""
    return base64url(hashlib.sha256(value.encode()).digest()[:16]).decode()


def base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()
