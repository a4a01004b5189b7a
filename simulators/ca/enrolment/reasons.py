"""Why a CA's app says no to who enrols: the reasons that its pages and its JSON word."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Each has a sentence for the citizen in wires/app_words.py."""

    NOT_NOW = "not_now"
    ALREADY_SUBSCRIBER = "already_subscriber"
    DEVICE_USED = "device_used"
    DEVICE_MISSING = "device_missing"
    CARD_NUMBER = "card_number"
    CARD_EXPIRED = "card_expired"
    NAME_MARKS = "name_marks"
    NAME_DIFFERS = "name_differs"
    CONTACT_MISSING = "contact_missing"
    PACKAGE_UNKNOWN = "package_unknown"
    KIND_NOT_SERVED = "kind_not_served"
    ORGANISATION_MISSING = "organisation_missing"
    TAX_CODE = "tax_code"
    LICENCE_MISSING = "licence_missing"
    REPRESENTATIVE_MISSING = "representative_missing"
    AUTHORISATION_MISSING = "authorisation_missing"
    SEAL_MISSING = "seal_missing"
    MEANS_UNKNOWN = "means_unknown"
    ORDER_UNKNOWN = "order_unknown"
    ORDER_OVER = "order_over"
    CODE_WRONG = "code_wrong"
    CODE_TRIES_USED = "code_tries_used"
    CODE_LATE = "code_late"
    PASSWORD_WEAK = "password_weak"  # noqa: S105  # a reason
    PASSWORD_WRONG = "password_wrong"  # noqa: S105  # a reason
    LOCKED = "locked"
    EKYC_PAPER = "ekyc_paper"
    EKYC_FACE = "ekyc_face"
    NOT_AGREED = "not_agreed"
    TURNS_NOT_COUNTED = "turns_not_counted"
    PACK_UNKNOWN = "pack_unknown"
    CERTIFICATE_OVER = "certificate_over"
    CERTIFICATE_SUSPENDED = "certificate_suspended"


class Refused(Exception):
    """The app's own no. `why` is for the journal: it names the field and the cure. `left` is how many tries remain."""

    def __init__(self, reason: Reason, why: str, left: int | None = None) -> None:
        super().__init__(f"{reason.value}: {why}")
        self.reason = reason
        self.why = why
        self.left = left
