"""Whatever is sent: the login's own refusal and a row in the journal, never a crash, nothing else changed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.portal.records import Account, Attempt, Grant, Session, Token
from tests.simulators.portal.house import VNCONNECT, House, house, in_house

GETS = (
    "/oauth2/authorize",
    "/oidc/logout",
    "/commonauth",
    "/authenticationendpoint/oauth2_login.do",
    "/authenticationendpoint/vnconnect-authenticator.jsp",
    "/authenticationendpoint/oauth2_error.do",
)
POSTS = (
    "/oauth2/authorize",
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/introspect",
    "/oauth2/revoke",
    "/oidc/logout",
    "/commonauth",
)
ODD = (
    "%ff=%fe",
    "a=%00&sessionDataKey=%00",
    "a",
    "&&",
    "=",
    "client_id=a&client_id=b",
    "sessionDataKey=" + "9" * 5000,
    "username=" + "%F0%9F%98%80" * 500 + "&password=%00&captcha=x&sessionDataKey=x",
    "&".join(f"p{number}=1" for number in range(300)),
    "token=%ED%A0%80",
    "grant_type=authorization_code&code=%00&client_id=%00&client_secret=%00",
    "id_token_hint=a.b.c&consent=maybe",
    "max_age=99999999999999999999&prompt=none",
)


def states(opened: House) -> list[int]:
    return [opened.world.store.count(kind) for kind in (Attempt, Account, Grant, Session, Token)]


@in_house()
async def test_odd_queries_and_forms_are_refused_and_change_nothing(house: House) -> None:
    before = states(house)
    for odd in ODD:
        for path in GETS:
            reply = await house.http.get(f"{VNCONNECT}{path}?{odd}")
            assert reply.status_code < 500, (path, odd)
        for path in POSTS:
            headers = {"content-type": "application/x-www-form-urlencoded"}
            reply = await house.http.post(VNCONNECT + path, content=odd, headers=headers)
            assert reply.status_code < 500, (path, odd)
    assert states(house) == before
    assert not [row for row in house.rows() if row.word == "crashed"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'{"code": 1}', b"<xml/>", b"", b"a=" + b"x" * 9_000_000])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data", "", "é"]
)
@in_house()
async def test_odd_bodies_are_refused(house: House, content: bytes, kind: str) -> None:
    for path in POSTS:
        headers = [(b"content-type", kind.encode("latin-1"))]
        reply = await house.http.post(VNCONNECT + path, content=content, headers=headers)
        assert reply.status_code < 500, path
    assert not [row for row in house.rows() if row.word == "crashed"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@in_house()
async def test_odd_methods_are_refused(house: House, method: str) -> None:
    for path in {*GETS, *POSTS, "/oauth2/jwks", "/oauth2/token/.well-known/openid-configuration", "/nowhere"}:
        reply = await house.http.request(method, VNCONNECT + path)
        assert reply.status_code < 500, path
    assert not [row for row in house.rows() if row.word == "crashed"]


@in_house()
async def test_odd_headers_are_refused(house: House) -> None:
    odd = (b"\xff", b"Basic \xff", b"Basic ", b"Bearer", b"Bearer " + b"x" * 9000, b"Basic " + b"=" * 40, b" ")
    for header in odd:
        for path in ("/oauth2/token", "/oauth2/userinfo", "/oauth2/introspect", "/oauth2/revoke"):
            reply = await house.http.post(
                VNCONNECT + path, headers=[(b"authorization", header), (b"cookie", b"\xff=;;opbs")]
            )
            assert reply.status_code < 500, (path, header)


@in_house()
async def test_what_could_not_be_read_is_journalled(house: House) -> None:
    await house.http.get(f"{VNCONNECT}/oauth2/authorize?a=%ff")
    await house.http.post(
        f"{VNCONNECT}/oauth2/token", content=b"\xff", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    await house.http.get(f"{VNCONNECT}/commonauth?a=1&a=2")
    assert house.words() == ["authorization_refused", "token_refused", "authorization_refused"]
    assert all(row.body["why"] for row in house.rows() if row.source.startswith("login."))


@in_house()
async def test_odd_things_typed_into_a_live_attempt_are_turned_back(house: House) -> None:
    citizen = await house.world.citizens.make()
    browser = house.browser()
    page = await house.to_password(browser)
    for odd in ("", "\x00", "đ" * 10_000, "😀", "' OR 1=1 --", "<b>", "%00", "\n"):
        page = await house.type_password(browser, page, citizen, username=odd, password=odd)
        page = await house.type_password(browser, page, citizen, captcha=odd)
        assert page.reply.status_code == 200
    page = await house.type_password(browser, page, citizen)
    for odd in ("x" * 9000, "１", "\x00", "-1", "", "123456"):
        page = await browser.submit(page, "otpForm", codeBox1=odd)
        assert page.reply.status_code == 200
        assert house.rows("authorization_refused")[-1].body["why"] == "codeBox1 to codeBox6 hold one digit each"
    assert not house.rows("otp_refused")
    assert not [row for row in house.rows() if row.word == "crashed"]


PARAMETERS = (
    "client_id redirect_uri response_type scope state prompt max_age code_challenge sessionDataKey idp finalCode username "
    "password captcha codeBox1 resendCode renewCaptcha grant_type code client_secret code_verifier token id_token_hint "
    "post_logout_redirect_uri consent refresh_token"
)
NAMES = st.sampled_from(PARAMETERS.split())


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(NAMES, st.text(max_size=40), max_size=8), min_size=6, max_size=6))
def test_any_parameters_are_answered(tries: list[dict[str, str]]) -> None:
    async def scenario() -> None:
        async with house() as opened:
            real: dict[str, Any] = {
                "client_id": opened.sheet["client_id"],
                "client_secret": opened.sheet["client_secret"],
            }
            for fields in tries:
                for path in GETS:
                    assert (await opened.http.get(VNCONNECT + path, params=fields)).status_code < 500
                for path in POSTS:
                    assert (await opened.http.post(VNCONNECT + path, data=fields | real)).status_code < 500
            assert not [row for row in opened.rows() if row.word == "crashed"]

    asyncio.run(scenario())
