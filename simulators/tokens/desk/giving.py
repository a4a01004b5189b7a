"""Who has which token: made with a certificate of its own, put into the computer and taken out, unlocked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from simulators.kernel.citizens import Citizen
from simulators.kernel.pki import Certificate
from simulators.kernel.profiles import Leaf
from simulators.kernel.records import Change, Event, Instant, Key, Records
from simulators.tokens import token as tokens
from simulators.tokens.reasons import Reason, Refused
from simulators.tokens.spec import TokenSpec
from simulators.tokens.token import Keyring, Token
from simulators.world import World

LONGEST_NAME = 64
"""Bytes of a CN, L or O (RFC 5280)."""
SO_PIN_DIGITS = 8


@dataclass(frozen=True)
class Wanted:
    """What a citizen is given: a person's token, one of a person in an organisation (UID=MST and UID=CCCD), or a seal."""

    provider: str
    pin: str = ""
    """Empty: the citizen's own PIN."""
    organisation: str = ""
    tax_code: str = ""
    seal: bool = False
    """The organisation's own: no CCCD in it."""
    lapsed: bool = False
    """Its certificate's time was over yesterday."""


class Giving:
    """The tokens of the world, of every issuer."""

    def __init__(self, world: World, specs: Mapping[str, TokenSpec]) -> None:
        self._world = world
        self.specs = specs
        self._turns = itertools.count()

    async def authorities(self) -> None:
        """Makes the issuers' own certificates, where they are not made yet."""
        for spec in self.specs.values():
            await self._world.pki.authority(spec.id, spec.subject)

    async def give(self, citizen: Citizen, wanted: Wanted) -> Token:
        """A new token in the citizen's computer."""
        spec, entropy = self.specs[wanted.provider], self._world.entropy
        pin = wanted.pin or citizen.pin
        tokens.demand_pin(pin, spec)
        ring = Key(Keyring, citizen.id)
        await self._world.pki.authority(spec.id, spec.subject)
        certificate = await self._world.pki.issue(
            spec.id, citizen.id, _leaf(spec, citizen, wanted), keypair=await self._keypair(spec)
        )
        made = Token(
            id=entropy.hex("token.number", 16),
            citizen=citizen.id,
            provider=spec.id,
            label=spec.label,
            pin=pin,
            so_pin=entropy.digits("token.so_pin", SO_PIN_DIGITS),
            serial=certificate.id,
        )
        given = tokens.event(made, "usb_given", serial=certificate.id, tax_code=wanted.tax_code, seal=wanted.seal)

        def decide(records: Records, _now: Instant) -> Change:
            with_it = tokens.added(records[ring] or Keyring(id=citizen.id), made)
            return Change(records=(made, with_it), events=(given,))

        await self._world.store.change([Key(Token, made.id), ring], decide)
        return made

    async def _keypair(self, spec: TokenSpec) -> str:
        """ "" for a key of its own."""
        if not spec.key_ring:
            return ""
        return await self._world.pki.shared_key(f"{spec.id}-{next(self._turns) % spec.key_ring}")

    async def of(self, citizen: str) -> list[Token]:
        """All that a citizen has, in the computer or out of it."""
        ring = await self._world.store.get(Key(Keyring, citizen))
        keys = [Key(Token, identity) for identity in (ring.tokens if ring else ())]
        return (await self._world.store.read(*keys)).get_all(keys)

    async def token(self, identity: str) -> Token | None:
        return await self._world.store.get(Key(Token, identity))

    async def certificate(self, token: Token) -> Certificate:
        found = await self._world.pki.by_serial(token.serial)
        assert found is not None, "certificates are never removed"
        return found

    async def insert(self, identity: str) -> Token:
        return await self._change(identity, lambda token: (replace(token, inserted=True), "usb_inserted"))

    async def remove(self, identity: str) -> Token:
        return await self._change(identity, lambda token: (tokens.removed(token), "usb_removed"))

    async def unlock(self, identity: str, so_pin: str, pin: str) -> Token:
        """Raises Refused: a wrong SO PIN (it is counted), a locked one, a PIN of no PIN's length."""
        key = Key(Token, identity)

        def decide(records: Records, _now: Instant) -> Change:
            token = records[key]
            assert token is not None, "tokens are never removed from the world"
            changed, reason = tokens.unlocked(token, so_pin, pin, self.specs[token.provider])
            if reason is not Reason.WRONG_PIN:
                return Change((changed,), (tokens.event(token, "usb_unlocked"),), result=changed)
            why = "so_pin: it is not this token's; POST /control/tokens told it, GET tells it again"
            return Change((changed,), refused=Refused(reason, why))

        return (await self._world.store.change([key], decide)).result  # type: ignore[no-any-return]  # set above

    async def _change(self, identity: str, how: Callable[[Token], tuple[Token, str]]) -> Token:
        key = Key(Token, identity)

        def decide(records: Records, _now: Instant) -> Change:
            token = records[key]
            assert token is not None, "tokens are never removed from the world"
            changed, word = how(token)
            events: tuple[Event, ...] = (tokens.event(token, word),) if changed.inserted != token.inserted else ()
            return Change((changed,), events, result=changed)

        return (await self._world.store.change([key], decide)).result  # type: ignore[no-any-return]  # set above


def _leaf(spec: TokenSpec, citizen: Citizen, wanted: Wanted) -> Leaf:
    """Subjects as specs/ca.md 13.1 has them; the UIDs after the other fields."""
    *_, district, province = ["", "", *(part.strip() for part in citizen.address.split(","))]
    place = {"ST": province or "Việt Nam", "L": district or province or "Việt Nam"}
    owner = wanted.organisation if wanted.seal else citizen.name or citizen.id
    within = {"O": wanted.organisation} if wanted.organisation else {}
    named = {"C": "VN", **place, **within, "CN": owner}
    uids = (
        *((f"MST:{wanted.tax_code}",) if wanted.tax_code else ()),
        *(() if wanted.seal else (f"CCCD:{citizen.id}",)),
    )
    return Leaf(
        subject={short: _cut(value) for short, value in named.items()},
        uids=uids,
        days=spec.certificate_days,
        ms_extensions=spec.ms_extensions,
        begun_days_ago=spec.certificate_days + 1 if wanted.lapsed else 0,
    )


def _cut(name: str) -> str:
    """At most LONGEST_NAME bytes, whole characters alone."""
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")
