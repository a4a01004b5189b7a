"""Reading an authorization request: who asks, may it, and where does the answer go; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from simulators.portal import mistakes
from simulators.portal.applications import Client
from simulators.portal.records import Asked

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
SECONDS = re.compile(r"[0-9]{1,9}")


class Reason(Enum):
    """Why a request is refused; the first six are shown on the login's own page, the rest go back to the application."""

    REPEATED = "repeated"
    UNREADABLE = "unreadable"
    NO_CLIENT = "no_client"
    UNKNOWN_CLIENT = "unknown_client"
    NO_REDIRECT = "no_redirect"
    WRONG_REDIRECT = "wrong_redirect"
    NO_RESPONSE_TYPE = "no_response_type"
    WRONG_RESPONSE_TYPE = "wrong_response_type"
    REQUEST_OBJECT = "request_object"
    WRONG_PROMPT = "wrong_prompt"
    PROMPT_COMBINATION = "prompt_combination"
    WRONG_MAX_AGE = "wrong_max_age"
    WRONG_CHALLENGE = "wrong_challenge"
    WRONG_CHALLENGE_METHOD = "wrong_challenge_method"
    LOGIN_REQUIRED = "login_required"
    DENIED = "denied"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Where an answer to the application goes, with its state."""

    redirect_uri: str
    state: str | None


@dataclass(frozen=True, kw_only=True)
class About:
    """The columns of the journal row that a refusal becomes."""

    ref: str = ""
    subject: str = ""
    contract: str = ""


class Refused(Exception):
    """`answer` is None where nothing may go back to an application. `why` is for the journal."""

    def __init__(self, reason: Reason, why: str, answer: Answer | None = None, *, injected: str = "") -> None:
        super().__init__(f"{reason.value}: {why}")
        self.reason = reason
        self.why = why
        self.answer = answer
        self.injected = injected
        self.about = About()


def understand(client: Client | None, given: Mapping[str, str]) -> Asked:
    """The request, or Refused."""
    if not given.get("client_id"):
        raise Refused(Reason.NO_CLIENT, "the request has no client_id")
    if client is None:
        raise Refused(
            Reason.UNKNOWN_CLIENT, "no contract of this profile has this client_id: look at the settings sheet"
        )
    redirect_uri = given.get("redirect_uri", "")
    if not redirect_uri:
        raise Refused(Reason.NO_REDIRECT, "the request has no redirect_uri")
    if redirect_uri not in client.redirect_uris:
        raise Refused(Reason.WRONG_REDIRECT, mistakes.about_uri(redirect_uri, client.redirect_uris))
    answer = Answer(redirect_uri=redirect_uri, state=given.get("state"))
    try:
        return _asked(given, answer)
    except Refused as refused:
        raise Refused(refused.reason, refused.why, answer) from refused


def _asked(given: Mapping[str, str], answer: Answer) -> Asked:
    _check_response_type(given)
    if named := [name for name in ("request", "request_uri", "registration") if name in given]:
        raise Refused(Reason.REQUEST_OBJECT, f"{named[0]} is not supported here")
    challenge, method = _challenge(given)
    return Asked(
        client_id=given["client_id"],
        redirect_uri=answer.redirect_uri,
        scope=" ".join(given.get("scope", "").split()),
        state=answer.state,
        nonce=given.get("nonce"),
        challenge=challenge,
        challenge_method=method,
        prompt=_prompt(given),
        max_age=_max_age(given),
    )


def _check_response_type(given: Mapping[str, str]) -> None:
    wanted = given.get("response_type", "")
    if not wanted:
        raise Refused(Reason.NO_RESPONSE_TYPE, "the request has no response_type: send code")
    if wanted != "code":
        raise Refused(Reason.WRONG_RESPONSE_TYPE, f"response_type is {wanted[:60]!r}: only code is supported")


def _prompt(given: Mapping[str, str]) -> tuple[str, ...]:
    asked = tuple(given.get("prompt", "").split())
    if asked and not PROMPTS.intersection(asked):
        raise Refused(Reason.WRONG_PROMPT, f"prompt has none of: {', '.join(sorted(PROMPTS))}")
    if len(asked) > 1 and "none" in asked:
        raise Refused(Reason.PROMPT_COMBINATION, "prompt=none stands beside another prompt")
    return asked


def _max_age(given: Mapping[str, str]) -> int | None:
    text = given.get("max_age", "")
    if not text:
        return None
    if not SECONDS.fullmatch(text):
        raise Refused(Reason.WRONG_MAX_AGE, f"max_age is {text[:30]!r}: seconds in digits")
    return int(text)


def _challenge(given: Mapping[str, str]) -> tuple[str, str]:
    challenge, method = given.get("code_challenge", ""), given.get("code_challenge_method", "")
    if not challenge:
        return "", ""
    if method not in {"", "plain", "S256"}:
        raise Refused(Reason.WRONG_CHALLENGE_METHOD, mistakes.about_challenge_method(method))
    if not CHALLENGE.fullmatch(challenge):
        raise Refused(Reason.WRONG_CHALLENGE, mistakes.about_challenge(challenge))
    return challenge, method or "plain"
