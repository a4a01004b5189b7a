"""A CA's desk for relying parties that hand back a code: one-day certificates, bills of files or digests, their signing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from simulators.ca import codes, orders, signing
from simulators.ca.agreements import Agreement, Bill, SigningFile, agreement_id
from simulators.ca.coded import EsignSpec
from simulators.ca.codes import Challenge
from simulators.ca.desk.approvals import Approvals
from simulators.ca.desk.callers import Caller
from simulators.ca.desk.requests import Desk
from simulators.ca.orders import Document, Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State
from simulators.kernel import profiles
from simulators.kernel.pki import Certificate
from simulators.kernel.prompts import Message
from simulators.kernel.records import Change, Event, Instant, Key, Records

PLACE = "{AuthorizeCode}"


@dataclass(frozen=True)
class Wanted:
    """Of whom a certificate is asked for, and where codes go."""

    uuid: str
    person: str
    subject: dict[str, str]
    mobile: str
    email: str


@dataclass(frozen=True)
class Sending:
    """How the code is told; `template` holds PLACE."""

    by_mail: bool
    template: str
    subject: str


class Agreements:
    """One CA."""

    def __init__(self, desk: Desk, spec: EsignSpec) -> None:
        self._desk = desk
        self._spec = spec
        self._store = desk.world.store
        self._approvals = Approvals(desk)

    async def certified(self, caller: Caller, wanted: Wanted) -> tuple[Certificate, bool]:
        """The agreement's certificate, and whether it was issued now: one that still serves is not issued again."""
        if why := profiles.unnameable(wanted.subject):
            raise Refused(Reason.BAD_FILES, f"agreementDetails make no subject of a certificate: {why}")
        citizen = await self._desk.subscribers.citizen(wanted.person)
        key = self._key(caller, wanted.uuid)
        present = await self._store.get(key)
        _demand_own(present, citizen.id, wanted.uuid)  # before a certificate is made for nothing
        served = await self._serving(present)
        certificate = served or await self._desk.subscribers.certified(citizen, wanted.subject)
        made = Agreement(
            id=key.id,
            contract=caller.contract,
            citizen=citizen.id,
            mobile=wanted.mobile,
            email=wanted.email,
            serial=certificate.id,
        )
        listed = Event(
            source=self._desk.source,
            word="certificates_listed",
            subject=citizen.id,
            contract=caller.contract,
            body={"user_id": citizen.id, "count": 1, "hub": False},
        )

        def decide(records: Records, _now: Instant) -> Change:
            _demand_own(records[key], citizen.id, wanted.uuid)
            return Change((made,), (listed,))

        await self._store.change([key], decide)
        return certificate, served is None

    async def certificate(self, caller: Caller, uuid: str) -> Certificate:
        """The agreement's last."""
        return await self._certificate((await self._agreement(caller, uuid)).serial)

    async def of(self, request: SigningRequest) -> Certificate:
        """With whose key the bill's values were made, also where the agreement has a later one by now."""
        return await self._certificate(request.serial)

    async def prepare(
        self, caller: Caller, uuid: str, files: Sequence[tuple[SigningFile, str]], sending: Sending
    ) -> SigningRequest:
        """`files` with the digest of each, in hexadecimal; a code is on its way when this returns."""
        agreement = await self._agreement(caller, uuid)
        names = [file.name for file, _ in files]
        documents = tuple(
            Document(file.name if names.count(file.name) == 1 else f"{place} {file.name}", digest)
            for place, (file, digest) in enumerate(files, 1)
        )
        order = Order(
            user_id=agreement.citizen,
            transaction=self._desk.world.entropy.digits(f"{self._desk.source}.bill", 18),
            documents=documents,
            encoding="hex",
            serial=agreement.serial,
        )
        draft = msgspec.structs.replace(await self._desk.drafted(caller, order), prompt="", webhook="")
        bill = Bill(
            id=draft.id, contract=caller.contract, agreement=agreement.id, files=tuple(file for file, _ in files)
        )
        challenge, message, token = self._drawn(agreement, draft.transaction, sending)
        key = Key(Challenge, challenge.id)

        def decide(records: Records, now: Instant) -> Change:
            waiting, opened = self._desk.begun(records, draft, now, self._spec.request_ttl)
            sent = codes.begun(self._spec, records[key], challenge, now)
            posted = codes.posted(message, sent, token, now)
            return Change((waiting, bill, sent, posted), (opened, self._sent(sent, message)), result=waiting)

        keys = [*self._desk.keys(draft), Key(Bill, bill.id), key]
        return (await self._store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    async def renew(self, caller: Caller, uuid: str, sending: Sending) -> str:
        """Another code for the agreement's last bill, while it waits; the bill is answered."""
        agreement = await self._agreement(caller, uuid)
        key = Key(Challenge, agreement.id)
        before = await self._store.get(key)
        if before is None:
            raise Refused(Reason.TRANSACTION_UNKNOWN, "no code was sent for this agreement: prepare something first")
        challenge, message, token = self._drawn(agreement, before.ref, sending)
        bill = self._desk.key(caller.contract, before.ref)

        def decide(records: Records, now: Instant) -> Change:
            if over := _over(records[bill], now):
                return over
            _demand_last(records[key], before.ref)
            sent = codes.begun(self._spec, records[key], challenge, now)
            return Change((sent, codes.posted(message, sent, token, now)), (self._sent(sent, message),))

        await self._store.change([key, bill], decide)
        return before.ref

    async def authorize(self, caller: Caller, uuid: str, named: tuple[str, str]) -> tuple[SigningRequest, Bill]:
        """`named`: billCode and the code that was typed. The request as it ended, and what was in the bill."""
        bill_code, code = named
        agreement = await self._agreement(caller, uuid)
        request = await self._desk.found(bill_code, caller.contract)
        bill = await self._store.get(Key(Bill, request.id))
        if bill is None or bill.agreement != agreement.id:
            raise Refused(Reason.TRANSACTION_UNKNOWN, f"billCode {bill_code[:40]!r} is none of this agreement")
        keys, key = self._approvals.keys(request), Key(Challenge, agreement.id)
        prepared = await self._approvals.prepared(request, keys)

        def decide(records: Records, now: Instant) -> Change:
            if over := _over(records[keys.request], now):
                return over
            _demand_last(records[key], bill_code)
            tried = codes.tried(self._spec, records[key], code, now)
            counted = (tried.challenge,) if tried.challenge else ()
            if tried.refused:
                return Change(counted, refused=tried.refused)
            change = self._approvals.approved(records, keys, prepared, now)
            return replace(change, records=(*change.records, *counted))

        return (await self._store.change([*keys.all, key], decide)).result, bill

    async def _certificate(self, serial: str) -> Certificate:
        found = await self._store.get(Key(Certificate, serial))
        assert found is not None, "certificates are never removed"
        return found

    async def _agreement(self, caller: Caller, uuid: str) -> Agreement:
        if found := await self._store.get(self._key(caller, uuid)):
            return found
        why = f"agreementUUID {uuid[:60]!r} is unknown: prepareCertificateForSignCloud makes one"
        raise Refused(Reason.USER_UNKNOWN, why)

    async def _serving(self, agreement: Agreement | None) -> Certificate | None:
        found = await self._store.get(Key(Certificate, agreement.serial)) if agreement else None
        return found if found and orders.unusable(found, self._store.now()) is None else None

    def _drawn(self, agreement: Agreement, bill_code: str, sending: Sending) -> tuple[Challenge, Message, str]:
        entropy, label = self._desk.world.entropy, f"{self._desk.source}.code"
        if PLACE not in sending.template:
            raise Refused(Reason.UNREADABLE, f"notificationTemplate has no {PLACE}: the citizen would be told no code")
        code = entropy.digits(label, codes.DIGITS)
        challenge = Challenge(
            id=agreement.id,
            contract=agreement.contract,
            ref=bill_code,
            citizen=agreement.citizen,
            code=code,
            expires=Instant(0),
            since=Instant(0),
        )
        to, text = (agreement.email if sending.by_mail else agreement.mobile), sending.template.replace(PLACE, code)
        message = codes.letter(to, self._spec.code_sender, text, sending.subject, by_mail=sending.by_mail)
        return challenge, message, entropy.token(label, 16)

    def _sent(self, challenge: Challenge, message: Message) -> Event:
        return Event(
            source=self._desk.source,
            word="code_sent",
            ref=challenge.ref,
            subject=challenge.citizen,
            contract=challenge.contract,
            body={"channel": message.channel, "count": challenge.sent},
        )

    def _key(self, caller: Caller, uuid: str) -> Key[Agreement]:
        return Key(Agreement, agreement_id(self._spec.id, caller.sp_id, uuid))


def _demand_own(present: Agreement | None, citizen: str, uuid: str) -> None:
    if present and present.citizen != citizen:
        raise Refused(Reason.USER_UNKNOWN, f"agreementUUID {uuid[:60]!r} is another person's")


def _demand_last(sent: Challenge | None, bill_code: str) -> None:
    if sent is None or sent.ref != bill_code:
        raise Refused(Reason.OTP_EXPIRED, "a later bill of this agreement was sent a code: this one's is dead")


def _over(bill: SigningRequest | None, now: Instant) -> Change | None:
    """The refusal where the bill waits no more; one whose time is over is ended with it."""
    assert bill is not None, "requests are never removed"
    if bill.state is not State.WAITING:
        why = f"billCode {bill.transaction[:40]!r} is {bill.state.value}: prepare anew"
        return Change(refused=Refused(Reason.OTP_EXPIRED, why))
    if now < bill.expires:
        return None
    return replace(
        signing.ended(bill, now), refused=Refused(Reason.OTP_EXPIRED, "the bill's time is over: prepare anew")
    )
