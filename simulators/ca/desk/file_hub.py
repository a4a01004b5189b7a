"""The hub that takes whole files: it prepares each PDF, has the CA sign the digest on the phone, and puts the value in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from simulators.ca import orders, pdf_signing
from simulators.ca.desk.callers import Caller
from simulators.ca.desk.hub import Hub
from simulators.ca.desk.requests import Desk, Listing
from simulators.ca.orders import Document, Order
from simulators.ca.pdf_signing import Prepared, Signer, Unsignable
from simulators.ca.reasons import Reason, Refused
from simulators.ca.signing import State
from simulators.ca.spec import FileHubSpec
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Event, Key, Record
from simulators.kernel.wire import from_base64


class HubTransaction(Record, frozen=True, kw_only=True):
    """`id` is hub/transaction: what get_certificate answered, and sign_file must bring back."""

    KIND: ClassVar[str] = "hub_transaction"

    citizen: str
    ca_name: str


@dataclass(frozen=True)
class File:
    """A PDF, unsigned or signed."""

    doc_id: str
    name: str
    raw: bytes


@dataclass(frozen=True)
class Asked:
    """Who is to sign with which certificate, in which of the hub's transactions; `certificate` is DER in base64."""

    user_id: str
    ca_name: str
    serial: str
    certificate: str
    transaction: str


class FileHub:
    """One hub."""

    def __init__(self, hub: Hub) -> None:
        assert isinstance(hub.spec, FileHubSpec), f"{hub.spec.id} takes no files"
        self._hub = hub
        self._spec = hub.spec
        self._store = hub.world.store
        self._source = f"ca.{hub.spec.id}"

    async def listed(self, caller: Caller, user_id: str, ca_name: str) -> tuple[str, Listing, Desk]:
        """A new transaction, and the person's certificates at the CA that is named."""
        desk = self._hub.desk(ca_name)
        listing = await desk.listed(caller, user_id, "", hub=True)
        if listing.injected == "server_error":
            raise Refused(Reason.CA_FAILED, f"{desk.spec.name} did not answer the hub as it should (injected)")
        transaction = self._hub.world.entropy.uuid(f"{self._source}.transaction")
        key = self._key(transaction)
        begun = HubTransaction(id=key.id, contract=caller.contract, citizen=user_id, ca_name=ca_name)
        await self._store.change([key], lambda _records, _now: Change((begun,)))
        return transaction, listing, desk

    async def signed(self, caller: Caller, asked: Asked, files: Sequence[File]) -> tuple[File, ...]:
        """All of them, after the phone's yes; or Refused."""
        await self._demand_known(caller, asked)
        if not 0 < len(files) <= self._spec.files_per_call:
            why = f"sign_files has {len(files)} items; 1 to {self._spec.files_per_call} are taken"
            raise Refused(Reason.BAD_FILES, why)
        desk = self._hub.desk(asked.ca_name)
        certificate = await self._chosen(desk, asked)
        signer = Signer((certificate.der_bytes, *await desk.world.pki.chain(certificate.ca)), self._spec.subfilter)
        made = [await self._prepared(file, signer) for file in files]
        order = Order(
            user_id=asked.user_id,
            transaction=self._hub.world.entropy.uuid(f"{self._source}.request"),
            documents=tuple(Document(file.doc_id, one.digest) for file, one in zip(files, made, strict=True)),
            encoding="hex",
            serial=certificate.id,
            description=", ".join(file.name for file in files if file.name)[:200],
            hub=True,
        )
        request = await self._hub.signed(desk, caller, order)
        if request.state is not State.APPROVED:
            assert request.reason is not None, "what ended without a signature has a reason"
            raise Refused(request.reason, f"the citizen's phone or the CA: {request.reason.value}")
        values = [from_base64(document.signature) or b"" for document in request.documents]
        whole = [
            await asyncio.to_thread(pdf_signing.finished, one, signer, value)
            for one, value in zip(made, values, strict=True)
        ]
        done = tuple(File(file.doc_id, file.name, raw) for file, raw in zip(files, whole, strict=True))
        await self._store.note(self._told(caller, asked, order.transaction, (files, done)))
        return done

    async def _demand_known(self, caller: Caller, asked: Asked) -> None:
        known = await self._store.get(self._key(asked.transaction)) if asked.transaction else None
        same = known and (known.contract, known.citizen, known.ca_name)
        if same != (caller.contract, asked.user_id, asked.ca_name):
            why = (
                f"transaction_id {asked.transaction[:60]!r} is none that get_certificate answered for this "
                "user_id and ca_name: ask for the certificates first, and again only with its transaction_id"
            )
            raise Refused(Reason.TRANSACTION_UNKNOWN, why)

    async def _chosen(self, desk: Desk, asked: Asked) -> Certificate:
        citizen = await desk.subscribers.citizen(asked.user_id)
        found = orders.chosen(await desk.subscribers.certificates(citizen), asked.serial)
        if from_base64("".join(asked.certificate.split())) != found.der_bytes:
            raise Refused(Reason.SERIAL_UNKNOWN, f"cert_data is not the certificate of serial_number {found.id}")
        return found

    async def _prepared(self, file: File, signer: Signer) -> Prepared:
        field = f"NEAC-{self._hub.world.entropy.hex(f'{self._source}.field', 12)}"
        now = self._store.now()
        try:
            return await asyncio.to_thread(pdf_signing.prepared, file.raw, signer, field, now)
        except Unsignable as error:
            why = f"sign_files[].file_base64 of {file.doc_id[:60]!r} is no PDF that can be signed ({error})"
            raise Refused(Reason.BAD_FILES, why) from error

    def _key(self, transaction: str) -> Key[HubTransaction]:
        return Key(HubTransaction, f"{self._spec.id}/{transaction}")

    def _told(self, caller: Caller, asked: Asked, ref: str, files: tuple[Sequence[File], Sequence[File]]) -> Event:
        rows = [
            {"doc_id": before.doc_id, "came": _sha256(before.raw), "went": _sha256(after.raw)}
            for before, after in zip(*files, strict=True)
        ]
        body = {"transaction_id": asked.transaction, "ca_name": asked.ca_name, "files": rows}
        return Event(
            source=self._source,
            word="files_signed",
            ref=ref,
            subject=asked.user_id,
            contract=caller.contract,
            body=body,
        )


def as_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
