"""A unit registers with the State Treasury in Chromium: confirmed and sent by USB token, refused, copied, approved."""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from conformance.control import Control
from conformance.launch import Running
from conformance.people import Citizen
from tests.browser.person import Person, citizen_of, window
from tests.browser.screens import PHONE, Screens
from tests.browser.test_true_path_in_chromium import log_in
from tests.needs import needs

REASON = "Thiếu số tài khoản của dự án; đề nghị kê khai lại."
UNIT = "Trường Tiểu học Thanh Lương A"
OWN_PASSWORD = "mot mat khau du dai"

pytestmark = needs("chromium")


@pytest.mark.parametrize(("width", "series"), [(1280, 3), (PHONE, 3)], ids=["wide", "phone"])
def test_a_unit_registers_with_its_tokens(
    chromium: Browser, running: Running, lab: Control, width: int, series: int
) -> None:
    screens = Screens(width, series=series)
    with window(chromium, screens) as one, window(chromium, screens) as other:
        owner = Person(citizen_of(lab), one.new_page(), lab, running, screens)
        staff = Person(citizen_of(lab), other.new_page(), lab, running, screens)
        tokens = [lab.post("/control/tokens", {"citizen": each.citizen.id}) for each in (owner, staff)]
        for person in (owner, staff):
            log_in(person)
        declare(owner, [(owner.citizen, tokens[0]), (staff.citizen, tokens[1])])
        for number, person in enumerate((owner, staff)):
            confirm(person, tokens[number])
        first = send(owner, tokens[0])
        officer(owner, "refuse", first, reason=REASON)
        copy(owner, first)
        for number, person in enumerate((owner, staff)):
            confirm(person, tokens[number], links=2)
        second = send(owner, tokens[0])
        assert second != first
        for deed in ("accept", "finish"):
            officer(owner, deed, second)
        finished(owner, second)
        first_login(owner, second)
    assert not screens.complaints, "\n".join(screens.complaints)


def declare(owner: Person, members: list[tuple[Citizen, dict[str, Any]]]) -> None:
    """Screens 1 to 3; the links go out to the members."""
    owner.turn_to("Kho bạc Nhà nước")
    owner.reads("Chưa có hồ sơ nào.")
    owner.press("Kê khai hồ sơ mới")
    owner.heading("1. Kê khai thông tin đơn vị")
    owner.reads("Chờ hoàn thiện")
    type_in(owner, {"name": UNIT, "code": "1079954", "address": "Xã Thanh Lương", "email": str(owner.citizen.email)})
    owner.keep("kbnn-unit")
    owner.press("Lưu")
    type_in(owner, {"1.code": "1079954", "1.account": "9523.2.1079954"})
    owner.keep("kbnn-projects")
    owner.press("Lưu")
    for row, (citizen, token) in enumerate(members, 1):
        owner.page.locator(f'[name="{row}.role"]').select_option("owner" if row == 1 else "staff")
        told = {"name": citizen.name, "email": str(citizen.email), "personal_id": citizen.id, "serial": token["serial"]}
        type_in(owner, {f"{row}.{name}": text for name, text in told.items()})
    owner.keep("kbnn-members")
    owner.press("Lưu")
    ask_members(owner)


def type_in(person: Person, fields: dict[str, str]) -> None:
    for name, text in fields.items():
        person.page.locator(f'[name="{name}"]').fill(text)


def ask_members(owner: Person) -> None:
    owner.heading("4. Hoàn thành và gửi hồ sơ")
    owner.reads("chưa xác nhận")
    owner.press("Gửi liên kết xác nhận cho thành viên")
    owner.heading("4. Hoàn thành và gửi hồ sơ")
    owner.keep("kbnn-asked")


def confirm(member: Person, token: dict[str, Any], links: int = 1) -> None:
    """By the newest link in the member's own mailbox, with the certificate in the member's own token."""
    mails = replace(member.inbox(), since="").with_words("mail", "xác nhận tại liên kết", links)
    link = re.search(r"http://\S+/kbnn/xac-nhan/\S+", mails[-1].text)
    assert link, mails[-1].text
    member.page.goto(link[0])
    member.heading("Xác nhận thông tin thành viên")
    read_token(member, token)
    member.keep("kbnn-confirm")
    member.press("Xác nhận")
    member.heading("4. Hoàn thành và gửi hồ sơ")
    expect(member.page.get_by_role("row").filter(has_text=member.citizen.name)).to_contain_text("đã xác nhận")


