"""The Cloud Signature Consortium's words for each reason: HTTP status, error and description of version 1.0.4.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.ca.reasons import Reason
from simulators.ca.wires.dialect import NEVER, NO_CODES, PHONE_ALONE, Mark

INVALID, DENIED = "invalid_request", "access_denied"


@dataclass(frozen=True)
class CscWord:
    """What the door says; CONFIRMED is: the standard has it."""

    code: int
    error: str
    description: str
    mark: Mark = "CONFIRMED"

    @property
    def text(self) -> str:
        return f"{self.error}: {self.description}"


def invalid(description: str, mark: Mark = "CONFIRMED") -> CscWord:
    return CscWord(400, INVALID, description, mark)


LAPSED = "Signing certificate is expired, suspended or revoked."
WORDS: Mapping[Reason, CscWord | NEVER] = {
    **NO_CODES,
    Reason.UNREADABLE: invalid("The request is missing a required parameter or is otherwise malformed"),
    Reason.WRONG_METHOD: NEVER("each operation has one method; another meets the server's own 405"),
    Reason.SP_UNKNOWN: CscWord(400, "authentication_error", "An error occurred during authentication process"),
    Reason.SP_PASSWORD: CscWord(400, "authentication_error", "An error occurred during authentication process"),
    Reason.CA_UNKNOWN: NEVER("a CA serves its own subscribers; only the hub is told a ca_name"),
    Reason.USER_UNKNOWN: invalid("Invalid parameter userID", "LIKELY"),
    Reason.SERIAL_NEEDED: NEVER("a credentialID names one certificate"),
    Reason.SERIAL_UNKNOWN: invalid("Invalid parameter credentialID"),
    Reason.SUSPENDED: invalid(LAPSED, "LIKELY"),
    Reason.REVOKED: invalid(LAPSED, "LIKELY"),
    Reason.LAPSED: invalid(LAPSED, "LIKELY"),
    Reason.TRANSACTION_MISSING: NEVER("the door makes its own transaction"),
    Reason.TRANSACTION_REPEATED: NEVER("the door makes its own transaction"),
    Reason.TRANSACTION_UNKNOWN: NEVER("nothing is asked by transaction"),
    Reason.BAD_FILES: invalid("Invalid value for parameter numSignatures"),
    Reason.BAD_DIGEST: invalid("Invalid Base64 hash string parameter"),
    Reason.BAD_ALGORITHM: invalid("Invalid parameter signAlgo or hashAlgo", "LIKELY"),
    Reason.TURNS_USED: CscWord(400, DENIED, "No signing turns are left", "UNKNOWN"),
    Reason.REFUSED: CscWord(400, DENIED, "The user denied the request", "LIKELY"),
    Reason.EXPIRED: CscWord(400, DENIED, "The user did not answer in time", "LIKELY"),
    Reason.NOT_VERIFIED: NEVER("a CA does not verify what its own key signed"),
    Reason.CA_FAILED: NEVER("its own failure is an HTTP answer without a word"),
    Reason.TOKEN_UNKNOWN: CscWord(401, "invalid_token", "The token provided is not a valid OAuth access token"),
    Reason.SAD_UNKNOWN: invalid("Invalid parameter SAD"),
    Reason.SAD_EXPIRED: invalid("SAD expired"),
    Reason.NOT_AUTHORIZED: invalid("Hash is not authorized by the SAD"),
    Reason.PASSWORD_WRONG: PHONE_ALONE,
    Reason.OTP_WRONG: PHONE_ALONE,
    Reason.ACCOUNT_LOCKED: PHONE_ALONE,
}


@dataclass(frozen=True)
class CscDialect:
    """The standard's wire, for a CA that does not document one of its own making."""

    words: Mapping[Reason, CscWord | NEVER] = field(default_factory=lambda: WORDS)
    spare_signatures: bool = False
    """Whether numSignatures may be more than the hashes that are sent."""

    def word(self, reason: Reason) -> CscWord:
        word = self.words[reason]
        assert isinstance(word, CscWord), f"{reason.value}: {word.why}"
        return word
