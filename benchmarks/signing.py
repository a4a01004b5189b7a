"""The signing flow: the portal asks, the phone approves, the portal reads the signature; by a script or by hand."""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from benchmarks.client import Connection, Wrong
from benchmarks.flows import Flow
from benchmarks.servers import Simulators

DOOR = "/ca/vnpt/sca/sp769/v1"
RATE, BATCH, BATCH_RATE = 0.35, 50, 0.85
ROWS = Counter(signing_requested=1, signing_approved=1, prompt_answered=1, signing_polled=1)


@dataclass(frozen=True)
class Signed:
    """What a flow brought home: whose key signed which digest."""

    citizen: str
    digest: bytes
    value: bytes


class Signer:
    """Citizens of their own for each lane, half of whom leave their phones to a script."""

    def __init__(self, world: Simulators, section: dict[str, Any], citizens: Sequence[dict[str, Any]]) -> None:
        self._world = world
        self._caller = {name: section[name] for name in ("sp_id", "sp_password")}
        half = len(citizens) // 2
        self._scripted, self._by_hand = citizens[:half], citizens[half:]
        self._keys: dict[str, rsa.RSAPublicKey] = {}

    @classmethod
    async def at(cls, world: Simulators) -> Signer:
        sheet = await world.control("POST", "/control/contracts", {"name": "Cổng đo"})
        people = (await world.control("POST", "/control/citizens", {"count": 2 * len(world.lanes)}))["citizens"]
        signer = cls(world, sheet["vnpt"], people)
        script = {"kind": "ca.vnpt", "choice": "approve", "citizens": [one["id"] for one in signer._scripted]}
        await world.control("PUT", "/phone/api/scripts", script)
        for person in people:
            await signer._learn(person["id"])
        return signer

    async def _learn(self, citizen: str) -> None:
        """The public key, from the certificate that the CA lists; the key pair is made and loaded by this too."""
        asked = {**self._caller, "user_id": citizen, "transaction_id": ""}
        reply = await self._world.lanes[0].post(f"{DOOR}/credentials/get_certificate", asked)
        der = base64.b64decode(reply.demand(200).json()["data"]["user_certificates"][0]["cert_data"])
        key = x509.load_der_x509_certificate(der).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        self._keys[citizen] = key

    def flows(self, size: int) -> list[Flow]:
        shared: dict[str, Any] = {"pids": (self._world.pid,), "lanes": self._world.lanes, "world": self._world}
        signed = {"rate": RATE, "signatures": 1, "journal": ROWS, "check": self._verify}
        return [
            Flow(
                "signing",
                "sign, the citizen's script approves with the PIN, status with the signature",
                one=self._by_script,
                size=size,
                **shared,
                **signed,
            ),
            Flow(
                "signing-by-hand",
                "sign, the phone's prompts are read, one is approved by its API with the PIN, status",
                one=self._approved,
                size=size,
                **shared,
                **{**signed, "rate": None},
            ),
        ]

    def batch(self, size: int) -> Flow:
        """Every value of every batch is verified."""
        return Flow(
            f"batch of {BATCH} hashes",
            f"sign with {BATCH} files, the citizen's script approves once, status with {BATCH} signatures",
            pids=(self._world.pid,),
            lanes=self._world.lanes,
            world=self._world,
            one=self._batch_by_script,
            size=size,
            rate=BATCH_RATE,
            signatures=BATCH,
            journal=ROWS,
            check=self._verify_batches,
        )

    def request(self, size: int) -> Flow:
        """For comparison with servers that answer a canned POST."""
        return Flow(
            "sign-request",
            "one JSON POST: a request to sign, checked, stored, journalled, its prompt on the phone (refused after the block)",
            pids=(self._world.pid,),
            lanes=self._world.lanes,
            world=self._world,
            one=lambda lane, number: self._asked(lane, self._by_hand[number]["id"]),
            size=size,
            journal=Counter(signing_requested=1, signing_refused=1, prompt_answered=1),
            check=self._refuse_all,
        )

    async def _batch_by_script(self, lane: Connection, number: int) -> list[Signed]:
        citizen = self._scripted[number]["id"]
        transaction, digests = await self._ordered(lane, citizen, BATCH)
        return await self._all_told(lane, transaction, citizen, digests)

    async def _by_script(self, lane: Connection, number: int) -> Signed:
        citizen = self._scripted[number]["id"]
        transaction, digest = await self._asked(lane, citizen)
        return await self._told(lane, transaction, citizen, digest)

    async def _approved(self, lane: Connection, number: int) -> Signed:
        person = self._by_hand[number]
        transaction, digest = await self._asked(lane, person["id"])
        mine = f"/phone/api/{person['id']}/prompts"
        shown = await lane.get(f"{mine}?doc_id={transaction}-0&wait=5", self._world.bearer)
        (prompt,) = shown.demand(200).json()["prompts"]
        typed = {"choice": "approve", "secret": person["pin"]}
        (await lane.post(f"{mine}/{prompt['id']}", typed, self._world.bearer)).demand(200)
        return await self._told(lane, transaction, person["id"], digest)

    async def _asked(self, lane: Connection, citizen: str) -> tuple[str, bytes]:
        transaction, (digest,) = await self._ordered(lane, citizen, 1)
        return transaction, digest

    async def _ordered(self, lane: Connection, citizen: str, count: int) -> tuple[str, list[bytes]]:
        transaction, digests = secrets.token_hex(12), [secrets.token_bytes(32) for _ in range(count)]
        files = [
            {
                "data_to_be_signed": digest.hex(),
                "doc_id": f"{transaction}-{place}",
                "file_type": "pdf",
                "sign_type": "hash",
            }
            for place, digest in enumerate(digests)
        ]
        order = {"user_id": citizen, "transaction_id": transaction, "transaction_desc": "Tờ khai"}
        reply = await lane.post(f"{DOOR}/signatures/sign", {**self._caller, **order, "sign_files": files})
        if reply.demand(200).json()["data"]["transaction_id"] != transaction:
            raise Wrong("sign answered about another transaction")
        return transaction, digests

    async def _told(self, lane: Connection, transaction: str, citizen: str, digest: bytes) -> Signed:
        return (await self._all_told(lane, transaction, citizen, [digest]))[0]

    async def _all_told(
        self, lane: Connection, transaction: str, citizen: str, digests: Sequence[bytes]
    ) -> list[Signed]:
        reply = await lane.post(f"{DOOR}/signatures/sign/{transaction}/status", {})
        signatures = reply.demand(200).json()["data"].get("signatures")
        if not signatures:
            raise Wrong(f"the phone had not approved when the portal asked: {reply.text[:200]}")
        values = [base64.b64decode(one["signature_value"]) for one in signatures]
        return [Signed(citizen, digest, value) for digest, value in zip(digests, values, strict=True)]

    async def _refuse_all(self, _done: Sequence[Any]) -> None:
        """Outside of the clock: no phone keeps what nobody will answer."""
        for person in self._by_hand:
            mine = f"/phone/api/{person['id']}/prompts"
            for prompt in (await self._world.control("GET", mine))["prompts"]:
                await self._world.control("POST", f"{mine}/{prompt['id']}", {"choice": "refuse"})

    async def _verify(self, done: Sequence[Signed]) -> None:
        """All of them, after the block, in the client's own time; raises when one does not verify."""
        for one in done:
            key = self._keys[one.citizen]
            key.verify(one.value, one.digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

    async def _verify_batches(self, done: Sequence[Sequence[Signed]]) -> None:
        for batch in done:
            await self._verify(batch)
