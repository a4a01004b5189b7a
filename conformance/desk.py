"""The one-stop desk in a check's words: what an officer of the portal does to a dossier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conformance.adapter import Portal
from conformance.failures import NotExercised, Ours
from conformance.records import Broken, Dossier, Line

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Officer:
    """`name` is an or binh; an operation without a body answers the dossier as it is then."""

    portal: Portal
    name: str = "an"

    def read(self, dossier: Line) -> Dossier:
        return self._act("read", dossier)

    def accept(self, dossier: Line) -> Dossier:
        return self._act("accept", dossier)

    def process(self, dossier: Line) -> Dossier:
        return self._act("process", dossier)

    def supplement(
        self, dossier: Line, reason: str, components: Sequence[str], days: int = 3, *, legal_basis: str = ""
    ) -> Dossier:
        """`legal_basis`: what allows a request beyond the usual."""
        more = {"legal_basis": legal_basis} if legal_basis else {}
        return self._act("supplement", dossier, reason=reason, components=list(components), days=days, **more)

    def refuse(self, dossier: Line, reason: str) -> Dossier:
        return self._act("refuse", dossier, reason=reason)

    def fee(self, dossier: Line, name: str, amount: int) -> Dossier:
        return self._act("fee", dossier, name=name, amount=amount)

    def counter_payment(self, dossier: Line) -> Dossier:
        return self._act("counter_payment", dossier)

    def stop(self, dossier: Line, reason: str) -> Dossier:
        return self._act("stop", dossier, reason=reason)

    def rollback(self, dossier: Line, reason: str) -> Dossier:
        """Take the last step back."""
        return self._act("rollback", dossier, reason=reason)

    def reschedule(self, dossier: Line, reason: str, due: datetime) -> Dossier:
        """Apologise, and set a new due time."""
        return self._act("reschedule", dossier, reason=reason, due=due.isoformat())

    def finish(self, dossier: Line) -> Dossier:
        return self._act("finish", dossier)

    def hand_over(self, dossier: Line) -> Dossier:
        return self._act("hand_over", dossier)

    def age(self, dossier: Line, by: timedelta) -> Dossier:
        """Shift the dossier's stored instants back; no clock moves."""
        return self._act("age", dossier, seconds=int(by.total_seconds()))

    def older(self, dossier: Line, by: timedelta) -> Dossier:
        """The same, and the proof that it was done: a portal that cannot be aged cannot be judged by time."""
        before, now = self.read(dossier), self.age(dossier, by)
        pairs = ((before.submitted, now.submitted), (before.received, now.received), (before.due, now.due))
        shifts = [_instant(then) - _instant(at) for then, at in pairs if then and at]
        if not shifts or any(abs(shift - by) > A_MINUTE for shift in shifts):
            raise NotExercised(
                f"officer age by {by} moved the dossier's instants by {[str(shift) for shift in shifts]}"
            )
        return now

    def reconcile(self) -> None:
        """Let the portal ask the gateway about payments whose notice has not come."""
        self._order("reconcile", None)

    def _act(self, action: str, dossier: Line, **details: Any) -> Dossier:
        done = self._order(action, dossier, **details)
        if done is None:
            raise Broken("officer", 200, f"{action}: the answer is no dossier")
        return done

    def _order(self, action: str, dossier: Line | None, **details: Any) -> Dossier | None:
        if self.portal.officer is None:
            raise Ours("this check needs the adapter's part `officer`, which is not claimed")
        return self.portal.officer(self.name, action, dossier, details)


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at)
