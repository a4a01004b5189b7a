"""Conversations as the providers' documents and clients have them, played through the routes (identities are invented)."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.kernel.citizens import Citizen
from simulators.kernel.prompts import Message
from tests.conversations import TRANSCRIPTS, filled, fits
from tests.places import Place, Running
from tests.simulators.ca.esign import b64, credentials, pdf

PROVIDERS = ("vnpt", "ca2", "neac", "misa", "fpt_esign")
FILES = sorted(path for provider in PROVIDERS for path in (TRANSCRIPTS / provider).glob("*.json"))


async def played(place: Place, provider: str, script: dict[str, Any]) -> None:
    citizen = await place.citizen(id=script["citizen"])
    sheet = await place.contract(name=script.get("service", "sp2"))
    person = {name: str(getattr(citizen, name)) for name in ("username", "password", "name", "phone", "email")}
    values = {**person, **{name: str(value) for name, value in sheet[provider].items()}, "citizen": citizen.id}
    values |= {"pdf": b64(pdf()), "AuthorizeCode": "{AuthorizeCode}"}
    for step in script["steps"]:
        template = step["send"]
        if provider == "fpt_esign":
            values |= credentials(sheet[provider], place.world.store.now())
        content = json.dumps(filled(template["body"], values)).encode() if "body" in template else b""
        method, path = template.get("method", "POST"), filled(template["path"], values)
        headers = filled(template.get("headers", {}), values)
        sending = asyncio.create_task(place.http.request(method, path, content=content, headers=headers))
        if "phone_meanwhile" in step:
            await place.world.store.bell.until(lambda: place.prompts(citizen), bool, 5)
            await phone(place, citizen, step["phone_meanwhile"])
        reply = await asyncio.wait_for(sending, 10)
        remembered(step, reply, values)
        if "message" in step:
            values[step["message"]] = await code_of(place, citizen)
        if "phone" in step:
            await phone(place, citizen, step["phone"])


async def code_of(place: Place, citizen: Citizen) -> str:
    """Six digits of the newest message."""
    found = await place.world.store.find(Message, about=citizen.phone)
    return re.findall(r"\b\d{6}\b", found[-1].text)[-1]


async def phone(place: Place, citizen: Citizen, answer: dict[str, Any]) -> None:
    (prompt,) = await place.prompts(citizen)
    for label, text in answer.get("shows", {}).items():
        assert text in [line.text for line in prompt.lines if line.label == label]
    secret = {"right": citizen.pin, "wrong": "000", "none": None}[answer.get("pin", "none")]
    said = await place.answer(prompt, answer["choice"], secret)
    assert said == answer.get("says", "")


def remembered(step: dict[str, Any], reply: httpx.Response, values: dict[str, str]) -> None:
    """The reply as the transcript has it; what later steps need of it is kept by name."""
    assert reply.status_code == step["status"], reply.text
    fits(filled(step["reply"], values), reply.json())
    for name, path in step.get("keep", {}).items():
        found: Any = reply.json()
        for part in path.split("."):
            found = found[int(part)] if part.isdigit() else found[part]
        values[name] = found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_conversation_goes_as_written(lab: Running, path: Path) -> None:
    lab.run(played(lab.place, path.parent.name, json.loads(path.read_text(encoding="utf-8"))))


def test_each_provider_has_conversations() -> None:
    assert {path.parent.name for path in FILES} == set(PROVIDERS)
