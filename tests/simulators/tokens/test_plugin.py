"""VNPT-CA Plugin over wss: the documented frames, what a page is told of licence, token and PIN, and what hostile frames get."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_detached_cms, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from simulators.tokens.reasons import Reason
from simulators.tokens.wires.plugin_words import WORDS
from simulators.tokens.wires.words import NEVER
from tests.interop.test_pdf_signing import paper
from tests.simulators.living import Living, living

HOST, ORIGIN = "cong.example.vn", "https://cong.example.vn"
CONTENT = "Tờ khai * đăng ký".encode()
Say = Callable[..., Awaitable[str]]


@dataclass(frozen=True)
class Desk:
    """A citizen with a token at a computer where the plugin listens."""

    server: Living
    sheet: dict[str, Any]
    citizen: dict[str, Any]
    token: dict[str, Any]
    port: int
    url: str

    def control(self, path: str, body: Any = None) -> Any:
        reply = self.server.http.post(f"/control/{path}", json=body)
        assert reply.is_success, reply.text
        return reply.json()

    def records(self) -> Any:
        """What may not change by a frame that is refused."""
        return self.server.http.get(f"/control/tokens/{self.token['id']}").json()

    def rows(self, word: str) -> list[dict[str, Any]]:
        asked = {"word": word, "subject": self.citizen["id"]}
        return list(self.server.http.get("/control/journal", params=asked).json()["rows"])

    def talk(self, story: Callable[[Say, Say], Awaitable[None]], origin: str = ORIGIN) -> None:
        """`story` is handed what sends a function's frame, and what sends any text."""

        async def talked() -> None:
            trust = ssl.create_default_context(cadata=self.server.line["root"])
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(self.url, ssl=trust, origin=origin, max_msg_size=0) as wire,
            ):

                async def raw(text: str | bytes) -> str:
                    await (wire.send_bytes(text) if isinstance(text, bytes) else wire.send_str(text))
                    return await wire.receive_str(timeout=20)

                async def say(function: int, *args: str, domain: str = HOST, callback: str = "callbackDefault") -> str:
                    frame = {"functionID": function, "funcCallback": callback, "args": args, "domain": domain}
                    told, called = (await raw(json.dumps(frame))).split("*")
                    assert called == callback
                    return told

                plain = wire.get_extra_info("socket")
                await story(say, raw)
            await hung_up(plain)

        asyncio.run(talked())

    async def at_the_computer(self, choice: str, pin: str | None) -> None:
        """Waits for the PIN dialog and answers it."""
        path = f"/phone/api/{self.citizen['id']}/prompts"

        def answered() -> None:
            (prompt,) = self.server.http.get(path, params={"wait": 10}).json()["prompts"]
            self.server.http.post(f"{path}/{prompt['id']}", json={"choice": choice, "secret": pin})

        await asyncio.to_thread(answered)

    async def signed(self, say: Say, *args: str, choice: str = "approve", pin: str = "") -> Any:
        assert json.loads(await say(6, self.sheet["vnpt_plugin"]["licence"]))["code"] == 1
        asked = asyncio.create_task(say(*args))  # type: ignore[arg-type]
        await self.at_the_computer(choice, pin or self.citizen["pin"])
        return json.loads(await asked)


async def hung_up(raw: Any) -> None:
    """aiohttp leaves the end of TLS to a loop that is over by then: waits until the connection is closed."""
    async with asyncio.timeout(10):
        while raw.fileno() != -1:  # noqa: ASYNC110  # nobody sets an event when a transport is gone
            await asyncio.sleep(0)


@pytest.fixture(scope="module")
def server() -> Iterator[Living]:
    with living("--tls", "--only", "tokens,messages") as running:
        yield running


@pytest.fixture
def desk(server: Living) -> Iterator[Desk]:
    def post(path: str, body: Any) -> Any:
        reply = server.http.post(f"/control/{path}", json=body)
        assert reply.status_code == 201, reply.text
        return reply.json()

    sheet = post("contracts", {"redirect_uris": [f"{ORIGIN}/callback"]})
    (citizen,) = post("citizens", {"name": "Đặng Thị Ưởng"})["citizens"]
    token = post("tokens", {"citizen": citizen["id"]})
    seated = post("plugins", {"citizen": citizen["id"]})
    yield Desk(server, sheet, citizen, token, seated["port"], seated["url"])
    assert server.http.post(f"/control/plugins/{seated['port']}/close").is_success


