import asyncio
import base64
import hashlib
import hmac
import json
import time
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import respx
from joserfc import jwt
from joserfc.jwk import RSAKey

from reference_portal.calls import id_tokens, login
from reference_portal.calls.asking import LoginRefused
from reference_portal.calls.login import Attempt, Identity

ISSUER = "http://127.0.0.1:2/oauth2/token"
BASE = "http://127.0.0.1:2"
SHEET = {
    "issuer": ISSUER,
    "client_id": "abcdEFGHijklMNOPqrstUVWXyzAa",
    "client_secret": "an invented secret",
    "authorization_endpoint": f"{BASE}/oauth2/authorize",
    "token_endpoint": f"{BASE}/oauth2/token",
    "userinfo_endpoint": f"{BASE}/oauth2/userinfo",
    "jwks_uri": f"{BASE}/oauth2/jwks",
    "end_session_endpoint": f"{BASE}/oidc/logout",
}
BACK = "http://localhost:4001/sso/callback"
TECHID = "0b5c6c1e-6f5c-4ab7-9a6f-0d8f4b8f0001"
INFO = {
    "sub": TECHID,
    "TechID": TECHID,
    "LoaiTaiKhoan": "1",
    "SoDinhDanh": "001099000001",
    "HoVaTen": "NGUYỄN THỊ MỸ DƯỠNG",
    "NgayThangNamSinh": "19991107",
    "SoDienThoai": "0912000001",
    "ThuDienTu": "duong@vidu.example",
    "loAs": ["LoA1"],
}
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
ATTEMPT = login.begin("/ho-so")


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {"iss": ISSUER, "sub": TECHID, "aud": [SHEET["client_id"]], "azp": SHEET["client_id"]}
    usual |= {"exp": now + 3600, "iat": now, "nbf": now, "nonce": ATTEMPT.nonce, "acr": "LoA1", "isk": "x"}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def signed(key: RSAKey = KEY, kid: str | None = "k1", **changes: Any) -> str:
    return jwt.encode({"alg": "RS256", "x5t": "x", **({"kid": kid} if kid else {})}, claims(**changes), key)


def provider(router: respx.MockRouter, id_token: str, info: Mapping[str, Any] = INFO, keys: Any = None) -> None:
    tokens = {"access_token": "at", "refresh_token": "rt", "id_token": id_token, "token_type": "Bearer"}
    router.post(SHEET["token_endpoint"]).respond(json=tokens | {"expires_in": 3600, "scope": "openid"})
    served = keys or [{"keys": [{"kty": "EC", "use": "sig", "kid": "e"}, KEY.as_dict(private=False)]}]
    router.get(SHEET["jwks_uri"]).mock(side_effect=[httpx.Response(200, json=each) for each in served])
    router.get(SHEET["userinfo_endpoint"]).respond(json=dict(info))


def redeemed(attempt: Attempt = ATTEMPT, *, times: int = 1) -> Identity:
    """The person of the last of so many logins through one client."""

    async def run() -> Identity:
        async with httpx.AsyncClient() as http:
            for _ in range(times):
                person = await login.redeem(http, SHEET, BACK, "the-code", attempt)
            return person

    return asyncio.run(run())


def looks_at_the_keys(router: respx.MockRouter) -> int:
    return sum(str(call.request.url) == SHEET["jwks_uri"] for call in router.calls)


def test_each_attempt_is_new_and_long():
    attempts = [login.begin("/") for _ in range(20)]
    words = {word for each in attempts for word in (each.state, each.nonce, each.verifier)}

    assert len(words) == 60
    assert min(map(len, words)) >= 43


