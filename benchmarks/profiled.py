"""The simulators with a sampler inside: from SIGUSR1 on, at each millisecond of CPU, whose code is running."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY = 0.001
RSA, STORE, HTTP, OURS, LOOP = (
    "RSA signature",
    "SQLite: records, journal, commits",
    "HTTP (uvicorn, Starlette, our edge)",
    "our own code (CA, phone, kernel, JSON)",
    "event loop and sockets (uvloop)",
)
PARTS = (
    ("simulators/kernel/pki.py", RSA),
    ("simulators/kernel/store.py", STORE),
    ("simulators/kernel/wire.py", HTTP),
    ("simulators/mounting.py", HTTP),
    ("/uvicorn/protocols/", HTTP),
    ("/uvicorn/middleware/", HTTP),
    ("/starlette/", HTTP),
    ("/simulators/serve.py", LOOP),
    ("/simulators/", OURS),
)
"""The innermost frame of one of these files decides; what C code does counts for the function that called it."""


def part_of(frame: FrameType | None) -> str:
    while frame:
        for place, part in PARTS:
            if place in frame.f_code.co_filename:
                return part
        frame = frame.f_back
    return LOOP


def main() -> None:
    counted: Counter[str] = Counter()
    signal.signal(signal.SIGPROF, lambda _number, frame: counted.update([part_of(frame)]))
    signal.signal(signal.SIGUSR1, lambda *_: signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY))
    from simulators.__main__ import main as serve  # noqa: PLC0415  # the sampler stands first

    try:
        serve(sys.argv[1:])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        Path(os.environ["HOPCHUAN_SAMPLES"]).write_text(json.dumps(counted), encoding="utf-8")


if __name__ == "__main__":
    main()
