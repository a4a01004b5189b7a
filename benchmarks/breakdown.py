"""Where the CPU of the signing flow goes: a pass of its own, with a sampler in the server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.servers import simulators
from benchmarks.signing import Signer

PROFILED = ("-m", "benchmarks.profiled")


async def breakdown(flows: int) -> dict[str, float]:
    """Part -> its share of the samples, the largest first."""
    with TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.json"
        os.environ["HOPCHUAN_SAMPLES"] = str(samples)
        async with simulators(Path(folder) / "data", command=PROFILED) as world:
            flow = (await Signer.at(world)).flows(flows)[0]
            await flow.block()
            os.kill(world.pid, signal.SIGUSR1)
            await asyncio.sleep(0)
            await flow.block()
        counted: dict[str, int] = json.loads(samples.read_text(encoding="utf-8"))
    total = sum(counted.values()) or 1
    shares = sorted(((count / total, part) for part, count in counted.items()), reverse=True)
    return {part: share for share, part in shares}
