"""Password, captcha and lock: one answer for an unknown name and a wrong password, one use for a captcha."""

from __future__ import annotations

import base64

import pytest

from simulators.kernel.citizens import Citizen
from simulators.kernel.records import Instant
from simulators.portal import login
from simulators.portal.attempts import Reason, Refused
from simulators.portal.providers.vnconnect_2022 import PROVIDER
from simulators.portal.records import Account, Asked, Attempt, Stage
from tests.simulators.portal.house import House, Page, in_house, query

NOW = Instant(1_000_000)


def attempt(**changed: object) -> Attempt:
    usual: dict[str, object] = {
        "id": "k",
        "profile": PROVIDER.id,
        "asked": Asked(client_id="c", redirect_uri="http://localhost/cb"),
        "browser": "b",
        "application": "a",
        "expires": Instant(NOW + 1000),
        "stage": Stage.PASSWORD,
        "authenticator": "Vnconnect DVC",
        "captcha": "AC7",
    }
    return Attempt(**(usual | changed))


def entry(citizen: Citizen | None, **changed: str) -> login.Entry:
    usual = {"username": "1", "password": "p", "captcha": "ac7", "next_captcha": "HK9", "otp": "123456", "token": "t"}
    return login.Entry(citizen=citizen, **(usual | changed))


def message(page: Page) -> str:
    return query(page).get("authFailureMsg", [""])[0]


@in_house()
async def test_the_right_password_sends_a_code_to_the_registered_phone_only(house: House) -> None:
    citizen = await house.world.citizens.make()
    page = await house.to_otp(house.browser(), citizen)
    assert "Xác thực mã OTP" in page.text
    assert house.words()[1:] == ["password_accepted", "otp_sent"]
    assert [sent.to for sent in await house.messages(citizen)] == [citizen.phone]


@in_house()
async def test_an_unknown_name_and_a_wrong_password_are_answered_alike(house: House) -> None:
    citizen = await house.world.citizens.make()
    answers = []
    for typed in ({"password": "sai"}, {"username": "000000000000"}):
        browser = house.browser()
        page = await house.type_password(browser, await house.to_password(browser), citizen, **typed)
        answers.append((message(page), "Tên đăng nhập hoặc mật khẩu không đúng." in page.text))
    assert answers == [("login.fail.message", True)] * 2
    assert [row.body for row in house.rows("password_refused")] == [{"left": 4}, {"left": 4}]


@in_house()
async def test_as_many_wrong_passwords_as_the_spec_says_lock_the_name_in_every_browser(house: House) -> None:
    citizen = await house.world.citizens.make()
    for left in (4, 3, 2, 1, 0):
        browser = house.browser()
        page = await house.type_password(browser, await house.to_password(browser), citizen, password="sai")
        assert house.rows("password_refused")[-1].body == {"left": left}
    page = await house.to_otp(house.browser(), citizen)
    assert message(page) == "user.account.locked"
    await house.later(PROVIDER.lock_ttl)
    assert "Xác thực mã OTP" in (await house.to_otp(house.browser(), citizen)).text


