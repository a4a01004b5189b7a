"""What an approval makes of a request, whoever gave it: all is signed at once, turns used up, the webhook due; or nothing is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from simulators.ca import digests, orders, signing, turns
from simulators.ca.desk import effects
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason
from simulators.ca.signing import SigningRequest
from simulators.ca.turns import Turns
from simulators.kernel import faults
from simulators.kernel.courier import Delivery
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records


@dataclass(frozen=True)
class Keys:
    """What a decision about one request is handed."""

    request: Key[SigningRequest]
    certificate: Key[Certificate]
    package: Key[Turns]
    abouts: tuple[str, str, str]
    planned: tuple[Key[faults.Fault], ...]

    @property
    def all(self) -> tuple[Key[Record], ...]:
        return (self.request, self.certificate, self.package, *self.planned)


@dataclass(frozen=True)
class Prepared:
    """Made before the decision, because nothing awaits and no RSA is done inside one."""

    honest: tuple[str, ...] = ()
    effect: str = ""
    wanted: tuple[str, ...] = ()
    """What a planned fault has the CA answer instead of the honest values."""
    tokens: tuple[str, str, str] = ("", "", "")
    """Of the webhook, its double, a forgery."""
    forgery: SigningRequest | None = None


class Approvals:
    """Of one desk's requests."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._store = desk.world.store

    def keys(self, request: SigningRequest) -> Keys:
        sites = [self._site("answer"), *([self._site("webhook")] if request.webhook else [])]
        abouts = request.abouts
        return Keys(
            Key(SigningRequest, request.id),
            Key(Certificate, request.serial),
            turns.key(self._desk.spec.id, request.citizen),
            abouts,
            tuple(key for site in sites for key in faults.keys(site, abouts, request.contract)),
        )

    async def prepared(self, request: SigningRequest, keys: Keys) -> Prepared:
        known = await self._store.read(keys.certificate, *keys.planned)
        certificate = known[keys.certificate]
        assert certificate is not None, "certificates are never removed"
        effect = effects.planned(known, self._site("answer"), keys.abouts, request.contract)
        raw = [bytes.fromhex(document.digest) for document in request.documents]
        honest = self._values(certificate.keypair, raw)
        wanted = honest
        if effect == "another_signer":
            wanted = self._values((await self._desk.subscribers.stranger()).keypair, raw)
        elif effect == "another_digest":
            wanted = self._values(certificate.keypair, [hashlib.sha256(digest).digest() for digest in raw])
        prepared = Prepared(honest=honest, effect=effect, wanted=wanted)
        if not request.webhook:
            return prepared
        desk = self._desk
        tokens = (desk.webhook_token(), desk.webhook_token(), desk.webhook_token())
        return replace(prepared, tokens=tokens, forgery=desk.forgery(request))

    def approved(self, records: Records, keys: Keys, prepared: Prepared, now: Instant) -> Change:
        """`result` is the request: approved, or refused because the certificate or the package no longer serves."""
        request, certificate = records[keys.request], records[keys.certificate]
        assert request is not None, "looked at before"
        assert certificate is not None, "certificates are never removed"
        package, wanted = records[keys.package], turns.needed(self._desk.spec, len(request.documents))
        reason = orders.unusable(certificate, now)
        if reason := reason or (None if turns.enough(package, wanted) else Reason.TURNS_USED):
            return settled(request, signing.refused(request, reason))
        spent, counting = turns.used(package, wanted, request)
        taken = faults.NOTHING
        if prepared.effect:
            taken = faults.take(
                records, self._site("answer"), keys.abouts, ref=request.transaction, contract=request.contract
            )
        if taken.effect == effects.SIGN_FAILED:
            change = settled(request, signing.refused(request, Reason.CA_FAILED))
            return replace(change, records=(*change.records, *taken.records), events=(*change.events, *taken.events))
        values = prepared.wanted if taken.effect == prepared.effect else prepared.honest
        change = settled(request, signing.approved(request, values, taken.effect))
        sent, used = self._webhooks(records, keys, change.result, prepared, now)
        return replace(
            change,
            records=(*change.records, *spent, *taken.records, *sent),
            events=(*change.events, *counting, *taken.events, *used),
        )

    def _webhooks(
        self, records: Records, keys: Keys, done: SigningRequest, prepared: Prepared, now: Instant
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


def settled(request: SigningRequest, done: tuple[SigningRequest, Event]) -> Change:
    """The request is over and its prompt gone."""
    return Change((done[0],), (done[1],), gone=request.asked, result=done[0])
