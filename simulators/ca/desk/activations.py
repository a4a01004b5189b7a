"""A CA's desk for Cloud Signature Consortium callers: who may ask, an authorization that waits for the phone."""

from __future__ import annotations

from typing import Protocol

from simulators.ca import csc
from simulators.ca.csc import AccessToken, Activation
from simulators.ca.desk.callers import Caller, recognised
from simulators.ca.desk.requests import Desk
from simulators.ca.orders import Order
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import SigningRequest, State, event
from simulators.kernel.clock import SECOND
from simulators.kernel.contracts import Settings, settings_id
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Instant, Key, Records

TOKEN_TTL = 3600 * SECOND
SAD_TTL = 299 * SECOND
"""As VNPT's own SAD (version 2 of its API)."""


class Gate(Protocol):
    """Who may ask, and what a credentialID means to them."""

    async def caller(self, bearer: str) -> tuple[Caller, str]:
        """Who sent this token, and for which citizen: "" is for any."""

    def whose(self, citizen: str, user_id: str) -> str:
        """Whose credentials a caller of that token means, or Refused."""

    async def credential(self, citizen: str, identity: str) -> Certificate:
        """The certificate that a credentialID names, or Refused."""

    def identity(self, certificate: Certificate) -> str:
        """The credentialID of a certificate."""


class ServiceGate:
    """The standard's own: one token for all of a service provider's users; a credentialID is a serial."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._store = desk.world.store

    async def log_in(self, sp_id: str, sp_password: str) -> AccessToken:
        caller = await recognised(self._store, self.desk.spec.id, sp_id, sp_password)
        token = self.desk.world.entropy.token(f"{self.desk.source}.csc_token")
        key = Key(AccessToken, token)

        def decide(_records: Records, now: Instant) -> Change:
            made = AccessToken(id=token, contract=caller.contract, sp_id=sp_id, expires=Instant(now + TOKEN_TTL))
            return Change(records=(made,), result=made)

        return (await self._store.change([key], decide)).result  # type: ignore[no-any-return]  # set above

    async def caller(self, bearer: str) -> tuple[Caller, str]:
        """A webhook of the other door is none of this one's business."""
        token = await self._store.get(Key(AccessToken, bearer)) if bearer else None
        if token is None or self._store.now() >= token.expires:
            why = "the Bearer token is missing, unknown or too old: auth/login gives one"
            raise Refused(Reason.TOKEN_UNKNOWN, why)
        settings = await self._store.get(Key(Settings, settings_id(self.desk.spec.id, token.sp_id)))
        assert settings is not None, "contracts are never removed"
        return Caller(settings.contract, token.sp_id, settings.private["name"], webhook_url=""), ""

    def whose(self, _citizen: str, user_id: str) -> str:
        return user_id

    async def credential(self, _citizen: str, identity: str) -> Certificate:
        found = await self._store.get(Key(Certificate, identity)) if identity else None
        if found is None or found.ca != self.desk.spec.id or not found.citizen.isdigit():
            why = f"credentialID {identity[:40]!r} is no credential here: credentials/list names them"
            raise Refused(Reason.SERIAL_UNKNOWN, why)
        return found

    def identity(self, certificate: Certificate) -> str:
        return certificate.id


class Activations:
    """One CA's authorizations and what they let out."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._store = desk.world.store

    async def authorize(self, caller: Caller, order: Order) -> tuple[Activation, int]:
        """The SAD after the citizen's yes, and the seconds for which it is good."""
        opened = (await self.desk.open(caller, order)).request
        request = await self.desk.settled(opened, self.desk.spec.request_ttl / SECOND + 1)
        if request.state is not State.APPROVED:
            reason = request.reason or Reason.EXPIRED
            raise Refused(reason, f"the citizen's phone: {reason.value}")
        sad = self.desk.world.entropy.token(f"{self.desk.source}.sad", 40)

        def decide(_records: Records, now: Instant) -> Change:
            made = Activation(
                id=sad,
                contract=caller.contract,
                request=request.id,
                credential=request.serial,
                left=tuple(document.digest for document in request.documents),
                expires=Instant(now + SAD_TTL),
            )
            return Change(records=(made,), result=made)

        return (await self._store.change([Key(Activation, sad)], decide)).result, SAD_TTL // SECOND

    async def sign(self, caller: Caller, sad: str, credential: str, digests: list[str]) -> SigningRequest:
        """The request whose signatures may go out now; the SAD is used up for them in the same change."""
        key = Key(Activation, sad)
        known = await self._store.get(key) if sad else None
        request = await self._store.get(Key(SigningRequest, known.request)) if known else None

        def decide(records: Records, now: Instant) -> Change:
            present = records[key]
            own = present if present and present.contract == caller.contract else None
            changed = csc.spent(own, credential, digests, now)
            assert request is not None, "requests are never removed"
            told = event(request, "signing_polled", {"state": request.state.value, "csc": True})
            return Change(records=(changed,), events=(told,))

        await self._store.change([key], decide)
        assert request is not None, "an activation is of a request"
        return request