def read_token(person: Person, token: dict[str, Any]) -> None:
    page = person.page
    agent = f"{person.running.url}/tokens/{person.citizen.id}/agent"
    page.get_by_label(re.compile("Phần mềm ký số")).fill(agent)
    person.press("Đọc USB token")
    row = page.get_by_role("radio", name=re.compile(token["serial"]))
    expect(row).to_be_visible()
    row.check()


def send(owner: Person, token: dict[str, Any]) -> str:
    """Lookup, the code, Tiếp tục to screen 4, the dialog, the PIN at the signing software."""
    owner.turn_to("Kho bạc Nhà nước")
    link = owner.page.locator("tbody tr").first.get_by_role("link")
    code = link.inner_text()
    link.click()
    for _ in range(3):
        owner.follow("Tiếp tục")
    owner.heading("4. Hoàn thành và gửi hồ sơ")
    owner.follow("Ký số")
    owner.heading("Phê duyệt hồ sơ")
    read_token(owner, token)
    owner.keep("kbnn-approval")
    owner.press("Phê duyệt")
    owner.reads("Mã tài liệu")
    owner.keep("kbnn-pin")
    computer = owner.phone()
    computer.fill("Mã PIN", token["pin"])
    computer.keep("kbnn-pin-dialog")
    computer.press("Đồng ý")
    owner.reads("Chờ cán bộ KBNN tiếp nhận hồ sơ", "Gửi hồ sơ thành công sang KBNN.")
    computer.page.close()
    owner.keep("kbnn-sent")
    return code


def officer(owner: Person, action: str, code: str, **details: str) -> None:
    portal = owner.running.portals[0]
    told = {"officer": "an", "action": action, "dossier": code, **details}
    reply = httpx.post(f"{portal.origin}/pti/officer", json=told, headers={"Authorization": f"Bearer {portal.key}"})
    assert reply.status_code == 200, reply.text


def copy(owner: Person, code: str) -> None:
    """The reason stands in the list; the copy has the data and no confirmation, so every member is asked anew."""
    owner.turn_to("Kho bạc Nhà nước")
    refused = owner.page.locator("tbody tr").filter(has_text=code)
    expect(refused).to_contain_text("KBNN từ chối tiếp nhận")
    expect(refused).to_contain_text(REASON)
    owner.keep("kbnn-refused")
    refused.get_by_role("button", name="Sao chép").click()
    owner.heading("1. Kê khai thông tin đơn vị")
    expect(owner.page.locator('[name="name"]')).to_have_value(UNIT)
    owner.keep("kbnn-copied")
    owner.follow("Tiếp tục")
    type_in(owner, {"1.account": "9523.2.1079955"})
    owner.press("Lưu")
    owner.press("Lưu")
    ask_members(owner)


def finished(owner: Person, code: str) -> None:
    owner.turn_to("Kho bạc Nhà nước")
    expect(owner.page.locator("tbody tr").filter(has_text=code)).to_contain_text("Đã hoàn thành")
    owner.keep("kbnn-finished")


def first_login(owner: Person, code: str) -> None:
    """The password in the mail is good for choosing one's own, and for nothing else."""
    (mail,) = replace(owner.inbox(), since="").with_words("mail", "Mật khẩu lần đầu")
    account, password = (re.search(rf"{word}: (\S+)", mail.text) for word in ("Tài khoản", "Mật khẩu lần đầu"))
    assert account, mail.text
    assert password, mail.text
    assert code in mail.subject
    owner.page.goto(f"{owner.portal}/kbnn/dang-nhap")
    give(owner, account[1], password[1], "")
    owner.reads("Phải đổi mật khẩu trong lần đăng nhập đầu tiên.")
    owner.keep("kbnn-must-change")
    owner.page.goto(f"{owner.portal}/kbnn/dang-nhap")
    give(owner, account[1], password[1], OWN_PASSWORD)
    owner.reads(account[1], "Chủ tài khoản")
    owner.keep("kbnn-logged-in")


def give(person: Person, account: str, password: str, new: str) -> None:
    type_in(person, {"account": account, "password": password, "new_password": new})
    person.page.locator("#kbnn-login button").click()
