"""The code by SMS: six digits, two minutes, one attempt, one use; wrong tries and resends are counted for the account."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from simulators.kernel.clock import SECOND
from simulators.kernel.prompts import Message, message_id
from simulators.kernel.records import Change, Instant
from simulators.portal.attempts import Reason, alive, event, turned_back
from simulators.portal.records import Account, Attempt, Stage
from simulators.portal.spec import LoginSpec


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """A code that may be sent, the token of its message and the number that it goes to."""

    code: str
    token: str
    phone: str


def send(spec: LoginSpec, attempt: Attempt, fresh: Fresh, now: Instant) -> Change:
    """By SMS; whatever code the attempt had is dead."""
    sent = replace(
        attempt,
        stage=Stage.OTP,
        masked=masked(fresh.phone),
        otp=fresh.code,
        otp_expires=Instant(now + spec.otp_ttl * SECOND),
    )
    message = Message(
        id=message_id(now, fresh.token),
        contract=attempt.contract,
        at=now,
        channel="sms",
        to=fresh.phone,
        sender=spec.otp_sender,
        text=f"[MO PHONG] Ma OTP dang nhap Cong Dich vu cong Quoc gia: {fresh.code}. "
        f"Hieu luc {spec.otp_ttl} giay. Khong cung cap ma nay cho bat ky ai.",
    )
    return Change((sent, message), (event(sent, "otp_sent", masked=sent.masked),))


def masked(phone: str) -> str:
    """First four, xxx, last three: all that a page may show."""
    return f"{phone[:4]}xxx{phone[-3:]}"


def check_code(
    spec: LoginSpec, attempt: Attempt | None, account: Account, given: tuple[str, str], now: Instant
) -> Change:
    """`given` is what was typed and the ticket of the next page. Whoever is locked stays so with the right code too."""
    typed, ticket = given
    attempt = alive(attempt, now, Stage.OTP, Stage.LOCKED)
    if attempt.stage is Stage.LOCKED or now < account.locked_until:
        locked = replace(attempt, stage=Stage.LOCKED)
        return turned_back(locked, Reason.LOCKED, event(attempt, "otp_refused", reason="locked"))
    if now >= attempt.otp_expires:
        return turned_back(attempt, Reason.CODE_EXPIRED, event(attempt, "otp_refused", reason="expired"))
    if typed != attempt.otp:
        return _wrong(spec, attempt, account, now)
    passed = replace(attempt, stage=Stage.PASSED, otp="", ticket=ticket)
    return Change((passed, replace(account, wrong_codes=0)), (event(passed, "otp_accepted"),))


def resend(spec: LoginSpec, attempt: Attempt | None, account: Account, fresh: Fresh, now: Instant) -> Change:
    """Another browser of the same person shares the counter."""
    attempt = alive(attempt, now, Stage.OTP)
    if now < account.sent_at + spec.resend_cooldown * SECOND:
        return turned_back(attempt, Reason.RESEND_TOO_SOON, event(attempt, "otp_refused", reason="resend too soon"))
    if now >= account.resends_since + spec.resend_block * SECOND:
        account = replace(account, resends=0, resends_since=now)
    if account.resends >= spec.resend_limit:
        return turned_back(attempt, Reason.RESEND_TOO_OFTEN, event(attempt, "otp_refused", reason="resend too often"))
    sent = send(spec, attempt, fresh, now)
    return Change((*sent.records, replace(account, resends=account.resends + 1, sent_at=now)), sent.events)


def tries_left(spec: LoginSpec, account: Account) -> int:
    return spec.otp_limit - account.wrong_codes


def _wrong(spec: LoginSpec, attempt: Attempt, account: Account, now: Instant) -> Change:
    wrong = account.wrong_codes + 1
    if wrong < spec.otp_limit:
        counted = replace(account, wrong_codes=wrong)
        said = event(attempt, "otp_refused", left=spec.otp_limit - wrong)
        return turned_back(attempt, Reason.WRONG_CODE, said, counted)
    locked = replace(account, wrong_codes=0, locked_until=Instant(now + spec.lock_ttl * SECOND))
    over = replace(attempt, stage=Stage.LOCKED)
    return turned_back(over, Reason.LOCKED, event(attempt, "otp_refused", left=0), locked)
