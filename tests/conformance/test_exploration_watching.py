"""What exploration watches after each step: every watch lets a right dossier pass and names what is wrong with another."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from conformance.exploration import deeds, watching
from conformance.exploration.finding import Finding
from conformance.exploration.model import DRAFT, REFUSED, SUBMITTED, Kind, Part, Slot, World
from conformance.exploration.model import Dossier as Due
from conformance.exploration.steps import Step
from conformance.exploration.walk import REASON
from conformance.ledger import Ledger
from conformance.records import Applicant, Component, Dossier, Fee, Payment, Receipt, Refused, Session
from conformance.records import Step as Row

SUBMIT, REFUSE = Step("submit", "A", 1), Step("refuse", "an", 1)
CITIZEN = SimpleNamespace(name="Trương Thị Giáp", id="079080000001")
FILED = Row(at="2026-11-21T08:00:00+07:00", who=CITIZEN.name, role="citizen", source=DRAFT, target=SUBMITTED)
TURNED = Row(at="2026-11-21T09:00:00+07:00", who="Cán bộ", role="officer", source=SUBMITTED, target=REFUSED)
PAID = Payment(ref="r1", gateway="vnpay", amount=1000, state="paid")
RECEIPT = Receipt(id="b1", amount=1000, payment="r1")
FILE = Component(id="c", state="attached", file="f1", file_name="tờ khai.pdf")


def dossier(**told: Any) -> Dossier:
    usual: dict[str, Any] = {"id": "h1", "code": "C-1", "procedure": "p", "agency": "g", "state": SUBMITTED}
    usual |= {"state_text": "", "components": (FILE,), "fees": (), "payments": (), "receipts": (), "history": (FILED,)}
    usual |= {"applicant": Applicant(name=CITIZEN.name, personal_id=CITIZEN.id)}
    return Dossier(**usual | told)


@dataclass
class Portal:
    """A portal as one visitor meets it."""

    bytes_of: bytes = b"bytes"
    listed: tuple[Dossier, ...] = ()
    opens: bool = True

    def read(self, _dossier: Dossier) -> None:
        if not self.opens:
            raise Refused("read", 404, "")

    def file(self, _dossier: Dossier, _file: str) -> bytes:
        if not self.opens:
            raise Refused("file", 404, "")
        return self.bytes_of

    def list(self) -> tuple[Dossier, ...]:
        return self.listed


@dataclass
class Walking:
    """As much of a walk as is watched."""

    world: World
    shown: Mapping[int, Dossier]
    own: Portal = field(default_factory=Portal)
    strange: Portal = field(default_factory=lambda: Portal(opens=False))
    ledger: Ledger = field(default_factory=lambda: Ledger(settled={"r1": 1000}, told={"r1"}))
    names: dict[tuple[str, str], str] = field(default_factory=lambda: {("c", "h1"): "tờ khai.pdf"})
    contents: dict[int, bytes] = field(default_factory=lambda: {1: b"bytes"})
    actors: dict[str, str] = field(default_factory=dict)
    checkouts: tuple[str, ...] = ("one",)
    stage: Any = field(default_factory=lambda: SimpleNamespace(procedures={"free": SimpleNamespace(agency="g")}))

    def visitor(self, who: str) -> Any:
        return SimpleNamespace(citizen=CITIZEN, dossiers=self.own if who == "A" else self.strange)

    def proofs(self) -> Ledger:
        return self.ledger


def walking(state: int = SUBMITTED, before: Dossier | None = None, **told: Any) -> Walking:
    due = Due("A", "free", (Part(1, "attach"),), state=state)
    world = World({"free": Kind((Slot(required=True),))}, dossiers=(due,))
    return Walking(world, {1: before or dossier(state=DRAFT, history=())}, **told)


def laws(walk: Walking, now: Mapping[int, Dossier], step: Step = SUBMIT) -> set[str]:
    return {found.law for found in watching.watched(walk, step, now)}  # type: ignore[arg-type]  # as much as is watched


def test_a_right_dossier_passes() -> None:
    assert laws(walking(), {1: dossier()}) == set()
    refused = dossier(state=REFUSED, refusal=REASON, history=(FILED, TURNED))
    assert laws(walking(REFUSED, dossier(), own=Portal(listed=(refused,))), {1: refused}, REFUSE) == set()
    paid = dossier(payments=(PAID,), receipts=(RECEIPT,), fees=(Fee(id="f", name="", amount=1000, paid=True),))
    assert laws(walking(), {1: paid}) == set()


@pytest.mark.parametrize(
    ("now", "law"),
    [
        (dossier(history=()), "history_says_who"),
        (dossier(history=(msgspec.structs.replace(FILED, who=" "),)), "history_says_who"),
        (dossier(history=(msgspec.structs.replace(FILED, role="officer"),)), "history_says_who"),
        (dossier(history=(TURNED, FILED)), "history_in_order"),
        (dossier(agency="another"), "agency"),
        (dossier(applicant=Applicant(name="Ai đó", personal_id=CITIZEN.id)), "applicant"),
        (dossier(applicant=Applicant(name=CITIZEN.name, personal_id="079080000002")), "applicant"),
        (dossier(components=(msgspec.structs.replace(FILE, file_name="t khai.pdf"),)), "file_name"),
        (dossier(payments=(msgspec.structs.replace(PAID, ref="r2"),)), "nothing_paid_without_proof"),
        (dossier(receipts=(RECEIPT, msgspec.structs.replace(RECEIPT, id="b2"))), "one_receipt_a_payment"),
        (dossier(receipts=(msgspec.structs.replace(RECEIPT, amount=10),)), "amounts_agree"),
    ],
)
def test_what_is_wrong_with_a_dossier_is_named(now: Dossier, law: str) -> None:
    assert law in laws(walking(), {1: now})


def test_earlier_rows_and_codes_stay() -> None:
    before = dossier()
    assert laws(walking(before=before), {1: dossier(history=())}) == {"history_is_kept"}
    assert laws(walking(before=before), {1: dossier(code="C-2")}) == {"code_stays"}
    assert laws(walking(before=dossier(code=None)), {1: dossier()}) == set(), "a code may come late"


def test_two_dossiers_have_two_codes() -> None:
    walk = walking(before=dossier())
    two = replace(walk, world=replace(walk.world, dossiers=walk.world.dossiers * 2), names={})
    assert "codes_are_unique" in laws(two, {1: dossier(), 2: dossier(id="h2")})
    assert "codes_are_unique" not in laws(two, {1: dossier(), 2: dossier(id="h2", code="C-2")})


def test_two_people_have_two_names() -> None:
    one_name = dossier(state=REFUSED, refusal=REASON, history=(FILED, msgspec.structs.replace(TURNED, who=FILED.who)))
    walk = walking(REFUSED, dossier(), own=Portal(listed=(one_name,)), actors={FILED.who: "citizen"})
    assert laws(walk, {1: one_name}, REFUSE) == {"history_says_who"}


def test_the_reason_is_shown_in_both_places() -> None:
    silent = dossier(state=REFUSED, history=(FILED, TURNED))
    told = dossier(state=REFUSED, refusal=REASON, history=(FILED, TURNED))
    for shown, listed in ((silent, told), (told, silent)):
        assert laws(walking(REFUSED, dossier(), own=Portal(listed=(listed,))), {1: shown}, REFUSE) == {
            "reason_is_shown"
        }


def test_bytes_are_as_they_were_attached_and_nobody_else_sees_them() -> None:
    assert laws(walking(own=Portal(b"other")), {1: dossier()}) == {"bytes"}
    assert laws(walking(strange=Portal()), {1: dossier()}) == {"seen_by_another"}
    assert laws(walking(strange=Portal(listed=(dossier(),), opens=False)), {1: dossier()}) == {"seen_by_another"}


@pytest.mark.parametrize(
    ("session", "signed_in", "stands"),
    [
        (Session(signed_in=True, personal_id=CITIZEN.id), True, True),
        (Session(signed_in=False), False, True),
        (Session(signed_in=True, personal_id=CITIZEN.id), False, False),
        (Session(signed_in=True, personal_id="079080000002"), True, False),
        (Session(signed_in=False), True, False),
    ],
)
def test_a_session_is_its_owners_until_the_logout(session: Session, signed_in: bool, stands: bool) -> None:
    visitor = SimpleNamespace(citizen=CITIZEN, login=SimpleNamespace(session=lambda: session))
    found = None
    try:
        deeds._demand_session(visitor, signed_in=signed_in)  # type: ignore[arg-type]
    except Finding as finding:
        found = finding.law
    assert found == (None if stands else "session")
