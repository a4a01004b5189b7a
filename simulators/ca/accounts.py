"""A citizen's account at a CA where the portal logs in for them: tokens of three kinds, and what is remembered; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from msgspec.structs import replace

from simulators.ca import attempts
from simulators.ca.attempts import PasswordTries
from simulators.ca.reasons import Reason, Refused
from simulators.kernel.records import Change, Instant, Record

Use = Literal["access", "signing", "refresh"]
USES: tuple[Use, ...] = ("access", "signing", "refresh")


class AccountToken(Record, frozen=True, kw_only=True):
    """`id` is what is sent; good for one service provider, one citizen and one use."""

    KIND: ClassVar[str] = "ca_account_token"
    ABOUT: ClassVar[str | None] = "ref"

    ref: str
    """CA and citizen: what the control side names to end the tokens."""
    sp_id: str
    citizen: str
    use: Use
    expires: Instant


class Remembered(Record, frozen=True, kw_only=True):
    """`id` is ca/sp_id/citizen: this service provider needs no second factor for this citizen any more."""

    KIND: ClassVar[str] = "ca_remembered"


def account_ref(ca: str, citizen: str) -> str:
    return f"{ca}/{citizen}"


def demand(token: AccountToken | None, sp_id: str, use: Use, now: Instant) -> AccountToken:
    """The token, or Refused with what it is instead."""
    if token is None:
        raise Refused(Reason.TOKEN_UNKNOWN, f"the {use} token is missing or unknown: log in again")
    if token.use != use:
        raise Refused(Reason.TOKEN_UNKNOWN, f"a token for {token.use} came where one for {use} is due")
    if token.sp_id != sp_id:
        raise Refused(Reason.TOKEN_UNKNOWN, "the token was given to another service provider")
    if now >= token.expires:
        raise Refused(Reason.TOKEN_UNKNOWN, f"the {use} token is too old: refresh it, or log in again")
    return token


def entered(before: PasswordTries, *, right: bool, now: Instant, limit: tuple[int, int]) -> Change:
    """The account's password at the login: a wrong one is counted, the last locks; `limit` as attempts.tried has it."""
    outcome = attempts.tried(before, right=right, now=now, limit=limit)
    counted = (outcome.tries,) if outcome.tries else ()
    if outcome.left is None:
        return Change(counted)
    if outcome.left:
        why = "password is not the account's: /control/citizens/{id} has it, unless they enrolled in the app and chose"
        refused = Refused(Reason.PASSWORD_WRONG, f"{why} another; {outcome.left} tries are left")
        return Change(counted, refused=refused)
    why = f"password was wrong {limit[0]} times: the account is locked, wait {limit[1]} ms"
    return Change(counted, refused=Refused(Reason.PASSWORD_LOCKED, why))


def lives(tokens: Iterable[AccountToken], now: Instant, *, short: int, long: int) -> tuple[AccountToken, ...]:
    """From now on: refresh tokens live long."""
    return tuple(replace(one, expires=Instant(now + (long if one.use == "refresh" else short))) for one in tokens)


def ended(token: AccountToken, now: Instant) -> Change:
    """Too old from now on; a refresh token stays, so that a portal can show what it does then."""
    if token.use == "refresh" or now >= token.expires:
        return Change()
    return Change(records=(replace(token, expires=now),))
