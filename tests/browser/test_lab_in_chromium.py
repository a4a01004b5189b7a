"""What the lab shows to people in Chromium, wide and on a phone: console, inbox, journal, VNPAY's diagnoses, the report."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from conformance.control import Control
from conformance.launch import ROOT, Running
from tests.browser.person import citizen_of, window
from tests.browser.screens import PHONE, Screens
from tests.needs import needs

REPORT_SECONDS = 60
SMS = "Hồ sơ 000.00.01.H10-261121-0001 đã được tiếp nhận. Hẹn trả kết quả ngày 30/11/2026."

pytestmark = needs("chromium")
wide_and_phone = pytest.mark.parametrize("width", [1280, PHONE])


@wide_and_phone
def test_the_console_gives_all_that_a_portal_needs(
    chromium: Browser, running: Running, lab: Control, width: int
) -> None:
    screens = Screens(width, series=1)
    citizen = citizen_of(lab)
    with window(chromium, screens, script=False) as context:
        page = context.new_page()
        page.goto(running.url)
        expect(page.get_by_role("heading", name="Cần khoá của lần chạy này")).to_be_visible()
        screens.keep(page, "locked")
        page.get_by_label("Khoá").fill(running.key)
        page.get_by_role("button", name="Mở").click()
        for value in (running.url, running.key, citizen.id, citizen.password, citizen.pin, citizen.card):
            expect(page.get_by_text(value, exact=True).first).to_be_visible()
        screens.keep(page, "console")
        make_contract(page, screens)
        page.get_by_label("Số người").fill("2")
        people = page.locator("#citizens article")
        before = people.count()
        page.get_by_role("button", name="Tạo công dân").click()
        expect(people).to_have_count(before + 2)
        look_at_messages(context, screens, lab, citizen.phone or "")
        look_at_journal(context, screens, running)
    assert not screens.complaints, "\n".join(screens.complaints)


def make_contract(page: Page, screens: Screens) -> None:
    page.get_by_label("Tên", exact=True).fill("Cổng dịch vụ công xã Thanh Lương")
    page.get_by_role("button", name="Nhận bảng cấu hình").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tạo cấu hình kết nối")
    sheet = page.locator("details.contract[open]")
    for name in ("client_id", "client_secret", "tmn_code", "hash_secret", "sp_id", "pay_url", "tsa_url"):
        expect(sheet.get_by_text(name, exact=True).first).to_be_visible()
    screens.keep(page, "console-sheet")


def look_at_messages(context: BrowserContext, screens: Screens, lab: Control, phone: str) -> None:
    door = lab.get(f"/control/contracts/{lab.contract}")["sms"]
    httpx.post(
        door["url"], json={"to": phone, "text": SMS}, auth=(door["user"], door["password"]), trust_env=False
    ).raise_for_status()
    page = context.new_page()
    page.goto(f"{lab.url}/messages?to={phone}")
    expect(page.get_by_role("article")).to_contain_text(SMS)
    screens.keep(page, "inbox")
    page.get_by_label("Số điện thoại hoặc địa chỉ thư").fill("0900000000")
    page.get_by_role("button", name="Lọc").click()
    expect(page.get_by_role("main")).to_contain_text("Chưa có tin nào cho 0900000000.")
    screens.keep(page, "inbox-empty")


def look_at_journal(context: BrowserContext, screens: Screens, running: Running) -> None:
    page = context.new_page()
    page.goto(f"{running.url}/journal?contract={running.portals[0].contract}")
    expect(page.get_by_role("article").first).to_contain_text("message_received")
    page.get_by_role("article").first.get_by_text("chi tiết").click()
    screens.keep(page, "journal")
    page.get_by_label("Từ", exact=True).fill("no_such_word")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_text("Không ai ghi từ")).to_be_visible()
    screens.keep(page, "journal-no-such-word")
    page.goto(f"{running.url}/payment/vnpay/diagnostics")
    expect(page.get_by_role("heading", name="Những lần sai chữ ký gần nhất")).to_be_visible()
    screens.keep(page, "vnpay-diagnostics")
    page.goto(f"{running.url}/phone/000000000000")
    expect(page.get_by_role("heading", name="Không có công dân")).to_be_visible()
    screens.keep(page, "phone-of-nobody")


@pytest.fixture(scope="module")
def report(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run against the portal that believes any notice: one check passes, one fails."""
    results, portal = tmp_path_factory.mktemp("results"), running.portals[1]
    given = {
        "portal": portal.origin,
        "simulators": running.url,
        "contract": portal.contract,
        "portal-key": portal.key,
        "simulators-key": running.key,
        "results": str(results),
    }
    options = [f"--{name}={value}" for name, value in given.items()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "conformance/", "-k", "A01 or F07", "-p", "no:cacheprovider", *options],
        cwd=ROOT,
        timeout=REPORT_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    return next(results.glob("*/report.html"))


@wide_and_phone
def test_the_report_tells_who_decides_what_failed_and_why(chromium: Browser, report: Path, width: int) -> None:
    screens = Screens(width, series=2)
    with window(chromium, screens, script=False) as context:
        page = context.new_page()
        page.goto(report.as_uri())
        expect(page.get_by_role("heading", name="Chưa đạt hồ sơ kiểm thử")).to_be_visible()
        expect(page.locator("#verdict")).to_contain_text("F07")
        failed = page.locator("details.bad").first
        for words in ("Nhận được", "Vì sao quan trọng", "Cách sửa", "Căn cứ", "Chạy lại riêng phép kiểm này"):
            expect(failed).to_contain_text(words)
        expect(page.locator("details", has_text="A01").first).to_contain_text("ĐẠT", ignore_case=True)
        screens.keep(page, "report")
    assert not screens.complaints, "\n".join(screens.complaints)
