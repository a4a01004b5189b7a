"""ID tokens before a foreign judge: joserfc takes the right one and refuses every planned deviation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from simulators.kernel.citizens import Citizen
from simulators.kernel.records import Key
from simulators.portal import deviations
from simulators.portal.desk.keys import Keys
from simulators.portal.deviations import FAULT_SITES
from simulators.portal.providers.vnconnect_2022 import PROVIDER as VNCONNECT_2022
from simulators.portal.providers.vneid_2026 import PROVIDER as VNEID_2026
from simulators.portal.records import SigningKey
from tests.simulators.portal.house import House, in_house, told
from tests.worlds import TET

NOW = int(TET.timestamp())
REFUSED_BY_SIGNATURE = {"alg_none", "hs256_public_key", "bad_signature", "unknown_kid", "unknown_crit"}
OLDEST = 3600


class Refused(Exception):
    """A judge says no."""


async def keys(house: House) -> dict[str, Any]:
    served: dict[str, Any] = (await house.http.get(house.sheet["jwks_uri"])).json()
    return served


async def a_login(house: House, citizen: Citizen) -> dict[str, Any]:
    code = told(await house.log_in(house.browser(), citizen))["code"]
    made: dict[str, Any] = (await house.tokens(code)).json()
    return made


async def by_joserfc(house: House, made: dict[str, Any]) -> dict[str, Any]:
    token = made["id_token"]
    try:
        served = KeySet.import_key_set(await keys(house))
        registry = JWSRegistry(algorithms=["RS256"])
        claims = jwt.decode(token, served, algorithms=["RS256"], registry=registry).claims
        rules = jwt.JWTClaimsRegistry(
            now=NOW,
            iss={"essential": True, "value": house.sheet["issuer"]},
            aud={"essential": True, "value": house.sheet["client_id"]},
            azp={"value": house.sheet["client_id"]},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": "nonce-of-the-portal"},
        )
        rules.validate(claims)
    except (JoseError, ValueError) as error:
        raise Refused(error) from error
    wrong = {
        "sub is not a string": not isinstance(claims["sub"], str),
        "meant for others too": claims["aud"] != house.sheet["client_id"],
        "issued long ago": claims["iat"] < NOW - OLDEST,
        "of another access token": claims["at_hash"] != half_hash(made["access_token"]),
    }
    if any(wrong.values()):
        raise Refused([why for why, is_so in wrong.items() if is_so])
    return claims


def half_hash(value: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()


@in_house()
async def test_joserfc_takes_the_right_token(house: House) -> None:
    citizen = await house.world.citizens.make()
    made = await a_login(house, citizen)
    claims = await by_joserfc(house, made)
    assert claims["sub"] == citizen.techid
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["acr"] == "LoA1"
    assert claims["auth_time"] == NOW
    assert claims["at_hash"] == half_hash(made["access_token"])
    assert (await house.userinfo(made["access_token"])).json()["sub"] == claims["sub"]


@pytest.mark.parametrize("effect", FAULT_SITES["login.id_token"])
@in_house()
async def test_joserfc_refuses_each_planned_deviation_and_the_next_token_is_right(house: House, effect: str) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.id_token", effect, citizen)
    bent = await a_login(house, citizen)
    with pytest.raises(Refused):
        await by_joserfc(house, bent)
    assert house.rows("code_redeemed")[0].body["injected"] == effect
    await by_joserfc(house, await a_login(house, citizen))
    assert "injected" not in house.rows("code_redeemed")[1].body


@pytest.mark.parametrize("effect", sorted(set(FAULT_SITES["login.id_token"]) - REFUSED_BY_SIGNATURE))
@in_house()
async def test_a_planned_deviation_of_claims_keeps_a_good_signature(house: House, effect: str) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.id_token", effect, citizen)
    bent = (await a_login(house, citizen))["id_token"]
    jwt.decode(bent, KeySet.import_key_set(await keys(house)), algorithms=["RS256"])


@in_house()
async def test_the_hmac_is_made_with_the_public_key_as_it_is_published_in_pem(house: House) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.id_token", "hs256_public_key", citizen)
    token = (await a_login(house, citizen))["id_token"]
    text, _, signature = token.rpartition(".")
    public = KeySet.import_key_set(await keys(house)).keys[0]
    made = hmac.digest(public.as_pem(private=False), text.encode(), hashlib.sha256)
    assert base64.urlsafe_b64encode(made).rstrip(b"=").decode() == signature


@in_house()
async def test_the_key_of_a_profile_is_made_once_and_kept_in_the_store(house: House) -> None:
    first = await Keys(house.world, VNEID_2026).served()
    assert await Keys(house.world, VNEID_2026).served() == first
    kept = await house.world.store.get(Key(SigningKey, "vneid-2026"))
    assert kept
    assert [one["kid"] for one in first["keys"]] == [kept.kid]
    assert not {"d", "p", "q"} & set(first["keys"][0])


@in_house()
async def test_discovery_says_what_is_there(house: House) -> None:
    told_there = (await house.http.get(house.sheet["issuer"] + "/.well-known/openid-configuration")).json()
    assert told_there["issuer"] == house.sheet["issuer"]
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"):
        assert told_there[name] == house.sheet[name]
        path = told_there[name].removeprefix("http://127.0.0.1:8400")
        assert any(route.path == path for route in house.family.routes), name
    assert json.dumps(told_there["response_types_supported"]) == '["code"]'


@pytest.mark.parametrize("effect", FAULT_SITES["login.userinfo"])
@in_house()
async def test_planned_deviations_of_userinfo(house: House, effect: str) -> None:
    citizen = await house.world.citizens.make({"name": "Đỗ Thị Ngọc Ánh"})
    access = (await a_login(house, citizen))["access_token"]
    right = (await house.userinfo(access)).json()
    await house.fault("login.userinfo", effect, citizen)
    reply = await house.userinfo(access)
    bent = reply.json()
    if effect == "server_error":
        assert reply.status_code == 500
        assert house.rows("token_refused")[-1].body["injected"] == effect
    else:
        assert bent != right
        assert house.rows("userinfo_read")[-1].body["injected"] == effect
    seen = {
        "without_email": lambda: "ThuDienTu" not in bent and "SoDienThoai" in bent,
        "without_phone": lambda: "SoDienThoai" not in bent and "ThuDienTu" in bent,
        "extra_claims": lambda: right.items() <= bent.items(),
        "kind_as_number": lambda: bent["LoaiTaiKhoan"] == 1,
        "another_subject": lambda: bent["sub"] == bent["TechID"] != right["sub"],
        "missing_sub": lambda: "sub" not in bent and bent["TechID"] == right["TechID"],
        "name_nfd": lambda: bent["HoVaTen"] != right["HoVaTen"] and len(bent["HoVaTen"]) > len(right["HoVaTen"]),
        "server_error": lambda: bent["error"] == "server_error",
        "unknown_kind": lambda: bent["LoaiTaiKhoan"] not in {"1", "2", "3"},
        "without_number": lambda: "SoDinhDanh" not in bent and "HoVaTen" in bent,
    }
    assert seen[effect]()
    assert (await house.userinfo(access)).json() == right


@in_house()
async def test_a_planned_server_error_of_the_token_endpoint_leaves_the_code_good(house: House) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.token", "server_error", citizen)
    code = told(await house.log_in(house.browser(), citizen))["code"]
    assert (await house.tokens(code)).status_code == 500
    assert house.rows("token_refused")[-1].body["injected"] == "server_error"
    assert (await house.tokens(code)).status_code == 200


@pytest.mark.parametrize(
    ("effect", "name", "value"),
    [
        ("missing_id_token", "id_token", None),
        ("wrong_token_type", "token_type", "mac"),
    ],
)
@in_house()
async def test_a_planned_deviation_of_the_token_answer_is_of_one_answer(
    house: House, effect: str, name: str, value: str | None
) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.token", effect, citizen)
    bent, right = await a_login(house, citizen), await a_login(house, citizen)
    assert bent.get(name) == value != right[name]
    assert set(right) - set(bent) <= {name}
    assert [row.body.get("injected") for row in house.rows("code_redeemed")] == [effect, None]


def test_every_declared_deviation_of_an_answer_or_a_callback_bends_it() -> None:
    answer = {"access_token": "a", "refresh_token": "r", "id_token": "i", "token_type": "Bearer", "expires_in": 3600}
    callback = {"code": "c", "state": "s", "session_state": "h"}
    for effect in set(FAULT_SITES["login.token"]) - {"server_error"}:
        assert deviations.answered(answer, effect) != answer, effect
    for effect in set(FAULT_SITES["login.callback"]) - {"access_denied"}:
        assert deviations.callback(callback, effect) != callback, effect


@in_house()
async def test_an_answer_and_its_id_token_may_deviate_together(house: House) -> None:
    citizen = await house.world.citizens.make()
    await house.fault("login.token", "wrong_token_type", citizen)
    await house.fault("login.id_token", "missing_sub", citizen)
    bent = await a_login(house, citizen)
    assert bent["token_type"] == "mac"
    with pytest.raises(Refused):
        await by_joserfc(house, bent)
    assert house.rows("code_redeemed")[0].body["injected"] == "wrong_token_type missing_sub"
    assert len([row for row in house.rows() if row.word == "fault_used"]) == 2


@in_house()
async def test_userinfo_has_the_names_and_types_of_the_real_one(house: House) -> None:
    for _ in range(6):
        citizen = await house.world.citizens.make()
        given = (await house.userinfo((await a_login(house, citizen))["access_token"])).json()
        assert given["TechID"] == given["sub"] == citizen.techid
        assert given["LoaiTaiKhoan"] == "1"
        assert given["SoDinhDanh"] == citizen.id
        assert given["HoVaTen"] == citizen.name
        assert given["NgayThangNamSinh"] == citizen.birth
        assert isinstance(given["GioiTinh"], int)
        assert given["SoDienThoai"] == citizen.phone
        assert given["ThuDienTu"] == citizen.email


@in_house()
async def test_a_citizen_without_an_email_has_no_such_claim(house: House) -> None:
    citizen = await house.world.citizens.make({"email": None})
    await house.fault("login.userinfo", "without_phone", citizen)
    given = (await house.userinfo((await a_login(house, citizen))["access_token"])).json()
    assert not {"ThuDienTu", "SoDienThoai"} & set(given)


@in_house()
async def test_a_token_under_a_fresh_key_is_right_and_both_keys_are_in_the_set(house: House) -> None:
    citizen = await house.world.citizens.make()
    (before,) = (await keys(house))["keys"]
    await house.fault("login.keys", "fresh", citizen)
    rotated = await a_login(house, citizen)
    served = (await keys(house))["keys"]
    assert served[0]["kid"] == before["kid"]
    assert len({one["kid"] for one in served}) == 2
    await by_joserfc(house, rotated)
    await by_joserfc(house, await a_login(house, citizen))
    assert await Keys(house.world, VNCONNECT_2022).read(rotated["id_token"])
