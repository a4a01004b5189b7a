"""What a check says of a dossier: its state by name, and all in it that nobody else may change."""

import unicodedata
from typing import Any

from conformance.records import Dossier

# The numbers of the national synchronisation; 0 is a draft, which is not sent.
DRAFT, SUBMITTED, ACCEPTED, REFUSED, PROCESSING, SUPPLEMENT, PAYING = range(7)
WITHDRAWN, STOPPED, FINISHED, HANDED_OVER = range(7, 11)


def substance(dossier: Dossier) -> dict[str, Any]:
    """State, reasons, history, and of each component form, name and digest; no file references: those may be short-lived."""
    told: dict[str, Any] = {
        one.id: (one.state, one.form, one.file_name, one.sha256, one.size) for one in dossier.components
    }
    return told | {
        "agency": dossier.agency,
        "code": dossier.code,
        "history": dossier.history,
        "refusal": dossier.refusal,
        "state": dossier.state,
        "supplement": dossier.supplement,
    }


def differences(before: Dossier, now: Dossier) -> str:
    """The names of what is not as it was, "" when all is."""
    old, new = substance(before), substance(now)
    return ", ".join(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))


def written(text: str | None) -> str:
    """Text as a person reads it: composed letters, each gap one blank."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def letters(name: str | None) -> str:
    """The letters of a file's name, with their marks; what stands between them is the portal's affair."""
    return "".join(one for one in unicodedata.normalize("NFC", name or "") if one.isalpha())
