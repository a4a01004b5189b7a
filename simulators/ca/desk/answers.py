"""What the citizen's app answers: the PIN tried, then everything signed at once or nothing."""

from __future__ import annotations

from dataclasses import replace

from simulators.ca import asking, signing
from simulators.ca.asking import PinTries
from simulators.ca.desk.approvals import Approvals, Keys, Prepared, settled
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason
from simulators.ca.signing import SigningRequest, State
from simulators.kernel.citizens import Citizen
from simulators.kernel.prompts import Prompt, Refused
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records

SAID = {Reason.TURNS_USED: asking.SPENT, Reason.CA_FAILED: ""}
"""What the app says of an approval that was of no use, where it is not the certificate; nothing where it knows nothing."""


class Answers:
    """How a desk hears the phone: `answer` is its PromptKind's."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.world.store
        self._approvals = Approvals(desk)

    async def answer(self, prompt: Prompt, choice: str, secret: str | None, answered: Event) -> None:
        """Raises kernel.prompts.Refused with the app's own sentence."""
        request = await self._store.get(self._desk.key(prompt.contract, prompt.ref))
        if request is None or choice not in prompt.choices:
            raise Refused(asking.OVER)
        keys, tries = self._approvals.keys(request), Key(PinTries, f"{self._desk.spec.id}/{request.citizen}")
        prepared = None
        if choice == "approve" and await self._is_pin(request.citizen, secret):
            prepared = await self._approvals.prepared(request, keys)

        def decide(records: Records, now: Instant) -> Change:
            change = decided(records, now)
            return change if change.refused else replace(change, events=(*change.events, answered))

        def decided(records: Records, now: Instant) -> Change:
            stored = records[keys.request]
            assert stored is not None, "requests are never removed"
            if stored.state is not State.WAITING:
                raise Refused(asking.OVER)
            if now >= stored.expires:
                return _with_refusal(signing.ended(stored, now), asking.LATE)
            if choice != "approve":
                return settled(stored, signing.refused(stored, Reason.REFUSED))
            return self._approval(records, (keys, tries), prepared, now)

        await self._store.change([*keys.all, tries], decide)

    async def _is_pin(self, citizen: str, secret: str | None) -> bool:
        person = await self._store.get(Key(Citizen, citizen))
        assert person is not None, "a request is about a citizen"
        return secret == person.pin

    def _approval(
        self, records: Records, keys: tuple[Keys, Key[PinTries]], prepared: Prepared | None, now: Instant
    ) -> Change:
        """`prepared`: None where the PIN was wrong."""
        about, tries = keys
        request = records[about.request]
        assert request is not None, "looked at before"
        tried = asking.tried(
            records[tries] or PinTries(id=tries.id), right=prepared is not None, now=now, spec=self._desk.spec
        )
        counted: tuple[Record, ...] = (tried.tries,) if tried.tries else ()
        if tried.text or prepared is None:
            return Change(counted, (_wrong_pin(request, tried.left),), refused=Refused(tried.text))
        change = self._approvals.approved(records, about, prepared, now)
        if change.result.state is not State.APPROVED:
            text = SAID.get(change.result.reason, asking.UNUSABLE)
            return _with_refusal(change, text) if text else change
        return replace(change, records=(*change.records, *counted))


def _with_refusal(change: Change, text: str) -> Change:
    return replace(change, refused=Refused(text))


def _wrong_pin(request: SigningRequest, left: int) -> Event:
    why = "the PIN typed in the app was wrong, or the app is locked"
    return signing.event(request, "turned_away", {"reason": "wrong_pin", "why": why, "left": left})
