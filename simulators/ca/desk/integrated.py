"""A CA's desk for subscribers who sign without the phone: password and code open a request, its SAD has it signed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import msgspec

from simulators.ca import passwords
from simulators.ca.desk.approvals import Approvals
from simulators.ca.desk.callers import Caller
from simulators.ca.desk.requests import Desk
from simulators.ca.enrolment.records import Enrolment, enrolment_id
from simulators.ca.orders import Order
from simulators.ca.passwords import Account, Sad
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State, event
from simulators.ca.spec import IntegratedSpec
from simulators.kernel.clock import SECOND
from simulators.kernel.pki import KeyPair
from simulators.kernel.records import Change, Event, Instant, Key, Records

KEY_BYTES = 20
"""Of a TOTP secret, before it is written in hexadecimal: what HMAC-SHA1 likes best."""


class Integrated:
    """One CA."""

    def __init__(self, desk: Desk) -> None:
        assert isinstance(desk.spec, IntegratedSpec), f"{desk.spec.id} is none with integrated accounts"
        self.desk = desk
        self.spec = desk.spec
        self._store = desk.world.store
        self._approvals = Approvals(desk)

    async def account(self, citizen: str) -> Account:
        """Made when it is first looked at; who enrolled in the app has the password that they chose there."""
        key = passwords.key(self.spec.id, citizen)
        if found := await self._store.get(key):
            return found
        file = await self._store.get(Key(Enrolment, enrolment_id(self.spec.id, citizen)))
        label = f"{self.desk.source}.account"
        secret = base64.b64encode(self.desk.world.entropy.hex(label, 2 * KEY_BYTES).encode()).decode()
        password = (file.password if file else "") or self.desk.world.entropy.token(label, 12)
        fresh = Account(id=key.id, password=password, secret=secret)

        def decide(records: Records, _now: Instant) -> Change:
            kept = records[key]
            return Change(result=kept) if kept else Change((fresh,), result=fresh)

        return (await self._store.change([key], decide)).result  # type: ignore[no-any-return]  # set above

    async def switched(self, citizen: str, *, integrated: bool) -> Account:
        """Whether this subscriber signs without the phone from now on."""
        key = Key(Account, (await self.account(citizen)).id)
        body = {"ca": self.spec.id, "integrated": integrated}
        told = Event(source="control", word="account_switched", subject=citizen, body=body)

        def decide(records: Records, _now: Instant) -> Change:
            present = records[key]
            assert present is not None, "accounts are never removed"
            after = msgspec.structs.replace(present, integrated=integrated)
            return Change((after,), (told,), result=after)

        return (await self._store.change([key], decide)).result  # type: ignore[no-any-return]  # set above

    async def open(self, caller: Caller, order: Order, password: str, otp: str) -> tuple[SigningRequest, str]:
        """The request and its SAD; no SAD where the account is none of these: then the phone is asked."""
        citizen = await self.desk.subscribers.citizen(order.user_id)
        account = await self.account(citizen.id)
        if not account.integrated:
            return (await self.desk.open(caller, order)).request, ""
        drawn = await self.desk.drafted(caller, order)
        draft = msgspec.structs.replace(drawn, prompt="", webhook="")  # nobody is told of these but who asks
        text = await self._jwt(draft)
        key = Key(Account, account.id)

        def decide(records: Records, now: Instant) -> Change:
            present = records[key]
            assert present is not None, "accounts are never removed"
            tried = passwords.tried(present, password, otp, now, self.spec)
            if tried.refused:
                return Change((tried.account,), refused=tried.refused)
            waiting, begun = self.desk.begun(records, draft, now, self.spec.sad_life)
            sad = Sad(id=waiting.id, contract=caller.contract, text=text, expires=waiting.expires)
            return Change((tried.account, waiting, sad), (begun,), result=waiting)

        keys = [*self.desk.keys(draft), key, Key(Sad, draft.id)]
        return (await self._store.change(keys, decide)).result, text

    async def confirm(self, caller: Caller, named: tuple[str, str], password: str, sad: str) -> SigningRequest:
        """The request as it ended. `named`: transaction_id and user_id."""
        transaction, user_id = named
        request = await self.desk.found(transaction, caller.contract)
        if request.citizen != user_id:
            raise Refused(Reason.USER_UNKNOWN, f"user_id {user_id[:40]!r} is not who was asked to sign {transaction!r}")
        keys, owner, due = self._approvals.keys(request), passwords.key(self.spec.id, user_id), Key(Sad, request.id)
        await self.account(user_id)
        prepared = await self._approvals.prepared(request, keys)

        def decide(records: Records, now: Instant) -> Change:
            account, stored = records[owner], records[keys.request]
            assert account is not None, "made above"
            assert stored is not None, "requests are never removed"
            tried = passwords.tried(account, password, None, now, self.spec)
            if tried.refused:
                return Change((tried.account,), refused=tried.refused)
            passwords.accepted(records[due], sad, now)
            if stored.state is State.EXPIRED:
                raise Refused(Reason.EXPIRED, f"transaction_id {transaction[:80]!r} was ended: sign again")
            if stored.state is State.WAITING:
                change = self._approvals.approved(records, keys, prepared, now)
                told = event(stored, "signing_polled", {"state": change.result.state.value, "confirmed": True})
                return replace(change, records=(*change.records, tried.account), events=(*change.events, told))
            if self.spec.sad_again == "refused":
                raise Refused(Reason.SAD_UNKNOWN, "sad was used already: what it had signed was answered then")
            return Change((tried.account,), result=stored)

        return (await self._store.change([*keys.all, owner, due], decide)).result  # type: ignore[no-any-return]  # set above

    async def sad_key(self) -> Key[KeyPair]:
        """The key under which SADs are signed."""
        return Key(KeyPair, await self.desk.world.pki.shared_key(f"{self.spec.id}/sad"))

    async def _jwt(self, request: SigningRequest) -> str:
        """RS256; which claims the real one has is UNKNOWN."""
        now = self._store.now() // SECOND
        claims = {"sub": request.citizen, "client_id": request.sp_id, "transaction_id": request.transaction}
        times = {"iat": now, "exp": now + self.spec.sad_life // SECOND, "jti": request.tran_code}
        signed = ".".join(_part(msgspec.json.encode(part)) for part in ({"alg": "RS256", "typ": "JWT"}, claims | times))
        digest = hashlib.sha256(signed.encode()).digest()
        return f"{signed}.{_part(self.desk.world.pki.sign_digest((await self.sad_key()).id, digest))}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
