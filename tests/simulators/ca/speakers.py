"""Each CA's wire for the table of life cycles: its own certificate, a request, how it stands, in the provider's own words."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from cryptography import x509

from simulators.kernel.citizens import Citizen
from tests.places import Place
from tests.simulators.ca.callers import ADSS, VTSS, Ca2, Generic, Mysign, Vnpt, file, nested
from tests.simulators.ca.misa import Misa

SIGNED = "signed"


@dataclass(frozen=True)
class Told:
    """What the wire says of a request: its own word (`SIGNED` where there are values), and the values in their order."""

    word: str
    values: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Asked:
    """The reference of what was asked for, or the provider's no."""

    ref: str = ""
    no: str = ""


class Speaker(Protocol):
    """A service provider at one CA, for one citizen."""

    async def leaf(self) -> x509.Certificate: ...

    async def ask(self, name: str, digests: Sequence[str]) -> Asked:
        """A batch of digests in hex; `name` is new in this world."""

    async def told(self, ref: str) -> Told: ...

    def pushed(self, body: dict[str, Any]) -> tuple[str, tuple[bytes, ...]]:
        """Reference and values of what a webhook brought."""


Opening = Callable[[Place, Citizen, str], Awaitable[Speaker]]
"""The last is the address of a webhook."""


@dataclass(frozen=True)
class Qd769:
    """Decision 769 in any dialect: lists and values have the names that came."""

    caller: Any
    citizen: Citizen
    file: Callable[[str, str], dict[str, Any]]
    more: dict[str, str]

    async def leaf(self) -> x509.Certificate:
        (row,) = (await self.caller.list(self.citizen.id)).json()["data"]["user_certificates"]
        return x509.load_der_x509_certificate(base64.b64decode(row["cert_data"]))

    async def ask(self, name: str, digests: Sequence[str]) -> Asked:
        files = [self.file(digest, f"doc-{place}") for place, digest in enumerate(digests)]
        reply = await self.caller.sign(self.citizen.id, name, *files, **self.more)
        return Asked(no=_word(reply)) if 400 <= _code(reply) < 600 else Asked(name)

    async def told(self, ref: str) -> Told:
        reply = await self.caller.status(ref)
        values = _values(reply.json().get("data") or {})
        return Told(SIGNED, values) if values else Told(_word(reply))

    def pushed(self, body: dict[str, Any]) -> tuple[str, tuple[bytes, ...]]:
        return body["transaction_id"], _values(body)


def _code(reply: httpx.Response) -> int:
    told = reply.json()
    return int(told.get("status_code", told.get("code")))


def _word(reply: httpx.Response) -> str:
    return f"{_code(reply)} {reply.json()['message']}"


def _values(data: dict[str, Any]) -> tuple[bytes, ...]:
    rows: list[dict[str, str]] = next(
        (data[name] for name in ("signatures", "sign_files", "signed_files") if data.get(name)), []
    )
    in_order = sorted(rows, key=lambda row: row["doc_id"])
    return tuple(base64.b64decode(row.get("signature_value") or row["signature"]) for row in in_order)


@dataclass(frozen=True)
class AtMysign:
    """Polled: async 1."""

    caller: Mysign

    async def leaf(self) -> x509.Certificate:
        row = await self.caller.credential()
        return x509.load_der_x509_certificate(base64.b64decode(row["cert"]["certificates"][0]))

    async def ask(self, name: str, digests: Sequence[str]) -> Asked:
        told = (await self.caller.sign([bytes.fromhex(digest) for digest in digests])).json()
        return Asked(no=told["error"]) if "error" in told else Asked(told["transactionId"])

    async def told(self, ref: str) -> Told:
        told = await self.caller.status(ref)
        values = tuple(base64.b64decode(value) for value in told["signatures"] or ())
        return Told(SIGNED, values) if values else Told(told["status"])

    def pushed(self, body: dict[str, Any]) -> tuple[str, tuple[bytes, ...]]:
        raise NotImplementedError("asked for with async 3 alone")


@dataclass(frozen=True)
class AtMisa:
    """A word is the status and, where it is no success, the error's code."""

    caller: Misa

    async def leaf(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(base64.b64decode((await self.caller.row())["certificate"]))

    async def ask(self, name: str, digests: Sequence[str]) -> Asked:
        told = (await self.caller.sign(*(bytes.fromhex(digest) for digest in digests))).json()
        return Asked(told["transactionId"]) if "transactionId" in told else Asked(no=told["errorCode"])

    async def told(self, ref: str) -> Told:
        told = await self.caller.status(ref)
        values = _at_misa(told)
        return Told(SIGNED, values) if values else Told(f"{told['status']} {told['errorCode']}".strip())

    def pushed(self, body: dict[str, Any]) -> tuple[str, tuple[bytes, ...]]:
        return body["transactionId"], _at_misa(body)


def _at_misa(body: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple(base64.b64decode(row["signature"]) for row in body["signatures"])


async def misa(place: Place, citizen: Citizen, hook: str) -> Speaker:
    return AtMisa(await Misa.at(place, citizen, webhook_url=hook))


async def vnpt(place: Place, citizen: Citizen, hook: str) -> Speaker:
    return Qd769(await Vnpt.at(place, "vnpt", webhook_url=hook), citizen, file, {})


async def ca2(place: Place, citizen: Citizen, hook: str) -> Speaker:
    return Qd769(await Ca2.at(place, "ca2"), citizen, file, {"urlWebhook": hook})


def generic(ca: str) -> Opening:
    async def opened(place: Place, citizen: Citizen, hook: str) -> Speaker:
        return Qd769(await Generic.of(place, ca, webhook_url=hook), citizen, nested, {})

    return opened


def mysign(base: str) -> Opening:
    async def opened(place: Place, citizen: Citizen, _hook: str) -> Speaker:
        return AtMysign(await Mysign.at(place, base, citizen))

    return opened


MYSIGN, OLD_MYSIGN = mysign(VTSS), mysign(ADSS)
