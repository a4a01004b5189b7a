"""Why a provider says no: the words that every wire translates."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why a provider says no; each wire has a word for each, or says why it never needs one."""

    UNREADABLE = "unreadable"
    WRONG_METHOD = "wrong_method"
    SP_UNKNOWN = "sp_unknown"
    SP_PASSWORD = "sp_password"  # noqa: S105  # a reason
    CA_UNKNOWN = "ca_unknown"
    USER_UNKNOWN = "user_unknown"
    SERIAL_NEEDED = "serial_needed"
    SERIAL_UNKNOWN = "serial_unknown"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    TRANSACTION_MISSING = "transaction_missing"
    TRANSACTION_REPEATED = "transaction_repeated"
    TRANSACTION_UNKNOWN = "transaction_unknown"
    BAD_FILES = "bad_files"
    BAD_DIGEST = "bad_digest"
    BAD_ALGORITHM = "bad_algorithm"
    TURNS_USED = "turns_used"
    REFUSED = "refused"
    EXPIRED = "expired"
    NOT_VERIFIED = "not_verified"
    CA_FAILED = "ca_failed"
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105  # a reason
    SAD_UNKNOWN = "sad_unknown"
    SAD_EXPIRED = "sad_expired"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105  # a reason
    PASSWORD_LOCKED = "password_locked"  # noqa: S105  # a reason
    OTP_WRONG = "otp_wrong"
    ACCOUNT_LOCKED = "account_locked"
    NOT_AUTHORIZED = "not_authorized"
    NOT_CONNECTED = "not_connected"
    OTP_EXPIRED = "otp_expired"
    OTPS_TOO_OFTEN = "otps_too_often"


class Refused(Exception):
    """A provider's own no. `why` is for the journal: it names the field and the cure."""

    def __init__(self, reason: Reason, why: str) -> None:
        super().__init__(f"{reason.value}: {why}")
        self.reason = reason
        self.why = why
