"""What the login keeps: attempts, accounts' counters, sessions, grants, tokens, the signing key of each profile."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec

from simulators.kernel.records import Instant, Record


class Stage(Enum):
    """How far an attempt has come."""

    CHOOSING = "choosing"
    PASSWORD = "password"  # noqa: S105  # a stage's name
    OTP = "otp"
    SIM = "sim"
    PASSED = "passed"
    LOCKED = "locked"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization request as it was understood."""

    client_id: str
    redirect_uri: str
    scope: str = ""
    state: str | None = None
    nonce: str | None = None
    challenge: str = ""
    challenge_method: str = ""
    prompt: tuple[str, ...] = ()
    max_age: int | None = None

    @property
    def is_openid(self) -> bool:
        return "openid" in self.scope.split()


class Attempt(Record, frozen=True, kw_only=True):
    """`id` is the sessionDataKey. `browser` is the cookie of the browser that began: nobody else's may go on."""

    KIND: ClassVar[str] = "login_attempt"

    profile: str
    asked: Asked
    browser: str
    application: str
    expires: Instant
    stage: Stage = Stage.CHOOSING
    authenticator: str = ""
    captcha: str = ""
    username: str = ""
    citizen: str = ""
    masked: str = ""
    otp: str = ""
    otp_expires: Instant = Instant(0)
    challenge: str = ""
    """What a USB token signs; used up by each try."""
    sim: str = ""
    """The prompt on the phone that is waited for."""
    sim_code: str = ""
    sim_expires: Instant = Instant(0)
    failure: str = ""
    """Why the phone led back to the form."""
    ticket: str = ""
    """What the last page carries to the end (WSO2's `finalCode`)."""


class Account(Record, frozen=True, kw_only=True):
    """What is counted for one user name of one profile, whatever browser it comes from; also for names of nobody."""

    KIND: ClassVar[str] = "login_account"

    wrong_passwords: int = 0
    wrong_codes: int = 0
    locked_until: Instant = Instant(0)
    sent_at: Instant = Instant(0)
    resends: int = 0
    resends_since: Instant = Instant(0)


class Session(Record, frozen=True, kw_only=True):
    """Single sign-on: `id` is the cookie commonAuthId, `opbs` the cookie of that name, `sid` what ID tokens say."""

    KIND: ClassVar[str] = "login_session"
    ABOUT: ClassVar[str | None] = "sid"

    sid: str
    attempt: str
    """The attempt that it came from."""
    profile: str
    citizen: str
    authenticator: str
    opbs: str
    begun: Instant
    expires: Instant


class Grant(Record, frozen=True, kw_only=True):
    """One authorization: `id` is the code. Revoked, none of its tokens is worth anything."""

    KIND: ClassVar[str] = "login_grant"
    ABOUT: ClassVar[str | None] = "attempt"

    attempt: str
    profile: str
    asked: Asked
    citizen: str
    sid: str
    authenticator: str
    authenticated: Instant
    expires: Instant
    used: bool = False
    revoked: bool = False


class Token(Record, frozen=True, kw_only=True):
    """`id` is the token itself; `use` is access or refresh; `grant` is the code that it came from."""

    KIND: ClassVar[str] = "login_token"
    ABOUT: ClassVar[str | None] = "grant"

    use: str
    grant: str
    issued: Instant
    expires: Instant
    live: bool = True


class SigningKey(Record, frozen=True, kw_only=True):
    """`id` is the profile; `keypair` names the key in the world's PKI, `kid` names it in the JWKS."""

    KIND: ClassVar[str] = "login_key"

    keypair: str
    kid: str
    beside: tuple[tuple[str, str], ...] = ()
    """(keypair, kid) of keys that the set has too, because a test had a token signed by a fresh one."""


def event_source(profile: str) -> str:
    return f"login.{profile}"
