"""Applications that the login knows: who they are, how they prove it, why they are refused; pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from simulators.kernel.contracts import Settings
from simulators.portal import mistakes
from simulators.portal.records import Grant


class Reason(Enum):
    """Why an application is refused at token, userinfo, introspect or revoke."""

    UNREADABLE = "unreadable"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    NO_CREDENTIALS = "no_credentials"
    TWO_CREDENTIALS = "two_credentials"
    UNKNOWN_CLIENT = "unknown_client"
    WRONG_SECRET = "wrong_secret"  # noqa: S105  # a reason's name
    NO_GRANT_TYPE = "no_grant_type"
    WRONG_GRANT_TYPE = "wrong_grant_type"
    NO_CODE = "no_code"
    UNKNOWN_CODE = "unknown_code"
    USED_CODE = "used_code"
    EXPIRED_CODE = "expired_code"
    WRONG_REDIRECT = "wrong_redirect"
    WRONG_VERIFIER = "wrong_verifier"
    NO_REFRESH_TOKEN = "no_refresh_token"  # noqa: S105  # a reason's name
    UNKNOWN_REFRESH_TOKEN = "unknown_refresh_token"  # noqa: S105  # a reason's name
    EXPIRED_REFRESH_TOKEN = "expired_refresh_token"  # noqa: S105  # a reason's name
    NO_TOKEN = "no_token"  # noqa: S105  # a reason's name
    NO_BEARER = "no_bearer"
    WRONG_BEARER = "wrong_bearer"
    NO_OPENID = "no_openid"
    FAILED = "failed"


class Refused(Exception):
    """`why`, `about` and `contract` are for the journal."""

    def __init__(self, reason: Reason, why: str, about: Grant | None = None, *, injected: str = "") -> None:
        super().__init__(f"{reason.value}: {why}")
        self.reason = reason
        self.why = why
        self.about = about
        self.injected = injected
        self.contract = about.contract if about else ""
        self.client_id = ""
        """Whom the caller said to be."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """An application that the login knows: a portal under its contract."""

    id: str
    secret: str
    contract: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]


def client_of(settings: Settings) -> Client:
    return Client(
        id=settings.values["client_id"],
        secret=settings.values["client_secret"],
        contract=settings.contract,
        name=settings.private["name"],
        redirect_uris=tuple(settings.private["redirect_uris"]),
        post_logout_redirect_uris=tuple(settings.private["post_logout_redirect_uris"]),
    )


def credentials(form: Mapping[str, str], header: str) -> tuple[str, str]:
    """Client id and secret, from HTTP Basic or from the form, never from both."""
    if header:
        if "client_secret" in form:
            raise Refused(
                Reason.TWO_CREDENTIALS, "client_secret stands in the form and in Authorization: send one of them"
            )
        try:
            scheme, _, given = header.partition(" ")
            client_id, colon, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            scheme = colon = ""
        if scheme.lower() != "basic" or not colon:
            raise Refused(Reason.NO_CREDENTIALS, mistakes.about_basic(header))
        return client_id, secret
    if not form.get("client_id"):
        raise Refused(Reason.NO_CREDENTIALS, "the request has neither client_id nor an Authorization header")
    if "client_secret" not in form:
        raise Refused(Reason.NO_CREDENTIALS, "the request has a client_id and no client_secret")
    return form["client_id"], form["client_secret"]
