"""Who has which certificate at a CA: made when it is first asked for, because a key costs 40 ms."""

from __future__ import annotations

import asyncio
import itertools
import zlib
from collections.abc import Mapping
from dataclasses import replace

from simulators.ca.enrolment.offers import term_days
from simulators.ca.enrolment.records import Enrolment, enrolment_id
from simulators.ca.reasons import Reason, Refused
from simulators.ca.spec import CaSpec
from simulators.kernel.citizens import Citizen, Citizens
from simulators.kernel.pki import Certificate, Pki
from simulators.kernel.profiles import Leaf
from simulators.kernel.records import Key
from simulators.kernel.store import Store

SHARED_KEYS = 64
"""Citizens made in bulk for load share at most so many keys."""
LONGEST_NAME = 64
"""Of a CN or L (RFC 5280); an ST may have 128. The RFC counts characters and our library bytes: the CN keeps to both."""
STRANGER = "stranger"
"""Another citizen, for the faults that answer with somebody else."""


class Subscribers:
    """The certificates of one CA."""

    def __init__(self, store: Store, pki: Pki, citizens: Citizens, spec: CaSpec) -> None:
        self._store = store
        self._pki = pki
        self._citizens = citizens
        self._spec = spec
        self._issuing = asyncio.Lock()
        self._turns = itertools.count()

    async def authority(self) -> Certificate:
        return await self._pki.authority(self._spec.id, self._spec.subject)

    async def citizen(self, user_id: str) -> Citizen:
        """The person of that number, or Refused: every citizen of the world is a subscriber of every CA at which they are not
        said to be `not_enrolled`; there they are one once their enrolment is complete."""
        found = await self._citizens.get(user_id)
        if found is None:
            why = f"user_id {user_id[:40]!r} is no personal identification number of a citizen of this world"
            raise Refused(Reason.USER_UNKNOWN, why)
        if self._spec.id in found.not_enrolled and not await self._handed_over(found):
            why = f"citizen {found.id} has not enrolled at {self._spec.id} to the end: the minutes are not signed"
            raise Refused(Reason.USER_UNKNOWN, why)
        return found

    async def password(self, citizen: Citizen) -> str:
        """Of the account: what who enrolled chose at its activation, otherwise the citizen's own."""
        file = await self._store.get(Key(Enrolment, enrolment_id(self._spec.id, citizen.id)))
        return (file.password if file else "") or citizen.password

    async def certificates(self, citizen: Citizen) -> list[Certificate]:
        if self._spec.id in citizen.not_enrolled:
            return await self._handed_over(citizen)
        if found := await self._pki.issued(self._spec.id, citizen.id):
            return found
        async with self._issuing:
            if found := await self._pki.issued(self._spec.id, citizen.id):
                return found
            return [await self._issue(citizen.id, self._leaf(citizen), await self._keypair(citizen))]

    async def enrolled(self, citizen: Citizen, file: Enrolment, months: int) -> Certificate:
        """For who enrolled: with the file's key, for so many months. It is theirs once the file names it."""
        own = file.details.organisation
        leaf = self._leaf(citizen)
        subject, uids = dict(leaf.subject), leaf.uids
        if own:
            subject = {**subject, "O": _cut(own.name)}
            uids = (f"MST:{own.tax_code}", *uids)
        days = term_days(self._store.now(), months)
        return await self._issue(citizen.id, replace(leaf, subject=subject, uids=uids, days=days), file.keypair)

    async def _handed_over(self, citizen: Citizen) -> list[Certificate]:
        """Of who enrols: nothing before the minutes are signed."""
        file = await self._store.get(Key(Enrolment, enrolment_id(self._spec.id, citizen.id)))
        keys = [Key(Certificate, serial) for serial in file.serials] if file else []
        return (await self._store.read(*keys)).get_all(keys)

    async def certified(self, citizen: Citizen, subject: Mapping[str, str]) -> Certificate:
        """One more certificate of this person, in the words of whoever asks for it."""
        leaf = Leaf(subject=subject, uids=(f"CCCD:{citizen.id}",), days=self._spec.certificate_days)
        async with self._issuing:
            return await self._issue(citizen.id, leaf, await self._keypair(citizen))

    async def stranger(self) -> Certificate:
        """Somebody else's certificate of this CA, with a key of its own."""
        async with self._issuing:
            if found := await self._pki.issued(self._spec.id, STRANGER):
                return found[0]
            subject = {"C": "VN", "ST": "Hà Nội", "CN": "Người Khác (MÔ PHỎNG)"}
            leaf = Leaf(subject=subject, uids=("CCCD:001099999999",), days=self._spec.certificate_days)
            return await self._issue(STRANGER, leaf, "")

    async def _issue(self, holder: str, leaf: Leaf, keypair: str) -> Certificate:
        await self.authority()
        return await self._pki.issue(self._spec.id, holder, leaf, keypair=keypair)

    def _leaf(self, citizen: Citizen) -> Leaf:
        name = citizen.name or citizen.id
        *_, district, province = ["", "", *(part.strip() for part in citizen.address.split(","))]
        subject = {
            "C": "VN",
            "ST": (province or "Việt Nam")[:LONGEST_NAME],
            "L": (district or province or "Việt Nam")[:LONGEST_NAME],
            "CN": _cut(name.upper() if self._spec.upper_names else name),
        }
        uids = (f"CCCD:{citizen.id}",)
        return Leaf(
            subject=subject, uids=uids, days=self._spec.certificate_days, ms_extensions=self._spec.ms_extensions
        )

    async def _keypair(self, citizen: Citizen) -> str:
        """ "" for a key of their own."""
        if citizen.shared_keys:  # the same for this person at every CA
            return await self._pki.shared_key(str(zlib.crc32(citizen.id.encode()) % SHARED_KEYS))
        if ring := self._spec.key_ring:
            return await self._pki.shared_key(f"{self._spec.id}-{next(self._turns) % ring}")
        return ""


def _cut(name: str) -> str:
    """At most LONGEST_NAME bytes, whole characters alone."""
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")