def item(content: bytes, kind: str) -> dict[str, str]:
    return {"data": base64.b64encode(content).decode(), "type": kind}


def trust_of(sheet: dict[str, Any]) -> ValidationContext:
    root, *issuers = (
        asn1_x509.Certificate.load(x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER))
        for pem in (sheet["pki"]["root_pem"], *sheet["pki"]["authorities_pem"])
    )
    return ValidationContext(trust_roots=[root], other_certs=issuers, allow_fetching=False)


def test_the_page_finds_the_plugin_and_the_certificate(desk: Desk) -> None:
    async def story(say: Say, _raw: Say) -> None:
        assert await say(7) == "1"
        assert await say(11, callback="toi.phienBan") == "1.0.0.0"
        assert json.loads(await say(6, desk.sheet["vnpt_plugin"]["licence"])) == {"code": 1, "data": "", "error": ""}
        shown = json.loads(await say(0, "1"))
        assert shown["subjectCN"] == "Đặng Thị Ưởng"
        assert (shown["issuerCN"], shown["serial"]) == ("Viettel-CA (MO PHONG)", desk.token["serial"])

    desk.talk(story)
    asked = desk.rows("plugin_asked")
    assert [row["body"]["function"] for row in asked] == [7, 11, 6, 0]
    assert {(row["body"]["origin"], row["body"]["domain"]) for row in asked} == {(ORIGIN, HOST)}


def test_several_items_are_signed_with_one_pin_and_verify(desk: Desk) -> None:
    async def story(say: Say, _raw: Say) -> None:
        items = json.dumps([item(CONTENT, "cmsdetached"), item(CONTENT, "raw")])
        told = await desk.signed(say, 10, items, desk.token["serial"], "0", "0")  # type: ignore[arg-type]
        assert (told["code"], told["error"]) == (0, "")
        detached, raw = (base64.b64decode(one) for one in told["data"])
        certificate = x509.load_der_x509_certificate(base64.b64decode(desk.token["certificate"]))
        certificate.public_key().verify(raw, CONTENT, padding.PKCS1v15(), hashes.SHA256())
        content = asn1_cms.ContentInfo.load(detached)["content"]
        assert content["encap_content_info"]["content"].native is None
        status = await async_validate_detached_cms(CONTENT, content, trust_of(desk.sheet))
        assert status.bottom_line
        changed = await async_validate_detached_cms(CONTENT + b" ", content, trust_of(desk.sheet))
        assert not changed.intact

    desk.talk(story)
    assert len(desk.rows("usb_signing")) == 1
    assert [row["body"]["origin"] for row in desk.rows("usb_signed")] == [ORIGIN, ORIGIN]


def test_fifty_items_are_signed_at_once(desk: Desk) -> None:
    async def story(say: Say, _raw: Say) -> None:
        items = json.dumps([item(bytes([number]), "raw") for number in range(50)])
        told = await desk.signed(say, 10, items, desk.token["serial"])  # type: ignore[arg-type]
        assert (told["code"], len(set(told["data"]))) == (0, 50)

    desk.talk(story)
    assert len(desk.rows("usb_signed")) == 50


def test_a_pdf_comes_back_signed_and_a_second_time_too(desk: Desk) -> None:
    placed = json.dumps({"page": 1, "llx": 10, "CertificateSerial": desk.token["serial"]})

    async def story(say: Say, _raw: Say) -> None:
        pdf = paper()
        for count in (1, 2):
            told = await desk.signed(say, 2, base64.b64encode(pdf).decode(), placed)  # type: ignore[arg-type]
            assert told["code"] == 0
            pdf = base64.b64decode(told["data"])
            signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
            assert len(signatures) == count
            status = await async_validate_pdf_signature(signatures[-1], trust_of(desk.sheet))
            assert status.bottom_line
            assert status.signing_cert.subject.native["common_name"] == "Đặng Thị Ưởng"

    desk.talk(story)


@pytest.mark.parametrize(
    ("choice", "pin", "code", "left"), [("refuse", "1", 11, 5), ("approve", "000000", 3, 4), ("approve", "1", 3, 5)]
)
def test_cancelled_and_wrong_pin_have_their_codes(desk: Desk, choice: str, pin: str, code: int, left: int) -> None:
    async def story(say: Say, _raw: Say) -> None:
        items = json.dumps([item(CONTENT, "raw")])
        told = await desk.signed(say, 10, items, desk.token["serial"], choice=choice, pin=pin)  # type: ignore[arg-type]
        assert (told["code"], told["data"]) == (code, "")

    desk.talk(story)
    assert desk.records() == {**desk.token, "tries_left": left}


