"""A code (OTP) that a CA sends to the citizen: how long it is good, how often it may be wrong and be sent again; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from msgspec.structs import replace

from simulators.ca.coded import CodedCaSpec
from simulators.ca.reasons import Reason, Refused
from simulators.kernel.prompts import Message, message_id
from simulators.kernel.records import Change, Instant, Record

DIGITS = 6


class Challenge(Record, frozen=True, kw_only=True):
    """The last code sent; `ref` is what the control side names to end it. An empty code was used, or is blocked.

    `asked` is when the password was right, where one is asked for before a code is sent."""

    KIND: ClassVar[str] = "ca_code"
    ABOUT: ClassVar[str | None] = "ref"

    ref: str
    citizen: str
    code: str
    expires: Instant
    since: Instant
    asked: Instant = Instant(0)
    sent: int = 1
    wrong: int = 0
    blocked_until: Instant = Instant(0)


@dataclass(frozen=True)
class Tried:
    """What became of a code: the challenge with its new count, and why the code was not taken, if it was not."""

    challenge: Challenge | None
    refused: Refused | None = None


def begun(spec: CodedCaSpec, before: Challenge | None, fresh: Challenge, now: Instant) -> Challenge:
    """The challenge with a fresh code, counted with those before it; whatever code there was is dead."""
    if before and now < before.blocked_until:
        raise Refused(Reason.ACCOUNT_LOCKED, f"too many wrong codes: the next is sent after {spec.code_block} ms")
    good = replace(fresh, expires=Instant(now + spec.code_life), since=now)
    if before is None or now >= before.since + spec.code_block:
        return good
    if before.sent >= spec.codes_sent:
        why = f"{before.sent} codes were sent within {spec.code_block} ms: wait, or use the last"
        raise Refused(Reason.OTPS_TOO_OFTEN, why)
    return replace(good, since=before.since, sent=before.sent + 1, wrong=before.wrong)


def begun_again(spec: CodedCaSpec, before: Challenge | None, fresh: Challenge, now: Instant, wait: int) -> Challenge:
    """For a login that waits: its password was right less than `wait` ago, and its code is neither used nor blocked."""
    good = begun(spec, before, fresh, now)
    if before is None or not before.code or now >= before.asked + wait:
        why = f"no login waits for a code: the password comes first, and {wait} ms later again"
        raise Refused(Reason.OTP_EXPIRED, why)
    return replace(good, asked=before.asked)


def tried(spec: CodedCaSpec, before: Challenge | None, typed: str, now: Instant) -> Tried:
    """A right code is used up; the last of too many wrong ones blocks for a while."""
    if before and now < before.blocked_until:
        return Tried(None, Refused(Reason.ACCOUNT_LOCKED, "too many wrong codes: wait, then have another sent"))
    if before is None or not before.code or now >= before.expires:
        return Tried(None, Refused(Reason.OTP_EXPIRED, "no code is waiting: it was used, is too old, or none was sent"))
    if typed == before.code:
        return Tried(replace(before, code="", wrong=0))
    wrong = before.wrong + 1
    left = spec.code_tries - wrong
    if left > 0:
        why = f"the code is not the one that was sent last: {left} tries are left"
        return Tried(replace(before, wrong=wrong), Refused(Reason.OTP_WRONG, why))
    blocked = replace(before, code="", wrong=0, blocked_until=Instant(now + spec.code_block))
    return Tried(
        blocked, Refused(Reason.ACCOUNT_LOCKED, f"{wrong} wrong codes in a row: blocked for {spec.code_block} ms")
    )


def ended(challenge: Challenge, now: Instant) -> Change:
    """Too old from now on."""
    if not challenge.code or now >= challenge.expires:
        return Change()
    return Change(records=(replace(challenge, expires=now),))


def letter(to: str | None, sender: str, text: str, subject: str = "", *, by_mail: bool = False) -> Message:
    """The message to a phone or a mailbox, still without its id; Refused where there is none."""
    if not to:
        why = f"the citizen has no {'e-mail address' if by_mail else 'phone number'} to which a code could be sent"
        raise Refused(Reason.USER_UNKNOWN, why)
    channel = "mail" if by_mail else "sms"
    return Message(id="", at=Instant(0), channel=channel, to=to, sender=sender, subject=subject, text=text)


def posted(message: Message, challenge: Challenge, token: str, now: Instant) -> Message:
    """Two of one instant stand in their order."""
    identity = message_id(now, f"{challenge.sent:04d}{token}")
    return replace(message, id=identity, contract=challenge.contract, at=now)
