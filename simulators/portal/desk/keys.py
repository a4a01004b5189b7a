"""The signing key of a profile: made once, kept in the store, served as a key set."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from simulators.kernel.records import Change, Instant, Key, Records
from simulators.portal import tokens
from simulators.portal.records import SigningKey
from simulators.portal.spec import LoginSpec
from simulators.world import World


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

    async def served(self) -> dict[str, Any]:
        """The JWKS."""
        key = await self.current()
        return {"keys": [tokens.jwk(self._public(key), key.kid)]}

    async def public_pem(self) -> bytes:
        public = self._public(await self.current())
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    async def signed(self, token: tokens.Unsigned) -> str:
        keypair = (await self.current()).keypair
        return tokens.signed(token, lambda digest: self._world.pki.sign_digest(keypair, digest))

    async def read(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that this key signed, or None."""
        public = self._public(await self.current())

        def is_ours(signature: bytes, digest: bytes) -> bool:
            try:
                public.verify(signature, digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
            except InvalidSignature:
                return False
            return True

        return tokens.read(token, is_ours)

    def _public(self, key: SigningKey) -> RSAPublicKey:
        return self._world.pki.key(key.keypair).public_key()
