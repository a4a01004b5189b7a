"""eSignCloud's words: a responseCode and a text, with HTTP 200; of the refusals only those of the code are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.ca.reasons import Reason
from simulators.ca.wires.dialect import NEVER, Mark, Word

DONE = Word(0, "Successfully", "LIKELY")
SENT = Word(1007, "Authorization code has been sent", "LIKELY")
CERTIFIED = Word(1010, "Certificate is available", "LIKELY")
"""The codes that a client takes as accepted (CONFIRMED); which comes when, and each text, is LIKELY at most."""
NO_SAD = NEVER("what is signed comes with the answer to the code: there is no SAD")


def _ours(code: int, text: str) -> Word:
    """9…: numbers of our own, because the real ones are UNKNOWN."""
    return Word(code, text, "UNKNOWN")


def _known(code: int, text: str, mark: Mark = "CONFIRMED") -> Word:
    return Word(code, text, mark)


WORDS: Mapping[Reason, Word | NEVER] = {
    Reason.UNREADABLE: _ours(9001, "Invalid parameter"),
    Reason.WRONG_METHOD: NEVER("each operation has one method; another meets the server's own 405"),
    Reason.SP_UNKNOWN: _ours(9002, "Invalid relying party"),
    Reason.SP_PASSWORD: _ours(9003, "Invalid credential data"),
    Reason.CA_UNKNOWN: NEVER("a CA serves its own subscribers; only the hub is told a ca_name"),
    Reason.USER_UNKNOWN: _ours(9004, "Agreement not found"),
    Reason.PASSWORD_WRONG: NEVER("the citizen has no password here"),
    Reason.PASSWORD_LOCKED: NEVER("the citizen has no password here"),
    Reason.NOT_CONNECTED: NEVER("a certificate is made for the occasion: there is no account"),
    Reason.SERIAL_NEEDED: NEVER("an agreement has one certificate"),
    Reason.SERIAL_UNKNOWN: NEVER("an agreement has one certificate"),
    Reason.SUSPENDED: _ours(9005, "Certificate is suspended"),
    Reason.REVOKED: _ours(9005, "Certificate is revoked"),
    Reason.LAPSED: _ours(9005, "Certificate is expired"),
    Reason.TRANSACTION_MISSING: NEVER("the CA makes the billCode"),
    Reason.TRANSACTION_REPEATED: NEVER("the CA makes the billCode"),
    Reason.TRANSACTION_UNKNOWN: _ours(9006, "Bill code not found"),
    Reason.BAD_FILES: _ours(9007, "Invalid file"),
    Reason.BAD_DIGEST: _ours(9008, "Invalid hash"),
    Reason.BAD_ALGORITHM: _ours(9009, "Invalid mime type"),
    Reason.TURNS_USED: _ours(9010, "Out of signing turns"),
    Reason.REFUSED: NEVER("who does not want to sign types no code"),
    Reason.EXPIRED: _known(1006, "Authorization code is timed out"),
    Reason.OTP_WRONG: _known(1004, "Authorization code is invalid"),
    Reason.ACCOUNT_LOCKED: _known(1005, "Authorization code is invalid too many times"),
    Reason.OTP_EXPIRED: _known(1006, "Authorization code is timed out"),
    Reason.OTPS_TOO_OFTEN: _known(1039, "Authorization code is generated too many times"),
    Reason.NOT_VERIFIED: NEVER("a CA does not verify what its own key signed"),
    Reason.CA_FAILED: NEVER("its own failure is an HTTP answer without a word"),
    Reason.TOKEN_UNKNOWN: NEVER("credentials stand in every body: there is no token"),
    Reason.SAD_UNKNOWN: NO_SAD,
    Reason.SAD_EXPIRED: NO_SAD,
    Reason.NOT_AUTHORIZED: NO_SAD,
}


@dataclass(frozen=True)
class EsignDialect:
    """One provider speaks it. A word's mark is the code's: each text is UNKNOWN."""

    words: Mapping[Reason, Word | NEVER] = field(default_factory=lambda: WORDS)

    @property
    def forms(self) -> Mapping[str, tuple[str, ...]]:
        """Of no legal variance is anything known."""
        return {}

    def word(self, reason: Reason) -> Word:
        word = self.words[reason]
        assert isinstance(word, Word), f"{reason.value}: {word.why}"
        return word
