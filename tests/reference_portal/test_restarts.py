"""A portal that is started again on its books: signings, notices and payments of before go on where they stood."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_portal.__main__ import _kept_key
from reference_portal.fees import Receipt
from reference_portal.parts import RIGHT
from tests.reference_portal.authority import Authority
from tests.reference_portal.stories import PAID, SIGNED, a_draft, a_payment, attached, read, signed, submitted
from tests.reference_portal.world import Browser, Portal, Providers, notice, portal
from tests.source_tree import ROOT

NUMBER = "001099000001"


async def a_waiting_signing(world: Portal, browser: Browser, paper: bytes, through: str) -> dict[str, Any]:
    dossier = await a_draft(browser, SIGNED)
    await attached(browser, dossier, paper)
    world.providers.phone = "wait"
    waiting = asyncio.create_task(signed(browser, dossier, NUMBER, through))
    await world.providers.asked.wait()
    assert (await read(browser, dossier))["components"][0]["state"] == "signing"
    waiting.cancel()
    return dossier


async def component_of(browser: Browser, dossier: dict[str, Any]) -> dict[str, Any]:
    begun = (await read(browser, dossier))["components"][0]["signing"]["id"]
    return (await read(browser, dossier, signing=begun, seconds=20))["components"][0]


@pytest.mark.parametrize("phone", ["approve", "refuse"])
def test_a_waiting_signing_is_asked_for_again_after_a_restart_and_ends_as_the_phone_said(
    authority: Authority, paper: bytes, tmp_path: Path, phone: str
) -> None:
    async def run() -> None:
        providers = Providers(authority)
        async with portal(authority, data=tmp_path, providers=providers) as world:
            browser = await world.citizen()
            dossier = await a_waiting_signing(world, browser, paper, "direct")
            cookie = browser.cookie
        providers.phone = phone
        async with portal(authority, data=tmp_path, providers=providers) as world:
            browser = Browser(world)
            browser.cookie = cookie
            with authority.answering():
                component = await component_of(browser, dossier)
            ended = {"approve": ("signed", "signed"), "refuse": ("attached", "refused")}[phone]
            assert (component["state"], component["signing"]["state"]) == ended
            kept = "SELECT count(*) FROM files WHERE id LIKE 'prepared-%'"
            assert world.office.books._db.execute(kept).fetchone() == (0,)

    asyncio.run(run())


def test_a_signature_that_the_phone_gave_is_kept_while_the_responder_is_down(
    authority: Authority, paper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    async def run() -> None:
        async with portal(authority) as world:
            browser = await world.citizen()
            dossier = await a_draft(browser, SIGNED)
            await attached(browser, dossier, paper)
            examine = world.office.parts.sealing.examine

            def silent_once(*given: Any, **named: Any) -> Any:
                asked.append(True)
                if len(asked) == 1:  # nobody listens at the responder's address yet
                    return examine(*given, **named)
                with authority.answering():
                    return examine(*given, **named)

            world.office.workers.run = _with(world.office.workers.run, examine, silent_once)
            assert (await signed(browser, dossier, NUMBER))["state"] == "signed"
            assert len(asked) == 2

    monkeypatch.setattr("reference_portal.marks.WAITS", (0.01,))
    asyncio.run(run())


def test_a_restart_ends_the_signings_of_the_hub_whose_long_call_is_lost(
    authority: Authority, paper: bytes, tmp_path: Path
) -> None:
    async def run() -> None:
        providers = Providers(authority)

        async def held(*_: object) -> None:
            providers.asked.set()
            await asyncio.Event().wait()

        holding = replace(RIGHT, calls=replace(RIGHT.calls, hub_sign=held))
        async with portal(authority, holding, data=tmp_path, providers=providers) as world:
            browser = await world.citizen()
            dossier = await a_waiting_signing(world, browser, paper, "hub")
            cookie = browser.cookie
        async with portal(authority, data=tmp_path, providers=providers) as world:
            browser = Browser(world)
            browser.cookie = cookie
            component = await component_of(browser, dossier)
            assert (component["state"], component["signing"]["state"]) == ("attached", "failed")
            assert "khởi động lại" in component["signing"]["message_vi"]

    asyncio.run(run())


def test_what_was_queued_is_sent_after_a_restart(authority: Authority, paper: bytes, tmp_path: Path) -> None:
    async def run() -> None:
        async with portal(authority, data=tmp_path) as world:
            world.providers.sms_failures = 1000
            await submitted(await world.citizen(), paper)
        async with portal(authority, data=tmp_path) as world:
            await world.settled()
            assert len(world.providers.sms) == 1

    asyncio.run(run())


def test_a_payment_whose_notice_came_while_the_portal_was_down_is_asked_about_and_booked_once(
    authority: Authority, paper: bytes, tmp_path: Path
) -> None:
    async def run() -> None:
        providers = Providers(authority)
        async with portal(authority, data=tmp_path, providers=providers) as world:
            browser = await world.citizen()
            dossier = await submitted(browser, paper, PAID)
            payment = await a_payment(browser, dossier)
            cookie = browser.cookie
        providers.settled[payment["ref"]] = (payment["amount"], "00")
        async with portal(authority, data=tmp_path, providers=providers) as world:
            browser = Browser(world)
            browser.cookie = cookie
            await world.settled()
            assert [one["payment"] for one in (await read(browser, dossier))["receipts"]] == [payment["ref"]]
            assert (await world.notify(notice(payment["ref"], payment["amount"])))["RspCode"] == "02"
            assert len((await read(browser, dossier))["receipts"]) == 1

    asyncio.run(run())


def test_a_gateway_that_is_down_at_the_restart_is_asked_again(
    authority: Authority, paper: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        monkeypatch.setattr("reference_portal.treasury.WAITS", (0.01, 0.01))
        providers = Providers(authority)
        async with portal(authority, data=tmp_path, providers=providers) as world:
            browser = await world.citizen()
            payment = await a_payment(browser, await submitted(browser, paper, PAID))
        providers.settled[payment["ref"]] = (payment["amount"], "00")
        answers, asked = providers._query, []

        def silent_once(request: Any) -> Any:
            asked.append(request)
            return httpx.Response(502) if len(asked) == 1 else answers(request)

        monkeypatch.setattr(providers, "_query", silent_once)
        async with portal(authority, data=tmp_path, providers=providers) as world:
            await world.settled()
            assert len(asked) == 2
            assert [receipt.payment for receipt in world.office.books.every(Receipt)] == [payment["ref"]]

    asyncio.run(run())


def test_the_portal_s_key_is_kept_with_its_books(tmp_path: Path) -> None:
    first = _kept_key(tmp_path)
    assert _kept_key(tmp_path) == first
    assert (tmp_path / "portal.key").stat().st_mode & 0o077 == 0
    assert _kept_key(None) != _kept_key(None)


# A portal that is killed while its workers wait for more.
PORTAL = """
import asyncio, os, signal
from reference_portal.office import Workers

async def main():
    workers = Workers()
    print(*await asyncio.gather(*(workers.run(os.getpid) for _ in range(4))), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_a_portal_that_is_killed_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "portal.py"
    script.write_text(PORTAL, encoding="utf-8")
    # Workers inherit the pipe: it reaches its end, and this returns in time, when the last of them is gone.
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert len(done.stdout.split()) == 4


def _with(run: Any, function: Any, instead: Any) -> Any:
    """The workers, for whom one function is another."""

    async def changed(asked: Any, *given: Any, **named: Any) -> Any:
        return await run(instead if asked is function else asked, *given, **named)

    return changed