def test_a_locked_token_a_removed_one_and_one_taken_out_meanwhile(desk: Desk) -> None:
    one = f"tokens/{desk.token['id']}"

    async def story(say: Say, _raw: Say) -> None:
        items, serial = json.dumps([item(CONTENT, "raw")]), desk.token["serial"]
        for code in (3, 3, 3, 3, 3):
            assert (await desk.signed(say, 10, items, serial, pin="000000"))["code"] == code  # type: ignore[arg-type]
        locked = json.loads(await say(10, items, serial))
        assert (locked["code"], "khoá" in locked["error"]) == (3, True)
        desk.control(f"{one}/unlock", {"so_pin": desk.token["so_pin"], "pin": desk.citizen["pin"]})
        asked = asyncio.create_task(say(10, items, serial))
        path = f"/phone/api/{desk.citizen['id']}/prompts"
        shown = await asyncio.to_thread(desk.server.http.get, path, params={"wait": 10})
        assert len(shown.json()["prompts"]) == 1
        await asyncio.to_thread(desk.control, f"{one}/remove")
        assert json.loads(await asked)["code"] == 4
        assert json.loads(await say(10, items, serial))["code"] == 2
        assert json.loads(await say(0, "1"))["code"] == 2

    desk.talk(story)


def test_a_licence_is_of_its_own_host_and_comes_first(desk: Desk) -> None:
    other = desk.control("contracts", {"redirect_uris": ["https://khac.example.vn/callback"]})
    own = desk.sheet["vnpt_plugin"]["licence"]

    async def story(say: Say, _raw: Say) -> None:
        assert json.loads(await say(0, "1"))["code"] == 5
        for licence in (other["vnpt_plugin"]["licence"], "", "x" * 1000):
            assert json.loads(await say(6, licence))["code"] == 5
        assert json.loads(await say(6, own, domain="khac.example.vn"))["code"] == 5
        assert json.loads(await say(0, "1"))["code"] == 5
        assert json.loads(await say(6, own))["code"] == 1
        assert json.loads(await say(0, "1", domain="khac.example.vn"))["code"] == 5
        assert "subjectCN" in json.loads(await say(0, "1"))

    desk.talk(story)


HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "no JSON": "<xml>",
    "a list": "[]",
    "null": "null",
    "binary": b"\x00\xff\xfe",
    "no function": "{}",
    "a function of text": '{"functionID":"7"}',
    "a function beyond every integer": '{"functionID":1e999}',
    "args of numbers": '{"functionID":7,"args":[1]}',
    "a callback that is none": '{"functionID":7,"funcCallback":"a*b"}',
    "a callback with a script": '{"functionID":7,"funcCallback":"alert(1)//"}',
    "nested deeply": '{"functionID":' + "[" * 100_000,
    "half a surrogate": '{"functionID":7,"domain":"\\ud800"}',
}
BAD_ARGS: list[tuple[int, tuple[str, ...]]] = [
    (10, ()),
    (10, ("x", "y")),
    (10, ("[]", "{serial}")),
    (10, ('[{"data":"%%"}]', "{serial}")),
    (10, ('[{"data":"AAAA","type":"xml"}]', "{serial}")),
    (10, (json.dumps([item(b"x", "raw")] * 51), "{serial}")),
    (10, ("[" * 100_000, "{serial}")),
    (2, ("AAAA",)),
    (2, ("AAAA", '{"CertificateSerial":"{serial}"}')),
    (2, (base64.b64encode(b"%PDF-1.7\n%%EOF").decode(), '{"CertificateSerial":"{serial}"}')),
]


def test_hostile_frames_get_the_plugins_own_error_and_change_nothing(desk: Desk) -> None:
    async def story(say: Say, raw: Say) -> None:
        for name, text in HOSTILE.items():
            told, callback = (await raw(text)).split("*")
            assert (json.loads(told)["code"], callback) == (1, "callbackDefault"), name
        assert json.loads(await say(6, desk.sheet["vnpt_plugin"]["licence"]))["code"] == 1
        for function, args in BAD_ARGS:
            own = [arg.replace("{serial}", desk.token["serial"]) for arg in args]
            assert json.loads(await say(function, *own))["code"] == 1, (function, args)
        for function in (3, 5, 12, 42, -1, 99):
            assert json.loads(await say(function))["code"] == 5
        assert await say(7) == "1", "it lives"

    desk.talk(story)
    assert desk.records() == desk.token
    assert desk.rows("usb_signing") == []
    assert len(desk.rows("turned_away")) == len(HOSTILE) + len(BAD_ARGS) + 6
    assert desk.server.http.get("/control/journal", params={"word": "crashed"}).json()["rows"] == []


