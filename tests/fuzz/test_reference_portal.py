"""Hostile input at the reference portal: no 5xx, no trace, and what it refuses changes nothing in its books."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from random import Random
from typing import Any

import httpx
import pytest

from reference_portal import papers
from reference_portal.settings import CALLBACK_PATH, NOTICE_PATH, RETURN_PATH, WEBHOOK_PATH
from tests.fuzz.mutations import MUTATIONS, Mutation
from tests.fuzz.rules import TRACES
from tests.fuzz.wire import Ask, get, post
from tests.reference_portal.authority import Authority
from tests.reference_portal.stories import FREE, PAID, THANH_LUONG, a_draft, a_payment, submitted
from tests.reference_portal.world import KEY, ORIGIN, Browser, Portal, notice, portal

IN_ALL = 3_000
BY_SOCKET_ALONE = {"odd_framing", "odd_line", "in_pieces"}
SEEN_BY_THE_SERVER = {"Session"}
"""A callback's attempt is used up by whoever brings its state; when a session was last seen."""


def rightful(dossier: dict[str, Any], payment: dict[str, Any], draft: dict[str, Any], cookie: str) -> list[Ask]:
    """A request for each thing that a citizen, an officer, a provider or nobody may ask."""
    own, officer = {"Cookie": f"phien={cookie}", "Origin": ORIGIN}, {"Authorization": f"Bearer {KEY}"}
    d, told = dossier["id"], notice(payment["ref"], payment["amount"] + 1)
    place, page = f"/pti/dossiers/{draft['id']}/components/to-khai", f"/ho-so/{draft['id']}"
    choice = {"through": "direct", "ca": "VNPT-CA", "user_id": "001099000001", "serial": "00"}
    order = {"officer": "an", "action": "accept", "dossier": "none"}
    gets = ("/pti/session", "/pti/procedures", "/pti/dossiers", f"/pti/dossiers/{d}?signing=x&seconds=0", f"/ho-so/{d}")
    gets += (
        "/",
        "/ho-so",
        f"/thu-tuc/{FREE}/{THANH_LUONG}",
        "/tra-cuu?ma=H10",
        "/nop-ho-so?ma=x",
        f"{page}/to-khai/bieu-mau",
    )
    gets += (
        "/pti/certificates?through=direct&ca=VNPT-CA&user_id=001099000001",
        "/can-bo",
        "/thong-bao",
        "/pti/login?target=/",
    )
    return [
        *(get(path, **own) for path in gets),
        get(NOTICE_PATH + "?" + told),
        get(RETURN_PATH + "?" + told, **own),
        get(CALLBACK_PATH, {"code": "x", "state": "y"}, **own),
        post(WEBHOOK_PATH, {"sp_id": "sp", "status_code": 200, "transaction_id": "T", "signed_files": []}),
        post("/pti/dossiers", {"procedure": "none", "agency": THANH_LUONG}, **own),
        post(f"/pti/dossiers/{d}/act", {"action": "submit"}, **own),
        post(f"/pti/dossiers/{d}/pay", {"gateway": "none"}, **own),
        post(place, {"form": {"child_name": "x"}, "delete": False}, method="PUT", **own),
        post(place, b"%PDF-1.4 broken", method="PUT", media="application/pdf", X_File_Name="a.pdf", **own),
        post(f"{place}/sign", choice, **own),
        post("/pti/officer", order, **officer),
        get("/pti/books", **officer),
        post("/ho-so", (("procedure", "none"), ("agency", THANH_LUONG)), **own),
        post(f"/ho-so/{d}/thanh-toan", (), **own),
        post(f"{page}/thao-tac", (("action", "none"),), **own),
        post(f"{page}/to-khai/bieu-mau", (("child_name", "x"),), **own),
        post(f"{page}/to-khai/dinh-kem", b"--x--", media="multipart/form-data; boundary=x", **own),
        post(f"{page}/to-khai/xoa", (("x", "y"),), **own),
        post("/can-bo", (("officer", "an"), ("key", "wrong"), ("action", "accept"), ("dossier", d)), **own),
        post("/pti/logout", {}, Origin=ORIGIN),
    ]


