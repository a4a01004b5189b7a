"""The simulators as a process of their own, as anyone starts them."""

from __future__ import annotations

import contextlib
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 20
SERVE = (sys.executable, "-m", "simulators", "serve")


@dataclass(frozen=True)
class Living:
    """A running server: its process, its line of JSON and a client with the run key."""

    process: subprocess.Popen[str]
    line: dict[str, Any]
    http: httpx.Client

    @property
    def url(self) -> str:
        url: str = self.line["url"]
        return url

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def contract(self, **request: Any) -> dict[str, Any]:
        answer = self.http.post("/control/contracts", json=request)
        assert answer.status_code == 201, answer.text
        sheet: dict[str, Any] = answer.json()
        return sheet


@contextlib.contextmanager
def living(*options: str, pass_fds: tuple[int, ...] = ()) -> Iterator[Living]:
    """Started with --only messages unless told otherwise: what is tested here is the process, not the providers."""
    only = () if "--only" in options else ("--only", "messages")
    process = subprocess.Popen(
        [*SERVE, *options, *only],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=pass_fds,
    )
    assert process.stdin and process.stdout and process.stderr
    with process:
        try:
            first = process.stdout.readline()
            assert first, process.stderr.read()
            line = json.loads(first)
            headers = {"Authorization": f"Bearer {line['key']}"}
            trust = ssl.create_default_context(cadata=line["root"]) if "root" in line else False
            with httpx.Client(
                base_url=line["url"], headers=headers, timeout=PATIENCE, trust_env=False, verify=trust
            ) as http:
                yield Living(process, line, http)
        finally:
            process.terminate()  # a kill would leave its temporary folder behind
            process.wait(PATIENCE)


def refused(*options: str) -> str:
    """The sentence of a server that does not start."""
    done = subprocess.run(
        [*SERVE, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr
