"""Conversations as the providers' documents and clients have them, played through the routes (identities are invented)."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.kernel.citizens import Citizen
from tests.places import Place, Running

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
FILES = sorted(path for provider in ("vnpt", "ca2", "neac") for path in (TRANSCRIPTS / provider).glob("*.json"))
SHAPES = {
    "<text>": lambda value: isinstance(value, str) and value != "",
    "<integer>": lambda value: isinstance(value, int),
    "<uuid>": lambda value: re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None,
    "<serial>": lambda value: re.fullmatch(r"5401[0-9a-f]{28}", value) is not None,
    "<instant>": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None,
    "<der>": lambda value: base64.b64decode("".join(value.split()), validate=True)[:1] == b"\x30",
    "<der or null>": lambda value: value is None or base64.b64decode("".join(value.split()))[:1] == b"\x30",
    "<raw rsa>": lambda value: len(base64.b64decode(value, validate=True)) == 256,
}


def fits(pattern: Any, value: Any, place: str = "$") -> None:
    """Further fields are legal; "a|b" is a choice; "<shape>" a shape."""
    if isinstance(pattern, dict):
        assert isinstance(value, dict), place
        for name, inner in pattern.items():
            assert name in value, f"{place}.{name} is missing: {value}"
            fits(inner, value[name], f"{place}.{name}")
    elif isinstance(pattern, list):
        assert isinstance(value, list), place
        assert len(pattern) == len(value), place
        for number, (inner, found) in enumerate(zip(pattern, value, strict=True)):
            fits(inner, found, f"{place}[{number}]")
    elif pattern in SHAPES:
        assert SHAPES[pattern](value), f"{place}: {value!r} is no {pattern}"
    else:
        choices = pattern.split("|") if isinstance(pattern, str) and "|" in pattern else [pattern]
        assert value in choices, f"{place}: {value!r} is not {pattern!r}"


def filled(template: Any, values: dict[str, str]) -> Any:
    if isinstance(template, dict):
        return {name: filled(inner, values) for name, inner in template.items()}
    if isinstance(template, list):
        return [filled(inner, values) for inner in template]
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], template) if isinstance(template, str) else template


async def played(place: Place, provider: str, script: dict[str, Any]) -> None:
    citizen = await place.citizen(id=script["citizen"])
    sheet = await place.contract(name=script.get("service", "sp2"))
    values = {**{name: str(value) for name, value in sheet[provider].items()}, "citizen": citizen.id}
    for step in script["steps"]:
        template = step["send"]
        content = json.dumps(filled(template["body"], values)).encode() if "body" in template else b""
        method, path = template.get("method", "POST"), filled(template["path"], values)
        sending = asyncio.create_task(place.http.request(method, path, content=content))
        if "phone_meanwhile" in step:
            await place.world.store.bell.until(lambda: place.prompts(citizen), bool, 5)
            await phone(place, citizen, step["phone_meanwhile"])
        reply = await asyncio.wait_for(sending, 10)
        remembered(step, reply, values)
        if "phone" in step:
            await phone(place, citizen, step["phone"])


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
    assert {path.parent.name for path in FILES} == {"vnpt", "ca2", "neac"}
