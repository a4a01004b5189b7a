"""WSO2's front-channel rule: what is unsafe stays on the login's own page, everything else goes back with error and state."""

from __future__ import annotations

import base64
import hashlib

import pytest

from simulators.portal import authorization
from simulators.portal.wires import words
from tests.simulators.portal.house import CALLBACK, VNCONNECT, House, Page, in_house, query, told

AUTHORIZE = f"{VNCONNECT}/oauth2/authorize"


def error_page(page: Page) -> tuple[str, str]:
    assert page.url.split("?")[0].endswith("/authenticationendpoint/oauth2_error.do"), page.url
    return query(page)["oauthErrorCode"][0], query(page)["oauthErrorMsg"][0]


@in_house()
async def test_the_request_is_journalled_with_all_its_parameters(house: House) -> None:
    await house.begin(house.browser(), acr_values="LoA1", anything="đ")
    row = house.rows("authorization_requested")[0]
    assert row.body == house.asking(acr_values="LoA1", anything="đ")
    assert row.source == "login.vnconnect-2022"
    assert row.contract == "c1"


@in_house()
async def test_the_chooser_is_reached_with_the_parameters_of_the_real_one(house: House) -> None:
    page = await house.begin(house.browser())
    given = query(page)
    assert given["sessionDataKey"] == [house.rows("authorization_requested")[0].ref]
    assert given["relyingParty"] == [house.sheet["client_id"]]
    assert given["authenticators"] == ["OpenIDConnectAuthenticator:Vnconnect DVC"]
    assert 'value="Vnconnect DVC"' in page.text


@in_house()
async def test_a_request_may_come_as_a_form(house: House) -> None:
    page = await house.browser().go("POST", AUTHORIZE, house.asking())
    assert "sessionDataKey" in query(page)


@in_house()
async def test_an_unknown_client_never_leaves_the_login(house: House) -> None:
    page = await house.begin(house.browser(), client_id="nobody")
    assert error_page(page) == ("invalid_client", "A valid OAuth client could not be found for client_id: nobody")
    assert "invalid_client" in page.text
    assert house.words() == ["authorization_refused"]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("https://localhost:9000/sso/callback", "scheme"),
        ("http://127.0.0.1:9000/sso/callback", "two names of this machine"),
        ("http://localhost:9001/sso/callback", "port"),
        ("http://localhost:9000/sso/callback/", "a slash at the end"),
        ("http://localhost:9000/SSO/callback", "upper and lower case"),
        ("http://localhost:9000/sso/callback?x=1", "query"),
        ("http%3A%2F%2Flocalhost%3A9000%2Fsso%2Fcallback", "URL-encoded twice"),
        ("http://localhost:9000/sso/callback ", "a blank"),
        ("http://[", "not a URL"),
        ("https://evil.example/", "host"),
    ],
)
@in_house()
async def test_a_callback_that_is_not_registered_byte_for_byte_never_leaves_the_login(
    house: House, sent: str, why: str
) -> None:
    page = await house.begin(house.browser(), redirect_uri=sent)
    assert error_page(page) == ("invalid_callback", "Registered callback does not match with the provided url.")
    row = house.rows("authorization_refused")[0]
    assert row.body["error"] == "invalid_callback"
    assert row.contract == "c1"
    assert why in row.body["why"]


@pytest.mark.parametrize("name", ["state", "client_id", "redirect_uri", "unheard_of"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@in_house()
async def test_a_repeated_parameter_never_leaves_the_login(house: House, method: str, name: str) -> None:
    pairs = [*house.asking().items(), (name, "1"), (name, "2")]
    kind = (
        {"params": pairs} if method == "GET" else {"data": {key: [v for k, v in pairs if k == key] for key, _ in pairs}}
    )
    reply = await house.browser().http.request(method, AUTHORIZE, **kind)
    assert "oauthErrorCode=invalid_authorization_request" in reply.headers["location"]
    assert house.rows("authorization_refused")[0].body["why"] == f"repeated parameter: {name}"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "S512"}, "invalid_request"),
    ],
)
@in_house()
async def test_other_errors_go_back_with_the_state(house: House, changed: dict[str, str | None], error: str) -> None:
    given = told(await house.begin(house.browser(), **changed))
    assert given["error"] == error
    assert given["state"] == "state-of-the-portal"
    assert given["error_description"]
    assert "code" not in given
    assert house.rows("authorization_refused")[0].body["error"] == error


@in_house()
async def test_what_had_no_state_goes_back_without_one(house: House) -> None:
    assert "state" not in told(await house.begin(house.browser(), state=None, prompt="none"))


@in_house()
async def test_the_limit_of_a_parameter_and_one_past_it(house: House) -> None:
    limit = 4096
    assert "sessionDataKey" in query(await house.begin(house.browser(), state="x" * limit))
    page = await house.begin(house.browser(), state="x" * (limit + 1))
    assert error_page(page)[0] == "invalid_request"
    assert "state is longer than 4096" in house.rows("authorization_refused")[0].body["why"]


@in_house()
async def test_the_error_page_shows_text_as_text(house: House) -> None:
    page = await house.browser().go(
        "GET", f"{VNCONNECT}/authenticationendpoint/oauth2_error.do?oauthErrorCode=%3Cb%3E&oauthErrorMsg=" + "x" * 900
    )
    assert "&lt;b&gt;" in page.text
    assert "x" * 301 not in page.text


@in_house()
async def test_a_callback_with_a_query_of_its_own_keeps_it(house: House) -> None:
    client = authorization.Answer(redirect_uri=f"{CALLBACK}?tinh=H10", state="s")
    reply = await _front(house).refused(authorization.Refused(authorization.Reason.DENIED, "why", client))
    assert reply.headers["location"].startswith(f"{CALLBACK}?tinh=H10&error_description=")


def test_every_reason_has_a_word() -> None:
    assert set(words.APPLICATION) == set(authorization.Reason)
    assert set(words.PERSON) == set(words.A)
    assert set(words.TOKEN) == set(words.T)
    assert set(words.LOGOUT) == set(words.S)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (base64.b64encode(hashlib.sha256(b"x").digest()).decode(), "padding"),
        ("+" * 43, "write - for +"),
        ("x" * 42, "42 characters"),
    ],
)
@in_house()
async def test_the_journal_says_what_is_wrong_with_a_challenge(house: House, sent: str, why: str) -> None:
    await house.begin(house.browser(), code_challenge=sent, code_challenge_method="S256")
    assert why in house.rows("authorization_refused")[0].body["why"]


@in_house()
async def test_the_journal_says_how_the_method_is_written(house: House) -> None:
    await house.begin(house.browser(), code_challenge="x" * 43, code_challenge_method="SHA256")
    assert "write S256" in house.rows("authorization_refused")[0].body["why"]


def _front(house: House) -> object:
    route = next(route for route in house.family.routes if route.path.endswith("oauth2/authorize"))
    return route.handle.__self__
