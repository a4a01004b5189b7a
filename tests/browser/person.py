"""Somebody at a browser: presses, follows, fills and reads by the words on the page, never by their place in it."""

from dataclasses import dataclass, replace

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from conformance.control import Control
from conformance.launch import Running
from conformance.people import Citizen, Inbox, read
from tests.browser.screens import PHONE, Screens

PATIENCE_MS = 20_000

# Every mark that Vietnamese writes, in the fields of the paper.
DECLARATION = {
    "Họ, chữ đệm, tên người yêu cầu": "Nguyễn Thị Ưu Ái",
    "Nơi cư trú của người yêu cầu": "Ấp Thanh Bình, xã Thanh Lương, tỉnh Bình Phước",
    "Giấy tờ tùy thân của người yêu cầu": "Thẻ căn cước do Cục Cảnh sát QLHC về TTXH cấp ngày 06/07/2023",
    "Quan hệ với người được khai sinh": "Bản thân",
    "Họ, chữ đệm, tên người được khai sinh": "Nguyễn Thị Ưu Ái",
    "Ngày, tháng, năm sinh": "15/07/2001",
    "Ngày, tháng, năm sinh ghi bằng chữ": "Ngày mười lăm tháng bảy năm hai nghìn không trăm lẻ một",
    "Giới tính": "Nữ",
    "Dân tộc": "Xtiêng",
    "Quốc tịch": "Việt Nam",
    "Nơi sinh": "Trạm y tế xã Thanh Lương, tỉnh Bình Phước",
    "Quê quán": "Xã Thanh Phú, tỉnh Bình Phước",
    "Họ, chữ đệm, tên người mẹ": "Điểu Thị Mỹ Hạnh",
    "Năm sinh của người mẹ": "1975",
    "Dân tộc của người mẹ": "Xtiêng",
    "Quốc tịch của người mẹ": "Việt Nam",
    "Nơi cư trú của người mẹ": "Ấp Thanh Bình, xã Thanh Lương",
    "Họ, chữ đệm, tên người cha": "Nguyễn Văn Quỳnh Đức",
    "Năm sinh của người cha": "1972",
    "Dân tộc của người cha": "Kinh",
    "Quốc tịch của người cha": "Việt Nam",
    "Nơi cư trú của người cha": "Ấp Thanh Bình, xã Thanh Lương",
    "Làm tại": "Thanh Lương",
    "Ngày làm tờ khai": "21 tháng 11 năm 2026",
}


@dataclass(frozen=True)
class Person:
    """`lab` is what only the holder of the run key may ask: the captcha's answer, the inbox."""

    citizen: Citizen
    page: Page
    lab: Control
    running: Running
    screens: Screens

    @property
    def portal(self) -> str:
        return self.running.portals[0].origin

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.locator("main").get_by_role("link", name=name, exact=True).click()

    def turn_to(self, name: str) -> None:
        """A link of the page's head."""
        self.page.get_by_role("banner").get_by_role("link", name=name, exact=True).click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def reads(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main").get_by_text(each).filter(visible=True).first).to_be_visible()

    def heading(self, name: str) -> None:
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    def keep(self, name: str) -> None:
        self.screens.keep(self.page, name)

    def phone(self) -> "Person":
        """The same person's phone, in a second page."""
        page = self.page.context.new_page()
        page.goto(f"{self.running.url}/phone/{self.citizen.id}?key={self.running.key}")
        return replace(self, page=page)

    def inbox(self) -> Inbox:
        return Inbox(self.lab, self.citizen).from_now()


def citizen_of(lab: Control) -> Citizen:
    made: Citizen = read(Citizen, lab.post("/control/citizens", {"count": 1})["citizens"][0])
    return made


def window(chromium: Browser, screens: Screens, *, script: bool = True) -> BrowserContext:
    width, height = screens.size
    context = chromium.new_context(
        locale="vi-VN",
        viewport={"width": width, "height": height},
        java_script_enabled=script,
        has_touch=width == PHONE,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def in_one_row(boxes: Locator, count: int) -> None:
    expect(boxes).to_have_count(count)
    shapes = [box.bounding_box() for box in boxes.all()]
    assert len({(shape["y"], shape["width"], shape["height"]) for shape in shapes if shape}) == 1, shapes