def test_the_authorization_request_has_code_openid_state_nonce_and_pkce():
    url = login.authorization_url(SHEET, BACK, ATTEMPT)

    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(ATTEMPT.verifier.encode()).digest()).decode().rstrip("=")
    assert url.startswith(SHEET["authorization_endpoint"] + "?")
    assert asked == {
        "response_type": "code",
        "client_id": SHEET["client_id"],
        "redirect_uri": BACK,
        "scope": "openid",
        "acr_values": "LoA1",
        "state": ATTEMPT.state,
        "nonce": ATTEMPT.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    assert ATTEMPT.verifier not in url


@respx.mock
def test_a_right_login_gives_the_person(respx_mock):
    provider(respx_mock, signed())

    person = redeemed()

    assert (person.subject, person.techid, person.personal_id) == (TECHID, TECHID, "001099000001")
    assert (person.name, person.kind, person.birth) == ("NGUYỄN THỊ MỸ DƯỠNG", "1", "19991107")
    assert (person.phone, person.email) == ("0912000001", "duong@vidu.example")


@respx.mock
def test_the_code_is_redeemed_with_the_secret_in_the_body_and_the_verifier(respx_mock):
    provider(respx_mock, signed())

    redeemed()

    request = respx_mock.calls[0].request
    form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
    assert form["grant_type"] == "authorization_code"
    assert (form["code"], form["redirect_uri"]) == ("the-code", BACK)
    assert (form["client_id"], form["client_secret"]) == (SHEET["client_id"], SHEET["client_secret"])
    assert form["code_verifier"] == ATTEMPT.verifier
    assert "authorization" not in request.headers
    assert respx_mock.calls[-1].request.headers["Authorization"] == "Bearer at"


WRONG_CLAIMS = {
    "wrong_iss": {"iss": "http://127.0.0.1:2/other"},
    "missing_iss": {"iss": None},
    "wrong_aud": {"aud": ["another"]},
    "foreign_aud_beside": {"aud": [SHEET["client_id"], "another"]},
    "missing_aud": {"aud": None},
    "wrong_azp": {"azp": "another"},
    "missing_sub": {"sub": None},
    "numeric_sub": {"sub": 7},
    "missing_iat": {"iat": None},
    "iat_in_the_future": {"iat": int(time.time()) + 3600},
    "not_yet": {"nbf": int(time.time()) + 3600},
    "missing_exp": {"exp": None},
    "expired": {"exp": int(time.time()) - 600},
    "text_exp": {"exp": "2999"},
    "wrong_nonce": {"nonce": "another"},
    "missing_nonce": {"nonce": None},
}


@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
@respx.mock
def test_an_id_token_with_wrong_claims_is_refused(respx_mock, changes):
    provider(respx_mock, signed(**changes))

    with pytest.raises(LoginRefused):
        redeemed()


def by_hand(header: dict[str, str], secret: bytes) -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims()).encode()]
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    made = hmac.digest(secret, text.encode(), "sha256") if secret else b""
    return f"{text}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


WRONG_TOKENS = {
    "alg_none": lambda: by_hand({"alg": "none", "kid": "k1"}, b""),
    "hs256_public_key": lambda: by_hand({"alg": "HS256", "kid": "k1"}, KEY.as_pem(private=False)),
    "bad_signature": lambda: signed(RSAKey.generate_key(2048)),
    "cut": lambda: signed()[:-8],
    "missing": str,
    "no token": lambda: "abc",
}


