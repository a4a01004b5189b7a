"""OpenID providers with pages: a whole code login in a fresh browser, with tokens and userinfo; no OTP, no SMS, no captcha."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet

from benchmarks.client import Connection, Reply, Wrong, path_of
from benchmarks.flows import Flow
from benchmarks.login import CALLBACK, Browser
from benchmarks.peers.install import HERE, NODE, OIDC_MOCK
from benchmarks.servers import LANES, free_port, reached, running

BASIC = base64.b64encode(b"portal:a-secret-of-the-benchmark").decode()
Through = Callable[[Browser, Reply], Awaitable[Reply]]


@asynccontextmanager
async def oidc_provider() -> AsyncIterator[Flow]:
    """Its development pages: login, then consent."""

    async def through(browser: Browser, page: Reply) -> Reply:
        for fields in ({"prompt": "login", "login": "001090000001", "password": "any"}, {"prompt": "consent"}):
            action = page.demand(200).text.partition('action="')[2].partition('"')[0]
            page = await browser.form(path_of(action), fields)
        return page

    port = free_port()
    shutil.copy(HERE / "oidc_provider.mjs", NODE)
    with running(["node", "oidc_provider.mjs", str(port), CALLBACK], cwd=NODE) as process:
        does = "authorize, login page, consent page, back with a code, tokens, userinfo; in memory"
        async with _provider("oidc-provider", does, process, port, (through, "/auth", 12)) as flow:
            yield flow


@asynccontextmanager
async def oidc_provider_mock() -> AsyncIterator[Flow]:
    """One page: who it is."""

    async def through(browser: Browser, _page: Reply) -> Reply:
        return await browser.form(browser.last, {"sub": "001090000001"})

    port = free_port()
    with running([str(OIDC_MOCK), "-p", str(port)]) as process:
        does = "authorize, a page that asks for a name, back with a code, tokens, userinfo; in memory"
        async with _provider("oidc-provider-mock", does, process, port, (through, "/oauth2/authorize", 6)) as flow:
            yield flow


@asynccontextmanager
async def _provider(
    name: str, does: str, process: Any, port: int, way: tuple[Through, str, int]
) -> AsyncIterator[Flow]:
    through, authorize, size = way
    url = f"http://127.0.0.1:{port}"
    await reached(url, process)
    lanes = [await Connection.to(url) for _ in range(LANES)]
    meta = (await lanes[0].get("/.well-known/openid-configuration")).demand(200).json()

    async def one(lane: Connection, _number: int) -> tuple[str, str]:
        browser, state, nonce = Browser(lane), secrets.token_hex(12), secrets.token_hex(12)
        asked = {"response_type": "code", "client_id": "portal", "redirect_uri": CALLBACK, "scope": "openid"}
        page = await browser.get(f"{authorize}?{urlencode(asked | {'state': state, 'nonce': nonce})}")
        back = await through(browser, page)
        given = parse_qs(urlsplit(back.location).query)
        if not back.location.startswith(CALLBACK) or given.get("state") != [state]:
            raise Wrong(f"{name} came back with {back.status} {back.location[:200]!r}")
        form = {"grant_type": "authorization_code", "code": given["code"][0], "redirect_uri": CALLBACK}
        basic = {"Authorization": f"Basic {BASIC}"}
        tokens = (await lane.form(path_of(meta["token_endpoint"]), form, basic)).demand(200).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        who = (await lane.get(path_of(meta["userinfo_endpoint"]), bearer)).demand(200).json()
        if who["sub"] != "001090000001":
            raise Wrong(f"{name}: userinfo is {json.dumps(who)[:200]}")
        return nonce, tokens["id_token"]

    async def verify(done: Sequence[tuple[str, str]]) -> None:
        keys = KeySet.import_key_set((await lanes[0].get(path_of(meta["jwks_uri"]))).demand(200).json())
        for nonce, token in done:
            if jwt.decode(token, keys, algorithms=["RS256"]).claims.get("nonce") != nonce:
                raise Wrong(f"{name}: an ID token is not this login's")

    try:
        yield Flow(name, does, (process.pid,), lanes, one, size, signatures=1, check=verify)
    finally:
        for lane in lanes:
            lane.close()
