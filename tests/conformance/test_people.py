"""What a check reads of somebody's inbox."""

from collections.abc import Iterator

import httpx
import pytest

from conformance import people
from conformance.control import Control
from conformance.failures import Missed
from conformance.launch import Running
from conformance.people import Citizen, Inbox


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


def test_words_that_never_come_are_missed_in_one_sentence(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "LONGEST_WAIT", 0.2)
    send(inbox, "Mã xác thực")
    with pytest.raises(Missed, match=r"expected 1 sms with “Hồ sơ”, came 0\. Mã xác thực"):
        inbox.with_words("sms", "Hồ sơ")
