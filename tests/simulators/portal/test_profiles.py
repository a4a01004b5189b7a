"""Two profiles in one world are two logins: what began at one goes on, and is worth something, there alone."""

from __future__ import annotations

from typing import Any

import httpx

from simulators.kernel.citizens import Citizen
from tests.simulators.portal.house import VNEID, Browser, House, in_house, told


class Attacker:
    """Not a browser: carries the cookies of one profile to the other."""

    def __init__(self, browser: Browser, key: str) -> None:
        cookies = {cookie.name: cookie.value or "" for cookie in browser.http.cookies.jar}
        self.http, self.key = browser.http, key
        self._header = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    async def ask(self, method: str, path: str, **fields: Any) -> httpx.Response:
        sent = {"params": fields} if method == "GET" else {"data": fields}
        return await self.http.request(method, f"{VNEID}{path}", headers=self._header, **sent)


async def begun(house: House) -> tuple[Attacker, Citizen]:
    citizen, browser = await house.world.citizens.make(), house.browser()
    page = await house.to_password(browser)
    return Attacker(browser, page.form("loginForm")[2]["sessionDataKey"]), citizen


@in_house()
async def test_an_attempt_of_one_profile_does_not_exist_at_another(house: House) -> None:
    attacker, citizen = await begun(house)
    typed = {"state": attacker.key, "username": citizen.username, "password": citizen.password}
    assert (await attacker.ask("POST", "/auth", **typed)).status_code == 400
    chosen = await attacker.ask("GET", "/commonauth", sessionDataKey=attacker.key, idp="IDP BCA")
    assert chosen.status_code == 400, "the way without a code of the other profile"
    assert (await attacker.ask("POST", "/auth", **typed)).status_code == 400
    assert (await attacker.ask("GET", "/auth", state=attacker.key)).status_code == 400
    assert not house.rows("password_accepted")


@in_house()
async def test_a_token_of_one_profile_is_worth_nothing_at_another(house: House) -> None:
    citizen = await house.world.citizens.make()
    given = told(await house.log_in(house.browser(), citizen))
    token = (await house.tokens(given["code"])).json()["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert (await house.http.get(f"{VNEID}/oauth2/userinfo", headers=bearer)).status_code == 401
    introspected = await house.http.post(
        f"{VNEID}/oauth2/introspect", data={"token": token}, headers={"authorization": ""}
    )
    assert introspected.json() == {"active": False}
    assert (await house.userinfo(token)).status_code == 200
