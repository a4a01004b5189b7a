"""The hub's variant B: a token, a transaction, whole files out and in, an answer nested in `data`, an empty list for a failure."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from fpdf import FPDF
from pyhanko.pdf_utils.reader import PdfFileReader

from simulators.kernel.citizens import Citizen
from tests.places import Place, Running, made

BASE = "/ca/neacfiles"


def paper(text: str = "To khai (MO PHONG)") -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(text=text)
    return bytes(pdf.output())


def sent(raw: bytes, doc_id: str = "D1", name: str = "to-khai.pdf") -> dict[str, str]:
    return {"doc_id": doc_id, "file_name": name, "file_base64": base64.b64encode(raw).decode()}


@dataclass
class Portal:
    """One contract at the hub, for one citizen."""

    place: Place
    contract: str
    token: str
    citizen: Citizen
    ca_name: str = "VNPT-CA"

    @classmethod
    async def at(cls, place: Place, ca_name: str = "VNPT-CA") -> Portal:
        sheet = await place.contract()
        return cls(place, sheet["contract"], sheet["neacfiles"]["token"], await place.citizen(), ca_name)

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"}
        body = {"user_id": self.citizen.id, "ca_name": self.ca_name, **fields}
        return await self.place.http.post(f"{BASE}/{path}", json=body, headers=bearer)

    async def listed(self) -> dict[str, str]:
        told = (await self.post("get_certificate")).json()
        (row,) = told["data"]["user_certificates"]
        assert (told["status_code"], row["transaction_id"]) == (200, told["data"]["transaction_id"])
        return dict(row)

    async def order(self, *files: dict[str, str]) -> dict[str, Any]:
        row = await self.listed()
        named = {name: row[name] for name in ("cert_data", "serial_number", "transaction_id")}
        return {**named, "sign_files": list(files) or [sent(paper())]}

    async def sign(self, order: dict[str, Any], phone: str = "approve") -> httpx.Response:
        """The call hangs until the phone has answered: so the phone answers meanwhile."""
        call = asyncio.create_task(self.post("sign_file", **order))
        await self.place.world.store.bell.until(lambda: self.place.prompts(self.citizen), bool, 10)
        (prompt,) = await self.place.prompts(self.citizen)
        assert not call.done(), "the hub answers after the phone"
        if phone == "expire":
            await self.place.control("POST", "expire", {"ref": prompt.ref})
        else:
            assert await self.place.answer(prompt, phone, self.citizen.pin) == ""
        return await asyncio.wait_for(call, 10)


def signature_of(pdf: bytes, which: int = -1) -> Any:
    return PdfFileReader(io.BytesIO(pdf)).embedded_signatures[which]


def verified(pdf: bytes, certificate: x509.Certificate, which: int = -1) -> None:
    """By hand: the covered bytes' digest in the attributes, the value over the attributes."""
    embedded = signature_of(pdf, which)
    start, length, rest, tail = (int(number) for number in embedded.byte_range)
    covered = pdf[start : start + length] + pdf[rest : rest + tail]
    attributes = embedded.signer_info["signed_attrs"].untag()
    (told,) = [one["values"][0].native for one in attributes if one["type"].native == "message_digest"]
    assert told == hashlib.sha256(covered).digest()
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(embedded.signer_info["signature"].native, attributes.dump(), padding.PKCS1v15(), SHA256())


