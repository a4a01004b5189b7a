"""Decisions about login, session and cookie."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reference_portal.accounts import new_token
from reference_portal.calls.login import Attempt, Identity
from reference_portal.dossiers import Refused


def _attempt_for(attempts: Sequence[Attempt], state: str) -> Attempt | None:
    """The attempt of this browser that carries this state (RFC 9700: the answer is bound to who asked)."""
    return next((attempt for attempt in attempts if hmac.compare_digest(attempt.state.encode(), state.encode())), None)


def _target(asked: str) -> str:
    """A path of this portal, else the home page: `//host` and `/\\host` are other hosts to a browser."""
    plain = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if plain and asked.isprintable() and "\\" not in asked else "/"


def _code(answer: Mapping[str, str]) -> str | None:
    """The code that the login sent, unless it sent an error."""
    return None if "error" in answer else answer.get("code")


def _turned_away(_token: str, message: str) -> tuple[str, str]:
    """The login said no: a page with this sentence."""
    raise Refused("login_refused", message, status=403)


def _key(identity: Identity) -> str:
    """What links a login to an account: the TechID and nothing that two people can share."""
    return identity.techid


def _contact(identity: Identity) -> tuple[str | None, str | None]:
    """Phone and e-mail, either may be missing (specs/portal.md 1.11); an address with a line break is none."""

    def clean(value: str | None) -> str | None:
        text = (value or "").strip()
        return text if text and text.isprintable() else None

    return clean(identity.phone), clean(identity.email)


def _rotated(_old: str) -> str:
    return new_token()


@dataclass(frozen=True)
class LoginRules:
    attempt_for: Callable[[Sequence[Attempt], str], Attempt | None] = _attempt_for
    target: Callable[[str], str] = _target
    code: Callable[[Mapping[str, str]], str | None] = _code
    turned_away: Callable[[str, str], tuple[str, str]] = _turned_away
    key: Callable[[Identity], str] = _key
    contact: Callable[[Identity], tuple[str | None, str | None]] = _contact
    token_after_login: Callable[[str], str] = _rotated
    cookie: str = "Path=/; HttpOnly; Secure; SameSite=Lax"
    attempt_serves_once: bool = True
    onward: Callable[[Attempt, Identity], str] = lambda attempt, _identity: attempt.target
    logout_ends_session: bool = True
    logout_at_provider: bool = True
    knows_deep_links: bool = True
    target_of_deep_link: Callable[[str], str] = lambda link: link
    signed_in_by_link: Callable[[Mapping[str, str]], str | None] = lambda _query: None
    draft_needs_account: bool = True
