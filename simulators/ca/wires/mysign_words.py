"""Viettel MySign's words: {error, error_description} for a call that is refused, a status for a request that ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.ca.reasons import Reason
from simulators.ca.wires.dialect import CRLF, NEVER, NO_CODES, PHONE_ALONE, Mark
from simulators.kernel.clock import SECOND

TOKEN_LIFE = 3600 * SECOND
WAITING = ("4000", "Waiting for user confirmation")
SIGNED = ("1", "Success")
MEANWHILE: Mapping[str, tuple[str, str]] = {
    "signing": ("6000", "User confirmed, signing"),
    "internal_error": ("50000", "Internal error"),
}
"""What a planned fault of `status` has it say before it tells how the request stands (numbers LIKELY, texts UNKNOWN)."""
ENDED: Mapping[Reason, tuple[str, str]] = {
    Reason.REFUSED: ("4002", "User rejected"),
    Reason.EXPIRED: ("4001", "User did not confirm in time"),
    Reason.TURNS_USED: ("4005", "Out of signing turns"),
    Reason.CA_FAILED: ("4004", "Signing failed"),
    Reason.SUSPENDED: ("13004", "Certificate is expired or revoked"),
    Reason.REVOKED: ("13004", "Certificate is expired or revoked"),
    Reason.LAPSED: ("13004", "Certificate is expired or revoked"),
}
"""How requests/status tells an end; numbers LIKELY (the vendor's table at second hand), texts UNKNOWN."""


@dataclass(frozen=True)
class MysignWord:
    """HTTP status, error and description."""

    code: int
    error: str
    description: str
    mark: Mark = "UNKNOWN"

    @property
    def text(self) -> str:
        return f"{self.error}: {self.description}"


def invalid(description: str) -> MysignWord:
    return MysignWord(400, "invalid_request", description)


WORDS: Mapping[Reason, MysignWord | NEVER] = {
    **NO_CODES,
    Reason.UNREADABLE: invalid("The request is malformed"),
    Reason.WRONG_METHOD: NEVER("each operation has one method; another meets the server's own 405"),
    Reason.SP_UNKNOWN: MysignWord(400, "58007", "Client id not found", "LIKELY"),
    Reason.SP_PASSWORD: MysignWord(400, "86024", "Client secret invalid", "LIKELY"),
    Reason.CA_UNKNOWN: NEVER("a CA serves its own subscribers; only the hub is told a ca_name"),
    Reason.USER_UNKNOWN: MysignWord(400, "58008", "User id not found", "LIKELY"),
    Reason.SERIAL_NEEDED: invalid("Invalid parameter credentialID"),
    Reason.SERIAL_UNKNOWN: invalid("Invalid parameter credentialID"),
    Reason.SUSPENDED: MysignWord(400, "13004", "Certificate is expired or revoked", "LIKELY"),
    Reason.REVOKED: MysignWord(400, "13004", "Certificate is expired or revoked", "LIKELY"),
    Reason.LAPSED: MysignWord(400, "13004", "Certificate is expired or revoked", "LIKELY"),
    Reason.TRANSACTION_MISSING: NEVER("the CA makes the transaction"),
    Reason.TRANSACTION_REPEATED: NEVER("the CA makes the transaction"),
    Reason.TRANSACTION_UNKNOWN: invalid("Invalid parameter transactionId"),
    Reason.BAD_FILES: invalid("Invalid parameter documents or numSignatures"),
    Reason.BAD_DIGEST: invalid("Invalid parameter hash"),
    Reason.BAD_ALGORITHM: invalid("Invalid parameter hashAlgo or signAlgo"),
    Reason.TURNS_USED: MysignWord(400, "4005", "Out of signing turns", "LIKELY"),
    Reason.REFUSED: MysignWord(400, "4002", "User rejected", "LIKELY"),
    Reason.EXPIRED: MysignWord(400, "4001", "User did not confirm in time", "LIKELY"),
    Reason.NOT_VERIFIED: NEVER("a CA does not verify what its own key signed"),
    Reason.CA_FAILED: MysignWord(400, "4004", "Signing failed", "LIKELY"),
    Reason.TOKEN_UNKNOWN: MysignWord(401, "invalid_token", "The access token is invalid or expired", "LIKELY"),
    Reason.SAD_UNKNOWN: NEVER("the signature follows the phone's yes: there is no SAD"),
    Reason.SAD_EXPIRED: NEVER("the signature follows the phone's yes: there is no SAD"),
    Reason.NOT_AUTHORIZED: NEVER("the signature follows the phone's yes: there is no SAD"),
    Reason.PASSWORD_WRONG: PHONE_ALONE,
    Reason.OTP_WRONG: PHONE_ALONE,
    Reason.ACCOUNT_LOCKED: PHONE_ALONE,
}


@dataclass(frozen=True)
class MysignDialect:
    """`token_life` in milliseconds; `profile_id` must be sent at login."""

    words: Mapping[Reason, MysignWord | NEVER] = field(default_factory=lambda: WORDS)
    profile_id: str = "adss:ras:profile:001"
    token_life: int = TOKEN_LIFE

    @property
    def forms(self) -> Mapping[str, tuple[str, ...]]:
        return {"crlf": CRLF}

    def word(self, reason: Reason) -> MysignWord:
        word = self.words[reason]
        assert isinstance(word, MysignWord), f"{reason.value}: {word.why}"
        return word
