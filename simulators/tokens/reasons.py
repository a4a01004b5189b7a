"""Why a token or its agent says no: the words that every wire translates."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why a token or its agent says no; each wire has a word for each, or says why it never needs one."""

    UNREADABLE = "unreadable"
    NO_COMPUTER = "no_computer"
    BAD_DIGEST = "bad_digest"
    KEY_UNKNOWN = "key_unknown"
    NOT_PRESENT = "not_present"
    REMOVED = "removed"
    BUSY = "busy"
    WRONG_PIN = "wrong_pin"
    PIN_LENGTH = "pin_length"
    PIN_LOCKED = "pin_locked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNLICENSED = "unlicensed"
    NOT_SIMULATED = "not_simulated"
    NO_PAGE = "no_page"


class Refused(Exception):
    """A token's or an agent's own no. `why` is for the journal: it names the field and the cure."""

    def __init__(self, reason: Reason, why: str) -> None:
        super().__init__(f"{reason.value}: {why}")
        self.reason = reason
        self.why = why
