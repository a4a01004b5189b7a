"""Whether what was typed is what stands on the card, and what an organisation must bring: pure."""

from __future__ import annotations

import re
import unicodedata

from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.records import Details, Organisation
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import in_vietnam
from simulators.kernel.records import Instant

PHONE = re.compile(r"0\d{9}", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
TAX_CODE = re.compile(r"\d{10}(-\d{3})?", re.ASCII)
PERSONAL_ID = re.compile(r"\d{9}(\d{3})?", re.ASCII)
"""Nine digits of a CMND, or twelve of a CCCD."""


def check(citizen: Citizen, details: Details, now: Instant) -> None:
    """Refused at the first thing that is wrong. The contact address is free: it need not be the card's."""
    if not PERSONAL_ID.fullmatch(details.card_number):
        why = f"card_number {details.card_number[:20]!r} is no personal id: 12 digits of a CCCD, or 9 of a CMND"
        raise Refused(Reason.CARD_NUMBER, why)
    if details.card_number != citizen.id:
        why = f"card_number {details.card_number[:20]!r} is not the number on this person's card: type it as printed"
        raise Refused(Reason.CARD_NUMBER, why)
    check_term(citizen, now)
    _check_name(citizen.name, details.name)
    if not (PHONE.fullmatch(details.phone) and EMAIL.fullmatch(details.email) and details.address.strip()):
        why = (
            "phone (ten digits that begin with 0), email and address: the code and the notices go there, send all three"
        )
        raise Refused(Reason.CONTACT_MISSING, why)
    if details.organisation:
        _check_organisation(details.organisation, details.card_number)


def check_term(citizen: Citizen, now: Instant) -> None:
    """A card is valid to the end of its last day in Vietnam."""
    if citizen.identity_expires and f"{in_vietnam(now):%Y%m%d}" > citizen.identity_expires:
        why = f"the identity card ended on {citizen.identity_expires}: a citizen with a valid one is needed"
        raise Refused(Reason.CARD_EXPIRED, why)


def _check_name(on_card: str, typed: str) -> None:
    """Cards print capitals, so case is no difference; each mark and its place is."""
    card, name = _written(on_card), _written(typed)
    if name == card:
        return
    if _unmarked(name) == _unmarked(card):
        why = f"name {typed[:80]!r} has other marks than the card, {on_card!r}: type each where the card has it"
        raise Refused(Reason.NAME_MARKS, why)
    raise Refused(Reason.NAME_DIFFERS, f"name {typed[:80]!r} is not the card's, {on_card!r}")


def _check_organisation(organisation: Organisation, applicant: str) -> None:
    if not organisation.name.strip():
        raise Refused(Reason.ORGANISATION_MISSING, "organisation is empty: write its registered name")
    if not TAX_CODE.fullmatch(organisation.tax_code):
        why = f"tax_code {organisation.tax_code[:20]!r} is no tax code: ten digits, or ten, a hyphen and three"
        raise Refused(Reason.TAX_CODE, why)
    if not organisation.licence.strip():
        raise Refused(Reason.LICENCE_MISSING, "licence is empty: the number of the business licence is needed")
    if not PERSONAL_ID.fullmatch(organisation.representative):
        why = (
            "representative is no personal id: write the 12 digits (CMND: 9) of who represents the organisation by law"
        )
        raise Refused(Reason.REPRESENTATIVE_MISSING, why)
    if organisation.representative == applicant:
        return
    if not organisation.authorisation.strip():
        why = "authorisation is empty: whoever is not the representative needs one"
        raise Refused(Reason.AUTHORISATION_MISSING, why)
    if not organisation.sealed:
        raise Refused(Reason.SEAL_MISSING, "seal is not told: the authorisation must bear the organisation's seal")


def _written(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _unmarked(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", name) if unicodedata.category(one) != "Mn").replace(
        "đ", "d"
    )
