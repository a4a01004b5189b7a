"""A CA's desk for callers that log in for one user at a time: tokens, and whose certificate a credential's name means."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import ClassVar

import msgspec

from simulators.ca.desk.callers import Caller, recognised
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason, Refused
from simulators.kernel.clock import SECOND, in_utc
from simulators.kernel.contracts import Settings, settings_id
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Instant, Key, Record, Records

PERSON = "CMT_"
CLIENT = ("client_id", "client_secret")
HEADER = {"alg": "HS256", "typ": "JWT"}


class UserToken(Record, frozen=True, kw_only=True):
    """`id` is what comes as Bearer; good for one service provider and one user."""

    KIND: ClassVar[str] = "ca_user_token"

    sp_id: str
    citizen: str
    expires: Instant


class Users:
    """One CA."""

    def __init__(self, desk: Desk, life: int) -> None:
        self._desk = desk
        self._store = desk.world.store
        self._life = life

    async def log_in(self, sp_id: str, secret: str, user_id: str) -> UserToken:
        """`user_id` is CMT_<number> or the number; organisations (MST_…) have no certificates here."""
        caller = await recognised(self._store, self._desk.spec.id, sp_id, secret, CLIENT)
        citizen = await self._desk.subscribers.citizen(person_of(user_id))
        text = self._jwt(sp_id, user_id)
        key = Key(UserToken, text)

        def decide(_records: Records, now: Instant) -> Change:
            expires = Instant(now + self._life)
            made = UserToken(id=text, contract=caller.contract, sp_id=sp_id, citizen=citizen.id, expires=expires)
            return Change(records=(made,), result=made)

        return (await self._store.change([key], decide)).result  # type: ignore[no-any-return]  # set above

    async def caller(self, bearer: str) -> tuple[Caller, str]:
        """Who sent this token, and for which citizen."""
        token = await self._store.get(Key(UserToken, bearer)) if bearer else None
        if token is None or self._store.now() >= token.expires:
            raise Refused(Reason.TOKEN_UNKNOWN, "the Bearer token is missing, unknown or too old: log in again")
        settings = await self._store.get(Key(Settings, settings_id(self._desk.spec.id, token.sp_id)))
        assert settings is not None, "contracts are never removed"
        caller = Caller(settings.contract, token.sp_id, settings.private["name"], webhook_url="")
        return caller, token.citizen

    async def told_at(self, caller: Caller) -> Caller:
        """The same with the addresses at which the portal wants to be told; Refused where the contract names none."""
        settings = await self._store.get(Key(Settings, settings_id(self._desk.spec.id, caller.sp_id)))
        assert settings is not None, "contracts are never removed"
        url, token = settings.private["webhook_url"], tuple(settings.private.get("webhook_token", ("", "", "")))
        if not url or not token[0]:
            why = "async 3: the contract names no webhook_url or no webhook_token_url, where a token is asked for first"
            raise Refused(Reason.UNREADABLE, why)
        return replace(caller, webhook_url=url, webhook_token=token)

    async def client_of(self, bearer: str) -> str:
        """Whose token this is or was, for the journal; nothing when it is none."""
        token = await self._store.get(Key(UserToken, bearer)) if bearer else None
        return token.sp_id if token else ""

    def whose(self, citizen: str, user_id: str) -> str:
        """A token is good for one user."""
        if person_of(user_id) in {"", citizen}:
            return citizen
        raise Refused(
            Reason.USER_UNKNOWN, f"user_id {user_id[:40]!r} is another than the token's: it is good for one user"
        )

    async def credential(self, citizen: str, identity: str) -> Certificate:
        """The certificate of this citizen that the credential's name means."""
        found = await self._desk.subscribers.certificates(await self._desk.subscribers.citizen(citizen))
        for one in found:
            if credential_id(one) == identity:
                return one
        why = f"credentialID {identity[:60]!r} is none of the token's user: certificates/info names them"
        raise Refused(Reason.SERIAL_UNKNOWN, why)

    def identity(self, certificate: Certificate) -> str:
        return credential_id(certificate)

    def _jwt(self, sp_id: str, user_id: str) -> str:
        """Three parts, as the real one; the key of the last is nobody's."""
        entropy, now = self._desk.world.entropy, self._store.now() // SECOND
        claims = {"sub": user_id, "client_id": sp_id, "iat": now, "exp": now + self._life // SECOND}
        claims["jti"] = entropy.uuid(f"{self._desk.source}.token")
        parts = (*map(msgspec.json.encode, (HEADER, claims)), entropy.draw(f"{self._desk.source}.token"))
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def person_of(user_id: str) -> str:
    """The citizen's number."""
    return user_id.removeprefix(PERSON)


def credential_id(certificate: Certificate) -> str:
    """<kind of number>_<number>_<yyyyMMddHHmmss>."""
    return f"CCCD_{certificate.citizen}_{in_utc(certificate.not_before):%Y%m%d%H%M%S}"
