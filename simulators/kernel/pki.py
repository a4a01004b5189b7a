"""Certificates of the world: one national root, public CAs under it, citizens' certificates, keys that stay loaded."""

from __future__ import annotations

import asyncio
import base64
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ClassVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from simulators.kernel import profiles
from simulators.kernel.clock import DAY, in_utc
from simulators.kernel.entropy import Entropy
from simulators.kernel.records import Change, Event, Instant, Key, Record, Records
from simulators.kernel.store import Store

AHEAD = 6
"""Keys made before they are asked for: one costs 40 ms and more."""
ROOT = "root"
KEPT = 2_000
"""Holders whose certificates' keys are kept in memory."""


class KeyPair(Record, frozen=True, kw_only=True):
    """A private key of the world (a lab's: nothing here may ever sign anything real)."""

    KIND: ClassVar[str] = "keypair"

    pem: str


class Certificate(Record, frozen=True, kw_only=True):
    """`id` is the serial in lower-case hex; `holder` is ca/citizen for a subscriber's, the CA's own id for a CA's."""

    KIND: ClassVar[str] = "certificate"
    ABOUT: ClassVar[str | None] = "holder"

    ca: str
    holder: str
    citizen: str = ""
    der: str
    keypair: str
    not_before: Instant
    not_after: Instant
    status: str = "good"
    since: Instant | None = None

    @property
    def der_bytes(self) -> bytes:
        return base64.b64decode(self.der)


class SharedKey(Record, frozen=True, kw_only=True):
    """A key of several certificates; `id` is the name by which it is asked for."""

    KIND: ClassVar[str] = "shared_key"

    keypair: str


class Authorities(Record, frozen=True, kw_only=True):
    """The public CAs that were made, in their order."""

    KIND: ClassVar[str] = "authorities"

    id: str = "world"
    names: tuple[str, ...] = ()


class Withdrawn(Record, frozen=True, kw_only=True):
    """Which certificates of the CA `id` are suspended or revoked: what its CRL lists."""

    KIND: ClassVar[str] = "withdrawn"

    serials: tuple[str, ...] = ()


