"""WireMock and mountebank: each answers one matched JSON POST with a canned body, and keeps a journal in memory."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.client import Connection, Wrong
from benchmarks.flows import Flow
from benchmarks.peers.install import JAR, MOUNTEBANK
from benchmarks.servers import LANES, free_port, reached, running

PATH = "/v1/signatures/sign"
ORDER = {"sp_id": "portal", "user_id": "001090000001", "transaction_id": "t-1", "sign_files": [{"doc_id": "d"}]}
ANSWER = {"status_code": 200, "message": "sig_wait_for_user_confirm", "data": {"transaction_id": "t-1"}}
BLOCK = 300
WARM_UP = 12
"""Blocks before the first that counts: a Java machine compiles what it has seen often."""


@asynccontextmanager
async def wiremock() -> AsyncIterator[Flow]:
    port = free_port()
    with TemporaryDirectory() as folder:
        mapping = {
            "request": {
                "method": "POST",
                "urlPath": PATH,
                "bodyPatterns": [{"matchesJsonPath": "$[?(@.sp_id == 'portal')]"}],
            },
            "response": {"status": 200, "jsonBody": ANSWER, "headers": {"Content-Type": "application/json"}},
        }
        mappings = Path(folder) / "mappings"
        mappings.mkdir()
        (mappings / "sign.json").write_text(json.dumps(mapping), encoding="utf-8")
        command = ["java", "-jar", str(JAR), "--port", str(port), "--root-dir", folder, "--disable-banner"]
        with running(command) as process:
            async with _canned("WireMock", process, port) as flow:
                yield flow


@asynccontextmanager
async def mountebank() -> AsyncIterator[Flow]:
    port = free_port()
    headers = {"Content-Type": "application/json", "Connection": "keep-alive"}  # by itself it closes each connection
    stub = {
        "predicates": [{"equals": {"method": "POST", "path": PATH}}, {"contains": {"body": {"sp_id": "portal"}}}],
        "responses": [{"is": {"statusCode": 200, "headers": headers, "body": ANSWER}}],
    }
    imposter = {"port": port, "protocol": "http", "recordRequests": True, "stubs": [stub]}
    with TemporaryDirectory() as folder:
        config = Path(folder) / "imposters.json"
        config.write_text(json.dumps({"imposters": [imposter]}), encoding="utf-8")
        options = ["--nologfile", "--loglevel", "error", "--pidfile", str(Path(folder) / "pid"), "--localOnly"]
        command = ["node", str(MOUNTEBANK), "start", "--port", str(free_port()), "--configfile", str(config), *options]
        with running(command) as process:
            async with _canned("mountebank", process, port) as flow:
                yield flow


@asynccontextmanager
async def _canned(name: str, process: Any, port: int) -> AsyncIterator[Flow]:
    url = f"http://127.0.0.1:{port}"
    await reached(url, process)
    lanes = [await Connection.to(url) for _ in range(LANES)]

    async def one(lane: Connection, _number: int) -> None:
        if (await lane.post(PATH, ORDER)).demand(200).json() != ANSWER:
            raise Wrong(f"{name} answered something else")

    try:
        yield Flow(
            name,
            "one matched JSON POST, a canned answer, kept in memory",
            (process.pid,),
            lanes,
            one,
            BLOCK,
            warm_up=WARM_UP,
        )
    finally:
        for lane in lanes:
            lane.close()
