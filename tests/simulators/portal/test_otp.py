"""The code by SMS: two minutes, one attempt, one use, so many tries and resends."""

from __future__ import annotations

import re

from simulators.portal.providers.vnconnect_2022 import PROVIDER
from tests.simulators.portal.house import House, Page, boxes, in_house, query, told


def message(page: Page) -> str:
    return query(page).get("authFailureMsg", [""])[0]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@in_house()
async def test_six_digits_one_of_them_in_each_box(house: House) -> None:
    citizen = await house.world.citizens.make()
    await house.to_otp(house.browser(), citizen)
    text = (await house.messages(citizen))[0].text
    assert len(re.findall(r"\d{6,}", text)) == 1
    assert len(await house.code(citizen)) == PROVIDER.otp_length == 6


@in_house()
async def test_the_page_shows_four_digits_xxx_and_three_and_never_the_number(house: House) -> None:
    citizen = await house.world.citizens.make({"phone": "0327654321"})
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    assert "0327xxx321" in page.text
    assert house.rows("otp_sent")[0].body == {"masked": "0327xxx321"}
    assert "0327654321" not in "".join(reply.text for reply in browser.seen) + str(house.rows())


@in_house()
async def test_the_code_stands_in_no_page_address_header_or_journal(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    await house.log_in(browser, citizen)
    code = await house.code(citizen)
    seen = "".join(reply.text + str(reply.url) + str(dict(reply.headers)) for reply in browser.seen)
    assert code not in seen + str([row.body for row in house.rows()])


@in_house()
async def test_a_code_is_good_at_119_seconds_and_expired_at_120(house: House) -> None:
    citizen = await house.world.citizens.make()
    for after, good in ((119, True), (120, False), (121, False)):
        browser = house.browser()
        page = await house.to_otp(browser, citizen)
        await house.later(after)
        page = await house.type_code(browser, page, await house.code(citizen))
        assert ("Xác thực thành công" in page.text) is good
        assert message(page) == ("" if good else "token.expired")
    assert house.rows("otp_refused")[-1].body == {"reason": "expired"}


@in_house()
async def test_a_code_works_once(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    code = await house.code(citizen)
    await house.type_code(browser, page, code)
    assert (await house.type_code(browser, page, code)).reply.status_code == 400
    assert len(house.rows("otp_accepted")) == 1


@in_house()
async def test_a_resend_makes_the_earlier_code_worthless(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    first = await house.code(citizen)
    await house.later(30)
    page = await browser.submit(page, "resendForm")
    second = await house.code(citizen)
    assert first != second
    assert message(await house.type_code(browser, page, first)) == "code.mismatch"
    assert "Xác thực thành công" in (await house.type_code(browser, page, second)).text


@in_house()
async def test_a_resend_before_its_time_and_one_too_many_are_refused_in_a_new_browser_too(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    await house.later(29)
    assert message(await browser.submit(page, "resendForm")) == "resend.too.soon"
    for _ in range(PROVIDER.resend_limit):
        await house.later(PROVIDER.resend_cooldown)
        assert message(await browser.submit(page, "resendForm")) == ""
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    await house.later(PROVIDER.resend_cooldown)
    assert message(await browser.submit(page, "resendForm")) == "resent.count.exceeded"
    await house.later(PROVIDER.resend_block)
    page = await house.to_otp(house.browser(), citizen)
    assert house.rows("otp_refused")[-1].body == {"reason": "resend too often"}


@in_house()
async def test_after_the_last_wrong_code_the_right_one_is_refused_too(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    code = await house.code(citizen)
    for left in (4, 3, 2, 1, 0):
        page = (
            await house.type_code(browser, page, another(code))
            if left == 4
            else await browser.go(
                "POST", "/portal/vnconnect-2022/commonauth", {"sessionDataKey": key(page), **boxes(another(code))}
            )
        )
        assert house.rows("otp_refused")[-1].body == {"left": left}
    assert "bị khóa" in page.text
    page = await browser.go("POST", "/portal/vnconnect-2022/commonauth", {"sessionDataKey": key(page), **boxes(code)})
    assert message(page) == "user.account.locked"
    await house.later(PROVIDER.lock_ttl)
    page = await browser.go("POST", "/portal/vnconnect-2022/commonauth", {"sessionDataKey": key(page), **boxes(code)})
    assert "otp_accepted" not in house.words()
    assert "code" in told(await house.log_in(house.browser(), citizen))


@in_house()
async def test_a_code_of_another_attempt_or_another_person_does_not_work(house: House) -> None:
    one, other = await house.world.citizens.make(), await house.world.citizens.make()
    first, second = house.browser(), house.browser()
    page = await house.to_otp(first, one)
    early = await house.code(one)
    await house.to_otp(second, other)
    foreign = await house.code(other)
    third = house.browser()
    late_page = await house.to_otp(third, one)
    assert message(await house.type_code(third, late_page, early)) == "code.mismatch"
    assert message(await house.type_code(first, page, foreign)) == "code.mismatch"
    assert "Xác thực thành công" in (await house.type_code(first, page, early)).text


@in_house()
async def test_the_otp_page_cannot_be_passed_by(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    for ticket in ("", "x", "None"):
        onward = await browser.go(
            "GET", "/portal/vnconnect-2022/commonauth", {"sessionDataKey": key(page), "finalCode": ticket}
        )
        assert onward.reply.status_code == 400
    assert "code_issued" not in house.words()


@in_house()
async def test_the_control_side_ends_a_code_and_a_resend_revives_the_attempt(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_otp(browser, citizen)
    assert await house.end(key(page)) == 1
    assert message(await house.type_code(browser, page, await house.code(citizen))) == "token.expired"
    await house.later(30)
    page = await browser.submit(page, "resendForm")
    assert "Xác thực thành công" in (await house.type_code(browser, page, await house.code(citizen))).text


def key(page: Page) -> str:
    return query(page)["sessionDataKey"][0]
