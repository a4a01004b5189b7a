"""What portals send arrives as a person reads it, with a real SMTP client and over HTTP; what is wrong is refused and told."""

import asyncio
import base64
import email.message
import smtplib
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from simulators.messages.letters import NotMime, read
from tests.simulators.living import PATIENCE, Living, living
from tests.worlds import KEY, visit, without_key


@pytest.fixture(scope="module")
def server() -> Iterator[Living]:
    with living() as running:
        yield running


@pytest.fixture
def sheet(server: Living) -> dict[str, Any]:
    return server.contract(name="Cổng thử")


@pytest.fixture
def citizen(server: Living) -> dict[str, Any]:
    made: dict[str, Any] = server.http.post("/control/citizens", json={}).json()["citizens"][0]
    return made


def post(sheet: dict[str, Any]) -> smtplib.SMTP:
    smtp = smtplib.SMTP(sheet["smtp"]["host"], sheet["smtp"]["port"], timeout=PATIENCE)
    smtp.login(sheet["smtp"]["user"], sheet["smtp"]["password"])
    return smtp


def text(server: Living, sheet: dict[str, Any], **body: Any) -> httpx.Response:
    return server.http.post("/messages/sms", json=body, headers=basic(sheet["sms"]["user"], sheet["sms"]["password"]))


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def inbox(server: Living, to: str, **question: Any) -> list[dict[str, Any]]:
    answer = server.http.get("/messages/inbox", params={"to": to, **question})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


def rows(server: Living, **question: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.http.get("/control/journal", params=question).json()["rows"]
    return found


def test_a_mail_in_mime_arrives_as_a_person_reads_it(server: Living, sheet: Any, citizen: Any) -> None:
    mail = email.message.EmailMessage()
    mail["From"] = "Cổng dịch vụ công <khong-tra-loi@cong-thu.example>"
    mail["To"] = citizen["email"].upper()
    mail["Subject"] = "Hồ sơ H10.19.14-261121-0001 đã được tiếp nhận, mời ông bà nhận kết quả đúng hẹn"
    mail.set_content("Kính gửi ông bà,\nhồ sơ đã được tiếp nhận.\n", cte="quoted-printable")
    mail.add_alternative("<p>khác</p>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="giấy hẹn.pdf")
    with post(sheet) as smtp:
        assert smtp.send_message(mail) == {}
    (got,) = inbox(server, citizen["email"], channel="mail")
    assert got["subject"] == mail["Subject"]
    assert got["from"] == "Cổng dịch vụ công <khong-tra-loi@cong-thu.example>"
    assert got["text"] == "Kính gửi ông bà,\nhồ sơ đã được tiếp nhận."
    assert got["to"] == citizen["email"]
    (row,) = rows(server, word="message_received", subject=citizen["id"])
    assert (row["source"], row["ref"], row["contract"]) == ("messages.mail", got["id"], sheet["contract"])
    assert set(row["body"]) == {"channel", "to", "from", "subject", "digest"}


@pytest.mark.parametrize(
    ("content", "text_"),
    [
        (b"Subject: a\r\n\r\nplain\r\n..dot\r\n", "plain\n..dot"),
        (
            b"Subject: a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nxJDDog==\r\n",
            "Đâ",
        ),
        (
            b"Subject: a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<style>x</style><p>M\xc3\xa3 <b>1</b></p><a href='http://x/y'>xem</a>",
            "Mã 1\nxem (http://x/y)",
        ),
        (b"Subject: a\r\nContent-Type: image/png\r\n\r\nxx", ""),
    ],
)
def test_any_encoding_is_undone(server: Living, sheet: Any, citizen: Any, content: bytes, text_: str) -> None:
    with post(sheet) as smtp:
        smtp.sendmail("a@cong-thu.example", [citizen["email"]], content)
    (got,) = inbox(server, citizen["email"])
    assert got["text"] == text_


def test_each_addressee_gets_a_message(server: Living, sheet: Any) -> None:
    with post(sheet) as smtp:
        smtp.sendmail("a@x.example", ["b@x.example", "c@x.example", "B@x.example"], b"Subject: a\r\n\r\nhi")
    assert (len(inbox(server, "b@x.example")), len(inbox(server, "c@x.example"))) == (1, 1)


def test_mail_without_login_or_with_a_wrong_one_is_refused_and_told(server: Living, sheet: Any) -> None:
    smtp_ = sheet["smtp"]
    with smtplib.SMTP(smtp_["host"], smtp_["port"], timeout=PATIENCE) as smtp:
        with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
            smtp.sendmail("a@x.example", ["d@x.example"], b"Subject: a\r\n\r\nhi")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(smtp_["user"], "wrong")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            smtp.login(sheet["sms"]["user"], sheet["sms"]["password"])
    assert inbox(server, "d@x.example") == []
    assert rows(server, word="turned_away", source="messages.mail")


def test_a_mail_that_no_reader_can_show_is_refused_and_half_a_character_is_a_question_mark(sheet: Any) -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1500))
    with post(sheet) as smtp, pytest.raises(smtplib.SMTPDataError, match="554"):
        smtp.sendmail("a@x.example", ["sau@thu.example"], nested)
    with pytest.raises(NotMime, match="RecursionError"):
        read(nested)
    half = read(b"Content-Type: text/plain; charset=unicode_escape\r\n\r\nx\\ud800")
    assert half.text == "x?"


