"""What the citizen's app answers: the PIN tried, all documents signed at once or none, the webhook due in the same change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from simulators.ca import asking, digests, orders, signing, turns
from simulators.ca.asking import PinTries
from simulators.ca.desk import effects
from simulators.ca.desk.requests import Desk, abouts_of
from simulators.ca.reasons import Reason
from simulators.ca.signing import SigningRequest, State
from simulators.ca.turns import Turns
from simulators.kernel import faults
from simulators.kernel.citizens import Citizen
from simulators.kernel.courier import Delivery
from simulators.kernel.pki import Certificate
from simulators.kernel.prompts import Prompt, Refused
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records


@dataclass(frozen=True)
class _Keys:
    """What a decision about one request is handed."""

    request: Key[SigningRequest]
    certificate: Key[Certificate]
    tries: Key[PinTries]
    package: Key[Turns]
    abouts: tuple[str, str, str]


@dataclass(frozen=True)
class _Prepared:
    """Made before the decision, because nothing awaits and no RSA is done inside one."""

    right_pin: bool = False
    honest: tuple[str, ...] = ()
    effect: str = ""
    wanted: tuple[str, ...] = ()
    """What a planned fault has the CA answer instead of the honest values."""
    tokens: tuple[str, str, str] = ("", "", "")
    """Of the webhook, its double, a forgery."""
    forgery: SigningRequest | None = None


class Answers:
    """How a desk hears the phone: `answer` is its PromptKind's."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.world.store

    async def answer(self, prompt: Prompt, choice: str, secret: str | None, answered: Event) -> None:
        """Raises kernel.prompts.Refused with the app's own sentence."""
        desk = self._desk
        request = await self._store.get(desk.key(prompt.contract, prompt.ref))
        if request is None or choice not in prompt.choices:
            raise Refused(asking.OVER)
        keys = _Keys(
            Key(SigningRequest, request.id),
            Key(Certificate, request.serial),
            Key(PinTries, f"{desk.spec.id}/{request.citizen}"),
            turns.key(desk.spec.id, request.citizen),
            abouts_of(request),
        )
        prepared = await self._prepared(request, keys, choice, secret)

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
                return _settled(stored, signing.refused(stored, Reason.REFUSED))
            return self._approval(records, keys, prepared, now)

        sites = [self._site("answer"), *([self._site("webhook")] if request.webhook else [])]
        planned = [key for site in sites for key in faults.keys(site, keys.abouts, request.contract)]
        await self._store.change([keys.request, keys.certificate, keys.tries, keys.package, *planned], decide)

    async def _prepared(self, request: SigningRequest, keys: _Keys, choice: str, secret: str | None) -> _Prepared:
        person, site = Key(Citizen, request.citizen), self._site("answer")
        planned = await self._store.read(person, keys.certificate, *faults.keys(site, keys.abouts, request.contract))
        citizen, certificate = planned[person], planned[keys.certificate]
        assert citizen is not None, "a request is about a citizen"
        assert certificate is not None, "certificates are never removed"
        if choice != "approve" or secret != citizen.pin:
            return _Prepared()
        effect = effects.planned(planned, site, keys.abouts, request.contract)
        raw = [bytes.fromhex(document.digest) for document in request.documents]
        honest = self._values(certificate.keypair, raw)
        wanted = honest
        if effect == "another_signer":
            wanted = self._values((await self._desk.subscribers.stranger()).keypair, raw)
        elif effect == "another_digest":
            wanted = self._values(certificate.keypair, [hashlib.sha256(digest).digest() for digest in raw])
        prepared = _Prepared(right_pin=True, honest=honest, effect=effect, wanted=wanted)
        if not request.webhook:
            return prepared
        desk = self._desk
        tokens = (desk.webhook_token(), desk.webhook_token(), desk.webhook_token())
        return replace(prepared, tokens=tokens, forgery=desk.forgery(request))

    def _approval(self, records: Records, keys: _Keys, prepared: _Prepared, now: Instant) -> Change:
        request, certificate = records[keys.request], records[keys.certificate]
        assert request is not None, "looked at before"
        assert certificate is not None, "certificates are never removed"
        before = records[keys.tries] or PinTries(id=keys.tries.id)
        tried = asking.tried(before, right=prepared.right_pin, now=now, spec=self._desk.spec)
        counted: tuple[Record, ...] = (tried.tries,) if tried.tries else ()
        if tried.text:
            return Change(counted, (_wrong_pin(request, tried.left),), refused=Refused(tried.text))
        if reason := orders.unusable(certificate, now):
            return _with_refusal(_settled(request, signing.refused(request, reason)), asking.UNUSABLE)
        package, wanted = records[keys.package], turns.needed(self._desk.spec, len(request.documents))
        if not turns.enough(package, wanted):
            return _with_refusal(_settled(request, signing.refused(request, Reason.TURNS_USED)), asking.SPENT)
        spent, counting = turns.used(package, wanted, request)
        taken = faults.NOTHING
        if prepared.effect:
            taken = faults.take(
                records, self._site("answer"), keys.abouts, ref=request.transaction, contract=request.contract
            )
        values = prepared.wanted if taken.effect == prepared.effect else prepared.honest
        change = _settled(request, signing.approved(request, values, taken.effect))
        sent, used = self._webhooks(records, keys, change.result, prepared, now)
        return replace(
            change,
            records=(*change.records, *counted, *spent, *taken.records, *sent),
            events=(*change.events, *counting, *taken.events, *used),
        )

    def _webhooks(
        self, records: Records, keys: _Keys, done: SigningRequest, prepared: _Prepared, now: Instant
    ) -> tuple[tuple[Record, ...], tuple[Event, ...]]:
        """What becomes due with the approval: one, or what a planned fault makes of it; none after a broken answer."""
        desk, site = self._desk, self._site("webhook")
        if not done.webhook or done.injected in effects.BROKEN:
            return (), ()
        taken = faults.NOTHING
        if effects.planned(records, site, keys.abouts, done.contract) not in {"", "before_answer"}:
            taken = faults.take(records, site, keys.abouts, ref=done.transaction, contract=done.contract)
        real, double, forged = prepared.tokens
        due: tuple[Delivery, ...] = () if taken.effect == "lost" else (desk.delivery(done, real, now, done.injected),)
        if taken.effect == "duplicate":
            due += (desk.delivery(done, double, now, "duplicate"),)
        if taken.effect == "forged" and prepared.forgery:
            due += (desk.delivery(prepared.forgery, forged, now, "forged"),)
        return (*due, *taken.records), taken.events

    def _values(self, keypair: str, raw: list[bytes]) -> tuple[str, ...]:
        return tuple(digests.value(self._desk.world.pki.sign_digest(keypair, digest)) for digest in raw)

    def _site(self, name: str) -> str:
        return f"{self._desk.spec.id}.{name}"


def _settled(request: SigningRequest, done: tuple[SigningRequest, Event]) -> Change:
    """The request is over and its prompt gone."""
    return Change((done[0],), (done[1],), gone=(Key(Prompt, request.prompt),), result=done[0])


def _with_refusal(change: Change, text: str) -> Change:
    return replace(change, refused=Refused(text))


def _wrong_pin(request: SigningRequest, left: int) -> Event:
    why = "the PIN typed in the app was wrong, or the app is locked"
    return signing.event(request, "turned_away", {"reason": "wrong_pin", "why": why, "left": left})
