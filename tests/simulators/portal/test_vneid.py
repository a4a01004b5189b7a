"""The login in force since 20/07/2026: VNeID alone, no phone needed, what is shared is agreed to."""

from __future__ import annotations

from simulators.kernel.citizens import Citizen
from tests.simulators.portal.house import VNEID, Browser, House, Page, in_house, query, told


async def to_consent(house: House, browser: Browser, citizen: Citizen, **typed: str) -> Page:
    page = await browser.submit(await house.begin(browser), "way1")
    return await browser.submit(
        page, "loginForm", **{"username": citizen.username, "password": citizen.password, **typed}
    )


@in_house("vneid-2026")
async def test_a_citizen_without_phone_and_email_logs_in(house: House) -> None:
    citizen = await house.world.citizens.make({"phone": None, "email": None})
    browser = house.browser()
    page = await to_consent(house, browser, citizen)
    assert "Xác nhận chia sẻ thông tin" in page.text
    made = (await house.tokens(told(await browser.submit(page, "finalForm"))["code"])).json()
    given = (await house.userinfo(made["access_token"])).json()
    assert given["loginIdp"] == "BCA"
    assert given["LoaiTaiKhoan"] == "1"
    assert isinstance(given["IAL"], int)
    assert given["TechID"] == citizen.techid
    assert not {"ThuDienTu", "SoDienThoai"} & set(given)
    assert house.words().count("otp_sent") == 0


@in_house("vneid-2026")
async def test_vneid_tells_neither_phone_nor_email_of_those_who_have_them(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await to_consent(house, browser, citizen)
    made = (await house.tokens(told(await browser.submit(page, "finalForm"))["code"])).json()
    assert not {"ThuDienTu", "SoDienThoai"} & set((await house.userinfo(made["access_token"])).json())


@in_house("vneid-2026")
async def test_the_logout_uri_ends_the_session(house: House) -> None:
    browser = house.browser()
    page = await to_consent(house, browser, await house.world.citizens.make())
    made = (await house.tokens(told(await browser.submit(page, "finalForm"))["code"])).json()
    link = (await house.userinfo(made["access_token"])).json()["logoutUri"]
    assert "/api/idp/third-party/logout?token_id=" in link
    assert "code" in told(await house.begin(browser))
    assert (await house.browser().http.get(link)).status_code == 200
    assert "sessionDataKey" in query(await house.begin(browser))
    assert house.words().count("logged_out") == 1


@in_house("vneid-2026")
async def test_who_does_not_agree_goes_back_with_access_denied(house: House) -> None:
    browser = house.browser()
    page = await to_consent(house, browser, await house.world.citizens.make())
    given = told(await browser.submit(page, "finalForm", deny="true"))
    assert given["error"] == "access_denied"
    assert given["state"] == "state-of-the-portal"
    assert "code_issued" not in house.words()
    assert "sessionDataKey" in query(await house.begin(browser))


@in_house("vneid-2026")
async def test_a_wrong_password_is_told_and_counted(house: House) -> None:
    browser = house.browser()
    page = await to_consent(house, browser, await house.world.citizens.make(), password="sai")
    assert "không đúng" in page.text
    assert house.rows("password_refused")[0].body == {"left": 4}


@in_house("vneid-2026")
async def test_the_icon_for_organisations_says_that_it_is_not_simulated(house: House) -> None:
    browser = house.browser()
    page = await browser.submit(await house.begin(browser), "way2")
    assert "chưa được mô phỏng" in page.text
    assert query(page)["authFailureMsg"] == ["not.simulated"]


@in_house("vneid-2026")
async def test_no_form_of_the_old_login_is_left(house: House) -> None:
    reply = await house.browser().http.get(f"{VNEID}/authenticationendpoint/vnconnect-authenticator.jsp")
    assert reply.status_code == 404


@in_house("vneid-2026")
async def test_a_client_of_one_profile_is_unknown_to_the_other(house: House) -> None:
    page = await house.browser().go("GET", "/portal/vnconnect-2022/oauth2/authorize", house.asking())
    assert query(page)["oauthErrorCode"] == ["invalid_client"]