@pytest.mark.parametrize("how", ["auth_plain", "auth_login"])
def test_both_ways_to_log_in_are_known(sheet: Any, how: str) -> None:
    smtp_ = sheet["smtp"]
    with smtplib.SMTP(smtp_["host"], smtp_["port"], timeout=PATIENCE) as smtp:
        smtp.ehlo()
        smtp.user, smtp.password = smtp_["user"], smtp_["password"]
        code, _ = smtp.auth(how.removeprefix("auth_").upper(), getattr(smtp, how))
        assert code == 235


def test_a_wrong_address_is_refused_and_too_many_are(sheet: Any) -> None:
    with post(sheet) as smtp:
        smtp.mail("a@x.example")
        assert smtp.rcpt("nobody")[0] == 553
        assert [smtp.rcpt(f"n{number}@x.example")[0] for number in range(101)].count(452) == 1


def test_a_mail_that_no_reader_can_show_is_refused(server: Living, sheet: Any) -> None:
    with post(sheet) as smtp, pytest.raises(smtplib.SMTPDataError, match="cannot be read"):
        smtp.sendmail("a@x.example", ["e@x.example"], b"Subject: a\r\nContent-Type: text/plain; charset=none\r\n\r\nhi")
    assert inbox(server, "e@x.example") == []


def test_a_mail_over_the_limit_is_refused(sheet: Any) -> None:
    with post(sheet) as smtp, pytest.raises(smtplib.SMTPResponseException) as refused:
        smtp.sendmail("a@x.example", ["f@x.example"], b"Subject: a\r\n\r\n" + b"x" * (10 * 1024 * 1024 + 1))
    assert refused.value.smtp_code == 552


def test_a_planned_fault_fails_the_mail_server_once(server: Living, sheet: Any, citizen: Any) -> None:
    fault = {"site": "smtp.receive", "effect": "server_error", "about": citizen["id"]}
    assert server.http.post("/control/faults", json=fault).status_code == 201
    with post(sheet) as smtp:
        with pytest.raises(smtplib.SMTPDataError) as failed:
            smtp.sendmail("a@x.example", [citizen["email"]], b"Subject: a\r\n\r\nhi")
        assert failed.value.smtp_code == 451
        assert inbox(server, citizen["email"]) == []
        smtp.sendmail("a@x.example", [citizen["email"]], b"Subject: a\r\n\r\nhi")
    assert len(inbox(server, citizen["email"])) == 1


@pytest.mark.parametrize("written", ["0{0}", "+84{0}", "0084{0}", "84{0}", "+84 (0){0}"])
def test_a_number_is_one_number_however_written(server: Living, sheet: Any, citizen: Any, written: str) -> None:
    to = written.format(citizen["phone"][1:])
    answer = text(server, sheet, to=to, text="Hồ sơ đã nộp.")
    assert answer.status_code == 200, answer.text
    (got,) = inbox(server, citizen["phone"], channel="sms")
    assert (got["id"], got["from"], got["text"]) == (answer.json()["id"], "Cổng thử", "Hồ sơ đã nộp.")
    assert inbox(server, to) == [got]
    assert inbox(server, citizen["phone"], channel="mail") == []


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"to": "12", "text": "x"}, 422, "to: "),
        ({"to": "0912345678", "text": ""}, 422, "text: "),
        ({"to": "0912345678", "text": "x" * 1601}, 422, "text: "),
        ({"to": "0912345678"}, 400, "`text`"),
        ({"to": 912345678, "text": "x"}, 400, "$.to"),
    ],
)
def test_an_sms_that_cannot_be_sent_is_refused_and_told(
    server: Living, sheet: Any, body: Any, status: int, named: str
) -> None:
    answer = text(server, sheet, **body)
    assert (answer.status_code, named in answer.json()["error"]) == (status, True), answer.text
    (row,) = rows(server, word="turned_away", contract=sheet["contract"])
    assert named in row["body"]["why"]


