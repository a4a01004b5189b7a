"""What every step of an enrolment is handed, and how a moved file is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.records import Enrolment, Stage, enrolment_id
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.ca.enrolment.transitions import NEXT, Action, moved
from simulators.kernel.citizens import Citizen
from simulators.kernel.records import Change, Event, Instant, Record


@dataclass(frozen=True, kw_only=True)
class Case:
    """One citizen at one CA at one instant; `file` is None where nobody asked yet."""

    spec: EnrolmentSpec
    citizen: Citizen
    file: Enrolment | None
    now: Instant

    @property
    def id(self) -> str:
        return enrolment_id(self.spec.ca, self.citizen.id)

    @property
    def stage(self) -> Stage:
        return self.file.stage if self.file else Stage.NONE

    def demand(self, action: Action) -> Stage:
        """Where the action leads, or Refused."""
        return moved(self.stage, action)

    @property
    def opened(self) -> Enrolment:
        """The file, or Refused where there is none."""
        if self.file is None:
            raise Refused(Reason.NOT_NOW, f"nobody enrols here yet: {NEXT[Stage.NONE]}")
        return self.file

    def event(self, word: str, **body: Any) -> Event:
        return Event(source=f"ca.{self.spec.ca}", word=word, ref=self.id, subject=self.citizen.id, body=body)

    def move(self, action: Action, *others: Record, **fields: Any) -> Change:
        """The file after the action with these fields, beside other records."""
        before = self.opened
        after = replace(before, stage=self.demand(action), **fields)
        return self.saved(action, after, *others)

    def saved(self, action: Action, after: Enrolment, *others: Record) -> Change:
        told = self.event("enrolment_moved", action=action.value, before=self.stage.value, stage=after.stage.value)
        return Change((after, *others), (told,), result=after)

    def counted(self, after: Enrolment, refused: Refused) -> Change:
        """A try that failed: it is kept, and refused."""
        return Change((after,), refused=refused)
