"""Files and people of the enrolment tests, without a world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from simulators.ca.enrolment import appraisal, letters, steps, till
from simulators.ca.enrolment.case import Case
from simulators.ca.enrolment.records import Details, Device, Enrolment, Order, Organisation, Paper
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.ca.providers.vnpt_enrolment import PROVIDER
from simulators.ca.turns import Turns
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import VIETNAM, to_instant
from simulators.kernel.people import person
from simulators.kernel.records import Change, Instant

NOW = to_instant(datetime(2026, 2, 17, 9, tzinfo=VIETNAM))
CITIZEN = Citizen(
    **{
        **person("enrol", 1),
        "id": "079199000001",
        "name": "Nguyễn Thị Hoà",
        "identity_expires": "20390217",
        "not_enrolled": ("vnpt",),
    }
)
DETAILS = Details(
    package="unlimited-12",
    card_number=CITIZEN.id,
    name=CITIZEN.name,
    email="hoa@thu.example",
    phone="0900000001",
    address="Nơi làm việc hiện tại",
)
BUSINESS = Organisation(name="Công ty Thử", tax_code="0100000000", licence="GP-1", representative=CITIZEN.id)
PREPARED = letters.Prepared("123456", "order-1", ("token-a", "token-b"), "5401renewed")
PAPER = Paper(title="t", text="x", digest="00", signature="AA==", at=NOW)
PASSWORD = "mat-khau-1"


def case(
    file: Enrolment | None = None, *, now: int = NOW, citizen: Citizen = CITIZEN, spec: EnrolmentSpec = PROVIDER
) -> Case:
    return Case(spec=spec, citizen=citizen, file=file, now=Instant(now))


def register(
    changed: Mapping[str, Any] | None = None, *, device: str = "may", used: Device | None = None, **at: Any
) -> Change:
    return steps.register(case(**at), replace(DETAILS, **(changed or {})), device, used, PREPARED)


def file_of(change: Change) -> Enrolment:
    """The file that a change saves; a refusal that it keeps is raised, as the store does."""
    if change.refused:
        raise change.refused
    return next(one for one in change.records if isinstance(one, Enrolment))


def order_of(change: Change) -> Order:
    return next(one for one in change.records if isinstance(one, Order))


def advanced(stage: str, details: Mapping[str, Any] | None = None) -> Enrolment:
    """The file at that stage, by the steps themselves."""
    file = file_of(register(details))
    if stage == "registered":
        return file
    opened = till.pay(case(file), "atm", "order-1")
    file = file_of(till.settled(case(file_of(opened)), order_of(opened), "pay", None, PREPARED))
    if stage == "paid":
        return file
    file = file_of(steps.activate(case(file), "123456", PASSWORD, None, None))
    if stage == "activated":
        return file
    file = file_of(steps.identify(case(file), CITIZEN.id, "match", PREPARED))
    if stage == "identified":
        return file
    file = file_of(steps.sign_contract(case(file), PAPER, "key"))
    if stage == "appraising":
        return file
    if stage == "refused":
        return file_of(appraisal.refuse(case(file), "Ảnh mờ", PREPARED))
    file = file_of(appraisal.approve(case(file), PREPARED))
    if stage == "approved":
        return file
    assert stage == "active", stage
    return file_of(steps.sign_minutes(case(file), PAPER, "5401first"))


def turns_of(change: Change) -> Turns:
    return next(one for one in change.records if isinstance(one, Turns))
