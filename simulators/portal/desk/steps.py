"""The steps of an attempt as a browser goes through them: choose, captcha, password, OTP, resend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulators.kernel.records import Change, Instant, Key, Records
from simulators.portal import captcha, login, otp
from simulators.portal.attempts import Reason, Refused, account_id
from simulators.portal.records import Account, Attempt
from simulators.portal.spec import LoginSpec
from simulators.world import World

CHALLENGE_LENGTH = 43
"""Of 56 characters: nobody can have signed it before."""
Step = Callable[[Attempt | None, Account, Instant], Change]


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """The cookies of a browser; empty where it has none."""

    browser: str = ""
    session: str = ""
    opbs: str = ""


class Steps:
    """One profile's."""

    def __init__(self, world: World, spec: LoginSpec) -> None:
        self._world = world
        self.spec = spec

    def now(self) -> Instant:
        return self._world.store.now()

    async def attempt(self, key: str, visitor: Visitor) -> Attempt:
        """For a page; an attempt that another browser began does not exist."""
        attempt = own(await self._world.store.get(Key(Attempt, key)), visitor, self.spec)
        if attempt is None or self._world.store.now() >= attempt.expires:
            raise Refused(Reason.NO_ATTEMPT)
        return attempt

    async def account(self, username: str) -> Account:
        key = Key(Account, account_id(self.spec.id, username))
        return await self._world.store.get(key) or Account(id=key.id)

    async def captcha_of(self, key: str) -> str | None:
        """For the control side: what the picture says, or None."""
        attempt = await self._world.store.get(Key(Attempt, key))
        return attempt.captcha or None if attempt and attempt.profile == self.spec.id else None

    async def choose(self, key: str, visitor: Visitor, name: str) -> None:
        fresh = self._captcha()
        await self._change(
            key, visitor, "", lambda attempt, _account, now: login.choose(self.spec, attempt, name, fresh, now)
        )

    async def renew_captcha(self, key: str, visitor: Visitor) -> None:
        fresh = self._captcha()
        await self._change(key, visitor, "", lambda attempt, _account, now: login.renew_captcha(attempt, fresh, now))

    async def password(self, key: str, visitor: Visitor, typed: Mapping[str, str]) -> None:
        username = typed.get("username", "").strip()
        entropy = self._world.entropy
        entry = login.Entry(
            username=username,
            password=typed.get("password", ""),
            captcha=typed.get("captcha", ""),
            citizen=await self._world.citizens.get(username),
            next_captcha=self._captcha(),
            otp=entropy.digits("login.otp", self.spec.otp_length),
            token=entropy.token("login.ticket"),
        )
        await self._change(
            key,
            visitor,
            username,
            lambda attempt, account, now: login.check_password(self.spec, attempt, account, entry, now),
        )

    async def code(self, key: str, visitor: Visitor, typed: str) -> None:
        attempt = await self.attempt(key, visitor)
        given = (typed, self._world.entropy.token("login.ticket"))
        await self._change(
            key,
            visitor,
            attempt.username,
            lambda attempt, account, now: otp.check_code(self.spec, attempt, account, given, now),
        )

    async def resend(self, key: str, visitor: Visitor) -> None:
        attempt = await self.attempt(key, visitor)
        citizen = await self._world.citizens.get(attempt.citizen)
        if citizen is None or not citizen.phone:
            raise Refused(Reason.NO_ATTEMPT)
        entropy = self._world.entropy
        code, token = entropy.digits("login.otp", self.spec.otp_length), entropy.token("login.message")
        fresh = otp.Fresh(code=code, token=token, phone=citizen.phone)
        await self._change(
            key,
            visitor,
            attempt.username,
            lambda attempt, account, now: otp.resend(self.spec, attempt, account, fresh, now),
        )

    async def _change(self, key: str, visitor: Visitor, username: str, step: Step) -> None:
        attempt_key = Key(Attempt, key)
        account_key = Key(Account, account_id(self.spec.id, username))

        def decide(records: Records, now: Instant) -> Change:
            account = records[account_key] or Account(id=account_key.id)
            return step(own(records[attempt_key], visitor, self.spec), account, now)

        await self._world.store.change([attempt_key, account_key], decide)

    def _captcha(self) -> str:
        return captcha.answer_of(self._world.entropy.draw("login.captcha", self.spec.captcha_length))


def own(attempt: Attempt | None, visitor: Visitor, spec: LoginSpec) -> Attempt | None:
    """The attempt, to the browser that began it, at the profile where it began: another profile asks for less."""
    return attempt if attempt and attempt.browser == visitor.browser and attempt.profile == spec.id else None
