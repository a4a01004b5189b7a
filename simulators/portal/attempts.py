"""What every step of an attempt shares: is it alive, whose counters are these, how is it journalled, how is it ended."""

from __future__ import annotations

import hashlib
from enum import Enum
from typing import Any

from msgspec.structs import replace

from simulators.kernel.clock import MINUTE
from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Change, Event, Instant, Key
from simulators.portal.records import Account, Attempt, Stage, event_source

USERNAME_LIMIT = 100


class Reason(Enum):
    """Why the login says no to a person."""

    NO_ATTEMPT = "no_attempt"
    NOT_SIMULATED = "not_simulated"
    WRONG_CAPTCHA = "wrong_captcha"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  # a reason's name
    LOCKED = "locked"
    NO_PHONE = "no_phone"
    WRONG_CODE = "wrong_code"
    CODE_EXPIRED = "code_expired"
    RESEND_TOO_SOON = "resend_too_soon"
    RESEND_TOO_OFTEN = "resend_too_often"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    CERTIFICATE_LAPSED = "certificate_lapsed"
    CERTIFICATE_REVOKED = "certificate_revoked"
    WRONG_SIGNATURE = "wrong_signature"
    NO_ACCOUNT = "no_account"
    NO_SIM = "no_sim"
    SIM_BLOCKED = "sim_blocked"
    SIM_REFUSED = "sim_refused"
    SIM_EXPIRED = "sim_expired"


class Refused(Exception):
    """A person is turned back to the page that `reason` belongs to."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def account_id(profile: str, username: str) -> str:
    """Names of nobody are counted like others, so that the answers do not tell them apart."""
    name = username.strip()[:USERNAME_LIMIT]
    return f"{profile}/{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def event(attempt: Attempt, word: str, /, **body: Any) -> Event:
    return Event(
        source=event_source(attempt.profile),
        word=word,
        ref=attempt.id,
        subject=attempt.citizen,
        contract=attempt.contract,
        body=body,
    )


def alive(attempt: Attempt | None, now: Instant, *stages: Stage) -> Attempt:
    """The attempt when it exists, is not over and stands where the step belongs."""
    if attempt is None or now >= attempt.expires or attempt.stage not in stages:
        raise Refused(Reason.NO_ATTEMPT)
    return attempt


def turned_back(attempt: Attempt, reason: Reason, said: Event, *counted: Account) -> Change:
    """Counters and the row are saved, then the person is refused."""
    return Change(records=(attempt, *counted), events=(said,), refused=Refused(reason))


def end(attempt: Attempt, now: Instant) -> Change:
    """For the control side: a code that waits to be typed, or a phone that is waited for, is over; without one, the attempt."""
    if now >= attempt.expires:
        return Change()
    if attempt.stage is Stage.OTP and now < attempt.otp_expires:
        return Change(records=(replace(attempt, otp_expires=now),))
    if attempt.stage is Stage.SIM and now < attempt.sim_expires:
        return Change(records=(replace(attempt, sim_expires=now),), gone=(Key(Prompt, attempt.sim),))
    return Change(records=(replace(attempt, expires=now),))


def minutes_locked(account: Account, now: Instant) -> int:
    return max(0, -(-(account.locked_until - now) // MINUTE))
