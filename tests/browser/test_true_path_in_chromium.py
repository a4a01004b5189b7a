"""A citizen in Debian's Chromium walks the whole true path, on a wide screen and on a phone without JavaScript."""

import re
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from pyhanko.pdf_utils.reader import PdfFileReader

from conformance.control import LONGEST_WAIT, Control, Question
from conformance.launch import Running
from tests.browser.person import DECLARATION, Person, citizen_of, in_one_row, window
from tests.browser.screens import PHONE, Screens
from tests.needs import needs

BIRTH = "1.004772.000.00.00.H10"
PARENTS = "1.000689.000.00.00.H10"
CODE = re.compile(r"000\.00\.0[12]\.H10-\d{6}-\d{4}")
CA2_BY_HUB, VNPT_DIRECT = "hub:CA2", "direct:VNPT-CA"
REASON = "Tờ khai thiếu quê quán của người mẹ; đề nghị ghi đủ rồi nộp lại."

pytestmark = needs("chromium")


@pytest.mark.parametrize(("width", "script"), [(1280, True), (PHONE, False)], ids=["wide", "phone-without-javascript"])
def test_a_citizen_walks_the_whole_true_path(
    chromium: Browser, running: Running, lab: Control, width: int, script: bool
) -> None:
    screens = Screens(width)
    with window(chromium, screens, script=script) as context:
        person = Person(citizen_of(lab), context.new_page(), lab, running, screens)
        log_in(person)
        phone = person.phone()
        choose_procedure(person)
        fill_in(person)
        if script:
            read_paper(person, "declaration")
        sign(person, phone, CA2_BY_HUB)
        first = submit(person)
        decide(chromium, person, first, Decision("Từ chối tiếp nhận", "Không được tiếp nhận", "refused", REASON))
        copy(person, first)
        sign(person, phone, VNPT_DIRECT)
        if script:
            read_paper(person, "declaration-signed")
        second = submit(person)
        assert second != first
        decide(chromium, person, second, Decision("Tiếp nhận", "Được tiếp nhận", "accepted"))
        see_accepted(person, second)
        pay(person)
        log_out(person)
    assert not screens.complaints, "\n".join(screens.complaints)


def log_in(person: Person) -> None:
    page = person.page
    page.goto(person.portal)
    person.heading("Nộp hồ sơ trực tuyến")
    person.keep("home")
    person.turn_to("Đăng nhập")
    person.heading("Thông báo")
    person.keep("before-login")
    person.follow("Đăng nhập")
    person.heading("Đăng nhập")
    person.keep("chooser")
    page.get_by_role("button", name=re.compile("Cổng Dịch vụ công")).click()
    expect(page.get_by_role("link", name="CMT/CCCD")).to_have_attribute("aria-current", "page")
    person.keep("password-and-captcha")
    give_password(person, "sai-mat-khau")
    expect(page.get_by_role("alert")).to_be_visible()
    person.keep("password-wrong")
    inbox = person.inbox()
    give_password(person, person.citizen.password)
    boxes = page.locator(".boxes input")
    in_one_row(boxes, 6)
    expect(page.locator("#screenvalue")).to_have_text(re.compile(r"^\d{4}xxx\d{3}$"))
    otp = inbox.otp()
    assert otp not in page.content(), "the OTP stands in the page"
    person.keep("otp")
    for number, digit in enumerate(otp, 1):
        person.fill(f"Chữ số thứ {number}", digit)
    person.keep("otp-filled")
    person.press("XÁC NHẬN")
    person.heading("Xác thực thành công")
    person.keep("login-done")
    person.press("TIẾP TỤC")
    person.heading("Hồ sơ của tôi")
    expect(page.locator("header").get_by_text(person.citizen.name)).to_be_visible()
    person.reads("Bạn chưa có hồ sơ nào.")
    person.keep("no-dossiers")


def give_password(person: Person, password: str) -> None:
    key = parse_qs(urlsplit(person.page.url).query).get("sessionDataKey", [""])[0]
    key = key or person.page.locator("#loginForm [name=sessionDataKey]").input_value()
    captcha = person.lab.get(f"/control/login/captcha/{key}")["answer"]
    assert captcha not in person.page.content(), "the captcha's answer stands in the page"
    person.fill("Tên đăng nhập", person.citizen.username)
    person.fill("Mật khẩu", password)
    person.fill("Nhập mã xác thực", captcha)
    person.press("ĐĂNG NHẬP")


