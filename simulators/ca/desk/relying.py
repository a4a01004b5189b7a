"""Who may call where a service provider signs each of its calls: what a contract agrees on, and how a call is known by it."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from simulators.ca.coded import EsignSpec
from simulators.ca.desk.callers import Caller, recognised
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason, Refused
from simulators.kernel.contracts import Settings, settings_id
from simulators.kernel.records import Key
from simulators.kernel.wire import from_base64

NAMES = ("relyingParty", "credentialData.password")
HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256}
AGREED_BYTES = 256


@dataclass(frozen=True)
class Credentials:
    """As a call brings them; `timestamp` in milliseconds, `pkcs1` in base64."""

    relying_party: str
    username: str
    password: str
    signature: str
    timestamp: str
    pkcs1: str


class Relying:
    """Of one CA."""

    def __init__(self, desk: Desk, spec: EsignSpec) -> None:
        self._desk = desk
        self._spec = spec

    async def completed(self, part: Settings) -> Settings:
        """With user name, the agreed value `signature` and the private key under which calls are signed."""
        entropy, label = self._desk.world.entropy, f"{self._desk.source}.relying"
        turn = zlib.crc32(part.id.encode()) % self._spec.relying_keys
        named = f"{self._spec.id}/relying-{turn}"
        keypair = await self._desk.world.pki.shared_key(named)
        pem = self._desk.world.pki.key(keypair).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        told = {
            "username": entropy.token(label, 12),
            "signature": base64.b64encode(entropy.draw(label, AGREED_BYTES)).decode(),
        }
        values = {**part.values, **told, "private_key": pem.decode()}
        return msgspec.structs.replace(part, values=values, private={**part.private, **told, "keypair": keypair})

    async def caller(self, given: Credentials) -> Caller:
        """The relying party whose key signed this call, or Refused."""
        store, provider = self._desk.world.store, self._spec.id
        caller = await recognised(store, provider, given.relying_party, given.password, NAMES)
        settings = await store.get(Key(Settings, settings_id(provider, given.relying_party)))
        assert settings is not None, "contracts are never removed"
        for name in ("username", "signature"):
            if getattr(given, name) != settings.private[name]:
                raise Refused(Reason.SP_PASSWORD, f"credentialData.{name} is not the one of the settings sheet")
        self._demand_recent(given.timestamp)
        self._demand_signed(given, settings.private["keypair"])
        return caller

    def _demand_recent(self, timestamp: str) -> None:
        now, skew = self._desk.world.store.now(), self._spec.timestamp_skew
        sent = int(timestamp) if timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= len(str(now)) else 0
        if abs(now - sent) > skew:
            why = f"credentialData.timestamp {timestamp[:20]!r} is not within {skew} ms of now ({now})"
            raise Refused(Reason.SP_PASSWORD, why)

    def _demand_signed(self, given: Credentials, keypair: str) -> None:
        text = given.username + given.password + given.signature + given.timestamp
        public, name = self._desk.world.pki.key(keypair).public_key(), self._spec.credential_hash
        try:
            public.verify(from_base64(given.pkcs1) or b"", text.encode(), padding.PKCS1v15(), HASHES[name]())
        except InvalidSignature:
            why = (
                f"credentialData.pkcs1Signature is no RSA PKCS#1 v1.5 value with {name} over "
                "username + password + signature + timestamp, by private_key of the settings sheet"
            )
            raise Refused(Reason.SP_PASSWORD, why) from None
