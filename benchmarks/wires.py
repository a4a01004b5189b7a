"""One signing at each wire, approved by the citizen's script: what a CA's own words cost beside VNPT's."""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from benchmarks.client import Connection, Reply, Wrong
from benchmarks.flows import Flow
from benchmarks.servers import Simulators

RSA, SHA256 = "1.2.840.113549.1.1.1", "2.16.840.1.101.3.4.2.1"
PHONE = Counter(signing_requested=1, signing_approved=1, prompt_answered=1)
POLLED = PHONE + Counter(signing_polled=1)

Sheet = dict[str, Any]
Person = dict[str, Any]


@dataclass(frozen=True)
class Signed:
    """Whose key signed which digest."""

    leaf: bytes
    digest: bytes
    value: bytes


@dataclass(frozen=True)
class Seat:
    """A citizen at a lane: the certificate that the CA lists, and what a login there gave."""

    person: Person
    leaf: bytes
    credential: str = ""
    bearer: tuple[tuple[str, str], ...] = ()


Seating = Callable[[Connection, Sheet, Person], Awaitable[Seat]]
Signing = Callable[[Connection, Sheet, Seat, bytes], Awaitable[str]]


@dataclass(frozen=True)
class Wire:
    """`seat` is done once for each citizen, `sign` is what is measured: it answers the value in base64."""

    name: str
    does: str
    section: str
    seat: Seating
    sign: Signing
    journal: Counter[str]


async def flows(world: Simulators, size: int) -> list[Flow]:
    sheet = await world.control("POST", "/control/contracts", {"name": "Cổng đo từng CA"})
    return [await _flow(world, sheet[wire.section], wire, size) for wire in WIRES]


async def _flow(world: Simulators, sheet: Sheet, wire: Wire, size: int) -> Flow:
    people = (await world.control("POST", "/control/citizens", {"count": len(world.lanes)}))["citizens"]
    script = {"kind": "*", "choice": "approve", "citizens": [one["id"] for one in people]}
    await world.control("PUT", "/phone/api/scripts", script)
    seats = [await wire.seat(world.lanes[0], sheet, person) for person in people]

    async def one(lane: Connection, number: int) -> Signed:
        digest = secrets.token_bytes(32)
        value = await wire.sign(lane, sheet, seats[number], digest)
        return Signed(seats[number].leaf, digest, base64.b64decode(value))

    return Flow(
        f"signing, {wire.name}",
        wire.does,
        pids=(world.pid,),
        lanes=world.lanes,
        world=world,
        one=one,
        size=size,
        signatures=1,
        journal=wire.journal,
        check=_verified,
    )


async def _verified(done: Sequence[Signed]) -> None:
    for one in done:
        key = x509.load_der_x509_certificate(one.leaf).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(one.value, one.digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))


def _caller(sheet: Sheet) -> dict[str, str]:
    return {name: sheet[name] for name in ("sp_id", "sp_password")}


def _listed(path: str, **more: str) -> Seating:
    async def seat(lane: Connection, sheet: Sheet, person: Person) -> Seat:
        asked = {**_caller(sheet), "user_id": person["id"], "serial_number": "", "transaction_id": "", **more}
        data = _told(await lane.post(path, asked))["data"]
        return Seat(person, base64.b64decode(data["user_certificates"][0]["cert_data"]))

    return seat


def _told(reply: Reply) -> Any:
    return reply.demand(200).json()


def _first(data: dict[str, Any] | None) -> str:
    """The value in whichever of its names the dialect has drawn."""
    lists = [value for value in (data or {}).values() if isinstance(value, list) and value]
    if not lists:
        raise Wrong(f"the phone had not approved when the portal asked: {data}")
    value: str = lists[0][0].get("signature_value") or lists[0][0]["signature"]
    return value


async def _ca2(lane: Connection, sheet: Sheet, seat: Seat, digest: bytes) -> str:
    transaction = secrets.token_hex(12)
    file = {"data_to_be_signed": digest.hex(), "doc_id": transaction, "file_type": "pdf", "sign_type": "hash"}
    order = {"user_id": seat.person["id"], "transaction_id": transaction, "time_stamp": "", "urlWebhook": ""}
    _told(await lane.post("/ca/ca2/api/data/sign", {**_caller(sheet), **order, "sign_files": [file]}))
    asked = {**_caller(sheet), "user_id": seat.person["id"], "transaction_id": transaction}
    return _first(_told(await lane.post("/ca/ca2/api/data/status", asked))["data"])


async def _generic(lane: Connection, sheet: Sheet, seat: Seat, digest: bytes) -> str:
    transaction = secrets.token_hex(12)
    options = {"file_type": "pdf", "sign_type": "hash"}
    file = {"data_to_be_signed": digest.hex(), "doc_id": transaction, "file_options": options}
    order = {"user_id": seat.person["id"], "transaction_id": transaction, "sign_files": [file]}
    _told(await lane.post("/ca/fpt/sign", {**_caller(sheet), **order}))
    return _first(_told(await lane.post(f"/ca/fpt/sign/{transaction}/status", {}))["data"])


