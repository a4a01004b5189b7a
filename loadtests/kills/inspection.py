"""After each restart: is everything that was acknowledged still there, asked of the servers as any client would ask?"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from loadtests.kills.client import Acknowledged, of
from loadtests.kills.ground import Ground
from loadtests.kills.merchant import query_of

AT_ONCE = 24
PAGE = 1000
SHOWN_FOR = 290.0
"""Seconds: a prompt is the phone's for 300 by the provider's rule; one that is about to run out may be gone."""

Look = Callable[[Ground, Acknowledged], Awaitable[str]]


async def lost(ground: Ground, rows: Sequence[Acknowledged]) -> list[str]:
    """One sentence for each acknowledgement that does not hold any more."""
    answered = {row.ref for row in of(list(rows), "approved")} | {row.ref for row in of(list(rows), "paid")}
    slots = asyncio.Semaphore(AT_ONCE)

    async def looked(row: Acknowledged, look: Look) -> str:
        async with slots:
            return await look(ground, row)

    asked = [looked(row, _LOOKS[row.what]) for row in rows if row.what in _LOOKS]
    asked += [looked(row, _prompt) for row in of(list(rows), "prompt") if row.told not in answered]
    said = [sentence for sentence in await asyncio.gather(*asked) if sentence]
    return said + await _messages(ground, rows) + await _listed(ground, rows)


async def _messages(ground: Ground, rows: Sequence[Acknowledged]) -> list[str]:
    """SMS and mails in the inbox, addressee by addressee."""
    said = []
    for whose in sorted({row.whose for row in rows if row.what in {"sms", "mail"}}):
        expected = {row.ref for row in rows if row.what in {"sms", "mail"} and row.whose == whose}
        after = min(expected)[:14]  # ids begin with their instant
        there: set[str] = set()
        while True:
            path = f"/messages/inbox?to={whose}&after={after}"
            page = (await ground.simulators.ask("GET", path, through_doors=False, headers=ground.bearer)).json()
            there |= {message["id"] for message in page["messages"]}
            if len(page["messages"]) < PAGE:
                break
            after = page["next"]
        said += [f"message {ref} to {whose} is not in the inbox" for ref in sorted(expected - there)]
    return said


async def _listed(ground: Ground, rows: Sequence[Acknowledged]) -> list[str]:
    """Dossiers in their owner's list, in the session of before the kill, under the code that was told."""
    said = []
    for seat in ground.seats:
        expected = {row.ref: row.told for row in of(list(rows), "submitted") if row.whose == seat.citizen.techid}
        reply = await ground.portal.ask("GET", "/pti/dossiers", through_doors=False, headers=ground.browser(seat))
        if reply.status != 200:
            said.append(f"the session of {seat.citizen.id} is gone: {reply.status}")
            continue
        codes = {line["id"]: line["code"] for line in reply.json()["dossiers"]}
        said += [f"dossier {ref} ({code}) is not listed" for ref, code in expected.items() if codes.get(ref) != code]
    return said


async def _payment(ground: Ground, row: Acknowledged) -> str:
    """By the gateway's own query."""
    vnpay = ground.sheet["vnpay"]
    asked = query_of(vnpay, row.ref, uuid4().hex, datetime.fromisoformat(row.told))
    headers = {"Content-Type": "application/json"}
    reply = await ground.simulators.ask("POST", vnpay["api_url"], through_doors=False, data=asked, headers=headers)
    told = reply.json()
    wanted = {"00"} if row.what == "paid" else {"00", "01", "02"}
    found = told.get("vnp_ResponseCode") == "00" and told.get("vnp_TransactionStatus") in wanted
    return "" if found else f"{row.what} {row.ref}: the gateway says {told.get('vnp_ResponseCode')}/{told}"


