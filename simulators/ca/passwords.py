"""Who signs without the phone: a subscriber's password and one-time codes (TOTP, RFC 6238), each try of them; pure."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from typing import ClassVar

from msgspec.structs import replace

from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import IntegratedSpec
from simulators.kernel.clock import MINUTE, SECOND
from simulators.kernel.records import Instant, Key, Record

STEP = 30 * SECOND
DIGITS = 6


class Account(Record, frozen=True, kw_only=True):
    """`id` is ca/citizen. `secret`: base64 of the bytes that are the key, which look like hexadecimal text and are taken
    as they are. `used`: the latest step whose code was taken; `integrated`: no phone is asked."""

    KIND: ClassVar[str] = "smartca_account"

    password: str
    secret: str
    integrated: bool = False
    wrong: int = 0
    locked_until: Instant = Instant(0)
    used: int = -1


class Sad(Record, frozen=True, kw_only=True):
    """`id` is the request's: what `confirm` must bring to have it signed, and until when."""

    KIND: ClassVar[str] = "integrated_sad"

    text: str
    expires: Instant


@dataclass(frozen=True)
class Tried:
    """The account afterwards, to be saved even if `refused` says what was wrong."""

    account: Account
    refused: Refused | None = None


def key(ca: str, citizen: str) -> Key[Account]:
    return Key(Account, f"{ca}/{citizen}")


def code(secret: str, step: int) -> str:
    """HMAC-SHA1, dynamic truncation, zeros in front."""
    mac = hmac.digest(base64.b64decode(secret), step.to_bytes(8, "big"), "sha1")
    at = mac[-1] & 15
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def tried(account: Account, password: str, otp: str | None, now: Instant, spec: IntegratedSpec) -> Tried:
    """A password, and a code where one is due. Right ones take the count back; the last wrong one locks for a while."""
    if now < account.locked_until:
        seconds = -(-(account.locked_until - now) // SECOND)
        return Tried(account, Refused(Reason.ACCOUNT_LOCKED, f"the account is locked for {seconds} s more"))
    if not hmac.compare_digest(password.encode(), account.password.encode()):
        return _counted(account, Reason.PASSWORD_WRONG, "password is not the subscriber's", now, spec)
    if otp is None:
        return Tried(replace(account, wrong=0))
    step = _step_of(account, otp, now, spec)
    if step is None:
        why = f"otp {_shape(otp)} is no code of the steps around now, or was used: the key is the secret's bytes as they are"
        if spec.otp_tries == "free":
            return Tried(account, Refused(Reason.OTP_WRONG, why))
        return _counted(account, Reason.OTP_WRONG, why, now, spec)
    return Tried(replace(account, wrong=0, used=max(step, account.used)))


def accepted(sad: Sad | None, text: str, now: Instant) -> None:
    """Or Refused."""
    if sad is None or not hmac.compare_digest(sad.text.encode(), text.encode()):
        raise Refused(Reason.SAD_UNKNOWN, "sad is not the one that sign gave for this transaction_id")
    if now >= sad.expires:
        raise Refused(Reason.SAD_EXPIRED, "sad is too old: sign again")


def _shape(otp: str) -> str:
    """Never the value: it may be a password that was typed into the wrong field."""
    is_code = len(otp) == DIGITS and otp.isascii() and otp.isdigit()
    return f"of {DIGITS} digits" if is_code else f"of {len(otp)} characters that are not {DIGITS} digits"


def _step_of(account: Account, otp: str, now: Instant, spec: IntegratedSpec) -> int | None:
    """The step whose code this is; the nearest to now first."""
    current = now // STEP
    for away in range(spec.otp_steps + 1):
        for step in {current - away, current + away}:
            fresh = spec.otp_reuse == "taken" or step > account.used
            if fresh and hmac.compare_digest(code(account.secret, step).encode(), otp.encode()):
                return step
    return None


def _counted(account: Account, reason: Reason, why: str, now: Instant, spec: IntegratedSpec) -> Tried:
    wrong = (0 if account.wrong >= spec.password_tries else account.wrong) + 1
    left = spec.password_tries - wrong
    if left:
        return Tried(replace(account, wrong=wrong), Refused(reason, f"{why}; {left} tries are left"))
    locked = replace(account, wrong=wrong, locked_until=Instant(now + spec.password_lock))
    minutes = spec.password_lock // MINUTE
    return Tried(locked, Refused(reason, f"{why}; the account is locked for {minutes} minutes"))