@pytest.mark.parametrize("make", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
@respx.mock
def test_an_id_token_not_signed_by_the_issuer_is_refused(respx_mock, make):
    provider(respx_mock, make())

    with pytest.raises(LoginRefused) as refused:
        redeemed()

    assert refused.value.message_vi


@respx.mock
def test_the_keys_are_read_once_more_when_the_kid_is_unknown(respx_mock):
    new = RSAKey.generate_key(2048, {"kid": "k2"})
    old, both = ({"keys": [key.as_dict(private=False) for key in keys]} for keys in ([KEY], [KEY, new]))
    provider(respx_mock, signed(new, "k2"), keys=[old, both])

    assert redeemed().techid == TECHID


@respx.mock
def test_a_kid_that_stays_unknown_is_refused(respx_mock):
    old = {"keys": [KEY.as_dict(private=False)]}
    provider(respx_mock, signed(kid="k9"), keys=[old, old])

    with pytest.raises(LoginRefused):
        redeemed()


@respx.mock
def test_the_keys_that_were_read_serve_the_next_login(respx_mock):
    provider(respx_mock, signed())

    assert redeemed(times=3).techid == TECHID
    assert looks_at_the_keys(respx_mock) == 1


@respx.mock
def test_keys_of_too_long_ago_are_read_again(respx_mock, monkeypatch):
    monkeypatch.setattr(id_tokens, "KEYS_SERVE", 0.0)
    provider(respx_mock, signed(), keys=[{"keys": [KEY.as_dict(private=False)]}] * 3)

    redeemed(times=3)

    assert looks_at_the_keys(respx_mock) == 3


@pytest.mark.parametrize("kid", ["k1", "k2"])
@respx.mock
def test_what_the_keys_of_before_cannot_verify_is_judged_by_those_of_now(respx_mock, kid):
    new = RSAKey.generate_key(2048, {"kid": kid})
    sets = [{"keys": [key.as_dict(private=False)]} for key in (KEY, new)]
    provider(respx_mock, "", keys=sets)
    tokens = [{"access_token": "at", "id_token": signed(key, key_id)} for key, key_id in ((KEY, "k1"), (new, kid))]
    answers = [httpx.Response(200, json=each) for each in tokens]
    respx_mock.post(SHEET["token_endpoint"]).mock(side_effect=answers)

    assert redeemed(times=2).techid == TECHID
    assert looks_at_the_keys(respx_mock) == 2


@respx.mock
def test_another_client_reads_the_keys_for_itself(respx_mock):
    provider(respx_mock, signed(), keys=[{"keys": [KEY.as_dict(private=False)]}] * 2)

    redeemed()
    redeemed()

    assert looks_at_the_keys(respx_mock) == 2


@respx.mock
def test_userinfo_of_another_subject_is_refused(respx_mock):
    provider(respx_mock, signed(), {**INFO, "sub": "another"})

    with pytest.raises(LoginRefused):
        redeemed()


LEGAL = {
    "without_email": ({"ThuDienTu": None}, {"email": None}),
    "empty_email": ({"ThuDienTu": ""}, {"email": None}),
    "without_phone": ({"SoDienThoai": None}, {"phone": None}),
    "kind_as_number": ({"LoaiTaiKhoan": 1}, {"kind": "1"}),
    "extra_claims": ({"IAL": 2, "loginIdp": "BCA", "Cha": {"HoVaTen": "x"}}, {}),
    "name_nfd": ({"HoVaTen": unicodedata.normalize("NFD", "Nguyễn")}, {"name": "Nguyễn"}),
    "without_techid": ({"TechID": None}, {"techid": TECHID}),
}


@pytest.mark.parametrize(("told", "expected"), LEGAL.values(), ids=LEGAL)
@respx.mock
def test_what_userinfo_may_be_like(respx_mock, told, expected):
    info = {name: value for name, value in {**INFO, **told}.items() if value is not None}
    provider(respx_mock, signed(), info)

    person = redeemed()

    assert {name: getattr(person, name) for name in expected} == expected


@pytest.mark.parametrize(
    "told",
    [
        *({"LoaiTaiKhoan": kind} for kind in ("2", 3, True, None)),
        *({"SoDinhDanh": "12345"}, {"SoDinhDanh": None}, {"HoVaTen": " "}, {"sub": 7}),
    ],
)
@respx.mock
def test_who_is_no_citizen_with_a_number_is_refused(respx_mock, told):
    provider(respx_mock, signed(), {name: value for name, value in {**INFO, **told}.items() if value is not None})

    with pytest.raises(LoginRefused):
        redeemed()


FAILURES = {
    "refused": httpx.Response(400, json={"error": "invalid_grant", "error_description": "Inactive authorization code"}),
    "server_error": httpx.Response(500, text="oops"),
    "html_200": httpx.Response(200, html="<h1>Bảo trì</h1>"),
    "list": httpx.Response(200, json=[]),
    "without_token": httpx.Response(200, json={"id_token": "x"}),
    "cut": httpx.ReadError("cut"),
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
@respx.mock
def test_a_token_endpoint_that_fails_is_a_refusal(respx_mock, answer):
    respx_mock.post(SHEET["token_endpoint"]).mock(side_effect=[answer])

    with pytest.raises(LoginRefused) as refused:
        redeemed()

    assert "the-code" not in refused.value.why
    assert SHEET["client_secret"] not in refused.value.why


@pytest.mark.parametrize("where", ["userinfo_endpoint", "jwks_uri"])
@respx.mock
def test_a_provider_that_fails_elsewhere_is_a_refusal(respx_mock, where):
    provider(respx_mock, signed())
    respx_mock.get(SHEET[where]).mock(side_effect=[httpx.Response(503, html="x")])

    with pytest.raises(LoginRefused):
        redeemed()


def test_logout_goes_to_the_provider_and_back():
    url = urlsplit(login.logout_url(SHEET, "token", "http://localhost:4001/"))

    assert parse_qs(url.query) == {"id_token_hint": ["token"], "post_logout_redirect_uri": ["http://localhost:4001/"]}