def test_the_longest_sms_is_sent(server: Living, sheet: Any) -> None:
    assert text(server, sheet, to="0912345678", text="x" * 1600).status_code == 200


@pytest.mark.parametrize(
    "sent", [{}, basic("sms-1", "x"), {"Authorization": "Basic %%%"}, {"Authorization": f"Bearer {KEY}"}]
)
def test_an_sms_needs_a_contracts_own_credentials(server: Living, sheet: Any, sent: dict[str, str]) -> None:
    del sheet
    answer = httpx.post(f"{server.url}/messages/sms", json={"to": "0912345678", "text": "x"}, headers=sent)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Basic realm="sms"')


def test_a_planned_fault_fails_the_gateway_once(server: Living, sheet: Any) -> None:
    fault = {"site": "sms.receive", "effect": "server_error", "about": sheet["contract"]}
    assert server.http.post("/control/faults", json=fault).status_code == 201
    assert [text(server, sheet, to="0933333333", text="x").status_code for _ in range(2)] == [503, 200]
    assert len(inbox(server, "0933333333")) == 1


def test_the_newest_code_is_found_and_waited_for(server: Living, sheet: Any, citizen: Any) -> None:
    to = citizen["phone"]
    assert server.http.get("/messages/otp", params={"to": to}).status_code == 404
    first = text(server, sheet, to=to, text="Ma xac thuc: 111222. Khong dua cho ai. So 1234567").json()["id"]
    text(server, sheet, to=to, text="Hồ sơ 7654321 đã nộp")
    assert server.http.get("/messages/otp", params={"to": to}).json() == {"otp": "111222", "id": first}
    later = threading.Timer(0.2, lambda: text(server, sheet, to=to, text="OTP 333444"))
    later.start()
    answer = server.http.get("/messages/otp", params={"to": to, "after": first, "wait": 10})
    later.join()
    assert answer.json()["otp"] == "333444"
    assert server.http.get("/messages/otp", params={"to": to}).json()["otp"] == "333444"


def test_the_inbox_waits_for_as_many_as_asked(server: Living, sheet: Any) -> None:
    later = threading.Timer(0.2, lambda: text(server, sheet, to="0944444444", text="hai"))
    text(server, sheet, to="0944444444", text="một")
    later.start()
    got = inbox(server, "0944444444", count=2, wait=10)
    later.join()
    assert [one["text"] for one in got] == ["một", "hai"]
    assert inbox(server, "0944444444", after=got[1]["id"], wait=0.05) == []


@pytest.mark.parametrize("query", ["wait=21", "count=0", "channel=fax", "too=1"])
def test_a_question_to_the_inbox_that_cannot_be_read_is_refused(server: Living, query: str) -> None:
    assert server.http.get(f"/messages/inbox?{query}").status_code == 422


def test_the_inbox_as_a_page_needs_the_key_once() -> None:
    async def live() -> None:
        async with visit() as here, without_key(here.http) as http:
            sheet = await here.contract(name="Cổng <b>")
            sent = await http.post(
                "/messages/sms",
                json={"to": "0912345678", "text": "Mã <i>1</i>"},
                headers=basic(sheet["sms"]["user"], sheet["sms"]["password"]),
            )
            assert sent.status_code == 200
            assert (await http.get("/messages")).status_code == 401
            first = await http.get("/messages", params={"key": KEY, "to": "0912345678"})
            assert "Mã &lt;i&gt;1&lt;/i&gt;" in first.text
            assert "MÔ PHỎNG" in first.text
            cookie = first.headers["set-cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=strict" in cookie
            assert (await http.get("/messages?channel=mail")).status_code == 200

    asyncio.run(live())
