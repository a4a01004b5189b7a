"""The token endpoint and its neighbours: one use of a code, who may ask, WSO2's words, and why in the journal."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from simulators.kernel.contracts import ContractRequest
from tests.simulators.portal.house import CALLBACK, VNCONNECT, House, agree, in_house, told

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
DIGEST = hashlib.sha256(VERIFIER.encode()).digest()
CHALLENGE = base64.urlsafe_b64encode(DIGEST).rstrip(b"=").decode()


async def a_code(house: House, **changed: str | None) -> str:
    citizen = await house.world.citizens.make()
    return told(await house.log_in(house.browser(), citizen, **changed))["code"]


def refusal(reply: httpx.Response) -> tuple[int, str, str]:
    return reply.status_code, reply.json()["error"], reply.json()["error_description"]


def why(house: House) -> str:
    text: str = house.rows("token_refused")[-1].body["why"]
    return text


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


@in_house()
async def test_a_code_gives_tokens_in_wso2s_shape(house: House) -> None:
    reply = await house.tokens(await a_code(house))
    assert reply.status_code == 200
    assert set(reply.json()) == {"access_token", "refresh_token", "scope", "id_token", "token_type", "expires_in"}
    assert reply.json()["token_type"] == "Bearer"
    assert reply.json()["expires_in"] == 3600
    assert reply.headers["cache-control"] == "no-store"


@in_house()
async def test_a_client_may_identify_itself_by_basic(house: House) -> None:
    code = await a_code(house)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    header = basic(house.sheet["client_id"], house.sheet["client_secret"])
    reply = await house.http.post(house.sheet["token_endpoint"], data=form, headers={"authorization": header})
    assert reply.status_code == 200


@in_house()
async def test_without_openid_there_is_no_id_token(house: House) -> None:
    code = await a_code(house, scope="profile")
    reply = await house.tokens(code)
    assert "id_token" not in reply.json()
    assert (await house.userinfo(reply.json()["access_token"])).status_code == 200


@in_house(userinfo_needs_openid=True)
async def test_a_profile_may_demand_openid_for_userinfo_as_wso2_does(house: House) -> None:
    reply = await house.userinfo((await house.tokens(await a_code(house, scope=None))).json()["access_token"])
    assert refusal(reply) == (403, "insufficient_scope", "Access token does not have the openid scope")


@in_house()
async def test_a_code_that_is_used_again_is_refused_and_its_tokens_die(house: House) -> None:
    code = await a_code(house)
    access = (await house.tokens(code)).json()["access_token"]
    again = await house.tokens(code)
    assert refusal(again) == (400, "invalid_grant", "Inactive authorization code received from token request")
    assert (await house.userinfo(access)).status_code == 401
    assert "code was exchanged twice" in why(house)
    assert [row.body["reason"] for row in house.rows("token_refused")] == ["used_code", "wrong_bearer"]


@in_house()
async def test_of_ten_exchanges_at_once_one_succeeds(house: House) -> None:
    code = await a_code(house)
    replies = await asyncio.gather(*(house.tokens(code) for _ in range(10)))
    assert sorted(reply.status_code for reply in replies) == [200] + [400] * 9
    assert len(house.rows("code_redeemed")) == 1


@in_house()
async def test_a_code_lives_five_minutes(house: House) -> None:
    code = await a_code(house)
    await house.later(299)
    assert (await house.tokens(code)).status_code == 200
    code = await a_code(house)
    await house.later(300)
    expired = "Expired or Revoked authorization code received from token request"
    assert refusal(await house.tokens(code)) == (400, "invalid_grant", expired)


@in_house()
async def test_the_control_side_ends_a_code(house: House) -> None:
    code = await a_code(house)
    assert await house.end(house.rows("code_issued")[0].ref) == 1
    assert (await house.tokens(code)).json()["error"] == "invalid_grant"
    assert await house.end(house.rows("code_issued")[0].ref) == 0


@pytest.mark.parametrize(
    ("changed", "expected", "reason"),
    [
        ({"code": "nobody"}, (400, "invalid_grant"), "never issued"),
        ({"code": " x"}, (400, "invalid_grant"), "blank"),
        ({"code": "a%2Fb"}, (400, "invalid_grant"), "twice"),
        ({"code": "x&state=y"}, (400, "invalid_grant"), "piece of the callback"),
        ({"code": None}, (400, "invalid_request"), "no code"),
        ({"grant_type": None}, (400, "invalid_request"), "no grant_type"),
        ({"grant_type": "password"}, (400, "unsupported_grant_type"), "'password'"),
        ({"redirect_uri": None}, (400, "invalid_grant"), "no redirect_uri"),
        ({"redirect_uri": CALLBACK + "/"}, (400, "invalid_grant"), "slash at the end"),
        ({"redirect_uri": CALLBACK.replace("http:", "https:")}, (400, "invalid_grant"), "scheme"),
        ({"client_id": "nobody"}, (401, "invalid_client"), "no contract"),
        ({"client_id": None}, (401, "invalid_client"), "neither client_id"),
        ({"client_secret": None}, (401, "invalid_client"), "no client_secret"),
        ({"client_secret": ""}, (401, "invalid_client"), "empty"),
        ({"client_secret": "ab" * 32}, (401, "invalid_client"), "a hash"),
    ],
)
@in_house()
async def test_a_refusal_has_wso2s_word_and_the_journal_says_why(
    house: House, changed: dict[str, str | None], expected: tuple[int, str], reason: str
) -> None:
    reply = await house.tokens(**{"code": await a_code(house), **changed})
    assert (reply.status_code, reply.json()["error"]) == expected
    assert reason in why(house)
    assert (reply.status_code == 401) == ("www-authenticate" in reply.headers)
    assert house.sheet["client_secret"] not in str(house.rows())


@pytest.mark.parametrize(
    ("construct", "reason"),
    [
        (lambda sheet: f" {sheet['client_secret']}", "blank"),
        (lambda sheet: f'"{sheet["client_secret"]}"', "quotation marks"),
        (lambda sheet: base64.b64encode(sheet["client_secret"].encode()).decode(), "Base64"),
        (lambda sheet: sheet["client_secret"][:10], "cut short"),
        (lambda sheet: sheet["client_secret"].upper(), "upper and lower"),
        (lambda sheet: sheet["client_id"], "the client_id"),
        (lambda _sheet: "quite another thing", "another contract"),
    ],
)
@in_house()
async def test_wrong_secrets_are_recognised(house: House, construct: Any, reason: str) -> None:
    reply = await house.tokens("x", client_secret=construct(house.sheet))
    assert refusal(reply) == (401, "invalid_client", "Client credentials are invalid.")
    assert reason in why(house)
    assert house.rows("token_refused")[-1].contract == "c1"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Bearer abc", "is Bearer"),
        ("Digest abc", "'Digest'"),
        ("Basic id:secret", "in the clear"),
        ("Basic %%%", "not Base64"),
        ("Basic " + base64.b64encode(b"without a colon").decode(), "not Base64 of id:secret"),
        ("Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "not Base64 of id:secret"),
    ],
)
@in_house()
async def test_wrong_authorization_headers_are_recognised(house: House, header: str, reason: str) -> None:
    reply = await house.http.post(house.sheet["token_endpoint"], data={"code": "x"}, headers={"authorization": header})
    assert refusal(reply) == (401, "invalid_client", "Unsupported Client Authentication Method!")
    assert reason in why(house)


@in_house()
async def test_two_ways_at_once_are_one_too_many(house: House) -> None:
    form = {"client_id": house.sheet["client_id"], "client_secret": house.sheet["client_secret"]}
    header = basic(form["client_id"], form["client_secret"])
    reply = await house.http.post(house.sheet["token_endpoint"], data=form, headers={"authorization": header})
    assert reply.json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("challenge", "method", "verifier", "reason"),
    [
        (CHALLENGE, "S256", VERIFIER, ""),
        (VERIFIER, "plain", VERIFIER, ""),
        (VERIFIER, None, VERIFIER, ""),
        (CHALLENGE, "S256", None, "no code_verifier"),
        (CHALLENGE, "S256", CHALLENGE, "the code_challenge itself"),
        (CHALLENGE, "S256", "x" * 43, "another attempt"),
        (CHALLENGE, "S256", VERIFIER + "\n", "line end"),
        (CHALLENGE, "S256", quote(VERIFIER.replace("-", "%2D")), "not 43 to 128"),
        (CHALLENGE, "S256", VERIFIER.replace("-", "%2D"), "URL-encoded twice"),
        (DIGEST.hex(), "S256", VERIFIER, "hexadecimal"),
        (base64.urlsafe_b64encode(DIGEST.hex().encode()).rstrip(b"=").decode(), "S256", VERIFIER, "hexadecimal digest"),
        (VERIFIER, "S256", VERIFIER, "itself"),
        (CHALLENGE, None, VERIFIER, "code_challenge_method was missing"),
    ],
)
@in_house()
async def test_pkce(house: House, challenge: str, method: str | None, verifier: str | None, reason: str) -> None:
    code = await a_code(house, code_challenge=challenge, code_challenge_method=method)
    reply = await house.tokens(code, code_verifier=verifier)
    if reason:
        assert refusal(reply) == (400, "invalid_grant", "PKCE validation failed")
        assert reason in why(house)
    else:
        assert reply.status_code == 200


@in_house()
async def test_a_refused_exchange_does_not_use_the_code_up(house: House) -> None:
    code = await a_code(house)
    await house.tokens(code, redirect_uri="http://localhost/")
    assert (await house.tokens(code)).status_code == 200


@in_house()
async def test_a_code_of_another_client_is_unknown(house: House) -> None:
    code = await a_code(house)
    other = await agree(house.world, house.family, "c2", ContractRequest(redirect_uris=(CALLBACK,)))
    reply = await house.tokens(code, client_id=other["client_id"], client_secret=other["client_secret"])
    assert refusal(reply)[1:] == ("invalid_grant", "Invalid authorization code received from token request")
    assert why(house) == "the code was issued to another client_id"


@in_house()
async def test_a_refresh_token_gives_new_tokens_once(house: House) -> None:
    first = (await house.tokens(await a_code(house))).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "redirect_uri": None}
    second = await house.tokens("", **form)
    assert second.status_code == 200
    assert second.json()["access_token"] != first["access_token"]
    assert "id_token" in second.json()
    assert (await house.tokens("", **form)).json()["error"] == "invalid_grant"
    assert (await house.userinfo(second.json()["access_token"])).status_code == 200
    await house.later(86_400)
    late = await house.tokens("", **{**form, "refresh_token": second.json()["refresh_token"]})
    assert refusal(late) == (400, "invalid_grant", "Refresh token is expired.")


@in_house()
async def test_an_access_token_lives_an_hour_and_is_not_a_refresh_token(house: House) -> None:
    made = (await house.tokens(await a_code(house))).json()
    assert (await house.userinfo(made["refresh_token"])).status_code == 401
    assert "refresh token" in why(house)
    await house.later(3599)
    assert (await house.userinfo(made["access_token"])).status_code == 200
    await house.later(1)
    reply = await house.userinfo(made["access_token"])
    assert refusal(reply) == (401, "invalid_token", "Access token validation failed")
    assert 'error="invalid_token"' in reply.headers["www-authenticate"]


@in_house()
async def test_userinfo_is_answered_to_get_and_post(house: House) -> None:
    access = (await house.tokens(await a_code(house))).json()["access_token"]
    where = house.sheet["userinfo_endpoint"]
    header = {"authorization": f"Bearer {access}"}
    by_get = await house.http.get(where, headers=header)
    by_post = await house.http.post(where, headers=header)
    by_form = await house.browser().http.post(where, data={"access_token": access})
    assert by_get.json() == by_post.json() == by_form.json()
    assert refusal(await house.browser().http.get(where))[:2] == (400, "invalid_request")
    assert [row.word for row in house.rows("userinfo_read")] == ["userinfo_read"] * 3


@in_house()
async def test_introspection_tells_good_tokens_from_bad(house: House) -> None:
    made = (await house.tokens(await a_code(house))).json()
    where = house.sheet["introspection_endpoint"]
    anybody = house.browser().http
    good = (await anybody.post(where, data={"token": made["access_token"], "state": "0"})).json()
    assert good["active"] is True
    assert good["client_id"] == house.sheet["client_id"]
    for bad in ("", "nobody", "x" * 5000):
        reply = await anybody.post(where, data={"token": bad})
        assert (reply.status_code, reply.json()) == (200, {"active": False})
    assert (await anybody.post(where, data={"token": "x", "client_id": "x", "client_secret": "y"})).status_code == 401


@in_house()
async def test_revocation_answers_200_to_every_token_and_ends_only_ones_own(house: House) -> None:
    made = (await house.tokens(await a_code(house))).json()
    other = await agree(house.world, house.family, "c2", ContractRequest(redirect_uris=(CALLBACK,)))
    where, anybody = house.sheet["revocation_endpoint"], house.browser().http

    async def revoke(sheet: dict[str, Any], token: str) -> int:
        form = {"token": token, "client_id": sheet["client_id"], "client_secret": sheet["client_secret"]}
        return (await anybody.post(where, data=form)).status_code

    assert await revoke(house.sheet, "nobody") == 200
    assert await revoke(other, made["access_token"]) == 200
    assert (await house.userinfo(made["access_token"])).status_code == 200
    assert await revoke(house.sheet, made["refresh_token"]) == 200
    assert (await house.userinfo(made["access_token"])).status_code == 401
    assert (await anybody.post(where, data={"token": "x"})).status_code == 401


@in_house()
async def test_an_access_token_is_revoked_alone(house: House) -> None:
    made = (await house.tokens(await a_code(house))).json()
    form = {
        "token": made["access_token"],
        "client_id": house.sheet["client_id"],
        "client_secret": house.sheet["client_secret"],
    }
    await house.browser().http.post(house.sheet["revocation_endpoint"], data=form)
    assert (await house.userinfo(made["access_token"])).status_code == 401
    again = {"grant_type": "refresh_token", "refresh_token": made["refresh_token"]}
    assert (await house.tokens("", **again)).status_code == 200


@in_house()
async def test_the_form_must_be_a_form(house: House) -> None:
    where = f"{VNCONNECT}/oauth2/token"
    reply = await house.browser().http.post(where, json={"grant_type": "authorization_code"})
    assert refusal(reply)[:2] == (415, "invalid_request")
    assert "Content-Type" in why(house) or "form" in why(house)
