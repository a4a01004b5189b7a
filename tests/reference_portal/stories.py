"""The usual verbs of a citizen at the portal, for the stories of tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from reference_portal.flaws import FLAWS
from reference_portal.parts import RIGHT, Parts
from tests.reference_portal.authority import Authority
from tests.reference_portal.world import Browser, Person, Portal, portal

SIGNED, PAID, FREE = "1.004772.000.00.00.H10", "1.000689.000.00.00.H10", "1.004964.000.00.00.H10"
THANH_LUONG, THANH_PHU = "000.00.01.H10", "000.00.02.H10"
PDF = {"content-type": "application/pdf", "x-file-name": quote("Giấy tờ.pdf")}
OTHER = Person("Nguyễn Thị Mỹ Dưỡng", "001099000002", "0901000002", "duong@vidu.example", "t-2")


def play(authority: Authority, story: Callable[[Portal], Awaitable[None]], flaw: str | None = None) -> None:
    parts: Parts = next((each.parts(RIGHT) for each in FLAWS if each.name == flaw), RIGHT)

    async def run() -> None:
        async with portal(authority, parts) as world:
            with authority.answering():
                await story(world)
                await world.settled()

    asyncio.run(run())


async def a_draft(browser: Browser, procedure: str = FREE, agency: str = THANH_LUONG, **more: str) -> dict[str, Any]:
    reply = await browser.post("/pti/dossiers", {"procedure": procedure, "agency": agency, **more})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def attached(browser: Browser, dossier: dict[str, Any], content: bytes, name: str = "to-khai") -> dict[str, Any]:
    path = f"/pti/dossiers/{dossier['id']}/components/{name}"
    reply = await browser.send("PUT", path, content=content, headers=PDF)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def acted(browser: Browser, dossier: dict[str, Any], action: str = "submit") -> Any:
    return await browser.post(f"/pti/dossiers/{dossier['id']}/act", {"action": action})


async def submitted(browser: Browser, paper: bytes, procedure: str = FREE) -> dict[str, Any]:
    dossier = await a_draft(browser, procedure)
    await attached(browser, dossier, paper)
    reply = await acted(browser, dossier)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def read(browser: Browser, dossier: dict[str, Any], **params: object) -> dict[str, Any]:
    return (await browser.get(f"/pti/dossiers/{dossier['id']}", params=params)).json()


async def signed(browser: Browser, dossier: dict[str, Any], number: str, through: str = "direct") -> dict[str, Any]:
    choice = {"through": through, "ca": "VNPT-CA" if through == "direct" else "CA2", "user_id": number}
    listed = (await browser.get("/pti/certificates", params=choice)).json()["certificates"]
    path = f"/pti/dossiers/{dossier['id']}/components/to-khai/sign"
    begun = await browser.post(path, {**choice, "serial": listed[0]["serial"]})
    assert begun.status_code == 202, begun.text
    return (await read(browser, dossier, signing=begun.json()["id"], seconds=20))["components"][0]


async def a_payment(browser: Browser, dossier: dict[str, Any]) -> dict[str, Any]:
    reply = await browser.post(f"/pti/dossiers/{dossier['id']}/pay", {"gateway": "vnpay"})
    assert reply.status_code == 201, reply.text
    return reply.json()