async def _signing(ground: Ground, row: Acknowledged) -> str:
    """By the CA's own status call."""
    url = f"{ground.sheet['vnpt']['base_url']}/v1/signatures/sign/{row.ref}/status"
    told = (await ground.simulators.ask("POST", url, through_doors=False)).json()
    signed = bool((told.get("data") or {}).get("signatures"))
    if row.what == "approved":
        return "" if signed else f"signing {row.ref} was approved, its status is {told.get('message')}"
    known = signed or told.get("message") in {"sig_wait_for_user_confirm", "EXPIRED"}
    return "" if known else f"signing {row.ref} was accepted, its status is {told.get('message')}"


async def _prompt(ground: Ground, row: Acknowledged) -> str:
    """On the phone as long as the provider leaves it there; its signing is looked at in any case."""
    path = f"/phone/api/{row.whose}/prompts"
    shown = (await ground.simulators.ask("GET", path, through_doors=False, headers=ground.bearer)).json()["prompts"]
    if row.ref in {prompt["id"] for prompt in shown} or time.time() - row.at > SHOWN_FOR:
        return ""
    # An answer that a death cut off may have been taken: then the signing is over and says so.
    answered = await _signing(ground, Acknowledged(what="approved", ref=row.told, at=row.at))
    return f"prompt {row.ref} of {row.told} is neither on the phone nor answered" if answered else ""


async def _attached(ground: Ground, row: Acknowledged) -> str:
    """The very bytes: a signed version may lie above them."""
    told = await _dossier(ground, row.whose, row.ref)
    files = {version["sha256"] for one in told.get("components", ()) for version in one["versions"]}
    return "" if row.told in files else f"the file of dossier {row.ref} is gone"


async def _portal_payment(ground: Ground, row: Acknowledged) -> str:
    told = await _dossier(ground, row.whose, row.told)
    states = {payment["ref"]: payment["state"] for payment in told.get("payments", ())}
    booked = [receipt for receipt in told.get("receipts", ()) if receipt["payment"] == row.ref]
    if row.what == "portal_payment":
        return "" if row.ref in states else f"payment {row.ref} is not in its dossier"
    right = states.get(row.ref) == "paid" and len(booked) == 1
    return "" if right else f"payment {row.ref} was paid: the portal says {states.get(row.ref)}, {len(booked)} receipts"


async def _portal_signing(ground: Ground, row: Acknowledged) -> str:
    told = await _dossier(ground, row.whose, row.told)
    files = [version for one in told.get("components", ()) for version in one["versions"] if version["signed"]]
    return "" if files else f"signing {row.ref}: dossier {row.told} has no signed file"


async def _dossier(ground: Ground, techid: str, dossier: str) -> Mapping[str, Any]:
    seat = next(seat for seat in ground.seats if seat.citizen.techid == techid)
    path = f"/pti/dossiers/{dossier}"
    reply = await ground.portal.ask("GET", path, through_doors=False, headers=ground.browser(seat))
    told: Mapping[str, Any] = reply.json() if reply.status == 200 else {}
    return told


def undelivered(ground: Ground, rows: Iterable[Acknowledged]) -> list[str]:
    """Whatever was paid or approved was told to the merchant, at least once by a sender that heard the answer."""
    due = [row for row in rows if row.what in {"paid", "approved"}]
    return [f"the notice of {row.what} {row.ref} never came" for row in due if not ground.endpoint.answered[row.ref]]


def unsigned(rows: Sequence[Acknowledged]) -> list[str]:
    """Whatever the phone approved for the portal is signed there in the end."""
    signed = {row.ref for row in rows if row.what == "portal_signed"}
    approved = [row for row in rows if row.what == "portal_approved"]
    return [
        f"signing {row.ref} was approved on the phone, the portal has no signed file"
        for row in approved
        if row.ref not in signed
    ]


_LOOKS: Mapping[str, Look] = {
    "payment": _payment,
    "paid": _payment,
    "signing": _signing,
    "approved": _signing,
    "attached": _attached,
    "portal_payment": _portal_payment,
    "portal_paid": _portal_payment,
    "portal_signed": _portal_signing,
}
