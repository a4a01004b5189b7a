"""From a finished attempt, or from single sign-on, to a session and a code; and the end of a session; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from simulators.kernel.clock import SECOND
from simulators.kernel.records import Event, Instant
from simulators.portal.records import Asked, Attempt, Grant, Session, event_source
from simulators.portal.spec import LoginSpec


class Reason(Enum):
    """Why a logout is refused."""

    NO_COOKIE = "no_cookie"
    NO_SESSION = "no_session"
    WRONG_HINT = "wrong_hint"
    UNKNOWN_CLIENT = "unknown_client"
    WRONG_RETURN = "wrong_return"
    DENIED = "denied"


class Refused(Exception):
    """The login's own error page; `why` and `contract` are for the journal."""

    def __init__(self, reason: Reason, why: str, contract: str = "") -> None:
        super().__init__(f"{reason.value}: {why}")
        self.reason = reason
        self.why = why
        self.contract = contract


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """What chance drew for a session and a code: always new ones, so that nobody can plant a session."""

    session: str
    opbs: str
    sid: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a grant is called: its code, the attempt that it came from, the contract that it belongs to."""

    code: str
    attempt: str
    contract: str


def earlier(spec: LoginSpec, fresh: Fresh, citizen: str, contract: str, now: Instant) -> Session:
    """As a visit before this one left it: no attempt leads to it."""
    return Session(
        id=fresh.session,
        contract=contract,
        sid=fresh.sid,
        attempt="",
        profile=spec.id,
        citizen=citizen,
        authenticator=spec.authenticators[0].name,
        opbs=fresh.opbs,
        begun=now,
        expires=Instant(now + spec.session_ttl * SECOND),
    )


def begun(spec: LoginSpec, attempt: Attempt, fresh: Fresh, now: Instant) -> Session:
    session = earlier(spec, fresh, attempt.citizen, attempt.contract, now)
    return replace(session, attempt=attempt.id, authenticator=attempt.authenticator)


def reusable(spec: LoginSpec, session: Session | None, asked: Asked, now: Instant) -> Session | None:
    """The session, longer alive, when it answers this request without asking the person again."""
    if session is None or session.profile != spec.id or now >= session.expires or "login" in asked.prompt:
        return None
    if asked.max_age is not None and now - session.begun > asked.max_age * SECOND:
        return None
    return replace(session, expires=Instant(now + spec.session_ttl * SECOND))


def issued(spec: LoginSpec, session: Session, asked: Asked, named: Named, now: Instant) -> Grant:
    return Grant(
        id=named.code,
        contract=named.contract,
        attempt=named.attempt,
        profile=spec.id,
        asked=asked,
        citizen=session.citizen,
        sid=session.sid,
        authenticator=session.authenticator,
        authenticated=session.begun,
        expires=Instant(now + spec.code_ttl * SECOND),
    )


def callback(session: Session, grant: Grant) -> dict[str, str]:
    """What the application is told: code, its state, and session_state where it asked for openid."""
    asked = grant.asked
    told = {"code": grant.id}
    if asked.state is not None:
        told["state"] = asked.state
    if asked.is_openid:
        url, salt = urlsplit(asked.redirect_uri), hashlib.sha256(grant.id.encode()).hexdigest()[:22]
        text = f"{asked.client_id} {url.scheme}://{url.netloc} {session.opbs} {salt}"
        told["session_state"] = f"{hashlib.sha256(text.encode()).hexdigest()}.{salt}"
    return told


def logged_out(session: Session, contract: str, **body: Any) -> Event:
    return Event(
        source=event_source(session.profile),
        word="logged_out",
        ref=session.attempt,
        subject=session.citizen,
        contract=contract,
        body=body,
    )
