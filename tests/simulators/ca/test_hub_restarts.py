"""The hub's long call dies with the process: what the CA was asked lives on, ends as any request does, and blocks nobody."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulators.ca.callers import file
from tests.simulators.living import PATIENCE, Living, living

FAMILIES = ("--only", "ca")
LIFE = 300


@dataclass(frozen=True)
class Cut:
    """A request whose caller lost the connection: the server of before was killed, and this one runs on its data."""

    server: Living
    sheet: dict[str, Any]
    citizen: dict[str, Any]
    ref: str

    @property
    def prompts(self) -> list[dict[str, Any]]:
        return shown(self.server, self.citizen)

    def row(self, word: str) -> dict[str, Any]:
        """The one row of this word about the request, awaited."""
        asked: dict[str, Any] = {"ref": self.ref, "word": word, "count": 1, "wait": PATIENCE}
        (row,) = self.server.http.get("/control/journal", params=asked, timeout=2 * PATIENCE).json()["rows"]
        return dict(row)

    def words(self) -> list[str]:
        rows = self.server.http.get("/control/journal", params={"ref": self.ref}).json()["rows"]
        return [row["word"] for row in rows]


def shown(server: Living, citizen: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
    reply = server.http.get(f"/phone/api/{citizen['id']}/prompts", params=asked)
    prompts: list[dict[str, Any]] = reply.json()["prompts"]
    return prompts


def approve(server: Living, citizen: dict[str, Any], prompt: dict[str, Any]) -> None:
    told = {"choice": "approve", "secret": citizen["pin"]}
    reply = server.http.post(f"/phone/api/{citizen['id']}/prompts/{prompt['id']}", json=told)
    assert reply.is_success, reply.text


def sign(server: Living, sheet: dict[str, Any], citizen: dict[str, Any], ca_name: str) -> httpx.Response:
    caller = {name: sheet["neac"][name] for name in ("sp_id", "sp_password")}
    body = {**caller, "user_id": citizen["id"], "ca_name": ca_name, "sign_files": [file()]}
    return httpx.post(f"{server.url}/ca/neac/sign_v2/sign", json=body, timeout=PATIENCE, trust_env=False)


@contextmanager
def calling(server: Living, sheet: dict[str, Any], citizen: dict[str, Any], ca_name: str) -> Iterator[Future[Any]]:
    """The hub's call in flight: its prompt is on the phone."""
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(sign, server, sheet, citizen, ca_name)
        assert shown(server, citizen, wait=10), "the hub asked no phone"
        yield call


@pytest.fixture(params=["VNPT-CA", "CA2"])
def cut(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cut]:
    with living("--data", str(tmp_path), *FAMILIES) as server:
        sheet = server.contract(name="Cổng")
        citizen = server.http.post("/control/citizens", json={"pin": "123456"}).json()["citizens"][0]
        with calling(server, sheet, citizen, request.param) as call:
            (prompt,) = shown(server, citizen)
            server.end(signal.SIGKILL)
            assert isinstance(call.exception(PATIENCE), httpx.TransportError)
    with living("--data", str(tmp_path), *FAMILIES) as again:
        yield Cut(again, sheet, citizen, prompt["ref"])


def test_the_phone_still_asks_and_what_it_approves_is_signed(cut: Cut) -> None:
    (prompt,) = cut.prompts

    approve(cut.server, cut.citizen, prompt)

    signed = cut.row("signing_approved")["body"]
    assert (signed["hub"], signed["docs"][0]["digest"]) == (True, file()["data_to_be_signed"])
    assert signed["docs"][0]["signature_value"]
    assert cut.prompts == []
    assert "signing_polled" not in cut.words(), (
        "nobody waited for it, and the journal does not say that somebody was told"
    )


def test_what_nobody_answers_expires_by_itself(cut: Cut) -> None:
    cut.server.http.post("/control/clock", json={"advance_seconds": LIFE})

    assert cut.row("signing_expired")["body"] == {"hub": True}
    assert cut.prompts == []
    assert cut.server.http.post("/control/expire", json={"ref": cut.ref}).status_code == 404, "it waits no longer"


def test_the_portal_asks_anew_and_the_first_request_is_not_in_its_way(cut: Cut) -> None:
    (old,) = cut.prompts
    ca_name = {"ca.vnpt": "VNPT-CA", "ca.ca2": "CA2"}[cut.row("signing_requested")["source"]]

    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(sign, cut.server, cut.sheet, cut.citizen, ca_name)
        asked: dict[str, Any] = {"subject": cut.citizen["id"], "word": "signing_requested", "count": 2, "wait": 10}
        rows = cut.server.http.get("/control/journal", params=asked).json()["rows"]
        (new,) = [prompt for prompt in cut.prompts if prompt["ref"] == rows[-1]["ref"] != old["ref"]]
        approve(cut.server, cut.citizen, new)
        reply = call.result(PATIENCE)

    assert (reply.status_code, reply.json()["data"]["transaction_id"]) == (200, new["ref"])
    assert [prompt["ref"] for prompt in cut.prompts] == [old["ref"]]
