"""How an account and its certificate stand, beside the stage: good, suspended, revoked, expired, locked, out of turns; pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from simulators.ca import attempts, orders
from simulators.ca.attempts import PasswordTries
from simulators.ca.enrolment.case import Case
from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.ca.reasons import Reason as Unusable
from simulators.ca.turns import Turns
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Instant


class Standing(Enum):
    """What keeps a subscriber from signing now; several may hold."""

    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    LOCKED = "locked"
    TURNS_USED = "turns_used"


OF_CERTIFICATE = {
    Unusable.SUSPENDED: Standing.SUSPENDED,
    Unusable.REVOKED: Standing.REVOKED,
    Unusable.LAPSED: Standing.EXPIRED,
}


def standings(
    certificates: Sequence[Certificate], tries: PasswordTries | None, turns: Turns | None, now: Instant
) -> tuple[Standing, ...]:
    """Of the newest certificate, the account and its package."""
    unusable = orders.unusable(certificates[-1], now) if certificates else None
    held = [OF_CERTIFICATE[unusable]] if unusable else []
    held += [Standing.LOCKED] if tries and now < tries.locked_until else []
    return (*held, *([Standing.TURNS_USED] if turns and turns.left == 0 else []))


def entered(case: Case, typed: str, before: PasswordTries | None) -> Change:
    """The account's password, wherever the app asks for it: a wrong one is counted, the last locks."""
    file = case.opened
    if not file.password:
        raise Refused(Reason.NOT_NOW, "the account has no password yet: activate it first")
    tries = before or PasswordTries(id=case.id)
    limit = (case.spec.password_tries, case.spec.password_lock)
    outcome = attempts.tried(tries, right=typed == file.password, now=case.now, limit=limit)
    counted = (outcome.tries,) if outcome.tries else ()
    if outcome.left is None:
        return Change(counted)
    if outcome.left:
        why = f"password is not the account's: {outcome.left} tries are left"
        return Change(counted, refused=Refused(Reason.PASSWORD_WRONG, why, outcome.left))
    why = (
        f"password was wrong {case.spec.password_tries} times: the account is locked, wait {case.spec.password_lock} ms"
    )
    return Change(counted, refused=Refused(Reason.LOCKED, why, 0))


def may_renew(spec: EnrolmentSpec, certificate: Certificate) -> None:
    """Whether another term may follow this certificate, or Refused: also when it has lapsed, never when it was revoked."""
    if certificate.status == "revoked":
        raise Refused(Reason.CERTIFICATE_OVER, f"certificate {certificate.id} is revoked: it is not renewed")
    if certificate.status == "suspended" and spec.renewal_while_suspended == "refused":
        why = f"certificate {certificate.id} is suspended: unsuspend it, then renew"
        raise Refused(Reason.CERTIFICATE_SUSPENDED, why)


def changeable(certificates: Sequence[Certificate], now: Instant) -> tuple[Certificate, ...]:
    """What a subscriber suspends, unsuspends or revokes: all that is neither revoked nor lapsed. Refused where none is left."""
    over = {Unusable.REVOKED, Unusable.LAPSED}
    if left := tuple(one for one in certificates if orders.unusable(one, now) not in over):
        return left
    why = f"certificate {certificates[-1].id} is revoked or expired, and stays so: renew, or enrol anew"
    raise Refused(Reason.CERTIFICATE_OVER, why)