class Pki:
    """Issues, signs and tells status. `base_url` stands in the certificates (OCSP, CRL)."""

    def __init__(self, store: Store, entropy: Entropy, base_url: str) -> None:
        self._store = store
        self._entropy = entropy
        self.base_url = base_url
        self._loaded: dict[str, rsa.RSAPrivateKey] = {}
        self._makers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keys")
        self._ahead: list[asyncio.Future[rsa.RSAPrivateKey]] = []
        self._making = asyncio.Lock()
        self._held: OrderedDict[str, list[Key[Certificate]]] = OrderedDict()
        """Whose certificates were looked for lately: they never leave, so their keys need not be looked for again."""

    async def authority(self, ca: str, subject: Mapping[str, str] | None = None) -> Certificate:
        """The CA's own certificate; made at the first call, which must give the subject's fields (C, O, CN)."""
        if found := await self._of(ca):
            return found[0]
        issuer = None if ca == ROOT else await self.authority(ROOT, profiles.NATIONAL_ROOT)
        async with self._making:
            if found := await self._of(ca):
                return found[0]
            assert subject is not None or ca == ROOT, f"the CA {ca} is not made yet"
            return await self._make_authority(ca, subject or profiles.NATIONAL_ROOT, issuer)

    async def authorities(self) -> list[Certificate]:
        """The public CAs that were made so far."""
        listed = await self._store.get(Key(Authorities, "world")) or Authorities()
        return [await self.authority(ca) for ca in listed.names]

    async def issue(self, ca: str, citizen: str, wanted: profiles.Leaf, *, keypair: str = "") -> Certificate:
        """A subscriber's certificate under `ca` (which must be made), with a key of its own unless one is named."""
        issuer = await self.authority(ca)
        keypair = keypair or await self.new_key()
        builder = profiles.leaf(wanted, self._loaded_key(keypair).public_key(), self._urls(ca))
        holder = f"{ca}/{citizen}"
        self._held.pop(holder, None)
        lasting = (wanted.begun_days_ago, wanted.days)
        return await self._sign_and_save(builder, issuer, lasting, ca, holder, citizen, keypair)

    async def issued(self, ca: str, citizen: str) -> list[Certificate]:
        return await self._of(f"{ca}/{citizen}")

    async def _of(self, holder: str) -> list[Certificate]:
        if keys := self._held.get(holder):
            self._held.move_to_end(holder)
            return (await self._store.read(*keys)).get_all(keys)
        found = await self._store.find(Certificate, about=holder)
        if found:
            self._held[holder] = [Key(Certificate, one.id) for one in found]
            if len(self._held) > KEPT:
                self._held.popitem(last=False)
        return found

    async def by_serial(self, serial: str) -> Certificate | None:
        return await self._store.get(Key(Certificate, serial.lower()))

    async def chain(self, ca: str) -> tuple[bytes, bytes]:
        """DER of the CA and of the root."""
        return (await self.authority(ca)).der_bytes, (await self.authority(ROOT)).der_bytes

    def sign_digest(self, keypair: str, digest: bytes) -> bytes:
        """Raw RSA PKCS#1 v1.5 over DigestInfo(SHA-256, digest): 32 bytes in, 256 bytes out, about 0.4 ms."""
        return self._loaded_key(keypair).sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

    def key(self, keypair: str) -> rsa.RSAPrivateKey:
        return self._loaded_key(keypair)

    async def set_status(self, serial: str, status: str) -> Certificate:
        """`good`, `suspended` or `revoked`, from now on; revoked stays revoked."""
        key = Key(Certificate, serial.lower())
        found = await self._store.get(key)
        assert found is not None, f"no certificate {serial}"
        listed = Key(Withdrawn, found.ca)

        def decide(records: Records, now: Instant) -> Change:
            certificate = records[key]
            assert certificate is not None, "certificates are never removed"
            if certificate.status == "revoked":
                return Change(result=certificate)
            changed = msgspec.structs.replace(certificate, status=status, since=None if status == "good" else now)
            body = {"status": status, "serial": certificate.id}
            event = Event(
                source="control", word="certificate_changed", ref=certificate.id, subject=certificate.citizen, body=body
            )
            others = [s for s in (records[listed] or Withdrawn(id=found.ca)).serials if s != changed.id]
            serials = tuple(others if status == "good" else [*others, changed.id])
            return Change(records=(changed, Withdrawn(id=found.ca, serials=serials)), events=(event,), result=changed)

        return (await self._store.change([key, listed], decide)).result  # type: ignore[no-any-return]  # set above

    async def withdrawn(self, ca: str) -> list[Certificate]:
        """The certificates of `ca` that are suspended or revoked."""
        listed = await self._store.get(Key(Withdrawn, ca)) or Withdrawn(id=ca)
        keys = [Key(Certificate, serial) for serial in listed.serials]
        return (await self._store.read(*keys)).get_all(keys)

    async def new_key(self) -> str:
        """The id of a fresh RSA-2048 key, from those made ahead."""
        self._fill()
        made = await self._ahead.pop(0)
        self._fill()
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        pair = KeyPair(id=self._entropy.token("keypair"), pem=pem)
        self._loaded[pair.id] = made
        await self._store.change([Key(KeyPair, pair.id)], lambda _records, _now: Change(records=(pair,)))
        return pair.id

    async def shared_key(self, name: str) -> str:
        """The keypair of this name, made when it is first asked for."""
        key = Key(SharedKey, name)
        if found := await self._store.get(key):
            return found.keypair
        fresh = SharedKey(id=name, keypair=await self.new_key())

        def decide(records: Records, _now: Instant) -> Change:
            kept = records[key]
            return Change(result=kept.keypair) if kept else Change(records=(fresh,), result=fresh.keypair)

        return (await self._store.change([key], decide)).result  # type: ignore[no-any-return]  # set above

    def close(self) -> None:
        self._makers.shutdown(wait=False, cancel_futures=True)

    def _fill(self) -> None:
        loop = asyncio.get_running_loop()
        while len(self._ahead) < AHEAD:
            self._ahead.append(loop.run_in_executor(self._makers, _new_rsa))

    def _loaded_key(self, keypair: str) -> rsa.RSAPrivateKey:
        if keypair not in self._loaded:
            pair = self._store.peek(Key(KeyPair, keypair))
            assert pair is not None, f"no key {keypair}"
            # Our own key from our own store: the checks of a foreign key cost 40 ms.
            loaded = serialization.load_pem_private_key(pair.pem.encode(), None, unsafe_skip_rsa_key_validation=True)
            assert isinstance(loaded, rsa.RSAPrivateKey)
            self._loaded[keypair] = loaded
        return self._loaded[keypair]

    def _urls(self, ca: str) -> profiles.Urls:
        return profiles.Urls(ocsp=f"{self.base_url}/pki/ocsp/{ca}", crl=f"{self.base_url}/pki/crl/{ca}.crl")

    async def _make_authority(self, ca: str, subject: Mapping[str, str], issuer: Certificate | None) -> Certificate:
        keypair = await self.new_key()
        builder = profiles.authority(
            subject, self._loaded_key(keypair).public_key(), self._urls(ROOT) if issuer else None
        )
        days = profiles.AUTHORITY_DAYS if issuer else profiles.ROOT_DAYS
        return await self._sign_and_save(builder, issuer, (0, days), ROOT if issuer else ca, ca, "", keypair)

    async def _sign_and_save(  # noqa: PLR0913, PLR0917  # what a certificate is made of; private
        self,
        builder: x509.CertificateBuilder,
        issuer: Certificate | None,
        lasting: tuple[int, int],
        ca: str,
        holder: str,
        citizen: str,
        keypair: str,
    ) -> Certificate:
        serial = "5401" + self._entropy.hex("serial", 28)
        start = Instant(self._store.now() // 1000 * 1000 - profiles.BACKDATED - lasting[0] * DAY)
        made = profiles.signed(
            builder,
            serial=int(serial, 16),
            period=(in_utc(start), in_utc(start) + timedelta(days=lasting[1])),
            issuer=x509.load_der_x509_certificate(issuer.der_bytes) if issuer else None,
            key=self._loaded_key(issuer.keypair if issuer else keypair),
        )
        certificate = Certificate(
            id=serial,
            ca=ca,
            holder=holder,
            citizen=citizen,
            der=base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode(),
            keypair=keypair,
            not_before=start,
            not_after=Instant(start + lasting[1] * DAY),
        )
        listed = Key(Authorities, "world")

        def decide(records: Records, _now: Instant) -> Change:
            if citizen or holder == ROOT:
                return Change(records=(certificate,))
            # In one change: a CA that has its certificate and is not listed would stay so for ever.
            names = (*(records[listed] or Authorities()).names, holder)
            return Change(records=(certificate, Authorities(names=names)))

        await self._store.change([Key(Certificate, serial), *([] if citizen else [listed])], decide)
        return certificate


def _new_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