@in_house()
async def test_a_captcha_is_good_for_one_try_and_knows_no_case(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_password(browser)
    key = page.form("loginForm")[2]["sessionDataKey"]
    first = await house.captcha(key)
    page = await house.type_password(browser, page, citizen, password="sai")
    assert message(await house.type_password(browser, page, citizen, captcha=first)) == "recaptcha.fail.message"
    page = await house.type_password(browser, page, citizen, captcha=(await house.captcha(key)).lower())
    assert "Xác thực mã OTP" in page.text


@in_house()
async def test_a_wrong_captcha_counts_no_try_and_sends_nothing(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.type_password(browser, await house.to_password(browser), citizen, captcha="")
    assert message(page) == "recaptcha.fail.message"
    assert house.rows("password_refused")[-1].body == {"left": 5, "reason": "captcha"}
    assert await house.messages(citizen) == []


@in_house()
async def test_the_captcha_is_drawn_and_its_answer_stands_in_no_page_address_or_journal(house: House) -> None:
    browser = house.browser()
    page = await house.to_password(browser)
    answer = await house.captcha(page.form("loginForm")[2]["sessionDataKey"])
    picture = page.text.partition('src="data:image/svg+xml;base64,')[2].partition('"')[0]
    drawn = base64.b64decode(picture).decode()
    assert "<path" in drawn
    assert "<text" not in drawn
    everything = drawn + page.text + str([dict(reply.headers) for reply in browser.seen]) + str(house.rows())
    assert answer.casefold() not in everything.casefold()


@in_house()
async def test_another_picture_is_another_answer(house: House) -> None:
    browser = house.browser()
    page = await house.to_password(browser)
    key = page.form("loginForm")[2]["sessionDataKey"]
    first = await house.captcha(key)
    await browser.submit(page, "captchaForm")
    assert await house.captcha(key) != first


@in_house()
async def test_only_the_run_key_opens_the_captcha(house: House) -> None:
    key = (await house.to_password(house.browser())).form("loginForm")[2]["sessionDataKey"]
    assert (await house.browser().http.get(f"/control/login/captcha/{key}")).status_code == 401
    assert (await house.http.get("/control/login/captcha/nobody")).status_code == 404


@in_house()
async def test_an_account_without_a_phone_is_told_so_and_no_code_is_sent(house: House) -> None:
    citizen = await house.world.citizens.make({"phone": None})
    page = await house.to_otp(house.browser(), citizen)
    assert message(page) == "unable.send.code"
    assert house.rows("otp_sent") == []


@in_house()
async def test_each_tab_has_its_own_form(house: House) -> None:
    browser = house.browser()
    page = await house.to_password(browser)
    forms = {"": "loginForm", "usb": "usbForm", "sim": "simForm"}
    for tab, own in forms.items():
        shown = await browser.go("GET", f"{page.url}&tab={tab}")
        assert [form for form in forms.values() if f'id="{form}"' in shown.text] == [own]


@in_house()
async def test_the_pages_have_the_ids_of_the_real_ones_and_the_mark(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_password(browser)
    assert all(f'id="{identity}"' in page.text for identity in ("username", "password", "captcha", "BtnLoginAccount"))
    page = await house.type_password(browser, page, citizen)
    boxes = [f"codeBox{box}" for box in range(1, 7)]
    assert all(f'id="{identity}"' in page.text for identity in (*boxes, "authenticate", "resendOTP"))
    assert "MÔ PHỎNG" in page.text
    assert "<script" not in page.text


@in_house()
async def test_an_attempt_belongs_to_the_browser_that_began_it(house: House) -> None:
    citizen = await house.world.citizens.make()
    page = await house.to_password(house.browser())
    thief = house.browser()
    assert (await thief.go("GET", page.url)).reply.status_code == 400
    turned = await house.type_password(thief, page, citizen)
    assert turned.reply.status_code == 400
    assert await house.messages(citizen) == []


@pytest.mark.parametrize(("after", "alive"), [(0, True), (999, True), (1000, False)])
def test_an_attempt_is_alive_until_its_instant(after: int, alive: bool) -> None:
    citizen = None
    try:
        login.check_password(PROVIDER, attempt(), Account(id="a"), entry(citizen), Instant(NOW + after))
    except Refused as refused:
        assert refused.reason is Reason.NO_ATTEMPT
        assert not alive
    else:
        assert alive


@pytest.mark.parametrize("stage", [Stage.CHOOSING, Stage.OTP, Stage.PASSED, Stage.LOCKED])
def test_a_password_is_taken_at_its_own_step_alone(stage: Stage) -> None:
    with pytest.raises(Refused) as refused:
        login.check_password(PROVIDER, attempt(stage=stage), Account(id="a"), entry(None), NOW)
    assert refused.value.reason is Reason.NO_ATTEMPT


def test_an_icon_that_is_not_there_or_not_simulated_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        login.choose(PROVIDER, attempt(stage=Stage.CHOOSING), "IDP BCA", "AC7", NOW)
    assert refused.value.reason is Reason.NOT_SIMULATED
