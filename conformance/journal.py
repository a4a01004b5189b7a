"""The journal's words that the suite uses, and its rows; a word that nobody declares is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.failures import Ours

WORDS = frozenset(
    {
        "authorization_requested",
        "authorization_refused",
        "signed_on",
        "password_accepted",
        "otp_sent",
        "otp_accepted",
        "code_issued",
        "code_redeemed",
        "token_refused",
        "userinfo_read",
        "logged_out",
        "certificates_listed",
        "signing_requested",
        "signing_approved",
        "signing_refused",
        "signing_expired",
        "signing_polled",
        "turned_away",
        "payment_requested",
        "payment_settled",
        "payment_failed",
        "payment_returned",
        "payment_queried",
        "delivered",
        "undelivered",
        "message_received",
        "fault_used",
        "ended",
        "delivered_now",
        "crashed",
    }
)

DESKS = {
    "VNPT-CA": "ca.vnpt",
    "CA2": "ca.ca2",
    "Viettel-CA": "ca.mysign",
    "FPT-CA": "ca.fpt",
    "BkavCA": "ca.bkav",
    "MobiFone-CA": "ca.mobifone",
    "MISA-CA": "ca.misa",
}
"""Who writes the journal's rows of a CA that a portal's dialog offers."""

ACKNOWLEDGED, SHOWN, SEATED = "dossier_acknowledged", "dossier_shown", "citizen_seated"
TOKEN_ANSWERED = "token_answered"  # noqa: S105  # a word
OWN_WORDS = frozenset({ACKNOWLEDGED, SHOWN, SEATED, TOKEN_ANSWERED})
"""Written by the suite itself (source "suite"), beside the simulators' rows: what the portal told it (ref: the dossier,
subject: the TechID of whoever submitted or was shown it), who a citizen is (ref: TechID, subject: personal id), and what
a citizen's USB token signed for the page's script (ref: the certificate's serial, subject: personal id, body: digest):
the token is on a citizen's computer, and belongs to no contract."""


@dataclass(frozen=True)
class Row:
    """One line of the journal; `subject` is a personal id, or "" where the provider does not know the citizen."""

    seq: int
    word: str
    ref: str = ""
    subject: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""
    contract: str = ""
    source: str = ""


def known(word: str) -> str:
    """The word, if the suite declares it: a typing error must not make "never delivered" pass."""
    if word not in WORDS:
        raise Ours(f"conformance/journal.py declares no word {word!r}: mend the check, or declare the word")
    return word


def row_of(told: Mapping[str, Any]) -> Row:
    return Row(**{name: told[name] for name in Row.__dataclass_fields__ if name in told})
