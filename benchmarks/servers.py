"""Servers as processes of their own: started, waited for, ended by their process id."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.client import Connection, Wrong

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
LANES = 8
"""Connections, each with one flow in flight."""


@dataclass
class Simulators:
    """A running world on a WAL file; `bearer` opens its control side, `row` is the last of the journal that was read."""

    pid: int
    url: str
    bearer: dict[str, str]
    lanes: tuple[Connection, ...]
    row: int = 0

    async def control(self, method: str, path: str, told: Any = None) -> Any:
        """Outside of any measured block."""
        body = b"" if told is None else json.dumps(told).encode()
        kind = {"Content-Type": "application/json"} if body else {}
        reply = await self.lanes[0].ask(method, path, {**self.bearer, **kind}, body)
        if reply.status not in {200, 201}:
            raise Wrong(f"{method} {path}: {reply.status} {reply.text[:300]}")
        return reply.json()


@contextlib.contextmanager
def running(command: Sequence[str], *, cwd: Path = ROOT, quiet: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    """Until the block ends, however it ends."""
    local = {"NO_PROXY": "localhost,127.0.0.1", "no_proxy": "localhost,127.0.0.1"}
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | local,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


@contextlib.asynccontextmanager
async def simulators(
    data: Path, *, lanes: int = LANES, command: Sequence[str] = ("-m", "simulators")
) -> AsyncIterator[Simulators]:
    with running([sys.executable, *command, "serve", "--data", str(data)], quiet=False) as process:
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise Wrong("the simulators did not start: python -m simulators serve says why")
        told = json.loads(line)
        opened = [await Connection.to(told["url"]) for _ in range(lanes)]
        try:
            yield Simulators(process.pid, told["url"], {"Authorization": f"Bearer {told['key']}"}, tuple(opened))
        finally:
            for connection in opened:
                connection.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


async def reached(url: str, process: subprocess.Popen[bytes]) -> None:
    """Returns when the server takes connections."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Wrong(f"it ended at once with exit code {process.returncode}")
        try:
            (await Connection.to(url)).close()
        except OSError:
            await asyncio.sleep(0.05)
        else:
            return
    raise Wrong(f"it was not reachable within {PATIENCE:.0f} s")
