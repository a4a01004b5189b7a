"""Certificates looked up and answers signed, with keys that stay loaded."""

from __future__ import annotations

import asyncio

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from simulators.kernel.pki import ROOT, Certificate
from simulators.kernel.profiles import NATIONAL_ROOT, Leaf
from simulators.kernel.records import Key
from simulators.trust import status, timestamps
from simulators.trust.spec import TrustSpec
from simulators.trust.status import Malformed, Signer
from simulators.trust.timestamps import Failed, Stamper
from simulators.world import World

TSA = "tsa"


class Desk:
    """One for the world."""

    def __init__(self, world: World, spec: TrustSpec) -> None:
        self._world = world
        self._spec = spec
        self._signers: dict[str, Signer] = {}
        self._stamper: Stamper | None = None
        self._making = asyncio.Lock()

    async def root(self) -> Certificate:
        return await self._world.pki.authority(ROOT, NATIONAL_ROOT)

    async def authority(self, ca: str) -> Certificate | None:
        """The certificate of the root or of a CA that was made."""
        if ca == ROOT:
            return await self.root()
        found = await self._world.store.find(Certificate, about=ca, limit=1)
        return found[0] if found else None

    async def authorities(self) -> list[Certificate]:
        return await self._world.pki.authorities()

    async def ocsp(self, ca: str, body: bytes) -> bytes | None:
        """The answer to one request; None where there is no such CA."""
        signer = await self._signer(ca)
        if signer is None:
            return None
        try:
            request = status.asked(body)
        except Malformed:
            return status.unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if not status.is_about(request, signer.certificate):
            return status.unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        found = await self._world.store.get(Key(Certificate, f"{request.serial_number:032x}"))
        mine = found if found and found.ca == ca else None
        return status.answered(request, mine, signer, self._world.store.now(), self._spec.ocsp_life)

    async def crl(self, ca: str) -> bytes | None:
        signer = await self._signer(ca)
        if signer is None:
            return None
        withdrawn = await self._world.pki.withdrawn(ca)
        return status.revocation_list(withdrawn, signer, self._world.store.now(), self._spec.crl_life)

    async def stamp(self, body: bytes) -> bytes:
        try:
            wanted = timestamps.asked(body, self._spec)
        except Failed as failed:
            return timestamps.rejected(failed)
        serial = int.from_bytes(self._world.entropy.draw("tsa.serial", 8))
        now = self._world.store.now()
        return timestamps.granted(wanted, await self._stamper_made(), serial, now, self._spec)

    async def _signer(self, ca: str) -> Signer | None:
        if ca not in self._signers:
            certificate = await self.authority(ca)
            if certificate is None:
                return None
            parsed = x509.load_der_x509_certificate(certificate.der_bytes)
            self._signers[ca] = Signer(parsed, self._world.pki.key(certificate.keypair))
        return self._signers[ca]

    async def _stamper_made(self) -> Stamper:
        async with self._making:
            if self._stamper is None:
                await self.root()
                own = await self._world.pki.issued(ROOT, TSA)
                certificate = own[0] if own else await self._world.pki.issue(ROOT, TSA, self._leaf())
                chain = ((await self.root()).der_bytes,)
                key = self._world.pki.key(certificate.keypair)
                self._stamper = Stamper(certificate.der_bytes, chain, key)
            return self._stamper

    def _leaf(self) -> Leaf:
        return Leaf(
            subject={"C": "VN", "O": NATIONAL_ROOT["O"], "CN": "Timestamp Authority (MO PHONG)"},
            uids=(),
            days=self._spec.tsa_days,
            encipherment=False,
            purposes=(ExtendedKeyUsageOID.TIME_STAMPING,),
        )


def as_pem(certificate: Certificate) -> str:
    parsed = x509.load_der_x509_certificate(certificate.der_bytes)
    return parsed.public_bytes(serialization.Encoding.PEM).decode()
