import asyncio
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import httpx
import pytest
import respx
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from reference_portal.calls import messages
from reference_portal.calls.messages import SendFailed

SMS = {"url": "http://127.0.0.1:5/messages/sms", "user": "c1", "password": "mật khẩu"}
TEXT = "Hồ sơ H10.2-261121-0001 đã bị từ chối: thiếu văn bản ủy quyền"


def send_sms(to: str = "0912000001") -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as http:
            await messages.send_sms(http, SMS, to, TEXT)

    asyncio.run(run())


@respx.mock
def test_an_sms_goes_as_json_with_basic(respx_mock):
    route = respx_mock.post(SMS["url"]).respond(json={"id": "m1"})

    send_sms()

    request = route.calls[0].request
    assert json.loads(request.content) == {"to": "0912000001", "text": TEXT}
    assert request.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "answer", [httpx.Response(503), httpx.Response(302), httpx.Response(202), httpx.ConnectError("x")]
)
@respx.mock
def test_an_sms_that_was_not_taken_failed(respx_mock, answer):
    respx_mock.post(SMS["url"]).mock(side_effect=[answer])

    with pytest.raises(SendFailed):
        send_sms()


@pytest.mark.parametrize("to", ["", "0912,0913", "0912000001\n0912000002", "a@b.example"])
def test_what_is_no_number_gets_no_sms(to):
    with pytest.raises(SendFailed):
        send_sms(to)


@dataclass
class Server:
    """A mail server that demands a login and keeps what it took."""

    took: list[Any] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # its name
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        self.took.append(envelope)
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[tuple[Server, dict[str, Any]]]:
    def login(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"c1", b"secret"), handled=False)

    kept = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"authenticator": login, "auth_require_tls": False}
    controller = Controller(kept, hostname="127.0.0.1", port=port, **options)
    controller.start()
    sheet = {"host": "127.0.0.1", "port": port, "user": "c1", "password": "secret", "from_domain": "cong.vidu.example"}
    yield kept, sheet
    controller.stop()


def test_a_mail_arrives_with_all_marks(mail_server):
    server, sheet = mail_server

    asyncio.run(messages.send_mail(sheet, "duong@vidu.example", "Thông báo từ chối hồ sơ", TEXT))

    (envelope,) = server.took
    mail = message_from_bytes(envelope.content)
    assert envelope.rcpt_tos == ["duong@vidu.example"]
    assert str(make_header(decode_header(mail["Subject"]))) == "Thông báo từ chối hồ sơ"
    assert mail.get_payload(decode=True).decode().strip() == TEXT
    assert mail["From"].endswith("@cong.vidu.example>")


@pytest.mark.parametrize(
    "subject", ["Hồ sơ\r\nBcc: ai@khac.example", "Hồ sơ\nTo: ai@khac.example", "a\u2028b\x0bc\x85d"]
)
def test_a_subject_cannot_become_a_header(mail_server, subject):
    server, sheet = mail_server

    asyncio.run(messages.send_mail(sheet, "duong@vidu.example", subject, "…\r\n.\r\nBcc: ai@khac.example"))

    (envelope,) = server.took
    mail = message_from_bytes(envelope.content)
    assert envelope.rcpt_tos == ["duong@vidu.example"]
    assert mail.get_all("To") == ["duong@vidu.example"]
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "to", ["", "ai", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "Tên <a@b.example>", "ơ@b.example"]
)
def test_what_is_no_single_address_gets_no_mail(mail_server, to):
    server, sheet = mail_server

    with pytest.raises(SendFailed):
        asyncio.run(messages.send_mail(sheet, to, "x", "y"))

    assert server.took == []


def test_a_refused_login_and_a_closed_port_are_failures(mail_server):
    _, sheet = mail_server

    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        closed = deaf.getsockname()[1]
        for wrong in ({"password": "other"}, {"port": closed}):
            with pytest.raises(SendFailed):
                asyncio.run(messages.send_mail({**sheet, **wrong}, "duong@vidu.example", "x", "y"))
