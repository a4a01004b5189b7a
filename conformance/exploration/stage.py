"""Where walks take place: one portal, the lab around it, and its test procedures by role; made once, used by every walk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.exploration.model import Kind, Slot
from conformance.exploration.steps import OFFICERS, VERBS
from conformance.failures import NotExercised, WrongOption
from conformance.filing import Filing
from conformance.lab import Lab
from conformance.records import Procedure
from conformance.target import Baseline
from conformance.tls import context
from conformance.transport import HttpTransport

FREE = "free"
"""The word for a dossier that no walk can do without."""
ROLES: Mapping[str, tuple[str, int]] = {
    FREE: ("free", 0),
    "signed": ("signed", 0),
    "paid": ("paid", 0),
    "elsewhere": ("two_agencies", 1),
}
"""A walk's word for a dossier -> the role of capabilities, and which of its agencies."""
NEEDS: Mapping[str, frozenset[str]] = {
    "signing": frozenset({"sign", "approve", "cancel"}),
    "payment": frozenset({"pay", "back", "notice", "reconcile"}),
    "resubmission": frozenset(name for name, verb in VERBS.items() if verb.actors == OFFICERS) | {"answer", "copy"},
}
"""Claim -> the verbs that are only tried where it is claimed."""


@dataclass(frozen=True)
class Stage:
    """`verbs`: what can be tried; `procedures` and `kinds` by the walk's word for a dossier."""

    lab: Lab
    procedures: Mapping[str, Procedure]
    kinds: Mapping[str, Kind]
    verbs: frozenset[str]


@contextmanager
def staged(baseline: Baseline) -> Iterator[Stage]:
    """The stage of a portal that was probed; WrongOption where it offers nothing to walk through."""
    target = baseline.target
    with target.control() as control, HttpTransport(tls=context(target.root)) as send:
        lab = Lab(control, target.connect(send), send, baseline.capabilities)
        lacking = frozenset[str]().union(*(verbs for claim, verbs in NEEDS.items() if claim not in baseline.claims))
        filing = Filing(lab, lab.visitor())
        procedures = {word: row for word in ROLES if (row := _row(filing, word)) is not None}
        if "sign" in lacking:
            procedures = {word: row for word, row in procedures.items() if not any(c.sign for c in row.components)}
        if FREE not in procedures:
            raise WrongOption(
                f"--portal {target.portal}: exploration needs the role `free` in capabilities.procedures, a procedure "
                "without fee and signature."
            )
        kinds = {word: _kind(row) for word, row in procedures.items()}
        yield Stage(lab, procedures, kinds, frozenset(VERBS) - lacking)


def _row(filing: Filing, word: str) -> Procedure | None:
    """None where the portal names no such role, or the role no such agency."""
    role, place = ROLES[word]
    named = filing.lab.capabilities.procedures.get(role)
    if named is None or len(named.agencies) <= place:
        return None
    try:
        return filing.procedure(role, named.agencies[place])
    except NotExercised as error:
        raise WrongOption(f"capabilities.procedures.{role}: {error}.") from error


def _kind(row: Procedure) -> Kind:
    slots = tuple(Slot(required=rule.required, sign=rule.sign, form=bool(rule.form)) for rule in row.components)
    return Kind(slots, prepaid=any(fee.amount and fee.collect == "before" for fee in row.fees))
