"""The signing key of a profile: made once, kept in the store, served as a key set."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msgspec.structs import replace

from simulators.kernel.records import Change, Instant, Key, Records
from simulators.portal import tokens
from simulators.portal.records import SigningKey
from simulators.portal.spec import LoginSpec
from simulators.world import World

BESIDE_LIMIT = 8
"""Keys in the set beside the current one: the newest."""


class Keys:
    """Signs and reads this profile's tokens."""

    def __init__(self, world: World, spec: LoginSpec) -> None:
        self._world = world
        self._key = Key(SigningKey, spec.id)

    async def current(self) -> SigningKey:
        if found := await self._world.store.get(self._key):
            return found
        keypair = await self._world.pki.new_key()
        made = SigningKey(
            id=self._key.id, keypair=keypair, kid=tokens.thumbprint(self._world.pki.key(keypair).public_key())
        )

        def decide(records: Records, _now: Instant) -> Change:
            earlier = records[self._key]
            return Change(result=earlier) if earlier else Change(records=(made,), result=made)

        return (await self._world.store.change([self._key], decide)).result  # type: ignore[no-any-return]  # set above

    async def fresh(self) -> SigningKey:
        """Another key, which the key set has from now on; the current one stays current."""
        await self.current()
        keypair = await self._world.pki.new_key()
        kid = tokens.thumbprint(self._world.pki.key(keypair).public_key())

        def decide(records: Records, _now: Instant) -> Change:
            current = records[self._key]
            assert current is not None, "made above"
            beside = (*current.beside, (keypair, kid))[-BESIDE_LIMIT:]
            return Change(records=(replace(current, beside=beside),))

        await self._world.store.change([self._key], decide)
        return SigningKey(id=self._key.id, keypair=keypair, kid=kid)

    async def served(self) -> dict[str, Any]:
        """The JWKS."""
        return {"keys": [tokens.jwk(public, kid) for public, kid in await self._publics()]}

    async def public_pem(self) -> bytes:
        (public, _kid), *_others = await self._publics()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def signed(self, token: tokens.Unsigned, key: SigningKey) -> str:
        return tokens.signed(token, lambda digest: self._world.pki.sign_digest(key.keypair, digest))

    async def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that one of these keys signed, or None."""
        publics = [public for public, _kid in await self._publics()]
        return tokens.read(token, lambda signature, digest: any(_fits(one, signature, digest) for one in publics))

    async def _publics(self) -> list[tuple[RSAPublicKey, str]]:
        """The current one first."""
        key = await self.current()
        pairs = ((key.keypair, key.kid), *key.beside)
        return [(self._world.pki.key(keypair).public_key(), kid) for keypair, kid in pairs]


def _fits(public: RSAPublicKey, signature: bytes, digest: bytes) -> bool:
    try:
        public.verify(signature, digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
