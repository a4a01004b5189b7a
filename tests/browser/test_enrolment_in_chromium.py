"""Somebody enrols in a CA's app in Chromium, wide and on a phone: each page of the way, without JavaScript of its own."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.person import window
from tests.browser.screens import PHONE, Screens
from tests.needs import needs
from tests.simulators.living import Living, living

PASSWORD = "mat-khau-1"

pytestmark = needs("chromium")


@pytest.mark.parametrize("width", [1280, PHONE])
def test_the_whole_way_by_the_words_on_the_pages(chromium: Browser, width: int) -> None:
    screens = Screens(width, series=3)
    with living("--only", "ca,messages") as server, window(chromium, screens, script=False) as context:
        made = server.http.post("/control/citizens", json={"not_enrolled": ["vnpt"]}).json()["citizens"][0]
        page = context.new_page()
        page.goto(f"{server.url}/ca/vnpt/app/{made['id']}?key={server.line['key']}")
        register_and_pay(page, screens)
        page.get_by_label("Mã kích hoạt").fill(code_of(server, made))
        page.get_by_label("Đặt mật khẩu").fill(PASSWORD)
        press(page, screens, "Kích hoạt", "Chờ xác thực giấy tờ")
        page.get_by_label("Khuôn mặt").select_option(label="Không khớp")
        press(page, screens, "Gửi ảnh", "Bạn còn 2 lần thử")
        press(page, screens, "Gửi ảnh", "Chờ ký hợp đồng")
        page.get_by_label("Tôi đồng ý").check()
        press(page, screens, "Ký hợp đồng", "Đang thẩm định hồ sơ")
        decided = {"decision": "approve"}
        assert server.http.post(f"/control/enrolments/vnpt/{made['id']}", json=decided).status_code == 200
        page.get_by_role("link", name="Làm mới").click()
        page.get_by_label("Mật khẩu tài khoản").fill(PASSWORD)
        press(page, screens, "Ký biên bản", "Chứng thư số đang sử dụng")
        press(page, screens, "Mua", "Xác nhận thanh toán (MÔ PHỎNG)")
        page.get_by_text("Biên bản nghiệm thu (đã ký)").click()
        expect(page.get_by_text("Có hiệu lực đến")).to_be_visible()
        screens.keep(page, "enrolment-paper")
    assert not screens.complaints, "\n".join(screens.complaints)


def register_and_pay(page: Page, screens: Screens) -> None:
    screens.keep(page, "enrolment")
    page.get_by_label("Gói chứng thư số").select_option("per-signature-12")
    press(page, screens, "Đăng ký tài khoản", "Chờ thanh toán")
    page.get_by_label("Hình thức thanh toán").select_option(label="Thẻ ATM")
    press(page, screens, "Thanh toán 50.000 đồng", "Xác nhận thanh toán (MÔ PHỎNG)")
    press(page, screens, "Thanh toán", "Chờ kích hoạt")


def press(page: Page, screens: Screens, button: str, after: str) -> None:
    """And what the page says then."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(after)
    screens.keep(page, "enrolment-step")


def code_of(server: Living, citizen: dict[str, Any]) -> str:
    reply = server.http.get("/messages/otp", params={"to": citizen["phone"]})
    return str(reply.json()["otp"])
