"""A process that keeps its world under --data: killed by SIGKILL, or by itself at a named step, and started again as it was."""

import asyncio
import json
import os
import random
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from conformance.failures import Ours
from conformance.launch import ROOT

START_SECONDS = 60.0
DEATH_SECONDS = 60.0
DIE_AT = "HOPCHUAN_DIE_AT"
PORTS = range(20_000, 32_000)
"""Below those that outgoing connections are given: a client that calls in vain could else get the dead server's port."""


def free_port(chance: random.Random) -> int:
    """One that is free now; after the first start it is the world's own."""
    while True:
        port = chance.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Killable:
    """`python -m module`; what it says on stderr is kept for the sentence."""

    def __init__(self, module: str, folder: Path) -> None:
        self._module = module
        self._log = folder / f"{module}.log"
        self._process: Process | None = None

    async def begin(self, arguments: Sequence[str], environment: dict[str, str]) -> Process:
        local = "localhost,127.0.0.1"
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self._module,
                *arguments,
                cwd=ROOT,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                env=os.environ | {"NO_PROXY": local, "no_proxy": local, "PYTHONUNBUFFERED": "1"} | environment,
                start_new_session=True,
            )
        return self._process

    @property
    def process(self) -> Process:
        assert self._process is not None, f"{self._module} was started"
        return self._process

    def kill(self) -> None:
        self.process.kill()

    def arm(self) -> None:
        """From now on it counts the passings of the step at which it was told to die."""
        self.process.send_signal(signal.SIGUSR1)

    async def died(self) -> None:
        """Waits; by any other end than SIGKILL nothing is proved."""
        try:
            code = await asyncio.wait_for(self.process.wait(), DEATH_SECONDS)
        except TimeoutError as error:
            raise Ours(
                f"{self._module} lives on {DEATH_SECONDS:.0f} s after it was to die: {self.complaint()}"
            ) from error
        if code != -signal.SIGKILL:
            raise Ours(f"{self._module} ended with {code}, not by SIGKILL: {self.complaint()}")

    async def end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    def complaint(self) -> str:
        return self._log.read_text("utf-8", "replace")[-1500:] if self._log.exists() else ""

    async def line(self) -> str:
        pipe = self.process.stdout
        assert pipe is not None, "a pipe was asked for"
        text = await asyncio.wait_for(pipe.readline(), START_SECONDS)
        if not text:
            raise Ours(f"{self._module} did not start: {self.complaint()}")
        return text.decode()


@dataclass(frozen=True)
class Told:
    """What the simulators print at a start; all but nonce and pid must be the same at the next."""

    url: str
    key: str
    smtp: tuple[str, int]


class Simulators(Killable):
    def __init__(self, folder: Path, ports: tuple[int, int]) -> None:
        super().__init__("simulators", folder)
        self._data = folder / "simulators"
        self._ports = ports

    async def start(self, *, die_at: str = "") -> Told:
        """The ports are said at the first start alone: from then on --data knows them."""
        first = not self._data.exists()
        ports = ["--port", str(self._ports[0]), "--smtp-port", str(self._ports[1])] if first else []
        await self.begin(
            ["serve", "--with-parent", "--data", str(self._data), *ports], {DIE_AT: die_at} if die_at else {}
        )
        told: dict[str, Any] = json.loads(await self.line())
        return Told(told["url"], told["key"], (told["smtp"][0], told["smtp"][1]))


class Portal(Killable):
    def __init__(self, folder: Path, port: int) -> None:
        super().__init__("reference_portal", folder)
        self._folder = folder
        self._port = port
        self.origin = f"http://localhost:{port}"

    async def start(self, sheet: dict[str, Any]) -> str:
        """Its key, as it prints it, once it answers."""
        path = self._folder / "sheet.json"
        path.write_text(json.dumps(sheet), encoding="utf-8")
        data = str(self._folder / "portal")
        await self.begin(["--settings", str(path), "--port", str(self._port), "--data", data], {})
        key = (await self.line()).removeprefix("portal key:").strip()
        end = time.monotonic() + START_SECONDS
        async with httpx.AsyncClient(trust_env=False) as http:
            while time.monotonic() < end and self.process.returncode is None:
                try:
                    if (await http.get(f"{self.origin}/pti/capabilities")).status_code == 200:
                        return key
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        raise Ours(f"the portal did not answer: {self.complaint()}")
