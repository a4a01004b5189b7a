"""A login profile as data; each number says how well it is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

CONFIRMED = "confirmed"
LIKELY = "likely"
UNKNOWN = "unknown"


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
    """`…_ttl`, `…_cooldown` and `…_block` are seconds; `…_limit` counts."""

    id: str
    name: str
    source: str
    authenticators: tuple[Authenticator, ...]
    login_idp: str = ""
    """What userinfo says of a federated login (VNeID: BCA); empty for an account of the national portal itself."""

    hosts: tuple[str, ...] = fact((), CONFIRMED)
    """Names of the real one's hosts, the test environment's first: only simulators.inprocess answers them."""
    issuer_path: str = fact("/oauth2/token", LIKELY)
    acr: str = fact("LoA1", CONFIRMED)
    ial: int = fact(2, UNKNOWN)
    attempt_ttl: int = fact(1200, UNKNOWN)
    session_ttl: int = fact(900, UNKNOWN)
    code_ttl: int = fact(300, LIKELY)
    access_token_ttl: int = fact(3600, LIKELY)
    refresh_token_ttl: int = fact(86_400, LIKELY)
    id_token_ttl: int = fact(3600, LIKELY)
    parameter_limit: int = fact(4096, UNKNOWN)
    """Characters of one parameter."""
    userinfo_needs_openid: bool = fact(False, UNKNOWN)  # noqa: FBT003  # a default, named by its field
    """WSO2 answers 403 insufficient_scope without `openid`. Off: the journal names the wrong scope, and the login lives."""

    captcha_length: int = fact(5, UNKNOWN)
    password_limit: int = fact(5, UNKNOWN)
    otp_length: int = fact(6, CONFIRMED)
    otp_ttl: int = fact(120, CONFIRMED)
    otp_limit: int = fact(5, UNKNOWN)
    lock_ttl: int = fact(300, UNKNOWN)
    resend_cooldown: int = fact(30, UNKNOWN)
    resend_limit: int = fact(3, UNKNOWN)
    resend_block: int = fact(300, UNKNOWN)
    otp_sender: str = fact("DVCQG", UNKNOWN)

    def authenticator(self, name: str) -> Authenticator | None:
        return next((way for way in self.authenticators if way.name == name), None)
