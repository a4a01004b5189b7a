"""The login's conversations as integrators' code and WSO2 have them, played through the routes (identities are invented)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from conformance.browser import Browser
from conformance.control import Control
from conformance.entrance import Entrance
from conformance.people import Citizen, Inbox
from simulators import inprocess
from simulators.hosts import LAB
from simulators.inprocess import PORTAL, Lab
from tests.conversations import TRANSCRIPTS, filled, fits
from tests.over_httpx import over_httpx

HOST = "https://testxacthuc.dichvucong.gov.vn"
CALLBACK = f"{PORTAL}/login/callback"


def a_code(lab: Lab, browser: Browser, citizen: dict[str, Any]) -> str:
    """Through the login's pages; its session lets the browser through at once the next time."""
    who = Citizen(**{name: value for name, value in citizen.items() if name in Citizen.__struct_fields__})
    asked = httpx.QueryParams(
        response_type="code", scope="openid", client_id=lab.sheet["login"]["client_id"], redirect_uri=CALLBACK
    )
    with Control(
        LAB, lab.http.headers["Authorization"].removeprefix("Bearer "), lab.sheet["contract"], send=over_httpx
    ) as control:
        page = browser.navigate(f"{HOST}/oauth2/authorize?{asked}", operation="login")
        page = Entrance(browser, who, control, Inbox(control, who)).through(page)
    return parse_qs(urlsplit(page.url).query)["code"][0]


@pytest.mark.parametrize("path", sorted((TRANSCRIPTS / "login").glob("*.json")), ids=lambda path: path.stem)
def test_the_conversation_goes_as_written(path: Path) -> None:
    told = json.loads(path.read_text("utf-8"))
    with inprocess.providers(login_profile=told["profile"]) as lab:
        lab.router.get(url__startswith=CALLBACK).respond(204)
        citizen, browser, bearer = lab.citizen(), Browser(over_httpx, home=PORTAL), ""
        values = {name: str(value) for name, value in lab.sheet["login"].items()}
        values |= {"redirect_uri": CALLBACK, "citizen": citizen["id"], "techid": citizen["techid"]}
        for step in told["steps"]:
            if "code" not in values or path.stem == "refused":
                values["code"] = a_code(lab, browser, citizen)
            send = step["send"]
            reply = httpx.request(
                send["method"],
                HOST + send["path"],
                data=filled(send.get("form"), values),
                headers={"Authorization": f"Bearer {bearer}"} if bearer and send["method"] == "GET" else {},
            )
            assert reply.status_code == step["status"], reply.text
            fits(filled(step["reply"], values), reply.json())
            bearer = reply.json().get("access_token", bearer)
