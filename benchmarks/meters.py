"""CPU and memory of a process, read from outside, and the unit: one raw RSA-2048 signature in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

RAW = """
import sys, time
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
key, digest = rsa.generate_private_key(public_exponent=65537, key_size=2048), bytes(32)
for line in sys.stdin:
    began = time.process_time_ns()
    for _ in range(int(line)):
        key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    print(time.process_time_ns() - began, flush=True)
"""


def cpu_seconds(pid: int) -> float:
    """User and system time of the process with all its threads, to the nanosecond: what /proc/<pid>/stat tells in ticks."""
    return time.clock_gettime((~pid << 3) | 2)  # the kernel's number for the CPU clock of another process


def resident_mb(pid: int) -> float:
    """VmRSS in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Unit:
    """Signs with a loaded key and does nothing else."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-c", RAW]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.seconds(50)  # the first ones load and blind
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def seconds(self, count: int) -> float:
        """CPU seconds of one signature, the mean of `count`."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline()) / count / 1e9


def processor() -> str:
    """The name of the CPU, as the system tells it."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return f"{line.partition(':')[2].strip()}, {os.cpu_count()} cores"
    return f"unknown, {os.cpu_count()} cores"
