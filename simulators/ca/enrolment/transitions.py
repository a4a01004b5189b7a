"""The table of an enrolment's states: which action leads from where to where; nothing else moves a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.records import Stage


class Action(Enum):
    """What moves a file: the citizen's acts, the till's, and the CA's."""

    REGISTER = "register"
    PAID = "paid"
    RESEND = "resend"
    ACTIVATE = "activate"
    IDENTIFY = "identify"
    GIVE_UP = "give_up"
    SIGN_CONTRACT = "sign_contract"
    APPROVE = "approve"
    REFUSE = "refuse"
    UPDATE = "update"
    SIGN_MINUTES = "sign_minutes"
    BUY_TURNS = "buy_turns"
    RENEW = "renew"
    CHANGE_CERTIFICATE = "change_certificate"


@dataclass(frozen=True)
class Transition:
    """One row."""

    action: Action
    before: tuple[Stage, ...]
    after: Stage


TRANSITIONS = (
    Transition(
        Action.REGISTER, (Stage.NONE, Stage.REGISTERED), Stage.REGISTERED
    ),  # until it is paid it may be corrected
    Transition(Action.PAID, (Stage.REGISTERED,), Stage.PAID),
    Transition(Action.RESEND, (Stage.PAID,), Stage.PAID),
    Transition(Action.ACTIVATE, (Stage.PAID,), Stage.ACTIVATED),
    Transition(Action.IDENTIFY, (Stage.ACTIVATED,), Stage.IDENTIFIED),
    Transition(Action.GIVE_UP, (Stage.ACTIVATED,), Stage.REFUSED),  # eKYC failed as often as it may
    Transition(Action.SIGN_CONTRACT, (Stage.IDENTIFIED,), Stage.APPRAISING),  # the signed contract begins the appraisal
    Transition(Action.APPROVE, (Stage.APPRAISING,), Stage.APPROVED),
    Transition(Action.REFUSE, (Stage.APPRAISING,), Stage.REFUSED),
    Transition(Action.UPDATE, (Stage.REFUSED,), Stage.ACTIVATED),  # eKYC and contract anew, nothing is paid again
    Transition(Action.SIGN_MINUTES, (Stage.APPROVED,), Stage.ACTIVE),
    Transition(Action.BUY_TURNS, (Stage.ACTIVE,), Stage.ACTIVE),
    Transition(Action.RENEW, (Stage.ACTIVE,), Stage.ACTIVE),
    Transition(Action.CHANGE_CERTIFICATE, (Stage.ACTIVE,), Stage.ACTIVE),
)
NEXT: Mapping[Stage, str] = {
    Stage.NONE: "register first",
    Stage.REGISTERED: "pay the package, or register again to correct it",
    Stage.PAID: "activate with the code that came by SMS and e-mail",
    Stage.ACTIVATED: "identify yourself with the card and your face",
    Stage.IDENTIFIED: "sign the contract",
    Stage.APPRAISING: "wait for the CA's notice",
    Stage.APPROVED: "sign the acceptance minutes",
    Stage.ACTIVE: "nothing is left to do: the certificate can sign",
    Stage.REFUSED: "update the file",
}


def moved(before: Stage, action: Action) -> Stage:
    """Where the action leads, or Refused with what is to be done instead."""
    for row in TRANSITIONS:
        if row.action is action and before in row.before:
            return row.after
    raise Refused(Reason.NOT_NOW, f"{action.value} is not possible while the file is {before.value}: {NEXT[before]}")
