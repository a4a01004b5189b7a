"""A whole login as browser and portal do it: pages, captcha, password, OTP by SMS, code, tokens, userinfo."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet

from benchmarks.client import Connection, Reply, Wrong, path_of
from benchmarks.flows import Flow
from benchmarks.servers import Simulators

CALLBACK = "http://localhost:9/sso/callback"
LIMIT = 10.0
ROWS = Counter(
    authorization_requested=1,
    password_accepted=1,
    otp_sent=1,
    otp_accepted=1,
    code_issued=1,
    code_redeemed=1,
    userinfo_read=1,
)
HIDDEN = re.compile(r'name="(sessionDataKey|finalCode|idp)" value="([^"]*)"')


@dataclass(frozen=True)
class LoggedIn:
    """What the portal got."""

    nonce: str
    id_token: str
    userinfo: Mapping[str, Any]
    person: str


@dataclass
class Browser:
    """One person's cookies on one lane; redirects that stay at the login are followed."""

    lane: Connection
    cookies: dict[str, str] = field(default_factory=dict)
    last: str = ""
    """The path of the page that is open."""

    async def get(self, path: str) -> Reply:
        self.last = path
        return await self._onward(await self.lane.get(path, self._kept()))

    async def form(self, path: str, told: Mapping[str, str]) -> Reply:
        return await self._onward(await self.lane.form(path, told, self._kept()))

    async def _onward(self, reply: Reply) -> Reply:
        self.cookies.update(reply.cookies)
        if reply.status not in {302, 303} or reply.location.startswith(CALLBACK):
            return reply
        return await self.get(path_of(reply.location))

    def _kept(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}


class Login:
    """One citizen for each lane; each login is in a fresh browser."""

    def __init__(self, world: Simulators, section: Mapping[str, str], citizens: Sequence[Mapping[str, Any]]) -> None:
        self._world = world
        self._section = section
        self._citizens = citizens
        self._seen = [""] * len(citizens)
        self._base = path_of(section["authorization_endpoint"]).removesuffix("/oauth2/authorize")

    @classmethod
    async def at(cls, world: Simulators) -> Login:
        request = {"name": "Cổng đo", "redirect_uris": [CALLBACK]}
        sheet = await world.control("POST", "/control/contracts", request)
        people = (await world.control("POST", "/control/citizens", {"count": len(world.lanes)}))["citizens"]
        return cls(world, sheet["login"], people)

    def flow(self, size: int) -> Flow:
        return Flow(
            "login",
            "authorize, chooser, captcha, password, OTP read from the SMS, back with a code, tokens, userinfo",
            pids=(self._world.pid,),
            lanes=self._world.lanes,
            world=self._world,
            one=self._one,
            size=size,
            limit=LIMIT,
            signatures=1,
            journal=ROWS,
            check=self._verify,
        )

    async def _one(self, lane: Connection, number: int) -> LoggedIn:
        person, nonce = self._citizens[number], secrets.token_hex(12)
        browser, state = Browser(lane), secrets.token_hex(12)
        asked = {"response_type": "code", "client_id": self._section["client_id"], "redirect_uri": CALLBACK}
        asked |= {"scope": "openid", "state": state, "nonce": nonce}
        page = await browser.get(f"{self._base}/oauth2/authorize?{urlencode(asked)}")
        page = await browser.get(f"{self._base}/commonauth?{urlencode(_hidden(page, 'idp', 'sessionDataKey'))}")
        page = await self._password(browser, page, person)
        typed = {f"codeBox{place}": digit for place, digit in enumerate(await self._otp(lane, number), 1)}
        page = await browser.form(f"{self._base}/commonauth", _hidden(page, "sessionDataKey") | typed)
        last = _hidden(page, "sessionDataKey", "finalCode")
        back = await browser.get(f"{self._base}/commonauth?{urlencode(last)}")
        given = parse_qs(urlsplit(back.location).query)
        if given.get("state") != [state]:
            raise Wrong(f"the login came back to {back.location[:200]!r}")
        return await self._redeemed(lane, given["code"][0], nonce, person)

    async def _password(self, browser: Browser, page: Reply, person: Mapping[str, Any]) -> Reply:
        key = _hidden(page, "sessionDataKey")
        captcha = await browser.lane.get(f"/control/login/captcha/{key['sessionDataKey']}", self._world.bearer)
        typed = {"username": person["username"], "password": person["password"]}
        typed["captcha"] = captcha.demand(200).json()["answer"]
        return await browser.form(f"{self._base}/commonauth", key | typed)

    async def _otp(self, lane: Connection, number: int) -> str:
        asked = {"to": self._citizens[number]["phone"], "after": self._seen[number], "wait": "5"}
        told = (await lane.get(f"/messages/otp?{urlencode(asked)}", self._world.bearer)).demand(200).json()
        self._seen[number] = told["id"]
        otp: str = told["otp"]
        return otp

    async def _redeemed(self, lane: Connection, code: str, nonce: str, person: Mapping[str, Any]) -> LoggedIn:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        form |= {name: self._section[name] for name in ("client_id", "client_secret")}
        tokens = (await lane.form(path_of(self._section["token_endpoint"]), form)).demand(200).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        who = (await lane.get(path_of(self._section["userinfo_endpoint"]), bearer)).demand(200).json()
        return LoggedIn(nonce, tokens["id_token"], who, person["techid"])

    async def _verify(self, done: Sequence[LoggedIn]) -> None:
        """Every ID token: signature, audience, nonce and person; userinfo: the person."""
        served = await self._world.lanes[0].get(path_of(self._section["jwks_uri"]))
        keys = KeySet.import_key_set(served.demand(200).json())
        for one in done:
            claims = jwt.decode(one.id_token, keys, algorithms=["RS256"]).claims
            expected = {"aud": self._section["client_id"], "nonce": one.nonce, "sub": one.person}
            if {name: claims.get(name) for name in expected} != expected or one.userinfo.get("sub") != one.person:
                raise Wrong(f"an ID token or userinfo is not this login's: {claims}")


def _hidden(page: Reply, *names: str) -> dict[str, str]:
    """The first of each of these hidden fields."""
    found: dict[str, str] = {}
    for name, value in HIDDEN.findall(page.demand(200).text):
        if name in names:
            found.setdefault(name, value)
    if len(found) != len(names):
        raise Wrong(f"a page of the login has no {', '.join(set(names) - set(found))}: {page.text[-600:]!r}")
    return found
