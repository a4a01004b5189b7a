"""A CA's desk for portals that log in for the citizen: name and password, a code by SMS, tokens and their renewal."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from simulators.ca import accounts, codes
from simulators.ca.accounts import USES, AccountToken, Remembered, Use, account_ref
from simulators.ca.attempts import PasswordTries
from simulators.ca.coded import MisaSpec
from simulators.ca.codes import Challenge
from simulators.ca.desk.callers import Caller
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason, Refused
from simulators.kernel import faults
from simulators.kernel.citizens import Citizen
from simulators.kernel.records import Change, Event, Instant, Key, Records

Tokens = Mapping[Use, AccountToken]


class Accounts:
    """One CA."""

    def __init__(self, desk: Desk, spec: MisaSpec) -> None:
        self._desk = desk
        self._spec = spec
        self._store = desk.world.store

    async def log_in(self, caller: Caller, user_name: str, password: str) -> Tokens | None:
        """Tokens where this service provider is remembered; otherwise nothing: a code is on its way."""
        citizen = await self._desk.subscribers.citizen(user_name)
        await self._enter(citizen, password)
        if await self._store.get(self._remembered(caller, citizen)):
            fresh = self._drawn(caller, citizen)
            return await self._given(fresh)
        await self._send(caller, citizen, again=False)
        return None

    async def resend(self, caller: Caller, user_name: str) -> None:
        """Another code, without the password, while a login waits."""
        await self._send(caller, await self._desk.subscribers.citizen(user_name), again=True)

    async def second(self, caller: Caller, user_name: str, code: str, *, remember: bool) -> Tokens:
        """The tokens that the right code is worth; a wrong one is counted."""
        citizen = await self._desk.subscribers.citizen(user_name)
        key, fresh = self._challenge(caller, citizen), self._drawn(caller, citizen)
        known = Remembered(id=self._remembered(caller, citizen).id, contract=caller.contract)

        def decide(records: Records, now: Instant) -> Change:
            tried = codes.tried(self._spec, records[key], code, now)
            counted = (tried.challenge,) if tried.challenge else ()
            if tried.refused:
                return Change(counted, refused=tried.refused)
            given = self._living(fresh, now)
            kept = (known,) if remember else ()
            return Change((*counted, *given, *kept), result={one.use: one for one in given})

        keys = [key, Key(Remembered, known.id), *(Key(AccountToken, one.id) for one in fresh)]
        return (await self._store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    async def renew(self, caller: Caller, refresh: str) -> Tokens:
        """New tokens for a refresh token, which is used up."""
        old = Key(AccountToken, refresh)
        found = accounts.demand(await self._store.get(old), caller.sp_id, "refresh", self._store.now())
        fresh = self._drawn(caller, await self._desk.subscribers.citizen(found.citizen))

        def decide(records: Records, now: Instant) -> Change:
            accounts.demand(records[old], caller.sp_id, "refresh", now)
            given = self._living(fresh, now)
            return Change(given, gone=(old,), result={one.use: one for one in given})

        keys = [old, *(Key(AccountToken, one.id) for one in fresh)]
        return (await self._store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    async def citizen(self, caller: Caller, bearer: str) -> Citizen:
        """For whom this service provider signs with the token."""
        token = await self._store.get(Key(AccountToken, bearer)) if bearer else None
        found = accounts.demand(token, caller.sp_id, "signing", self._store.now())
        return await self._desk.subscribers.citizen(found.citizen)

    async def of(self, tokens: Tokens) -> Citizen:
        """Whose they are."""
        return await self._desk.subscribers.citizen(tokens["signing"].citizen)

    async def demand_connected(self, caller: Caller, citizen: Citizen) -> None:
        """Everybody's account is connected, but for those of whom a fault says otherwise."""
        site, abouts = f"{self._spec.id}.account", (citizen.id, caller.contract)
        keys = faults.keys(site, abouts, caller.contract)

        def decide(records: Records, _now: Instant) -> Change:
            taken = faults.take(records, site, abouts, contract=caller.contract)
            why = "the citizen's account is not connected to remote signing (injected)"
            refused = Refused(Reason.NOT_CONNECTED, why) if taken.effect else None
            return Change(taken.records, taken.events, refused=refused)

        await self._store.change(keys, decide)

    async def _enter(self, citizen: Citizen, password: str) -> None:
        """A wrong password is counted for the citizen, whichever service provider brings it."""
        right = password == await self._desk.subscribers.password(citizen)
        key = Key(PasswordTries, account_ref(self._spec.id, citizen.id))
        limit = (self._spec.password_tries, self._spec.password_lock)

        def decide(records: Records, now: Instant) -> Change:
            before = records[key] or PasswordTries(id=key.id)
            return accounts.entered(before, right=right, now=now, limit=limit)

        await self._store.change([key], decide)

    async def _send(self, caller: Caller, citizen: Citizen, *, again: bool) -> None:
        """A code by SMS, or by e-mail to who has no phone; `again` while a login waits, otherwise one begins to wait."""
        entropy, label = self._desk.world.entropy, f"{self._desk.source}.code"
        fresh = Challenge(
            id=self._challenge(caller, citizen).id,
            contract=caller.contract,
            ref=account_ref(self._spec.id, citizen.id),
            citizen=citizen.id,
            code=entropy.digits(label, codes.DIGITS),
            expires=Instant(0),
            since=Instant(0),
        )
        text = f"[MO PHONG] Ma OTP dang nhap {self._spec.name}: {fresh.code}. Khong cung cap ma nay cho bat ky ai."
        to, by_mail = citizen.phone or citizen.email, not citizen.phone
        message = codes.letter(to, self._spec.code_sender, text, f"Mã OTP {self._spec.name}", by_mail=by_mail)
        key, token = Key(Challenge, fresh.id), entropy.token(label, 16)

        def decide(records: Records, now: Instant) -> Change:
            if again:
                begun = codes.begun_again(self._spec, records[key], fresh, now, self._spec.login_wait)
            else:
                begun = codes.begun(self._spec, records[key], replace(fresh, asked=now), now)
            sent = Event(
                source=self._desk.source,
                word="code_sent",
                ref=begun.ref,
                subject=citizen.id,
                contract=caller.contract,
                body={"channel": message.channel, "count": begun.sent},
            )
            return Change((begun, codes.posted(message, begun, token, now)), (sent,))

        await self._store.change([key], decide)

    async def _given(self, fresh: tuple[AccountToken, ...]) -> Tokens:
        def decide(_records: Records, now: Instant) -> Change:
            given = self._living(fresh, now)
            return Change(given, result={one.use: one for one in given})

        keys = [Key(AccountToken, one.id) for one in fresh]
        return (await self._store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above

    def _living(self, fresh: tuple[AccountToken, ...], now: Instant) -> tuple[AccountToken, ...]:
        return accounts.lives(fresh, now, short=self._spec.token_life, long=self._spec.refresh_life)

    def _drawn(self, caller: Caller, citizen: Citizen) -> tuple[AccountToken, ...]:
        """One for each use, before they begin to live."""
        entropy, ref = self._desk.world.entropy, account_ref(self._spec.id, citizen.id)
        return tuple(
            AccountToken(
                id=entropy.token(f"{self._desk.source}.{use}", 64),
                contract=caller.contract,
                ref=ref,
                sp_id=caller.sp_id,
                citizen=citizen.id,
                use=use,
                expires=Instant(0),
            )
            for use in USES
        )

    def _challenge(self, caller: Caller, citizen: Citizen) -> Key[Challenge]:
        return Key(Challenge, f"{self._spec.id}/{caller.sp_id}/{citizen.id}")

    def _remembered(self, caller: Caller, citizen: Citizen) -> Key[Remembered]:
        return Key(Remembered, f"{self._spec.id}/{caller.sp_id}/{citizen.id}")
