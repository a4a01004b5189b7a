"""Single sign-on, the way back to the portal, planned callbacks, and the rules of logout."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from simulators.portal.deviations import ELSEWHERE
from simulators.portal.providers.vnconnect_2022 import PROVIDER
from tests.simulators.portal.house import HOME, VNCONNECT, Browser, House, Page, in_house, query, told

LOGOUT = f"{VNCONNECT}/oidc/logout"


async def logged_in(house: House) -> tuple[Browser, str]:
    """A browser with a session, and its ID token."""
    browser = house.browser()
    code = told(await house.log_in(browser, await house.world.citizens.make()))["code"]
    return browser, (await house.tokens(code)).json()["id_token"]


def refused(page: Page) -> str:
    assert "oauth2_error.do" in page.url, page.url
    assert query(page)["oauthErrorCode"] == ["access_denied"]
    return query(page)["oauthErrorMsg"][0]


@in_house()
async def test_the_last_step_is_a_form_on_the_logins_own_site(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.type_code(browser, await house.to_otp(browser, citizen), await house.code(citizen))
    method, action, _hidden = page.form("finalForm")
    assert page.url.startswith("http://127.0.0.1:8400/")
    assert (method, action) == ("get", f"http://127.0.0.1:8400{VNCONNECT}/commonauth")
    given = told(await browser.submit(page, "finalForm"))
    assert given["state"] == "state-of-the-portal"
    assert set(given) == {"code", "state", "session_state"}
    assert house.rows("code_issued")[0].body == {
        "state": "state-of-the-portal",
        "nonce": "nonce-of-the-portal",
        "redirect_uri": "http://localhost:9000/sso/callback",
    }
    assert (await browser.submit(page, "finalForm")).reply.status_code == 400


@in_house()
async def test_without_state_and_openid_the_callback_has_neither_state_nor_session_state(house: House) -> None:
    given = told(await house.log_in(house.browser(), await house.world.citizens.make(), state=None, scope=None))
    assert set(given) == {"code"}


@in_house()
async def test_who_is_logged_in_is_not_asked_again(house: House) -> None:
    browser, _token = await logged_in(house)
    assert told(await house.begin(browser, state="second"))["state"] == "second"
    assert "code" in told(await house.begin(browser, prompt="none"))
    assert house.rows("code_issued")[1].subject == house.rows("code_issued")[0].subject
    assert "sessionDataKey" in query(await house.begin(house.browser()))


@in_house()
async def test_a_test_has_somebody_logged_in_already(house: House) -> None:
    citizen, browser = await house.world.citizens.make(), house.browser()
    known = await house.http.post("/control/login/sessions", json={"citizen": citizen.id, "contract": house.contract})
    assert (known.status_code, known.json()["url"]) == (201, f"http://127.0.0.1:8400{VNCONNECT}")
    lines = known.json()["set_cookie"]
    assert [line.partition("=")[0] for line in lines] == ["commonAuthId", "opbs"]
    assert all(f"; Path={VNCONNECT}" in line for line in lines)
    for line in lines:
        name, _, rest = line.partition("=")
        browser.http.cookies.set(name, rest.partition(";")[0])
    code = told(await house.begin(browser, prompt="none"))["code"]
    claims = (await house.tokens(code)).json()
    assert house.rows("code_redeemed")[0].subject == citizen.id and claims["id_token"]
    assert house.words().count("signed_on") == 1 and not house.rows("password_accepted")
    assert "sessionDataKey" in query(await house.begin(browser, prompt="login"))
    assert "sessionDataKey" in query(await house.begin(house.browser()))


@in_house()
async def test_nobody_is_logged_in_without_the_run_key_or_at_no_login(house: House) -> None:
    citizen = await house.world.citizens.make()
    asked = {"citizen": citizen.id, "contract": house.contract}
    assert (await house.browser().http.post("/control/login/sessions", json=asked)).status_code == 401
    for wrong in ({"citizen": "001099000000"}, {"contract": "c999"}):
        refusal = await house.http.post("/control/login/sessions", json={**asked, **wrong})
        assert refusal.status_code == 404 and refusal.json()["error"].startswith(f"{next(iter(wrong))}: ")
    for wrong in ({**asked, "more": 1}, {"citizen": citizen.id}, {**asked, "contract": 1}):
        assert (await house.http.post("/control/login/sessions", json=wrong)).status_code == 422
    assert "signed_on" not in house.words()


@in_house()
async def test_prompt_login_and_max_age_ask_again(house: House) -> None:
    browser, _token = await logged_in(house)
    assert "sessionDataKey" in query(await house.begin(browser, prompt="login"))
    assert "code" in told(await house.begin(browser, max_age="60"))
    await house.later(61)
    assert "sessionDataKey" in query(await house.begin(browser, max_age="60"))
    assert told(await house.begin(browser, max_age="60", prompt="none"))["error"] == "login_required"


@in_house()
async def test_a_session_lives_as_long_as_it_is_used(house: House) -> None:
    browser, _token = await logged_in(house)
    for _ in range(2):
        await house.later(PROVIDER.session_ttl - 1)
        assert "code" in told(await house.begin(browser))
    await house.later(PROVIDER.session_ttl)
    assert "sessionDataKey" in query(await house.begin(browser))


@in_house()
async def test_nobody_can_plant_a_session(house: House) -> None:
    browser = house.browser()
    planted = {"commonAuthId": "planted", "opbs": "planted", "sessionNonceCookie": "planted"}
    for name, value in planted.items():
        browser.http.cookies.set(name, value, domain="127.0.0.1", path=VNCONNECT)
    await house.log_in(browser, await house.world.citizens.make())
    assert browser.http.cookies.get("commonAuthId") != "planted"
    first = browser.http.cookies.get("commonAuthId")
    await house.log_in(browser, await house.world.citizens.make(), prompt="login")
    assert browser.http.cookies.get("commonAuthId") != first
    thief = house.browser()
    thief.http.cookies.set("commonAuthId", first, domain="127.0.0.1", path=VNCONNECT)
    assert "sessionDataKey" in query(await house.begin(thief))


@in_house()
async def test_the_sessions_cookies_are_kept_from_scripts_and_other_sites(house: House) -> None:
    browser, _token = await logged_in(house)
    lines = [line for reply in browser.seen for line in reply.headers.get_list("set-cookie")]
    session = next(line for line in lines if line.startswith("commonAuthId="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert f"Path={VNCONNECT}" in session


@pytest.mark.parametrize("effect", ["wrong_state", "missing_state", "access_denied"])
@in_house()
async def test_planned_callbacks(house: House, effect: str) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.callback", effect, citizen)
    given = told(await house.log_in(house.browser(), citizen))
    if effect == "access_denied":
        assert given["error"] == "access_denied"
        assert given["state"] == "state-of-the-portal"
        assert house.rows("authorization_refused")[0].body["injected"] == effect
        assert "code" not in given
    else:
        assert given.get("state") != "state-of-the-portal"
        assert "code" in given
        assert house.rows("code_issued")[0].body["injected"] == effect
    assert told(await house.log_in(house.browser(), citizen))["state"] == "state-of-the-portal"


@pytest.mark.parametrize(
    ("effect", "more"),
    [
        ("repeated_state", ("state", "latrop-eht-fo-etatsx")),
        ("wrong_iss", ("iss", ELSEWHERE)),
        ("error_beside_code", ("error", "access_denied")),
    ],
)
@in_house()
async def test_a_planned_callback_may_say_one_thing_too_many(house: House, effect: str, more: tuple[str, str]) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.callback", effect, citizen)
    page = await house.log_in(house.browser(), citizen)
    given = parse_qsl(urlsplit(page.reply.headers["location"]).query)
    assert [pair for pair in given if pair == more or pair[0] == more[0]][-1] == more
    assert ("state", "state-of-the-portal") in given
    assert {"code", "session_state"} < {name for name, _value in given}
    assert house.rows("code_issued")[0].body["injected"] == effect
    assert len(told(await house.log_in(house.browser(), citizen))) == len(given) - 1


@in_house()
async def test_logout_with_a_hint_ends_the_session_and_goes_back_with_the_state(house: House) -> None:
    browser, token = await logged_in(house)
    asked = {"id_token_hint": token, "post_logout_redirect_uri": HOME, "state": "bye"}
    page = await browser.go("GET", LOGOUT, asked)
    assert page.reply.headers["location"] == f"{HOME}?state=bye"
    assert house.words()[-1] == "logged_out"
    assert house.rows("logged_out")[0].ref == house.rows("code_issued")[0].ref
    assert "sessionDataKey" in query(await house.begin(browser))


@in_house()
async def test_logout_without_an_address_ends_on_the_logins_page(house: House) -> None:
    browser, token = await logged_in(house)
    page = await browser.go("GET", LOGOUT, {"id_token_hint": token})
    assert "Đã đăng xuất" in page.text
    assert "sessionDataKey" in query(await house.begin(browser))


@in_house()
async def test_logout_without_a_hint_asks_the_person(house: House) -> None:
    browser, _token = await logged_in(house)
    page = await browser.go("GET", LOGOUT)
    assert "Bạn có muốn đăng xuất" in page.text
    stays = await browser.go("POST", LOGOUT, {"consent": "deny"})
    assert refused(stays) == "End User denied the logout request"
    assert "code" in told(await house.begin(browser))
    assert "Đã đăng xuất" in (await browser.go("POST", LOGOUT, {"consent": "approve"})).text
    assert "sessionDataKey" in query(await house.begin(browser))


@in_house()
async def test_wso2s_rules_of_logout(house: House) -> None:
    browser, token = await logged_in(house)
    stranger = house.browser()
    missing = await stranger.go("GET", LOGOUT, {"id_token_hint": token})
    assert refused(missing) == "opbs cookie not received. Missing session state."
    stranger.http.cookies.set("opbs", "x", domain="127.0.0.1", path=VNCONNECT)
    no_session = await stranger.go("GET", LOGOUT, {"id_token_hint": token})
    assert refused(no_session) == "No valid session found for the received session state."
    elsewhere = {"id_token_hint": token, "post_logout_redirect_uri": "https://evil.example/"}
    mismatch = await browser.go("GET", LOGOUT, elsewhere)
    assert refused(mismatch) == "Post logout URI does not match with registered callback URI."
    assert "evil.example" in house.rows("authorization_refused")[-1].body["why"]
    forged = await browser.go("GET", LOGOUT, {"id_token_hint": token[:-6] + "AAAAAA"})
    assert refused(forged) == "ID token signature validation failed."
    assert "code" in told(await house.begin(browser))
    assert house.rows("logged_out") == []


@in_house()
async def test_the_framework_ends_a_session_too(house: House) -> None:
    browser, _token = await logged_in(house)
    page = await browser.go("GET", f"{VNCONNECT}/commonauth", {"commonAuthLogout": "true"})
    assert "Đã đăng xuất" in page.text
    assert "sessionDataKey" in query(await house.begin(browser))