def books_of(world: Portal) -> set[tuple[Any, ...]]:
    database: sqlite3.Connection = world.office.books._db
    return set(database.execute("SELECT kind, id, version, body FROM records").fetchall())


async def sent(http: httpx.AsyncClient, ask: Ask) -> httpx.Response | None:
    """None where the client itself will not send it."""
    try:
        url = httpx.URL(ORIGIN).copy_with(raw_path=ask.target)
        request = httpx.Request(ask.method.decode(), url, headers=list(ask.headers), content=ask.body)
    except (httpx.InvalidURL, ValueError, TypeError):
        return None
    return await http.send(request)


async def attacked(world: Portal, chance: Random, asks: list[Ask]) -> tuple[Counter[int], list[str]]:
    ways: list[tuple[Mutation, int]] = [row for row in MUTATIONS if row[0].__name__ not in BY_SOCKET_ALONE]
    statuses: Counter[int] = Counter()
    found: list[str] = []
    before = books_of(world)
    while statuses.total() < IN_ALL and len(found) < 10:
        ask = chance.choice(asks)
        (mutation,) = chance.choices([one for one, _ in ways], [weight for _, weight in ways])
        spoilt = mutation(ask, chance)
        reply = await sent(world.http, spoilt)
        if reply is None:
            continue
        statuses[reply.status_code] += 1
        after = books_of(world)
        changed = {row[0] for row in before ^ after} - SEEN_BY_THE_SERVER
        before = after
        told = f"{mutation.__name__}: {spoilt.method!r} {spoilt.target[:200]!r} {spoilt.body[:200]!r} -> {reply.status_code}"
        if reply.status_code >= 500 or TRACES.search(reply.text):
            found.append(f"{told} {reply.text[:300]}")
        elif changed and reply.status_code >= 400:
            found.append(f"{told} changes {changed}")
    return statuses, found


@pytest.mark.filterwarnings("error")
def test_whatever_is_sent_the_portal_answers_and_what_it_refuses_changes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    form = {"requester_name": "Nguyễn", "child_name": "NGUYỄN", "home_place": "Xã"}
    paper = papers.declaration(form, procedure="Đăng ký", agency="UBND Xã", applicant="Nguyễn")

    async def story() -> tuple[Counter[int], list[str], list[int]]:
        async with portal(Authority.make()) as world:
            browser: Browser = await world.citizen()
            dossier = await submitted(browser, paper, PAID)
            payment, draft = await a_payment(browser, dossier), await a_draft(browser)
            asks = rightful(dossier, payment, draft, browser.cookie)
            found = await attacked(world, Random(1), asks)
            await world.settled()
            # What is right is still taken, and makes its one receipt.
            answer = await world.notify(notice(payment["ref"], payment["amount"]))
            receipts = [answer["RspCode"], (await browser.get("/pti/session")).json()["signed_in"]]
            return *found, receipts

    statuses, found, still = asyncio.run(story())
    with capsys.disabled():
        print(f"\nreference portal: {statuses.total()} hostile requests, {dict(statuses)}")  # noqa: T201
    assert not found, "\n".join(found)
    assert statuses.total() >= IN_ALL
    assert still == ["00", True]


@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"action":' * 100_000])
def test_json_that_is_nested_too_deeply_is_refused_and_a_webhook_with_it_is_nothing(deep: bytes) -> None:
    async def story() -> None:
        async with portal(Authority.make()) as world:
            headers = {"origin": ORIGIN}
            reply = await world.http.post("/pti/dossiers", content=deep, headers=headers)
            assert (reply.status_code, reply.json()["error"]) == (400, "bad_json")
            assert (await world.http.post(WEBHOOK_PATH, content=deep, headers=headers)).status_code == 200

    asyncio.run(story())
