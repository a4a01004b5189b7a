"""What a code is good for: one exchange, tokens, refresh, revocation; pure."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from simulators.kernel.clock import SECOND
from simulators.kernel.records import Change, Event, Instant
from simulators.portal import mistakes
from simulators.portal.applications import Reason, Refused
from simulators.portal.records import Grant, Token, event_source
from simulators.portal.spec import LoginSpec


@dataclass(frozen=True, kw_only=True)
class Presented:
    """A code as an application presents it."""

    code: str
    client_id: str
    redirect_uri: str
    verifier: str


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two fresh tokens."""

    access: str
    refresh: str


def redeem(spec: LoginSpec, grant: Grant | None, presented: Presented, pair: Pair, now: Instant) -> Change:
    """One use: a second one revokes what the first one got (RFC 6749, 4.1.2)."""
    if grant is None:
        raise Refused(Reason.UNKNOWN_CODE, mistakes.about_code(presented.code))
    asked = grant.asked
    if asked.client_id != presented.client_id:
        raise Refused(Reason.UNKNOWN_CODE, "the code was issued to another client_id", grant)
    if grant.used:
        why = "the code was exchanged before; its tokens are revoked now"
        return Change(records=(replace(grant, revoked=True),), refused=Refused(Reason.USED_CODE, why, grant))
    if now >= grant.expires:
        raise Refused(Reason.EXPIRED_CODE, f"a code lives {spec.code_ttl} seconds", grant)
    if presented.redirect_uri != asked.redirect_uri:
        why = (
            mistakes.about_uri(presented.redirect_uri, (asked.redirect_uri,))
            if presented.redirect_uri
            else "the token request has no redirect_uri"
        )
        raise Refused(Reason.WRONG_REDIRECT, why, grant)
    if asked.challenge and _transformed(presented.verifier, asked.challenge_method) != asked.challenge:
        why = mistakes.about_verifier(presented.verifier, asked.challenge, asked.challenge_method)
        raise Refused(Reason.WRONG_VERIFIER, why, grant)
    redeemed = event(grant, "code_redeemed", client_id=presented.client_id, grant_type="authorization_code")
    return Change((replace(grant, used=True), *_tokens(spec, grant, pair, now)), (redeemed,), result=grant)


def refresh(spec: LoginSpec, token: Token | None, grant: Grant | None, given: tuple[str, Pair], now: Instant) -> Change:
    """`given` is the client's id and the fresh tokens; the presented one is worth nothing afterwards."""
    client_id, pair = given
    if token is None or grant is None or token.use != "refresh" or grant.asked.client_id != client_id:
        raise Refused(Reason.UNKNOWN_REFRESH_TOKEN, "this login never issued this refresh token to this client", grant)
    if not token.live or grant.revoked:
        raise Refused(Reason.UNKNOWN_REFRESH_TOKEN, "the refresh token was used or revoked before", grant)
    if now >= token.expires:
        raise Refused(Reason.EXPIRED_REFRESH_TOKEN, f"a refresh token lives {spec.refresh_token_ttl} seconds", grant)
    redeemed = event(grant, "code_redeemed", client_id=client_id, grant_type="refresh_token")
    return Change((replace(token, live=False), *_tokens(spec, grant, pair, now)), (redeemed,), result=grant)


def revoke(token: Token | None, grant: Grant | None) -> Change:
    """An access token dies alone, a refresh token takes all that came of its grant along."""
    if token is None or grant is None:
        return Change()
    return Change(records=(replace(token, live=False) if token.use == "access" else replace(grant, revoked=True),))


def is_worth(token: Token | None, grant: Grant | None, now: Instant) -> bool:
    return token is not None and grant is not None and token.live and not grant.revoked and now < token.expires


def why_worthless(token: Token | None, grant: Grant | None, now: Instant) -> str:
    if token is None or grant is None:
        return "this login never issued this token"
    if token.use != "access":
        return "this is a refresh token: send the access_token"
    if now >= token.expires:
        return "the token is over its time"
    return "the token was revoked, or its code was exchanged twice"


def described(token: Token, grant: Grant) -> dict[str, Any]:
    """Introspection of a token that is worth something."""
    return {
        "active": True,
        "nbf": token.issued // SECOND,
        "scope": grant.asked.scope,
        "token_type": "Bearer" if token.use == "access" else "Refresh",
        "exp": token.expires // SECOND,
        "iat": token.issued // SECOND,
        "client_id": grant.asked.client_id,
        "username": grant.citizen,
    }


def end(grant: Grant, now: Instant) -> Change:
    """For the control side: a code that nobody exchanged yet is over."""
    return Change() if grant.used or now >= grant.expires else Change(records=(replace(grant, expires=now),))


def event(grant: Grant, word: str, /, **body: Any) -> Event:
    return Event(
        source=event_source(grant.profile),
        word=word,
        ref=grant.attempt,
        subject=grant.citizen,
        contract=grant.contract,
        body=body,
    )


def _tokens(spec: LoginSpec, grant: Grant, pair: Pair, now: Instant) -> tuple[Token, Token]:
    return (
        _token(grant, pair.access, "access", now, spec.access_token_ttl),
        _token(grant, pair.refresh, "refresh", now, spec.refresh_token_ttl),
    )


def _token(grant: Grant, value: str, use: str, now: Instant, ttl: int) -> Token:
    return Token(
        id=value,
        contract=grant.contract,
        use=use,
        grant=grant.id,
        issued=now,
        expires=Instant(now + ttl * SECOND),
    )


def _transformed(verifier: str, method: str) -> str:
    if method != "S256":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
