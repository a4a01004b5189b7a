"""MISA eSign's login: name and password, the code and its limits, tokens of three kinds, what is served where."""

from __future__ import annotations

import asyncio

import pytest

from simulators.kernel.prompts import Message
from tests.places import Running, made
from tests.simulators.ca.misa import BASE, GENERAL, SIGNING, Misa, digest


def test_the_code_is_counted_blocked_renewed_and_used_once(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.outside(lab.place)
        assert (await caller.second("000000")).json()["status"]["errorCode"] == "ExpiredOtp", "none was sent"
        assert (await caller.auth("resend-otp-auth", {"userName": caller.user.username})).status_code == 400
        told = await caller.log_in()
        assert (told.status_code, told.json()["data"]) == (200, None)
        first = await caller.code()
        wrong = f"{(int(first) + 1) % 10**6:06}"
        assert (await caller.second(wrong)).json()["status"]["errorCode"] == "InvalidOtp"
        again = await caller.auth("resend-otp-auth", {"userName": caller.user.username, "language": "vi-VN"})
        assert again.json()["data"] == {"user": {"username": caller.user.username}}
        second = await caller.code()
        assert (await caller.second(first)).status_code == 400, "the code before is dead"
        reply = await caller.second(second)
        session = reply.json()["data"]
        assert (session["expiresIn"], session["tokenType"]) == (3600, "Bearer")
        assert (await caller.second(second)).json()["status"]["errorCode"] == "ExpiredOtp", "used once"
        assert [row.body["channel"] for row in lab.place.rows(contract=caller.contract, word="code_sent")] == [
            "sms"
        ] * 2

    lab.run(story())


def test_too_many_wrong_codes_block_the_right_one_too(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.outside(lab.place)
        await caller.log_in()
        code = await caller.code()
        wrong = f"{(int(code) + 1) % 10**6:06}"
        said = [(await caller.second(wrong)).json()["status"]["errorCode"] for _ in range(5)]
        assert said == ["InvalidOtp"] * 4 + ["ExhaustedOtp"]
        assert (await caller.second(code)).json()["status"]["errorCode"] == "ExhaustedOtp"
        assert (await caller.log_in()).json()["status"]["errorCode"] == "ExhaustedOtp"

    lab.run(story())


def test_codes_are_sent_so_often_and_no_more(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.outside(lab.place)
        said = [(await caller.log_in()).json()["status"]["errorCode"] for _ in range(6)]
        assert said == [122] * 5 + ["OtpTooOften"]

    lab.run(story())


def test_a_code_grows_old_and_a_block_ends() -> None:
    async def story() -> None:
        async with made(
            "ca", overrides={"misa": {"code_tries": 1, "code_life": 60_000, "code_block": 60_000}}
        ) as place:
            caller = await Misa.outside(place)
            await caller.log_in()
            await place.control("POST", "clock", {"advance_seconds": 61})
            assert (await caller.second(await caller.code())).json()["status"]["errorCode"] == "ExpiredOtp"
            await caller.log_in()
            assert (await caller.second("x")).json()["status"]["errorCode"] == "ExhaustedOtp"
            await place.control("POST", "clock", {"advance_seconds": 61})
            await caller.log_in()
            assert (await caller.second(await caller.code())).status_code == 200

    asyncio.run(story())


async def resent(caller: Misa) -> str:
    """The errorCode, empty where a code was sent."""
    reply = await caller.auth("resend-otp-auth", {"userName": caller.user.username})
    return "" if reply.status_code == 200 else str(reply.json()["status"]["errorCode"])


def test_no_code_is_sent_again_once_it_was_used_until_the_password_comes_anew(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        assert await resent(caller) == "ExpiredOtp"
        await caller.log_in()
        assert await resent(caller) == ""
        sent = lab.place.rows(contract=caller.contract, word="code_sent")
        assert len(sent) == 3

    lab.run(story())


def test_a_login_waits_so_long_and_sending_again_does_not_prolong_it() -> None:
    async def story() -> None:
        async with made("ca", overrides={"misa": {"login_wait": 120_000}}) as place:
            caller = await Misa.outside(place)
            await caller.log_in()
            for seconds, said in ((60, ""), (59, ""), (2, "ExpiredOtp")):
                await place.control("POST", "clock", {"advance_seconds": seconds})
                assert await resent(caller) == said
            await caller.log_in()
            assert await resent(caller) == ""

    asyncio.run(story())


def test_no_code_is_sent_again_while_or_after_wrong_ones_blocked_it() -> None:
    async def story() -> None:
        async with made("ca", overrides={"misa": {"code_tries": 1, "code_block": 60_000}}) as place:
            caller = await Misa.outside(place)
            await caller.log_in()
            await caller.second("x")
            assert await resent(caller) == "ExhaustedOtp"
            await place.control("POST", "clock", {"advance_seconds": 61})
            assert await resent(caller) == "ExpiredOtp"

    asyncio.run(story())


def test_wrong_passwords_lock_the_account_at_every_portal_for_a_while() -> None:
    async def story() -> None:
        async with made("ca", overrides={"misa": {"password_tries": 3, "password_lock": 60_000}}) as place:
            caller = await Misa.outside(place)
            other = await Misa.outside(place, caller.user)
            for portal, said in ((caller, "InvalidPassword"), (other, "InvalidPassword"), (caller, "AccountLocked")):
                assert (await portal.log_in(password="x")).json()["status"]["errorCode"] == said
            assert (await other.log_in()).json()["status"]["errorCode"] == "AccountLocked"
            assert not place.rows(word="code_sent")
            await place.control("POST", "clock", {"advance_seconds": 60})
            assert (await caller.log_in(password="x")).json()["status"]["errorCode"] == "InvalidPassword"
            assert (await caller.log_in()).json()["status"]["errorCode"] == 122, "a right one takes the count back"
            said = [(await caller.log_in(password="x")).json()["status"]["errorCode"] for _ in range(2)]
            assert said == ["InvalidPassword"] * 2

    asyncio.run(story())


def test_a_code_goes_by_mail_to_who_has_no_phone(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.outside(lab.place)
        caller.user = await lab.place.citizen(phone=None)
        await caller.log_in()
        (message,) = await lab.place.world.store.find(Message, about=caller.user.email)
        assert (message.channel, bool(message.subject)) == ("mail", True)

    lab.run(story())


def test_who_is_remembered_needs_no_second_factor_at_this_portal_alone(lab: Running) -> None:
    async def story() -> None:
        caller, other = await Misa.outside(lab.place), await Misa.outside(lab.place)
        other.user = caller.user
        await caller.log_in()
        assert (await caller.second(await caller.code(), remember=True)).status_code == 200
        caller.tokens = (await caller.log_in()).json()["data"]
        assert (await caller.row())["keyStatus"] == "ACTIVE"
        assert (await other.log_in()).json()["status"]["errorCode"] == 122

    lab.run(story())


@pytest.mark.parametrize("kind", ["accessToken", "refreshToken", "made up", ""])
def test_a_token_of_another_kind_is_e2001(lab: Running, kind: str) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        token = caller.tokens.get(kind, kind)
        headers = {**caller.client, "AuthorizationRM": f"Bearer {token}"}
        reply = await lab.place.http.get(f"{GENERAL}/Certificates/by-userId", headers=headers)
        told = reply.json()
        assert (reply.status_code, told["error"], told["errorCode"]) == (401, "access_token_invalid", "e2001")
        assert set(told) == {"error", "errorCode", "devMsg", "userMsg"}

    lab.run(story())


def test_a_token_of_another_portal_is_e2001(lab: Running) -> None:
    async def story() -> None:
        one, other = await Misa.at(lab.place), await Misa.at(lab.place)
        one.client = other.client
        assert (await one.get(f"{GENERAL}/Certificates/by-userId")).json()["errorCode"] == "e2001"

    lab.run(story())


def test_old_tokens_are_refreshed_at_top_level_and_the_refresh_token_is_used_up(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.at(lab.place)
        transaction = await caller.signed(digest("x"))
        ended = await lab.place.control("POST", "expire", {"ref": f"misa/{caller.user.id}"})
        assert ended.status_code == 200, ended.text
        assert (await caller.get(f"{SIGNING}/status/{transaction}")).status_code == 401
        asked = {"refreshToken": caller.tokens["refreshToken"]}
        fresh = (await caller.auth("refreshtoken", asked)).json()
        names = {"accessToken", "remoteSigningAccessToken", "tokenType", "expiresIn", "refreshToken"}
        assert set(fresh) == names
        caller.tokens |= fresh
        assert (await caller.status(transaction))["status"] == "PENDING"
        again = await caller.auth("refreshtoken", asked)
        assert (again.status_code, again.json()["errorCode"]) == (401, "e2001")

    lab.run(story())


def test_a_token_is_good_for_an_hour() -> None:
    async def story() -> None:
        async with made("ca") as place:
            caller = await Misa.at(place)
            await place.control("POST", "clock", {"advance_seconds": 3590})
            assert (await caller.row())["keyStatus"] == "ACTIVE"
            await place.control("POST", "clock", {"advance_seconds": 11})
            assert (await caller.get(f"{GENERAL}/Certificates/by-userId")).status_code == 401

    asyncio.run(story())


@pytest.mark.parametrize("path", ["login-api", "two-factor-auth"])
def test_the_login_at_the_root_is_a_field_of_the_spec(lab: Running, path: str) -> None:
    url, body = f"{BASE}/api/auth/api/v1/auth/{path}", {"userName": "x"}

    async def story() -> None:
        caller = await Misa.outside(lab.place)
        reply = await lab.place.http.post(url, json=body, headers=caller.client)
        assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (405, "text/html")
        async with made("ca", overrides={"misa": {"root_login": "served"}}) as place:
            caller = await Misa.outside(place)
            reply = await place.http.post(url, json=body, headers=caller.client)
            assert reply.json()["status"]["errorCode"] == "UserNotFound"

    lab.run(story())


def test_two_factor_auth_takes_the_headers_of_its_document(lab: Running) -> None:
    async def story() -> None:
        caller = await Misa.outside(lab.place)
        await caller.log_in()
        bare = {name.removeprefix("x-"): value for name, value in caller.client.items()}
        asked = {"userName": caller.user.username, "code": await caller.code(), "otpType": 0, "remember": False}
        assert (await caller.auth("two-factor-auth", asked, bare)).status_code == 200

    lab.run(story())


@pytest.mark.parametrize(
    ("changed", "client", "status", "error"),
    [
        ({"password": "x"}, {}, 400, "InvalidPassword"),
        ({"userName": "nobody"}, {}, 400, "UserNotFound"),
        ({}, {"x-clientkey": "x"}, 401, "InvalidClient"),
        ({}, {"x-clientid": "x"}, 401, "InvalidClient"),
    ],
)
def test_a_login_that_is_refused(
    lab: Running, changed: dict[str, str], client: dict[str, str], status: int, error: str
) -> None:
    async def story() -> None:
        caller = await Misa.outside(lab.place)
        caller.client |= client
        reply = await caller.log_in(**changed)
        assert (reply.status_code, reply.json()["status"]["errorCode"]) == (status, error)
        assert reply.json()["data"] is None

    lab.run(story())
