"""Enrolment's desk: it loads a file, lets the core decide, makes keys and certificates before, and saves."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from simulators.ca import passwords
from simulators.ca.attempts import PasswordTries
from simulators.ca.enrolment import appraisal, offers, papers, standing, steps, till
from simulators.ca.enrolment.case import Case
from simulators.ca.enrolment.letters import Prepared
from simulators.ca.enrolment.reasons import Reason, Refused
from simulators.ca.enrolment.records import Details, Device, Enrolment, Order, Paper, Purpose, enrolment_id
from simulators.ca.enrolment.spec import EnrolmentSpec
from simulators.ca.enrolment.steps import Face
from simulators.ca.enrolment.till import Ending
from simulators.ca.enrolment.transitions import Action
from simulators.ca.subscribers import Subscribers
from simulators.ca.turns import Turns
from simulators.ca.turns import key as turns_key
from simulators.kernel.citizens import Citizen
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.world import World

STATUS = {"suspend": "suspended", "unsuspend": "good", "revoke": "revoked"}
Decide = Callable[[Case, Records], Change]


@dataclass(frozen=True)
class Account:
    """Everything that the app shows: the case, the order that may be paid, certificates, tries and turns."""

    case: Case
    order: Order | None
    certificates: tuple[Certificate, ...]
    tries: PasswordTries | None
    turns: Turns | None


class Enrolling:
    """Of one CA."""

    def __init__(self, world: World, spec: EnrolmentSpec, subscribers: Subscribers) -> None:
        self.spec = spec
        self._world = world
        self._store = world.store
        self._subscribers = subscribers

    async def account(self, citizen: Citizen) -> Account:
        own = self._key(citizen)
        tries, counted = Key(PasswordTries, own.id), turns_key(self.spec.ca, citizen.id)
        records = await self._store.read(own, tries, counted)
        case = self._case(citizen, records[own], self._store.now())
        order = await self._store.get(Key(Order, case.file.order)) if case.file and case.file.order else None
        serials = [Key(Certificate, serial) for serial in (case.file.serials if case.file else ())]
        certificates = tuple((await self._store.read(*serials)).get_all(serials))
        return Account(
            case, order if order and till.is_open(case, order) else None, certificates, records[tries], records[counted]
        )

    async def register(self, citizen: Citizen, details: Details, device: str) -> None:
        used, prepared = self._device(device.strip()), self._prepared()
        await self._act(citizen, lambda case, found: steps.register(case, details, device, found[used], prepared), used)

    async def pay(self, citizen: Citizen, means: str) -> None:
        identity = self._prepared().order
        await self._act(citizen, lambda case, _found: till.pay(case, means, identity))

    async def settle(self, citizen: Citizen, order: str, ending: Ending) -> None:
        """A paid renewal has its certificate made before; it is nobody's when the order is over meanwhile."""
        named, left, prepared = Key(Order, order), turns_key(self.spec.ca, citizen.id), self._prepared()
        case = await self._now(citizen)
        present = till.waiting(case, await self._store.get(named))
        if present.purpose is Purpose.RENEWAL and ending == "pay":
            file = case.opened
            standing.may_renew(self.spec, (await self.account(citizen)).certificates[-1])
            months = offers.renewal(self._package(file), 0, file.renewals).months
            prepared = replace(prepared, serial=(await self._subscribers.enrolled(citizen, file, months)).id)
        await self._act(
            citizen, lambda case, found: till.settled(case, found[named], ending, found[left], prepared), named, left
        )

    async def resend(self, citizen: Citizen) -> None:
        prepared = self._prepared()
        await self._act(citizen, lambda case, _found: steps.resend(case, prepared))

    async def activate(self, citizen: Citizen, code: str, password: str) -> None:
        file = (await self._now(citizen)).file
        used, account = self._device(file.device if file else ""), passwords.key(self.spec.ca, citizen.id)

        def decide(case: Case, found: Records) -> Change:
            return steps.activate(case, code, password, found[used], found[account])

        await self._act(citizen, decide, used, account)

    async def identify(self, citizen: Citizen, card_number: str, face: Face) -> None:
        prepared = self._prepared()
        await self._act(citizen, lambda case, _found: steps.identify(case, card_number, face, prepared))

    async def sign_contract(self, citizen: Citizen, *, agreed: bool) -> None:
        """With the key that the certificate will certify."""
        case = await self._now(citizen)
        case.demand(Action.SIGN_CONTRACT)
        if not agreed:
            raise Refused(Reason.NOT_AGREED, "agree is not yes: the contract is signed by who agrees to it")
        file = case.opened
        keypair = file.keypair or await self._world.pki.new_key()
        paper = self._signed(papers.contract(self.spec, file, case.now), keypair, case.now)
        await self._act(citizen, lambda case, _found: steps.sign_contract(case, paper, keypair))

    async def update(self, citizen: Citizen, details: Details) -> None:
        await self._act(citizen, lambda case, _found: steps.update(case, details))

    async def sign_minutes(self, citizen: Citizen, password: str) -> None:
        """The certificate is made first; it is nobody's before the minutes name it."""
        case = await self._now(citizen)
        case.demand(Action.SIGN_MINUTES)
        await self._enter(citizen, password)
        file = case.opened
        made = await self._subscribers.enrolled(citizen, file, file.quote.months)
        paper = self._signed(papers.minutes(self.spec, file, made, case.now), file.keypair, case.now)
        await self._act(citizen, lambda case, _found: steps.sign_minutes(case, paper, made.id))

    async def buy(self, citizen: Citizen, pack: str, means: str) -> None:
        identity = self._prepared().order
        await self._act(citizen, lambda case, _found: till.buy(case, pack, means, identity))

    async def renew(self, citizen: Citizen, means: str) -> None:
        account = await self.account(citizen)
        account.case.demand(Action.RENEW)
        standing.may_renew(self.spec, account.certificates[-1])
        identity = self._prepared().order
        await self._act(citizen, lambda case, _found: till.renew(case, means, identity))

    async def change_certificate(self, citizen: Citizen, change: str, password: str) -> None:
        """What its subscriber asks: suspend, unsuspend, revoke; after a renewal of every certificate that is not over."""
        account = await self.account(citizen)
        account.case.demand(Action.CHANGE_CERTIFICATE)
        await self._enter(citizen, password)
        for one in standing.changeable(account.certificates, account.case.now):
            await self._world.pki.set_status(one.id, STATUS[change])

    async def appraise(self, citizen: Citizen, refusal: str) -> None:
        """By the control side: approved, or refused with a reason."""
        prepared = self._prepared()
        if refusal:
            await self._act(citizen, lambda case, _found: appraisal.refuse(case, refusal, prepared))
        else:
            await self._act(citizen, lambda case, _found: appraisal.approve(case, prepared))

    async def appraise_due(self, file: Enrolment) -> None:
        citizen = await self._world.citizens.get(file.citizen)
        assert citizen is not None, "people are never removed"
        prepared = self._prepared()
        await self._act(citizen, lambda case, _found: appraisal.due(case, prepared))

    async def citizen(self, identity: str) -> Citizen | None:
        return await self._world.citizens.get(identity)

    async def turn_away(self, citizen: str, refused: Refused) -> None:
        body = {"reason": refused.reason.value, "why": refused.why}
        ref = enrolment_id(self.spec.ca, citizen)
        source = f"ca.{self.spec.ca}"
        await self._store.note(Event(source=source, word="turned_away", ref=ref, subject=citizen, body=body))

    async def _enter(self, citizen: Citizen, password: str) -> None:
        tries = Key(PasswordTries, self._key(citizen).id)
        await self._act(citizen, lambda case, found: standing.entered(case, password, found[tries]), tries)

    async def _act(self, citizen: Citizen, decide: Decide, *keys: Key[Any]) -> None:
        own = self._key(citizen)

        def decided(records: Records, now: Instant) -> Change:
            return decide(self._case(citizen, records[own], now), records)

        await self._store.change([own, *keys], decided)

    async def _now(self, citizen: Citizen) -> Case:
        return self._case(citizen, await self._store.get(self._key(citizen)), self._store.now())

    def _case(self, citizen: Citizen, file: Enrolment | None, now: Instant) -> Case:
        return Case(spec=self.spec, citizen=citizen, file=file, now=now)

    def _key(self, citizen: Citizen) -> Key[Enrolment]:
        return Key(Enrolment, enrolment_id(self.spec.ca, citizen.id))

    def _device(self, device: str) -> Key[Device]:
        return Key(Device, steps.device_id(self.spec.ca, device))

    def _package(self, file: Enrolment) -> offers.Package:
        package = self.spec.package(file.details.package)
        assert package is not None, "registration looked it up"
        return package

    def _prepared(self) -> Prepared:
        entropy, label = self._world.entropy, f"ca.{self.spec.ca}.enrolment"
        tokens = (entropy.token(label, 8), entropy.token(label, 8))
        return Prepared(entropy.digits(f"{label}.code"), entropy.token(f"{label}.order", 20), tokens)

    def _signed(self, paper: tuple[str, str], keypair: str, now: Instant) -> Paper:
        title, text = paper
        digest = hashlib.sha256(text.encode()).digest()
        value = base64.b64encode(self._world.pki.sign_digest(keypair, digest)).decode()
        return Paper(title=title, text=text, digest=digest.hex(), signature=value, at=now)
