"""A CA's desk: which certificates a person has, the request that waits for the phone, how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from simulators.ca import asking, digests, orders, signing, turns
from simulators.ca.desk import effects
from simulators.ca.desk.callers import Caller
from simulators.ca.orders import Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State
from simulators.ca.spec import CaSpec
from simulators.ca.subscribers import Subscribers
from simulators.ca.turns import Turns
from simulators.kernel import faults
from simulators.kernel.courier import Delivery
from simulators.kernel.journal import Question
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.world import World

RSA_BYTES = 256
SETTLED = frozenset({"signing_approved", "signing_refused", "signing_expired"})


@dataclass(frozen=True)
class Listing:
    """The certificates to answer, and the effect of a planned fault."""

    certificates: tuple[Certificate, ...]
    injected: str = ""


@dataclass(frozen=True)
class Opened:
    """A request that waits for the phone, and the effect of a planned fault on its webhook."""

    request: SigningRequest
    injected: str = ""


class Desk:
    """One CA."""

    def __init__(self, world: World, spec: CaSpec, subscribers: Subscribers) -> None:
        self.world = world
        self.spec = spec
        self.subscribers = subscribers
        self.source = f"ca.{spec.id}"

    async def listed(self, caller: Caller, user_id: str, serial: str, *, hub: bool = False) -> Listing:
        """The person's certificates; a serial leaves the one that has it."""
        try:
            citizen = await self.subscribers.citizen(user_id)
        except Refused:
            if self.spec.unknown_user == "refused":
                raise
            await self.world.store.note(self._listed(caller, user_id, 0, hub=hub))
            return Listing(())
        own = tuple(await self.subscribers.certificates(citizen))
        site, abouts = f"{self.spec.id}.list", (citizen.id, caller.contract)
        keys = faults.keys(site, abouts, caller.contract)
        planned = effects.planned(await self.world.store.read(*keys), site, abouts, caller.contract)
        stranger = (await self.subscribers.stranger(),) if planned == "another_citizen" else ()
        wanted = orders.plain_serial(serial)

        def decide(records: Records, _now: Instant) -> Change:
            taken = faults.take(records, site, abouts, contract=caller.contract)
            shown = {"": own, "another_citizen": stranger}.get(taken.effect, ())
            shown = tuple(one for one in shown if wanted in {"", one.id} or taken.effect)
            event = self._listed(caller, user_id, len(shown), hub=hub)
            return Change(taken.records, (*taken.events, event), result=Listing(shown, taken.effect))

        return (await self.world.store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    async def drafted(self, caller: Caller, order: Order) -> SigningRequest:
        """What the order asks for, with a certificate chosen; nothing is saved yet."""
        orders.check(order, self.spec.files_per_request)
        if self.spec.webhook == "request":
            orders.check_webhook(order.webhook)
        citizen = await self.subscribers.citizen(order.user_id)
        certificate = orders.chosen(await self.subscribers.certificates(citizen), order.serial)
        return self._drawn(caller, order, certificate)

    def keys(self, request: SigningRequest) -> tuple[Key[SigningRequest], Key[Certificate], Key[Turns]]:
        """What `begun` must be handed."""
        package = turns.key(self.spec.id, request.citizen)
        return Key(SigningRequest, request.id), Key(Certificate, request.serial), package

    def begun(self, records: Records, draft: SigningRequest, now: Instant, life: int) -> tuple[SigningRequest, Event]:
        """Inside a decision: the request that waits from now on, or Refused."""
        own, shown, package = self.keys(draft)
        if records[own] is not None:
            why = f"transaction_id {draft.transaction!r} was used before: each request needs a new one"
            raise Refused(Reason.TRANSACTION_REPEATED, why)
        stored = records[shown]
        assert stored is not None, "certificates are never removed"
        if reason := orders.unusable(stored, now):
            raise Refused(reason, f"certificate {stored.id} is {reason.value}: choose another, or ask the CA")
        wanted = turns.needed(self.spec, len(draft.documents))
        if self.spec.turns_told == "at_once" and not turns.enough(records[package], wanted):
            why = f"the citizen's package has too few turns left for {wanted}: POST /control/turns gives more"
            raise Refused(Reason.TURNS_USED, why)
        return signing.opened(draft, now, life)

    async def open(self, caller: Caller, order: Order) -> Opened:
        """The request, waiting; its prompt is on the phone when this returns."""
        draft = await self.drafted(caller, order)
        code = self.world.entropy.digits(f"{self.source}.code", 8)
        forgery, token = (self.forgery(draft), self.webhook_token()) if draft.webhook else (draft, "")
        site, abouts = f"{self.spec.id}.webhook", draft.abouts

        def decide(records: Records, now: Instant) -> Change:
            waiting, event = self.begun(records, draft, now, self.spec.request_ttl)
            prompt = asking.question(waiting, order, caller.name, code, now)
            effect = effects.planned(records, site, abouts, waiting.contract) if waiting.webhook else ""
            if effect not in effects.AT_ONCE:
                return Change((waiting, prompt), (event,), result=Opened(waiting))
            taken = faults.take(records, site, abouts, ref=waiting.transaction, contract=waiting.contract)
            sent = (self.delivery(forgery, token, now, effect),) if effect == "forged" else ()
            return Change(
                (waiting, prompt, *sent, *taken.records), (event, *taken.events), result=Opened(waiting, effect)
            )

        keys = [*self.keys(draft), *(faults.keys(site, abouts, draft.contract) if draft.webhook else ())]
        return (await self.world.store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    async def held(self, opened: Opened) -> None:
        """Keeps the answer back until its webhook was told, where a fault has it so."""
        if opened.injected == "before_answer":
            question = Question(ref=opened.request.transaction, word="delivered", source=self.source)
            await self.world.journal.wait(question, count=1, seconds=self.spec.held_answer)

    async def found(self, transaction: str, contract: str = "") -> SigningRequest:
        """How a request stands; one whose time is over is ended by being looked at."""
        request = await self._named(transaction, contract)
        if request is None or request.hub or contract not in {"", request.contract}:
            why = f"no request with transaction_id {transaction[:80]!r} was accepted here"
            raise Refused(Reason.TRANSACTION_UNKNOWN, why)
        return await self._current(request)

    async def _named(self, transaction: str, contract: str) -> SigningRequest | None:
        """Of several with this transaction, where it names one for each service provider and none is named: the first by id."""
        if contract or self.spec.transactions == "one_for_all":
            return await self.world.store.get(self.key(contract, transaction))
        before = signing.request_id(self.spec.id, "", transaction)
        following = await self.world.store.find(SigningRequest, after=before)
        named = (one for one in following if (one.ca, one.transaction) == (self.spec.id, transaction))
        return next((one for one in named if not one.hub), None)

    async def again(self, request: SigningRequest) -> SigningRequest:
        """The request as it stands at this instant."""
        stored = await self.world.store.get(Key(SigningRequest, request.id))
        assert stored is not None, "requests are never removed"
        return await self._current(stored)

    async def settled(self, opened: SigningRequest, patience: float) -> SigningRequest:
        """How it stands after the phone, or after so many seconds: a long poll of the journal, nothing is held meanwhile."""
        after, settled = 0, False
        while not settled:
            question = Question(ref=opened.transaction, source=self.source, after=after)
            rows = await self.world.journal.wait(question, count=1, seconds=patience)
            settled = not rows or any(row.word in SETTLED for row in rows)
            after = rows[-1].seq if rows else after
        return await self.again(opened)

    async def _current(self, request: SigningRequest) -> SigningRequest:
        if request.state is not State.WAITING or self.world.store.now() < request.expires:
            return request
        key = Key(SigningRequest, request.id)

        def decide(records: Records, now: Instant) -> Change:
            stored = records[key]
            assert stored is not None, "requests are never removed"
            return signing.ended(stored, now)

        change = await self.world.store.change([key], decide)
        return next((record for record in change.records if isinstance(record, SigningRequest)), request)

    def key(self, contract: str, transaction: str) -> Key[SigningRequest]:
        """Where the request of this transaction is kept."""
        whose = contract if self.spec.transactions == "one_each" else ""
        return Key(SigningRequest, signing.request_id(self.spec.id, whose, transaction))

    def webhook_token(self) -> str:
        return self.world.entropy.token(f"{self.source}.webhook")

    def delivery(self, request: SigningRequest, token: str, due: Instant, injected: str = "") -> Delivery:
        """The webhook about a request as it stands, in the words of the front door."""
        front = self.spec.front
        assert front.wire.webhook, f"{self.spec.id} has a webhook, its wire has none"
        delivery = Delivery(
            id=token,
            contract=request.contract,
            kind=f"{self.spec.id}.webhook",
            source=self.source,
            ref=request.transaction,
            subject=request.citizen,
            url=request.webhook,
            headers={"Content-Type": "application/json; charset=utf-8"},
            body=front.wire.webhook(front.dialect, request),
            due=due,
            injected=injected,
        )
        return front.wire.begun(self.spec, request, replace(delivery, body=front.wire.attempt(delivery)))

    def _drawn(self, caller: Caller, order: Order, certificate: Certificate) -> SigningRequest:
        urls = {"contract": caller.webhook_url, "request": order.webhook, "none": ""}
        entropy = self.world.entropy
        return SigningRequest(
            id=self.key(caller.contract, order.transaction).id,
            contract=caller.contract,
            ca=self.spec.id,
            sp_id=caller.sp_id,
            transaction=order.transaction,
            tran_code=entropy.uuid(f"{self.source}.tran_code"),
            citizen=order.user_id,
            serial=certificate.id,
            documents=order.documents,
            encoding=order.encoding,
            hub=order.hub,
            webhook="" if order.hub else urls[self.spec.webhook],
            webhook_token=caller.webhook_token,
            prompt=entropy.token(f"{self.source}.prompt", 20),
        )

    def forgery(self, request: SigningRequest) -> SigningRequest:
        """As somebody would write it who knows the transaction and has no key."""
        values = [digests.value(self.world.entropy.draw("forged", RSA_BYTES)) for _ in request.documents]
        return signing.approved(request, values)[0]

    def _listed(self, caller: Caller, user_id: str, count: int, *, hub: bool) -> Event:
        return Event(
            source=self.source,
            word="certificates_listed",
            subject=user_id,
            contract=caller.contract,
            body={"user_id": user_id, "count": count, "hub": hub},
        )