@pytest.mark.parametrize("ca_name", ["VNPT-CA", "CA2", "Viettel-CA", "MobiFone-CA"])
def test_a_whole_file_comes_back_signed_by_the_ca_that_is_named(lab: Running, ca_name: str) -> None:
    async def story() -> None:
        portal, raw = await Portal.at(lab.place, ca_name), paper()
        order = await portal.order(sent(raw, "D7", "to khai.pdf"))
        reply = await portal.sign(order)
        told = reply.json()
        assert (reply.status_code, set(told)) == (200, {"data"})
        data = told["data"]
        assert (data["status_code"], data["serial_number"]) == (200, order["serial_number"])
        assert data["transaction_id"] == order["transaction_id"]
        (file,) = data["signFiles"]
        assert (file["doc_id"], file["file_name"]) == ("D7", "to khai.pdf")
        pdf = base64.b64decode(file["file_base64"])
        assert pdf.startswith(raw), "what was there stands: only something is added"
        verified(pdf, x509.load_der_x509_certificate(base64.b64decode("".join(order["cert_data"].split()))))
        (row,) = lab.place.rows(subject=portal.citizen.id, word="files_signed")
        (kept,) = row.body["files"]
        assert kept == {
            "doc_id": "D7",
            "came": hashlib.sha256(raw).hexdigest(),
            "went": hashlib.sha256(pdf).hexdigest(),
        }
        (requested,) = lab.place.rows(ref=row.ref, word="signing_requested")
        assert requested.body["hub"] is True

    lab.run(story())


def test_the_phone_shows_the_document_and_the_files_name(lab: Running) -> None:
    async def story() -> None:
        portal = await Portal.at(lab.place)
        call = asyncio.create_task(portal.sign(await portal.order(sent(paper(), "D9", "Tờ khai.pdf"))))
        await lab.place.world.store.bell.until(lambda: lab.place.prompts(portal.citizen), bool, 10)
        (prompt,) = await lab.place.prompts(portal.citizen)
        assert {"D9", "Tờ khai.pdf"} <= {line.text for line in prompt.lines}
        await call

    lab.run(story())


def test_several_files_of_one_call_and_a_second_signature_over_the_first(lab: Running) -> None:
    async def story() -> None:
        portal = await Portal.at(lab.place)
        order = await portal.order(sent(paper("mot"), "A"), sent(paper("hai"), "B"))
        once = (await portal.sign(order)).json()["data"]["signFiles"]
        assert [file["doc_id"] for file in once] == ["A", "B"]
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(order["cert_data"].split())))
        first = base64.b64decode(once[0]["file_base64"])
        again = await portal.order(sent(first, "A"))
        (file,) = (await portal.sign(again)).json()["data"]["signFiles"]
        twice = base64.b64decode(file["file_base64"])
        assert twice.startswith(first)
        for which in (0, 1):
            verified(twice, certificate, which)

    lab.run(story())


@pytest.mark.parametrize(("phone", "message"), [("refuse", "từ chối"), ("expire", "hết hạn")])
def test_what_the_phone_did_not_approve_is_an_empty_list(lab: Running, phone: str, message: str) -> None:
    async def story() -> None:
        portal = await Portal.at(lab.place)
        reply = await portal.sign(await portal.order(), phone)
        data = reply.json()["data"]
        assert (reply.status_code, data["status_code"], data["signFiles"]) == (200, 400, [])
        assert message in data["message"]

    lab.run(story())


