"""What right and flawed portals make of a paper: its name on the phone, its stamp, its words, two requests for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from conformance.oracles.words import stamps, words
from conformance.samples import docx
from tests.reference_portal.stories import SIGNED, a_draft, attached, read, signed
from tests.reference_portal.world import Browser, Portal

OWN = "001099000001"
Story = Callable[[Portal, bytes], Awaitable[Any]]


async def content(browser: Browser, dossier: dict[str, Any]) -> bytes:
    component = (await read(browser, dossier))["components"][0]
    return (await browser.get(f"/pti/dossiers/{dossier['id']}/files/{component['file']}")).content


async def described(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, paper)
    await signed(browser, dossier, OWN)
    return next(iter(world.providers.orders.values()))["transaction_desc"]


async def stamped(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, paper)
    await signed(browser, dossier, OWN)
    (shown,) = stamps(await content(browser, dossier))
    return next(line for line in shown.splitlines() if line.startswith("Date: "))


async def printed(world: Portal, _paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, docx(("Đặng Thị Ưởng",)))
    return words(await content(browser, dossier)).strip()


async def asked_twice(world: Portal, paper: bytes) -> Any:
    browser = await world.citizen()
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, paper)
    choice = {"through": "direct", "ca": "VNPT-CA", "user_id": OWN}
    (listed,) = (await browser.get("/pti/certificates", params=choice)).json()["certificates"]
    path = f"/pti/dossiers/{dossier['id']}/components/to-khai/sign"
    replies = [await browser.post(path, {**choice, "serial": listed["serial"]}) for _ in range(2)]
    return [reply.status_code for reply in replies]


ENDS: tuple[tuple[str, Story, Any, Any], ...] = (
    ("phone_told_nothing", described, "Ký số Giấy tờ.pdf", ""),
    (
        "stamp_in_server_zone",
        stamped,
        "Date: 2026.11.21 10:15:22 +07:00",
        "Date: 2026.11.21 03:15:22 +07:00",
    ),
    ("word_marks_dropped", printed, "Đặng Thị Ưởng", "Dang Thi Uong"),
    ("second_answer_replaces_first", asked_twice, [202, 409], [202, 202]),
)