def test_a_page_that_is_none_of_the_pdfs_and_a_serial_of_nobody(desk: Desk) -> None:
    pdf = base64.b64encode(paper()).decode()

    async def story(say: Say, _raw: Say) -> None:
        assert json.loads(await say(6, desk.sheet["vnpt_plugin"]["licence"]))["code"] == 1
        for page in (0, 2, -1):
            placed = json.dumps({"page": page, "CertificateSerial": desk.token["serial"]})
            assert json.loads(await say(2, pdf, placed))["code"] == 7
        assert json.loads(await say(2, pdf, '{"CertificateSerial":"5401"}'))["code"] == 2
        assert json.loads(await say(10, json.dumps([item(b"x", "raw")]), "5401"))["code"] == 2

    desk.talk(story)


def test_a_frame_over_the_limit_ends_the_connection_alone(desk: Desk) -> None:
    async def story(_say: Say, raw: Say) -> None:
        assert json.loads((await raw("x" * (8 * 1024 * 1024))).split("*")[0])["code"] == 1
        with pytest.raises(TypeError):  # what comes is no text: the close of the connection, code 1009
            await raw("x" * (8 * 1024 * 1024 + 1))

    desk.talk(story)

    async def again(say: Say, _raw: Say) -> None:
        assert await say(7) == "1"

    desk.talk(again)


def test_two_computers_have_their_own_tokens(desk: Desk) -> None:
    (other,) = desk.control("citizens", {})["citizens"]
    seated = desk.control("plugins", {"citizen": other["id"]})
    elsewhere = Desk(desk.server, desk.sheet, other, desk.token, seated["port"], seated["url"])

    async def story(say: Say, _raw: Say) -> None:
        assert json.loads(await say(6, desk.sheet["vnpt_plugin"]["licence"]))["code"] == 1
        assert json.loads(await say(0, "1"))["code"] == 2

    elsewhere.talk(story)
    desk.control(f"plugins/{seated['port']}/close")


def test_an_absent_plugin_a_busy_port_and_a_silent_one(desk: Desk) -> None:
    http = desk.server.http
    assert http.post("/control/plugins", json={"citizen": desk.citizen["id"], "port": desk.port}).status_code == 409
    silent = desk.control("plugins", {"citizen": desk.citizen["id"], "silent": True})

    trust = ssl.create_default_context(cadata=desk.server.line["root"])
    with (
        socket.create_connection(("127.0.0.1", silent["port"]), timeout=1) as plain,
        trust.wrap_socket(plain, server_hostname="localhost") as wire,
    ):
        wire.sendall(b"GET /plugin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with pytest.raises(TimeoutError):
            wire.recv(1)
    desk.control(f"plugins/{silent['port']}/close")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", silent["port"]), timeout=1)
    assert http.post(f"/control/plugins/{silent['port']}/close").status_code == 404


def test_a_hundred_plugins_listen_and_no_more() -> None:
    with living("--tls", "--only", "tokens,messages") as crowded:
        (citizen,) = crowded.http.post("/control/citizens", json={}).json()["citizens"]
        seated = [crowded.http.post("/control/plugins", json={"citizen": citizen["id"]}) for _ in range(101)]
        assert [reply.status_code for reply in seated] == [201] * 100 + [409]
        assert crowded.http.post(f"/control/plugins/{seated[0].json()['port']}/close").status_code == 200
        assert crowded.http.post("/control/plugins", json={"citizen": citizen["id"]}).status_code == 201
        assert crowded.end() == 0


def test_without_tls_nobody_is_seated() -> None:
    with living("--only", "tokens,messages") as plain:
        (citizen,) = plain.http.post("/control/citizens", json={}).json()["citizens"]
        refused = plain.http.post("/control/plugins", json={"citizen": citizen["id"]})
        assert (refused.status_code, "--tls" in refused.json()["error"]) == (409, True)


def test_every_reason_has_a_code_or_says_why_not() -> None:
    assert set(WORDS) == set(Reason)
    assert all(word.why for word in WORDS.values() if isinstance(word, NEVER))