async def _hub(lane: Connection, sheet: Sheet, seat: Seat, digest: bytes) -> str:
    file = {"doc_id": secrets.token_hex(8), "file_type": "pdf", "sign_type": "hash"}
    order = {
        "user_id": seat.person["id"],
        "ca_name": "CA2",
        "sign_files": [{**file, "data_to_be_signed": digest.hex()}],
    }
    return _first(_told(await lane.post("/ca/neac/sign_v2/sign", {**_caller(sheet), **order}))["data"])


_MYSIGN = "/ca/mysign/vtss/service"


def _client(sheet: Sheet) -> dict[str, str]:
    return {name: sheet[name] for name in ("client_id", "client_secret")}


async def _mysign_seat(lane: Connection, sheet: Sheet, person: Person) -> Seat:
    who = {**_client(sheet), "profile_id": sheet["profile_id"], "user_id": person["id"]}
    token = _told(await lane.post(f"{_MYSIGN}/ras/v1/login", who))["access_token"]
    bearer = (("Authorization", f"Bearer {token}"),)
    asked = {**who, "certificates": "chain", "certInfo": True, "authInfo": True}
    (row,) = _told(await lane.post(f"{_MYSIGN}/certificates/info", asked, dict(bearer)))
    return Seat(person, base64.b64decode(row["cert"]["certificates"][0]), row["credential_id"], bearer)


async def _mysign(lane: Connection, sheet: Sheet, seat: Seat, digest: bytes) -> str:
    name = base64.b64encode(b"To khai").decode()
    order = {"credentialID": seat.credential, "numSignatures": 1, "description": name, "async": 1}
    order |= {"documents": [{"document_id": secrets.token_hex(8), "document_name": name}]}
    order |= {"hash": [base64.b64encode(digest).decode()], "hashAlgo": SHA256, "signAlgo": RSA}
    asked = await lane.post(f"{_MYSIGN}/signHash", {**_client(sheet), **order}, dict(seat.bearer))
    status = {"transactionId": _told(asked)["transactionId"]}
    told = _told(await lane.post(f"{_MYSIGN}/requests/status", status, dict(seat.bearer)))
    if told["status"] != "1":
        raise Wrong(f"the phone had not approved when the portal asked: {told}")
    value: str = told["signatures"][0]
    return value


_CSC = "/ca/vnpt/csc/v1"


async def _csc_seat(lane: Connection, sheet: Sheet, person: Person) -> Seat:
    pair = base64.b64encode(f"{sheet['sp_id']}:{sheet['sp_password']}".encode()).decode()
    told = _told(await lane.post(f"{_CSC}/auth/login", {}, {"Authorization": f"Basic {pair}"}))
    bearer = (("Authorization", f"Bearer {told['access_token']}"),)
    listed = _told(await lane.post(f"{_CSC}/credentials/list", {"userID": person["id"]}, dict(bearer)))
    credential = listed["credentialIDs"][0]
    asked = {"credentialID": credential, "certificates": "single"}
    info = _told(await lane.post(f"{_CSC}/credentials/info", asked, dict(bearer)))
    return Seat(person, base64.b64decode(info["cert"]["certificates"][0]), credential, bearer)


async def _csc(lane: Connection, _sheet: Sheet, seat: Seat, digest: bytes) -> str:
    own = {"credentialID": seat.credential, "hash": [base64.b64encode(digest).decode()]}
    allowed = _told(await lane.post(f"{_CSC}/credentials/authorize", {**own, "numSignatures": 1}, dict(seat.bearer)))
    order = {**own, "SAD": allowed["SAD"], "hashAlgo": SHA256, "signAlgo": RSA}
    value: str = _told(await lane.post(f"{_CSC}/signatures/signHash", order, dict(seat.bearer)))["signatures"][0]
    return value


WIRES = (
    Wire("CA2", "sign, status with credentials", "ca2", _listed("/ca/ca2/rssp/v2/neac/get_certificate"), _ca2, POLLED),
    Wire("Decision 769, generic", "sign, status", "fpt", _listed("/ca/fpt/get_certificate"), _generic, POLLED),
    Wire("MySign", "signHash async 1, requests/status", "mysign", _mysign_seat, _mysign, POLLED),
    Wire("CSC v1", "credentials/authorize, signatures/signHash", "vnpt", _csc_seat, _csc, POLLED),
    Wire(
        "hub, variant A",
        "one call that waits for the phone; the hub verifies the CA's value",
        "neac",
        _listed("/ca/neac/sign_v2/get_certificate", ca_name="CA2"),
        _hub,
        POLLED,
    ),
)
