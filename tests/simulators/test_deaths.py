"""A process that is told to die at a step of a change dies there, loses nothing that it answered, and never otherwise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from simulators.deaths import VARIABLE
from simulators.kernel.records import Key, Record
from simulators.kernel.store import STEPS, Store
from tests.simulators.living import ROOT, refused

# Writes turns and prints each one once its change has returned, as a server answers.
WRITER = """
import asyncio, os, signal, sys
from pathlib import Path
from simulators import deaths
from simulators.kernel.records import Change, Event, Key, Record
from simulators.kernel.store import Store

class Turn(Record, frozen=True, kw_only=True):
    KIND = "turn"

async def main():
    store = Store(Path(sys.argv[1]), passing=deaths.asked_for())
    os.kill(os.getpid(), signal.SIGUSR1)
    for number in range(9):
        turn = Turn(id=str(number))
        noted = Event(source="test", word="turned", ref=turn.id)
        await store.change([Key(Turn, turn.id)], lambda _records, _now: Change((turn,), (noted,)))
        print(number, flush=True)

asyncio.run(main())
"""
THIRD = 2


class Turn(Record, frozen=True, kw_only=True):
    """As the writer writes it."""

    KIND: ClassVar[str] = "turn"


COMMITTED = {"committed", "rung"}


@pytest.mark.parametrize("step", STEPS)
def test_a_death_at_any_step_leaves_whole_changes_and_all_that_were_answered(tmp_path: Path, step: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {VARIABLE: f"{step}:3"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout.split() == ["0", "1"]
    store = Store(tmp_path)
    saved = [number for number in range(9) if store.peek(Key(Turn, str(number)))]
    noted = [int(ref) for (ref,) in store.rows("SELECT ref FROM journal ORDER BY seq")]
    store.close()
    assert saved == noted == ([0, 1, THIRD] if step in COMMITTED else [0, 1])


def test_an_unknown_step_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for order in ("commited:3", "saved:0", "saved"):
        monkeypatch.setenv(VARIABLE, order)
        assert f"{VARIABLE}: {order!r} is not step:n" in refused()


def test_a_long_body_that_was_committed_outlives_a_writer_that_dies_in_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    long = {"text": "x" * 10_000}
    stored = store._stored(long)

    def cut(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:5])
        raise OSError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", cut)
        with pytest.raises(OSError, match="killed here"):
            store._stored(long)
    assert store.body_of(stored) == long
    assert json.loads(stored).keys() == {"$file"}
    store.close()
