"""The payment desk: finds the merchant, loads, lets the pure core decide, saves; and ends what ran out of time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from simulators.kernel import faults
from simulators.kernel.clock import SECOND, Clock, in_vietnam
from simulators.kernel.contracts import Settings, settings_id
from simulators.kernel.courier import Delivery
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.payment import payments, variance
from simulators.payment.cards import CitizenCard, Typed, of_citizen
from simulators.payment.checksum import Explanation
from simulators.payment.diagnoses import Diagnosis, newest_first
from simulators.payment.notices import Faults, Voice, ending, first_notice
from simulators.payment.records import Asked, Payment, Request, Terminal, Ticket, payment_id
from simulators.payment.spec import Card, GatewaySpec, Outcome, Reason, Refused
from simulators.world import World

Step = Callable[[Payment, Instant], Payment]
MANY = 1000


class Desk:
    """One gateway of one world."""

    def __init__(self, world: World, spec: GatewaySpec, voice: Voice) -> None:
        self.world = world
        self.spec = spec
        self.source = f"payment.{spec.id}"
        self.voice = voice
        self._forms = variance.variances(spec)

    async def merchant(self, code: str) -> Settings:
        """Who calls; refused when nobody has this terminal code."""
        found = await self.world.store.get(Key(Settings, settings_id(self.spec.id, code)))
        if found is None:
            raise Refused(Reason.UNKNOWN_TERMINAL, f"no terminal {code!r} is registered")
        return found

    async def other_secrets(self, code: str) -> dict[str, str]:
        """The other merchants' secrets, to recognise a mix-up."""
        found = await self.world.store.find(Settings, limit=MANY)
        mine = [each.values for each in found if each.section == self.spec.id]
        return {values["tmn_code"]: values["hash_secret"] for values in mine if values["tmn_code"] != code}

    async def begin(self, asked: Asked, merchant: Settings) -> Payment:
        """A new payment, or Refused; its reference is used up for the day of its creation date."""
        entropy, spec = self.world.entropy, self.spec
        terminal = terminal_of(merchant)
        day = f"{in_vietnam(asked.created):%Y%m%d}"
        key = Key(Payment, payment_id(spec.id, terminal.code, day, asked.ref))
        token, number = entropy.hex(f"{self.source}.token"), "1" + entropy.digits(f"{self.source}.number", 7)
        drawn = variance.drawn(self._forms, self._chosen(key.id))

        def decide(records: Records, now: Instant) -> Change:
            payments.check(asked, terminal, spec, now)
            if records[key] is not None:
                raise Refused(Reason.USED_REF, f"the reference {asked.ref} was used on that day")
            expires = Instant(min(asked.expires or now + spec.window, now + spec.window))
            payment = Payment(
                id=key.id,
                contract=merchant.contract,
                ref=asked.ref,
                terminal=terminal,
                asked=asked,
                token=token,
                number=number,
                extra=drawn.extra,
                timing=drawn.timing,
                begun=now,
                expires=expires,
                due=expires,
            )
            return Change(
                records=(payment, Ticket(id=token, contract=merchant.contract, payment=key.id)),
                events=(self._event(payment, "payment_requested", _request_body(asked, expires)),),
                result=payment,
            )

        return (await self.world.store.change([key], decide)).result  # type: ignore[no-any-return]  # set above

    def _chosen(self, payment: str) -> dict[str, int]:
        choose = self.world.entropy.choose
        return {what: choose(f"{self.spec.id}.{what}", payment, len(names)) for what, names in self._forms.items()}

    async def open(self, token: str) -> Payment:
        """The payment of a checkout page; it may have ended."""
        ticket = await self.world.store.get(Key(Ticket, token))
        found = await self.world.store.get(Key(Payment, ticket.payment)) if ticket else None
        if found is None:
            raise Refused(Reason.UNKNOWN_CHECKOUT, "no checkout has this token")
        return await self._current(found)

    async def give_card(self, payment: Payment, bank: str, typed: Typed) -> Payment:
        card = await self._card(bank, typed.digits)
        return await self._step(
            payment, lambda it, now: payments.give_card(replace(it, bank=bank), typed, card, self.spec, now)
        )

    async def give_otp(self, payment: Payment, otp: str) -> Payment:
        return await self._step(payment, lambda it, now: payments.give_otp(it, otp, self.spec, now))

    async def cancel(self, payment: Payment) -> Payment:
        return await self._step(payment, payments.cancel)

    async def notice_answered(self, payment: Payment) -> None:
        """Waits until the first notice had its first answer, at most the spec's patience (fault `before_return`)."""
        store, key = self.world.store, Key(Delivery, first_notice(payment))
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.spec.before_return_patience / SECOND
        while (delivery := await store.get(key)) and delivery.attempt == 1 and (left := deadline - loop.time()) > 0:
            if delivery.injected != "before_return" and (delivery.injected or payment.timing != "early"):
                return
            await store.bell.wait(left)

    async def query(self, merchant: Settings, ref: str, request: str) -> str:
        """The effect planned for a query about this reference; refused when the request's id was used that day."""
        store, abouts = self.world.store, (ref, merchant.contract)
        day = f"{in_vietnam(store.now()):%Y%m%d}"
        key = Key(Request, f"{self.spec.id}/{merchant.values['tmn_code']}/{day}/{request}")
        site = f"{self.spec.id}.query"

        def decide(records: Records, _now: Instant) -> Change:
            if records[key] is not None:
                raise Refused(Reason.REPEATED_REQUEST, f"the request id {request} was used today")
            taken = faults.take(records, site, abouts, ref=ref, contract=merchant.contract)
            mark = Request(id=key.id, contract=merchant.contract)
            return Change(records=(mark, *taken.records), events=taken.events, result=taken.effect)

        return str((await store.change([key, *faults.keys(site, abouts, merchant.contract)], decide)).result)

    async def find(self, merchant: Settings, ref: str, created: Instant) -> Payment:
        """The payment that a query means: reference and creation date, as the pay URL had them."""
        day = f"{in_vietnam(created):%Y%m%d}"
        key = Key(Payment, payment_id(self.spec.id, merchant.values["tmn_code"], day, ref))
        found = await self.world.store.get(key)
        if found is None:
            raise Refused(Reason.UNKNOWN_PAYMENT, f"no payment {ref} was created on {day}")
        if self.spec.query_date_exact and found.asked.created != created:
            raise Refused(Reason.UNKNOWN_PAYMENT, "vnp_TransactionDate is not the vnp_CreateDate of the pay request")
        return await self._current(found)

    async def queried(self, payment: Payment, answer: Mapping[str, str]) -> None:
        told = {key: value for key, value in answer.items() if key != "vnp_SecureHash"}
        await self.world.store.note(self._event(payment, "payment_queried", {"answer": told}))

    async def turn_away(self, refused: Refused, code: str, *, ref: str = "", contract: str = "") -> None:
        body = {"reason": refused.reason.value, "code": code, "why": refused.why}
        away = Event(source=self.source, word="turned_away", ref=ref, contract=contract, body=body)
        await self.world.store.note(away)

    async def wrong_checksum(self, code: str, what: str, ref: str, contract: str, why: Explanation) -> str:
        """Journals and keeps the explanation; its id is for the error page."""
        token = self.world.entropy.hex(f"{self.source}.diagnosis", 12)
        body = {
            "reason": Reason.WRONG_CHECKSUM.value,
            "code": code,
            "why": why.en,
            "why_vi": why.vi,
            "constructions": list(why.constructions),
            "expected": why.expected,
            "field": why.field,
        }
        away = Event(source=self.source, word="turned_away", ref=ref, contract=contract, body=body)

        def decide(_records: Records, now: Instant) -> Change:
            identity = newest_first(now, token)
            kept = Diagnosis(id=identity, contract=contract, about=self.spec.id, at=now, what=what, ref=ref, why=why)
            return Change(records=(kept,), events=(away,), result=kept.id)

        return str((await self.world.store.change([], decide)).result)

    async def diagnosed(self, identity: str) -> Diagnosis | None:
        return await self.world.store.get(Key(Diagnosis, identity))

    async def diagnoses(self, limit: int) -> list[Diagnosis]:
        """The newest first."""
        return await self.world.store.find(Diagnosis, about=self.spec.id, limit=limit)

    async def watch(self) -> None:
        """Until cancelled: ends what ran out of time though nobody looks at its page."""
        store = self.world.store
        while True:
            for payment in await store.find(Payment, due_before=store.now(), limit=MANY):
                if payment.id.startswith(f"{self.spec.id}/"):
                    await self._step(payment, payments.lapse)
            await store.bell.wait(1.0, Clock)

    def end_now(self, payment: Payment, now: Instant) -> Change:
        """The control side's end: as if its window had run out now; no fault is used up."""
        if payment.outcome is not None or not payment.id.startswith(f"{self.spec.id}/"):
            return Change()
        ended = payments.close(payment, Outcome.EXPIRED, now)
        return ending(ended, Faults(faults.NOTHING, faults.NOTHING), self.voice, self.spec, now)

    async def _card(self, bank: str, digits: str) -> Card | None:
        known = next((card for card in self.spec.cards if (card.bank, card.number) == (bank, digits)), None)
        if known or bank != self.spec.citizen_bank:
            return known
        held = await self.world.store.get(Key(CitizenCard, digits))
        return of_citizen(held, bank) if held else None

    async def _current(self, payment: Payment) -> Payment:
        """One whose window is over is ended by being looked at."""
        over = payment.outcome is None and self.world.store.now() >= payment.expires
        return await self._step(payment, payments.lapse) if over else payment

    async def _step(self, payment: Payment, step: Step) -> Payment:
        """One step of the core; a payment that ends takes its planned faults and its notices into the same change."""
        key, abouts = Key(Payment, payment.id), (payment.ref, payment.contract)
        sites = (f"{self.spec.id}.notice", f"{self.spec.id}.return")

        def decide(records: Records, now: Instant) -> Change:
            before = records[key]
            assert before is not None, f"{key.id} is gone"
            after = step(before, now)
            if after == before:
                return Change(result=after)
            if after.outcome is None:
                return Change(records=(after,), result=after)
            notice, back = (
                faults.take(records, site, abouts, ref=after.ref, contract=after.contract) for site in sites
            )
            return ending(after, Faults(notice, back), self.voice, self.spec, now)

        keys = [key, *(planned for site in sites for planned in faults.keys(site, abouts, payment.contract))]
        return (await self.world.store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    def _event(self, payment: Payment, word: str, body: dict[str, Any]) -> Event:
        return Event(source=self.source, word=word, ref=payment.ref, contract=payment.contract, body=body)


def terminal_of(merchant: Settings) -> Terminal:
    return Terminal(
        code=merchant.values["tmn_code"],
        secret=merchant.values["hash_secret"],
        notice_url=merchant.private.get("ipn_url", ""),
        return_prefix=merchant.private.get("return_url", ""),
    )


def _request_body(asked: Asked, expires: Instant) -> dict[str, Any]:
    return {
        "amount": asked.amount,
        "order_info": asked.info,
        "return_url": asked.return_url,
        "ip": asked.ip,
        "expire": f"{in_vietnam(expires):%Y%m%d%H%M%S}",
        "created": f"{in_vietnam(asked.created):%Y%m%d%H%M%S}",
        "odd": list(asked.odd),
    }