ENCRYPTED = FPDF()
ENCRYPTED.add_page()
ENCRYPTED.set_encryption(owner_password="invented", user_password="invented")  # of a test's file
WRONG: dict[str, tuple[dict[str, Any], int, str]] = {
    "no transaction": ({"transaction_id": ""}, 400, "get_certificate"),
    "invented transaction": ({"transaction_id": "4a1e"}, 400, "get_certificate"),
    "another CA": ({"ca_name": "CA2"}, 400, "get_certificate"),
    "unknown CA": ({"ca_name": "VNPT"}, 400, "get_certificate"),
    "another certificate": ({"cert_data": "AAAA"}, 404, "cert_data is not"),
    "another serial": ({"serial_number": "00"}, 404, "serial_number '00'"),
    "no file": ({"sign_files": []}, 400, "0 items"),
    "eleven files": ({"sign_files": [sent(paper(), str(n)) for n in range(11)]}, 400, "11 items"),
    "no base64": ({"sign_files": [{"doc_id": "D", "file_base64": "%"}]}, 400, "no base64"),
    "no PDF": ({"sign_files": [sent(b"PK\x03\x04")]}, 400, "does not begin with %PDF"),
    "half a PDF": ({"sign_files": [sent(paper()[:400])]}, 400, "no PDF that can be signed"),
    "encrypted": ({"sign_files": [sent(bytes(ENCRYPTED.output()))]}, 400, "no PDF that can be signed"),
    "no doc_id": ({"sign_files": [sent(paper(), "")]}, 400, "doc_id is empty"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_and_asks_nobody(lab: Running, name: str) -> None:
    async def story() -> None:
        changed, code, why = WRONG[name]
        portal = await Portal.at(lab.place)
        reply = await portal.post("sign_file", **{**await portal.order(), **changed})
        data = reply.json()["data"]
        assert (reply.status_code, data["status_code"], data["signFiles"]) == (200, code, [])
        (row,) = lab.place.rows(contract=portal.contract, word="turned_away")
        assert why in row.body["why"]
        assert await lab.place.prompts(portal.citizen) == []

    lab.run(story())


def test_a_token_and_a_transaction_are_one_portals_own(lab: Running) -> None:
    async def story() -> None:
        one, other = await Portal.at(lab.place), await Portal.at(lab.place)
        order = await one.order()
        other.citizen = one.citizen
        assert (await other.post("sign_file", **order)).json()["data"]["message"] == "transaction_id không hợp lệ"
        for token in ("", "made-up", (await lab.place.contract())["neac"]["sp_password"]):
            one.token = token
            assert (await one.post("get_certificate")).json()["status_code"] == 401
            assert (await one.post("sign_file", **order)).json()["data"]["status_code"] == 401
        broken = await lab.place.http.post(f"{BASE}/sign_file", content=b"{")
        assert broken.json()["data"]["status_code"] == 400

    lab.run(story())


def test_what_the_ca_signed_wrongly_is_not_put_into_the_file(lab: Running) -> None:
    async def story() -> None:
        portal = await Portal.at(lab.place)
        await lab.place.fault("vnpt.answer", "another_signer", portal.citizen.id)
        data = (await portal.sign(await portal.order())).json()["data"]
        assert (data["status_code"], data["signFiles"]) == (500, [])
        await lab.place.fault("vnpt.list", "server_error", portal.citizen.id)
        assert (await portal.post("get_certificate")).json()["status_code"] == 500

    lab.run(story())


def test_a_suspended_certificate_is_not_listed(lab: Running) -> None:
    async def story() -> None:
        portal = await Portal.at(lab.place)
        order = await portal.order()
        await lab.place.control("POST", f"certificates/{order['serial_number']}/suspend")
        assert (await portal.post("get_certificate")).json()["data"]["user_certificates"] == []
        assert (await portal.post("sign_file", **order)).json()["data"]["message"] == "Chứng thư số đang tạm dừng"

    lab.run(story())


@pytest.mark.parametrize("subfilter", ["ETSI.CAdES.detached", "adbe.pkcs7.detached"])
def test_the_kind_of_signature_and_the_status_are_fields(subfilter: str) -> None:
    async def story() -> None:
        fields = {"subfilter": subfilter, "http_status": "both", "files_per_call": 1}
        async with made("ca", overrides={"neacfiles": fields}) as place:
            portal = await Portal.at(place)
            order = await portal.order()
            (file,) = (await portal.sign(order)).json()["data"]["signFiles"]
            pdf = base64.b64decode(file["file_base64"])
            verified(pdf, x509.load_der_x509_certificate(base64.b64decode("".join(order["cert_data"].split()))))
            assert str(signature_of(pdf).sig_object["/SubFilter"]) == f"/{subfilter}"
            many = await portal.post("sign_file", **{**order, "sign_files": [sent(paper(), n) for n in "ab"]})
            assert many.status_code == many.json()["data"]["status_code"] == 400

    asyncio.run(story())


def test_others_are_served_while_files_are_worked_at(lab: Running) -> None:
    async def story() -> None:
        portal = await Portal.at(lab.place)
        order = await portal.order(*(sent(paper(str(n)), str(n)) for n in range(5)))
        call = asyncio.create_task(portal.sign(order))
        await asyncio.sleep(0)
        assert (await portal.post("get_certificate")).status_code == 200
        assert lab.place.rows(subject=portal.citizen.id, word="signing_requested") == [], "five files take longer"
        assert len((await call).json()["data"]["signFiles"]) == 5

    lab.run(story())
