"""A login profile as data; each number says how well it is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from msgspec import Meta

from simulators.kernel.bounds import Count, Host, LifetimeSeconds, Line, Seconds

CONFIRMED = "confirmed"
LIKELY = "likely"
UNKNOWN = "unknown"
UrlPath = Annotated[str, Meta(pattern=r"\A(/[A-Za-z0-9._~-]{1,64}){1,8}\Z", description="a path such as /oauth2/token")]


def fact(value: Any, mark: str) -> Any:
    """A default and how well it is known; the mark is read from the field's metadata."""
    return field(default=value, metadata={"mark": mark})


@dataclass(frozen=True)
class Authenticator:
    """One icon of the chooser. `asks` is what stands behind it; "nothing" is shown and not simulated."""

    name: str
    label: str
    hint: str
    asks: Literal["password and OTP", "password and consent", "nothing"]


@dataclass(frozen=True, kw_only=True)
class LoginSpec:
    """`…_ttl`, `…_cooldown` and `…_block` are seconds; `…_limit` counts; a type says what a world file may set."""

    id: str
    name: Line
    source: str
    authenticators: tuple[Authenticator, ...]
    login_idp: Annotated[str, Meta(max_length=64)] = ""
    """What userinfo says of a federated login (VNeID: BCA); empty for an account of the national portal itself."""

    hosts: tuple[Host, ...] = fact((), CONFIRMED)
    """Names of the real one's hosts, the test environment's first: only simulators.inprocess answers them."""
    issuer_path: UrlPath = fact("/oauth2/token", LIKELY)
    acr: Line = fact("LoA1", CONFIRMED)
    ial: Annotated[int, Meta(ge=0, le=9)] = fact(2, UNKNOWN)
    attempt_ttl: LifetimeSeconds = fact(1200, UNKNOWN)
    session_ttl: LifetimeSeconds = fact(900, UNKNOWN)
    code_ttl: LifetimeSeconds = fact(300, LIKELY)
    access_token_ttl: LifetimeSeconds = fact(3600, LIKELY)
    refresh_token_ttl: LifetimeSeconds = fact(86_400, LIKELY)
    id_token_ttl: LifetimeSeconds = fact(3600, LIKELY)
    parameter_limit: Annotated[int, Meta(ge=256, le=64 * 1024)] = fact(4096, UNKNOWN)
    """Characters of one parameter."""
    userinfo_needs_openid: bool = fact(False, UNKNOWN)  # noqa: FBT003  # a default, named by its field
    """WSO2 answers 403 insufficient_scope without `openid`. Off: the journal names the wrong scope, and the login lives."""

    captcha_length: Annotated[int, Meta(ge=1, le=12)] = fact(5, UNKNOWN)
    password_limit: Count = fact(5, UNKNOWN)
    otp_length: Annotated[int, Meta(ge=4, le=8)] = fact(6, CONFIRMED)
    otp_ttl: LifetimeSeconds = fact(120, CONFIRMED)
    otp_limit: Count = fact(5, UNKNOWN)
    lock_ttl: Seconds = fact(300, UNKNOWN)
    resend_cooldown: Seconds = fact(30, UNKNOWN)
    resend_limit: Annotated[int, Meta(ge=0, le=1000)] = fact(3, UNKNOWN)
    resend_block: Seconds = fact(300, UNKNOWN)
    sim_ttl: LifetimeSeconds = fact(120, UNKNOWN)
    """How long the phone may take at a login by SIM."""
    sim_pin_limit: Count = fact(3, UNKNOWN)
    otp_sender: Line = fact("DVCQG", UNKNOWN)

    def authenticator(self, name: str) -> Authenticator | None:
        return next((way for way in self.authenticators if way.name == name), None)