def choose_procedure(person: Person) -> None:
    person.turn_to("Thủ tục hành chính")
    person.fill("Tên thủ tục / mã TTHC", "dang ky khai sinh")
    person.press("Tìm kiếm")
    rows = person.page.locator("tbody tr")
    expect(rows.filter(has_text=BIRTH)).to_have_count(2)
    person.reads("UBND Xã Thanh Lương", "UBND Xã Thanh Phú", "Một phần")
    person.keep("catalogue")
    rows.filter(has_text=BIRTH).filter(has_text="Thanh Phú").get_by_role("link", name="Chi tiết").click()
    person.heading("Đăng ký khai sinh cho người đã có hồ sơ, giấy tờ cá nhân")
    expect(person.page.locator("tbody tr")).to_have_count(5)
    person.reads("Bắt buộc", "Không thu", "UBND Xã Thanh Phú")
    person.keep("procedure")
    person.press("Nộp hồ sơ")
    person.reads("cấp khi nộp hồ sơ", "Bản nháp")
    person.keep("dossier-new")


def fill_in(person: Person) -> None:
    person.follow("Điền tờ khai")
    person.heading("Tờ khai đăng ký khai sinh")
    person.keep("form")
    write_down(person)
    person.keep("form-filled")
    person.press("Lưu tờ khai")
    person.reads("đã đính kèm")
    person.keep("dossier-filled")


def write_down(person: Person) -> None:
    for label, text in DECLARATION.items():
        person.fill(label, text)


def read_paper(person: Person, name: str) -> None:
    """A paper of several pages, shown by the browser's own viewer (which needs JavaScript itself)."""
    link = person.page.get_by_role("link", name=re.compile(r"\.pdf$"))
    address = link.get_attribute("href")
    reply = person.page.context.request.get(f"{person.portal}{address}")
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"].startswith("inline")
    assert int(PdfFileReader(BytesIO(reply.body())).root["/Pages"]["/Count"]) >= 2
    with person.page.context.expect_page() as opened:
        link.click(modifiers=["Control"])
    opened.value.wait_for_timeout(1500)  # the viewer draws without telling anybody
    person.screens.keep_paper(opened.value, name)
    opened.value.close()


def sign(person: Person, phone: Person, way: str) -> None:
    page, name = person.page, way.partition(":")[0]
    person.follow("Ký số")
    person.heading("Ký số tập tin đính kèm")
    person.reads("Tên file ký số:", ".pdf")
    expect(page.get_by_role("button", name="Ký số")).to_be_disabled()
    page.get_by_label("Chọn CA").select_option(way)
    expect(page.get_by_label("Số CCCD/CMND/Hộ chiếu/MST")).to_have_value(person.citizen.id)
    if name == "hub":
        person.keep("sign-empty")
    person.press("Lấy CTS")
    expect(page.get_by_role("group", name="Chọn CTS").get_by_role("radio").first).to_be_checked()
    person.reads(person.citizen.name)
    person.keep(f"sign-{name}")
    person.press("Ký số")
    person.heading("Xác nhận trên điện thoại")
    shown = page.get_by_label("Mã tài liệu").inner_text()
    person.keep(f"waiting-{name}")
    approve(phone, shown, name)
    person.heading("Đã ký số thành công")
    person.keep(f"signed-{name}")
    person.follow("Về hồ sơ")
    person.reads("đã ký số", f"✓ {person.citizen.name}")
    person.keep(f"dossier-signed-{name}")


def approve(phone: Person, code: str, name: str) -> None:
    """A wrong PIN first: the phone says so, and the question stays."""
    phone.page.bring_to_front()  # it looks again by itself, every three seconds
    phone.heading("Xác thực giao dịch")
    phone.reads(code)
    question = phone.page.get_by_role("region", name="Xác thực giao dịch")
    if name == "direct":  # the hub takes no description along
        phone.reads("Ký số Tờ khai đăng ký khai sinh.pdf")
    expect(question).to_contain_text(re.compile(r"\d\d:\d\d.{0,5}\d\d/\d\d/\d{4}"))
    expect(question.get_by_role("button")).to_have_text(["Hủy", "Đồng ý"])
    phone.keep(f"phone-{name}")
    if name == "hub":
        phone.fill("Mã PIN", "000000" if phone.citizen.pin != "000000" else "111111")
        phone.press("Đồng ý")
        expect(phone.page.get_by_role("alert")).to_be_visible()
        phone.keep("phone-wrong-pin")
    phone.fill("Mã PIN", phone.citizen.pin)
    phone.press("Đồng ý")
    phone.reads("Đã gửi xác nhận Đồng ý.")
    phone.keep(f"phone-{name}-approved")


def submit(person: Person) -> str:
    person.press("Nộp hồ sơ")
    person.reads("Mới đăng ký")
    code = person.page.locator("dd.code").inner_text()
    assert CODE.fullmatch(code), code
    person.keep("dossier-submitted")
    return code


@dataclass(frozen=True)
class Decision:
    """What the officer chooses, the state that follows, the name of the pictures, and the reason where one is due."""

    deed: str
    state: str
    name: str
    reason: str = ""


