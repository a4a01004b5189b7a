"""Chooser, captcha, password and the last step of an attempt; pure, it is given the time and what chance drew."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import SECOND
from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Change, Instant, Key
from simulators.portal import otp
from simulators.portal.attempts import Reason, Refused, alive, event, turned_back
from simulators.portal.records import Account, Asked, Attempt, Stage
from simulators.portal.spec import LoginSpec


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Who begins an attempt: the application that asks, and the cookie of the browser."""

    key: str
    contract: str
    application: str
    browser: str
    challenge: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was typed, and what was drawn beforehand for whatever may come of it."""

    username: str
    password: str
    captcha: str
    citizen: Citizen | None
    next_captcha: str
    otp: str
    token: str


def begin(spec: LoginSpec, opening: Opening, asked: Asked, now: Instant) -> Attempt:
    return Attempt(
        id=opening.key,
        contract=opening.contract,
        profile=spec.id,
        asked=asked,
        browser=opening.browser,
        application=opening.application,
        challenge=opening.challenge,
        expires=Instant(now + spec.attempt_ttl * SECOND),
    )


def choose(spec: LoginSpec, attempt: Attempt | None, name: str, captcha: str, now: Instant) -> Change:
    """An icon of the chooser, also on second thoughts (before the OTP was typed)."""
    attempt = alive(attempt, now, Stage.CHOOSING, Stage.PASSWORD, Stage.OTP, Stage.SIM)
    way = spec.authenticator(name)
    if way is None or way.asks == "nothing":
        raise Refused(Reason.NOT_SIMULATED)
    nobody = replace(attempt, username="", citizen="", masked="", otp="", sim="", failure="")
    gone = (Key(Prompt, attempt.sim),) if attempt.sim else ()
    return Change((replace(nobody, stage=Stage.PASSWORD, authenticator=name, captcha=captcha),), gone=gone)


def renew_captcha(attempt: Attempt | None, captcha: str, now: Instant) -> Change:
    return Change(records=(replace(alive(attempt, now, Stage.PASSWORD), captcha=captcha),))


def check_password(spec: LoginSpec, attempt: Attempt | None, account: Account, entry: Entry, now: Instant) -> Change:
    """Captcha first (single use), then the lock, then name and password with one answer for both."""
    attempt = alive(attempt, now, Stage.PASSWORD)
    way = spec.authenticator(attempt.authenticator)
    assert way is not None, f"{attempt.authenticator!r} was chosen"
    with_code = way.asks == "password and OTP"
    left = spec.password_limit - account.wrong_passwords
    again = replace(attempt, captcha=entry.next_captcha)
    if with_code and not _same_captcha(entry.captcha, attempt.captcha):
        return turned_back(again, Reason.WRONG_CAPTCHA, event(again, "password_refused", left=left, reason="captcha"))
    if now < account.locked_until:
        return turned_back(again, Reason.LOCKED, event(again, "password_refused", left=0, reason="locked"))
    citizen = entry.citizen
    if citizen is None or entry.password != citizen.password:
        counted = _one_more_wrong(spec, account, now)
        left = 0 if now < counted.locked_until else spec.password_limit - counted.wrong_passwords
        return turned_back(again, Reason.WRONG_PASSWORD, event(again, "password_refused", left=left), counted)
    known = replace(attempt, username=entry.username.strip(), citizen=citizen.id, captcha="")
    accepted = event(known, "password_accepted")
    account = replace(account, wrong_passwords=0)
    if not with_code:
        return Change((replace(known, stage=Stage.PASSED, ticket=entry.token), account), (accepted,))
    if not citizen.phone:
        return turned_back(again, Reason.NO_PHONE, event(again, "password_refused", left=left, reason="no phone"))
    fresh = otp.Fresh(code=entry.otp, token=entry.token, phone=citizen.phone)
    sent = otp.send(spec, known, fresh, now)
    return Change((*sent.records, replace(account, sent_at=now)), (accepted, *sent.events))


def finish(attempt: Attempt | None, ticket: str, now: Instant) -> Attempt:
    """The attempt that a ticket of the last page ends."""
    attempt = alive(attempt, now, Stage.PASSED)
    if not ticket or ticket != attempt.ticket:
        raise Refused(Reason.NO_ATTEMPT)
    return attempt


def _same_captcha(typed: str, answer: str) -> bool:
    return bool(answer) and typed.strip().casefold() == answer.casefold()


def _one_more_wrong(spec: LoginSpec, account: Account, now: Instant) -> Account:
    wrong = account.wrong_passwords + 1
    if wrong < spec.password_limit:
        return replace(account, wrong_passwords=wrong)
    return replace(account, wrong_passwords=0, locked_until=Instant(now + spec.lock_ttl * SECOND))
