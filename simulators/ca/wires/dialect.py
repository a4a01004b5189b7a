"""A dialect of Decision 769/QĐ-BTTTT as data: paths, names of fields, and for each reason the provider's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from simulators.ca.reasons import Reason

Mark = Literal["CONFIRMED", "LIKELY", "UNKNOWN"]
Need = Literal["sent", "filled"]
"""What is `sent` may be empty."""
CRLF = ("base64 in one line", "base64 with CRLF")


@dataclass(frozen=True)
class Word:
    """What the provider says: its code, its text, and how sure we are of it."""

    code: int
    text: str
    mark: Mark


@dataclass(frozen=True)
class NEVER:  # reads as it is meant: NEVER("because")
    """A reason that cannot come up at this wire, and why."""

    why: str


PHONE_ALONE = NEVER("the citizen says yes on the phone: no password or code of theirs is sent")
NO_CODES: Mapping[Reason, NEVER] = {
    Reason.NOT_CONNECTED: NEVER("a subscriber's account needs no connecting"),
    Reason.OTP_EXPIRED: NEVER("no code is sent to the citizen"),
    Reason.OTPS_TOO_OFTEN: NEVER("no code is sent to the citizen"),
    Reason.PASSWORD_LOCKED: NEVER("the portal logs nobody in"),
}
"""Reasons of the wires at which a portal logs in for the citizen, or hands back a code that the CA sent."""
NOT_THIS_WIRE: Mapping[Reason, NEVER] = {
    **NO_CODES,
    Reason.BAD_ALGORITHM: NEVER("no algorithm is named: a digest is SHA-256, a key RSA"),
    Reason.TOKEN_UNKNOWN: NEVER("credentials stand in every body: there is no token"),
    Reason.SAD_UNKNOWN: NEVER("the signature follows the phone's yes: there is no SAD"),
    Reason.SAD_EXPIRED: NEVER("the signature follows the phone's yes: there is no SAD"),
    Reason.NOT_AUTHORIZED: NEVER("the signature follows the phone's yes: there is no SAD"),
    Reason.PASSWORD_WRONG: PHONE_ALONE,
    Reason.OTP_WRONG: PHONE_ALONE,
    Reason.ACCOUNT_LOCKED: PHONE_ALONE,
}
"""Reasons of other wires, which Decision 769 has no use for."""


@dataclass(frozen=True)
class Dialect:
    """One provider's words for the common wire."""

    list_paths: tuple[str, ...]
    sign_path: str
    words: Mapping[Reason, Word | NEVER]
    status_path: str = ""
    """With {transaction} in it when the path names the transaction; empty where `sign` itself waits for the phone."""
    pending: Word = Word(200, "sig_wait_for_user_confirm", "CONFIRMED")
    success: tuple[str, ...] = ("SUCCESS",)
    """The first is usual; with variance one of them."""
    nothing_found: str = ""
    """Message of an empty list, where it is not the usual one."""
    list_needs: Mapping[str, Need] = field(default_factory=dict)
    """Fields of get_certificate that the provider's document marks as required, beside the credentials."""
    file_needs: Mapping[str, Need] = field(default_factory=dict)
    """The same of each item of sign_files, beside what no signature can be made without."""
    encodings: tuple[str, ...] = ("hex",)
    file_options: Literal["flat", "nested"] = "flat"
    row: tuple[str, ...] = ("cert_id", "serial_number", "cert_data", "chain_data")
    """Fields of a row of user_certificates."""
    only_usable: bool = False
    """Whether suspended, revoked and lapsed certificates are left out of the list."""
    chain: Literal["object", "array"] = "object"
    arrays: tuple[str, ...] = ("signatures",)
    values: tuple[str, ...] = ("signature_value",)
    """Names of the list of signatures and of the value in it; with variance one of them."""

    errors: Literal["status_code", "code"] = "status_code"
    """Whether the body of a refusal is {status_code, message, data} or {code, message}."""

    @property
    def forms(self) -> Mapping[str, tuple[str, ...]]:
        """What legal variance may write otherwise, by what it is."""
        return {
            "crlf": CRLF,
            "root_null": ("root_cert", "root_cert null") if self.chain == "object" else (),
            "extra": ("known fields", "unknown fields too"),
            "order": ("fields in order", "fields reversed"),
            "list_word": ("Success", *self.success),
            "word": self.success,
            "array": self.arrays,
            "value": self.values,
        }

    def word(self, reason: Reason) -> Word:
        word = self.words[reason]
        assert isinstance(word, Word), f"{reason.value}: {word.why}"
        return word
