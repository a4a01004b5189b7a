"""What the CA decides about a file: approved or refused, by the control side or because its time is over."""

from __future__ import annotations

from dataclasses import replace

from simulators.ca.enrolment import letters
from simulators.ca.enrolment.case import Case
from simulators.ca.enrolment.letters import Prepared
from simulators.ca.enrolment.transitions import Action
from simulators.kernel.records import Change


def approve(case: Case, prepared: Prepared) -> Change:
    """The notice goes out whether or not the app is open."""
    change = case.move(Action.APPROVE, due=None)
    return replace(change, records=(*change.records, *letters.approved(case.spec, change.result, prepared, case.now)))


def refuse(case: Case, why: str, prepared: Prepared) -> Change:
    """`why` is what the citizen reads."""
    change = case.move(Action.REFUSE, due=None, refusal=why)
    return replace(change, records=(*change.records, *letters.refused(case.spec, change.result, prepared, case.now)))


def due(case: Case, prepared: Prepared) -> Change:
    """Nothing when somebody decided meanwhile."""
    if case.file is None or case.file.due is None or case.now < case.file.due:
        return Change()
    return approve(case, prepared)
