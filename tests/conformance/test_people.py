"""What a check reads of somebody's inbox."""

import smtplib
import time
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import httpx
import pytest

from conformance import people
from conformance.control import Control
from conformance.failures import Missed
from conformance.launch import Running
from conformance.people import Citizen, Inbox
from conformance.records import Dossier

LINE = {"id": "h1", "procedure": "p", "agency": "a", "state": 1, "state_text": "Mới"}


@pytest.fixture
def inbox(running: Running) -> Iterator[Inbox]:
    with Control(running.url, running.key, running.portals[0].contract) as control:
        made = control.post("/control/citizens", {"count": 1})["citizens"][0]
        yield Inbox(control, people.read(Citizen, made))


def send(inbox: Inbox, text: str) -> None:
    gate = inbox.control.get(f"/control/contracts/{inbox.control.contract}")["sms"]
    told = {"to": inbox.citizen.phone, "text": text}
    httpx.post(gate["url"], json=told, auth=(gate["user"], gate["password"]), trust_env=False).raise_for_status()


def test_only_messages_with_the_words_are_counted(inbox: Inbox) -> None:
    for text in ("Hồ sơ 0001: <b>bị\n mờ</b> &amp; thiếu", "Mã xác thực", "Hồ sơ 0001 đã xong"):
        send(inbox, text)
    assert [message.text for message in inbox.with_words("sms", "Hồ sơ 0001", 2)][1] == "Hồ sơ 0001 đã xong"
    assert len(inbox.with_words("sms", "bị mờ & thiếu")) == 1


def test_words_that_never_come_are_missed_in_one_sentence(inbox: Inbox) -> None:
    send(inbox, "Mã xác thực")
    with pytest.raises(Missed, match=r"expected 1 sms to the applicant “Hồ sơ”, came 0\. Mã xác thực"):
        replace(inbox, patience=0.2).with_words("sms", "Hồ sơ")


def test_what_is_told_of_a_dossier_is_counted_by_channel_by_its_code_or_without(inbox: Inbox) -> None:
    coded, codeless = (
        Dossier(**LINE, code=code, components=(), fees=(), payments=(), receipts=(), history=())
        for code in ("C-1", None)
    )
    for text in ("C-1 đã nhận", "C-2 đã nhận", "C-1 đã xong"):
        send(inbox, text)
    found = inbox.told_of(coded, 2)
    assert [message.text for message in found["sms"]] == ["C-1 đã nhận", "C-1 đã xong"] and found["mail"] == ()
    assert len(inbox.sms_of(codeless, 3)) == 3


def mail(inbox: Inbox, text: str) -> None:
    smtp = inbox.control.get(f"/control/contracts/{inbox.control.contract}")["smtp"]
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@vidu.example", inbox.citizen.email, "Tài khoản"
    letter.set_content(text)
    with smtplib.SMTP(smtp["host"], int(smtp["port"]), local_hostname="localhost") as server:
        server.login(smtp["user"], smtp["password"])
        server.send_message(letter)


def test_what_an_expression_finds_comes_from_mails_alone_and_in_their_order(inbox: Inbox) -> None:
    send(inbox, "Mật khẩu: khong-phai")
    for text in ("Mật khẩu: mot", "Không có gì", '<p>Mật khẩu: <b>hai</b></p><a href="/ma/hai">Mở</a>'):
        mail(inbox, text)
    assert inbox.found(r"Mật khẩu: (\S+)", 2) == ("mot", "hai")
    assert inbox.found(r"/ma/(\w+)") == ("hai",)
    assert inbox.matches("ba: (.)") == ()
    with pytest.raises(Missed, match=r"1 mail to the applicant /ba: \(\.\)/"):
        replace(inbox, patience=0.2).found("ba: (.)")


def test_what_does_not_come_is_waited_for_and_no_more(inbox: Inbox) -> None:
    mail(inbox, "Hồ sơ C-1")
    inbox.settled("C-1")
    began = time.monotonic()
    replace(inbox, patience=0.2).settled("C-1", 2)
    assert time.monotonic() - began < 5
