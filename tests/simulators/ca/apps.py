"""A citizen with a CA's app, over HTTP: its JSON, its pages, the inbox, and the CA's decision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from simulators.kernel.citizens import Citizen
from tests.places import Place
from tests.worlds import BEARER, KEY

PASSWORD = "mat-khau-1"


@dataclass(frozen=True)
class App:
    """One citizen's, by JSON."""

    place: Place
    citizen: Citizen
    ca: str

    @classmethod
    async def of(cls, place: Place, ca: str = "vnpt", **fields: Any) -> App:
        """Somebody who has not enrolled, made as tests make them."""
        reply = await place.control("POST", "citizens", {"not_enrolled": [ca], **fields})
        assert reply.status_code == 201, reply.text
        found = await place.world.citizens.get(reply.json()["citizens"][0]["id"])
        assert found
        return cls(place, found, ca)

    def details(self, **changed: str) -> dict[str, str]:
        own = self.citizen
        typed = {"card_number": own.id, "name": own.name, "email": own.email or "", "phone": own.phone or ""}
        return {**typed, "address": "Nơi ở hiện tại", "package": "unlimited-12", "device": f"may-{own.id}", **changed}

    async def post(self, act: str, **fields: str) -> httpx.Response:
        return await self.place.http.post(f"/ca/{self.ca}/app/api/{self.citizen.id}/{act}", json=fields, headers=BEARER)

    async def do(self, act: str, **fields: str) -> dict[str, Any]:
        reply = await self.post(act, **fields)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    async def refused(self, act: str, **fields: str) -> str:
        """The reason."""
        reply = await self.post(act, **fields)
        told = reply.json()
        assert reply.status_code in {404, 409, 422, 423}, reply.text
        assert told["error"]
        return str(told["reason"])

    async def account(self) -> dict[str, Any]:
        reply = await self.place.http.get(f"/ca/{self.ca}/app/api/{self.citizen.id}", headers=BEARER)
        return dict(reply.json())

    async def decide(self, decision: str = "approve", why: str = "") -> httpx.Response:
        return await self.place.control(
            "POST", f"enrolments/{self.ca}/{self.citizen.id}", {"decision": decision, "why": why}
        )

    async def pay(self, outcome: str = "pay", act: str = "pay", **fields: str) -> dict[str, Any]:
        opened = await self.do(act, means="atm", **fields)
        return await self.do("settle", order=opened["order"]["id"], outcome=outcome)

    async def code(self) -> str:
        """As the citizen reads it in the SMS."""
        reply = await self.place.http.get("/messages/otp", params={"to": self.citizen.phone}, headers=BEARER)
        return str(reply.json()["otp"])

    async def inbox(self, channel: str) -> list[str]:
        to = self.citizen.phone if channel == "sms" else self.citizen.email
        reply = await self.place.http.get("/messages/inbox", params={"to": to, "channel": channel}, headers=BEARER)
        return [f"{one['subject']} {one['text']}".strip() for one in reply.json()["messages"]]

    async def up_to(self, stage: str, **changed: str) -> dict[str, Any]:
        """From registration to that stage."""
        steps = {
            "registered": lambda: self.do("register", **self.details(**changed)),
            "paid": self.pay,
            "activated": self.activate,
            "identified": lambda: self.do("identify", card_number=self.citizen.id, face="match"),
            "appraising": lambda: self.do("contract", agree="yes"),
            "approved": self.approve,
            "active": lambda: self.do("minutes", password=PASSWORD),
        }
        for name, step in steps.items():
            told = await step()
            assert told["stage"] == name, told
            if name == stage:
                return told
        raise AssertionError(stage)

    async def activate(self) -> dict[str, Any]:
        return await self.do("activate", code=await self.code(), password=PASSWORD)

    async def approve(self) -> dict[str, Any]:
        reply = await self.decide()
        assert reply.status_code == 200, reply.text
        return dict(reply.json())


@dataclass(frozen=True)
class Pages:
    """The same by forms, as a browser sends them; `key` opens the first page."""

    app: App

    async def open(self) -> httpx.Response:
        return await self.app.place.http.get(f"/ca/{self.app.ca}/app/{self.app.citizen.id}", params={"key": KEY})

    async def submit(self, form: str, button: str = "", **typed: str) -> httpx.Response:
        """A form of the page as it stands, with its own values unless others are typed; then the page after it."""
        text = (await self.open()).text
        found = re.search(rf'<form method="post" action="([^"]*/{form})".*?</form>', text, re.DOTALL)
        assert found, text
        fields = dict(re.findall(r'<input[^>]* name="([^"]*)"[^>]* value="([^"]*)"', found[0]))
        for name, options in re.findall(r'<select[^>]* name="([^"]*)">(.*?)</select>', found[0], re.DOTALL):
            fields[name] = re.findall(r'value="([^"]*)"', options)[0]
        sent = {name: unescape(value) for name, value in fields.items() if name != "agree"} | typed
        if button:
            name, value = button.split("=")
            assert f'name="{name}" value="{value}"' in found[0]
            sent[name] = value
        http = self.app.place.http
        cookie = f"hopchuan_{self.app.place.world.url.rpartition(':')[2]}={KEY}"
        return await http.post(found[1], data=sent, headers={"Cookie": cookie})
