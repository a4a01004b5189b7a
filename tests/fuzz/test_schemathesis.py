"""Schemathesis reads the generated OpenAPI and asks every operation what it makes of it; the same judge hears the answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, openapi

from tests.fuzz.rules import findings
from tests.fuzz.site import Site, served
from tests.fuzz.wire import Ask, get

EACH = 5
"""Requests for an operation, of each mode: what the description allows, and what it does not."""
LAST = "/control/clock"
"""It ends what the others began."""
NOT_SENT = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "user-agent", "accept"}
STEADY = settings(
    max_examples=EACH,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Asking:
    """Every case as bytes over our own wire, every answer judged."""

    site: Site
    sent: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def every(self, operation: Any, mode: GenerationMode) -> None:
        guarded = "security" in operation.definition.raw

        @STEADY
        @given(operation.as_strategy(generation_mode=mode))
        def told(case: Any) -> None:
            if ask := as_ask(case, self.site.url):
                self.ask(f"{operation.method.upper()} {operation.path}", self.with_key(ask) if guarded else ask)

        if mode is GenerationMode.POSITIVE or _may_be_misread(operation.definition.raw):
            told()

    def ask(self, name: str, ask: Ask) -> None:
        reached, seen = self.site.operation(ask), self.site.ask(ask)
        self.sent[name] += 1
        for one in findings(ask, reached, seen):
            self.found.append(f"{ask.method!r} {ask.target[:200]!r} {ask.body[:200]!r}: {one}")

    def with_key(self, ask: Ask) -> Ask:
        return ask.having(b"Authorization", b"Bearer " + self.site.key.encode())


def _may_be_misread(told: dict[str, Any]) -> bool:
    """Whether the description has a shape that a request can miss: a path's text and raw bytes have none."""
    bodies = told.get("requestBody", {}).get("content", {})
    return "application/json" in bodies or any(one["in"] == "query" for one in told["parameters"])


def as_ask(case: Any, url: str) -> Ask | None:
    """The case as requests would write it; None where it would not. No case waits for what nobody sends."""
    told = case.as_transport_kwargs(base_url=url)
    told["params"] = {name: value for name, value in (told.get("params") or {}).items() if name != "wait"}
    try:
        ready = requests.Request(**told).prepare()
        headers = [(name, value.encode() if isinstance(value, str) else value) for name, value in ready.headers.items()]
        target = ready.path_url.encode("latin-1")
    except (ValueError, requests.RequestException):
        return None
    kept = tuple((name.encode(), value) for name, value in headers if name.lower() not in NOT_SENT)
    body = ready.body or b""
    return Ask(ready.method.encode(), target, kept, body.encode() if isinstance(body, str) else body)


def test_whatever_the_description_allows_or_forbids_is_answered_rightly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(tmp_path) as site:
        described = site.wire.ask(get("/openapi.json")).json()
        operations = [one.ok() for one in openapi.from_dict(described).get_all_operations()]
        operations.sort(key=lambda one: one.path == LAST)
        asking = Asking(site)
        for mode in GenerationMode:
            for operation in operations:
                asking.every(operation, mode)
        stderr = site.stderr.read_text("utf-8")
        named = {f"{one.method} {one.path}" for one in site.operations}
    with capsys.disabled():
        print(f"\nSchemathesis: {asking.sent.total()} requests, {len(asking.sent)} operations")  # noqa: T201
    assert not asking.found, "\n".join(asking.found)
    assert set(asking.sent) == named
    assert asking.sent.total() >= EACH * len(named)
    assert stderr == ""