def decide(chromium: Browser, person: Person, code: str, decision: Decision) -> None:
    """An officer, at a browser of their own."""
    with window(chromium, person.screens) as context:
        page = context.new_page()
        page.goto(f"{person.portal}/can-bo")
        page.get_by_label("Khóa của cán bộ").fill(person.running.portals[0].key)
        page.get_by_label("Thao tác").select_option(label=decision.deed)
        page.get_by_label("Mã hồ sơ").fill(code)
        page.get_by_label("Lý do, nội dung").fill(decision.reason)
        person.screens.keep(page, f"officer-{decision.name}")
        page.get_by_role("button", name="Thực hiện").click()
        expect(page.get_by_role("status")).to_contain_text(code)
        expect(page.get_by_role("row").filter(has_text=code)).to_contain_text(decision.state)
        person.screens.keep(page, f"officer-has-{decision.name}")


def see_accepted(person: Person, code: str) -> None:
    person.turn_to("Hồ sơ của tôi")
    expect(person.page.get_by_role("row").filter(has_text=code)).to_contain_text("Được tiếp nhận")
    person.keep("list-accepted")


def copy(person: Person, code: str) -> None:
    """The reason is told on the list, in the dossier and by SMS; the copy keeps the data and carries no signature."""
    person.turn_to("Hồ sơ của tôi")
    refused = person.page.get_by_role("row").filter(has_text=code)
    expect(refused).to_contain_text("Không được tiếp nhận")
    expect(refused).to_contain_text(f"Lý do: {REASON}")
    person.keep("list-refused")
    refused.get_by_role("link", name="Xem").click()
    person.heading("Hồ sơ không được tiếp nhận")
    person.reads(f"Lý do: {REASON}")
    person.keep("dossier-refused")
    person.press("Sao chép")
    person.reads("Bản nháp", "cấp khi nộp hồ sơ", "đã đính kèm", "hồ sơ trước")
    expect(person.page.locator("main")).not_to_contain_text("✓")
    person.keep("dossier-copied")
    person.follow("Sửa tờ khai")
    expect(person.page.get_by_label("Quê quán", exact=True)).to_have_value(DECLARATION["Quê quán"])
    person.follow("Hủy")


def pay(person: Person) -> None:
    page = person.page
    person.turn_to("Thủ tục hành chính")
    page.locator("tbody tr").filter(has_text=PARENTS).get_by_role("button", name="Nộp hồ sơ").click()
    person.follow("Điền tờ khai")
    write_down(person)
    person.press("Lưu tờ khai")
    submit(person)
    with page.expect_request(re.compile("vpcpay.html")) as asked:
        person.press("Thanh toán qua VNPAY")
    person.heading("Chọn phương thức thanh toán")
    expect(page.locator("#amount")).to_contain_text("1.500.000")
    person.keep("checkout-bank")
    meet_error_70(person, asked.value.url)
    page.locator("#bank-NCB").click()
    person.keep("checkout-card")
    person.fill("Số thẻ", person.citizen.card)
    person.fill("Tên chủ thẻ", person.citizen.card_holder)
    person.fill("Ngày phát hành (MM/YY)", person.citizen.card_date)
    person.press("Tiếp tục")
    person.fill("Mã OTP", "000000")
    page.locator("#pay").click()
    expect(page.get_by_role("alert")).to_be_visible()
    person.keep("checkout-otp")
    person.fill("Mã OTP", person.citizen.card_otp)
    page.locator("#pay").click()
    come_back(person, parse_qs(urlsplit(asked.value.url).query)["vnp_TxnRef"][0])


def meet_error_70(person: Person, url: str) -> None:
    """Somebody else's order with another amount: the gateway says why the checksum is wrong."""
    page = person.page.context.new_page()
    page.goto(re.sub(r"vnp_Amount=\d+", "vnp_Amount=100", url))
    expect(page.locator("#error-code")).to_have_text("70")
    expect(page.get_by_role("heading", name="Vì sao sai chữ ký")).to_be_visible()
    person.screens.keep(page, "checkout-error-70")
    page.close()


def come_back(person: Person, ref: str) -> None:
    person.page.wait_for_url(re.compile(f"^{person.portal}"))
    person.reads("Về hồ sơ")
    person.keep("returned")
    assert person.lab.rows(Question("delivered", ref), wait=LONGEST_WAIT), "the gateway's notice did not arrive"
    person.follow("Về hồ sơ")
    person.reads("Đã thanh toán", "1.500.000 đồng", "Biên lai")
    person.keep("dossier-paid")
    person.page.locator("main").get_by_role("link", name=re.compile("^BL-")).click()
    person.heading("Biên lai thu phí, lệ phí")
    person.reads("1.500.000 đồng", person.citizen.name)
    person.keep("receipt")


def log_out(person: Person) -> None:
    person.press("Đăng xuất")
    person.page.wait_for_url(re.compile(person.portal))
    expect(person.page.get_by_role("link", name="Đăng nhập", exact=True)).to_be_visible()
    person.keep("logged-out")
