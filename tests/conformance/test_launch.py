"""What is launched ends with us: after the block, after a failure, and when we are killed."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from conformance.failures import Ours
from conformance.launch import ROOT, launched

SECONDS = 20


def children(pid: int) -> list[psutil.Process]:
    return [
        one
        for one in psutil.Process(pid).children()
        if any(m in one.cmdline() for m in ("simulators", "reference_portal"))
    ]


def all_gone(found: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(found, timeout=SECONDS)[1]


def test_everything_ends_after_a_failure_inside() -> None:
    others, found = children(os.getpid()), []
    with pytest.raises(ZeroDivisionError), launched() as running:
        found = [one for one in children(os.getpid()) if one not in others]
        assert running.portals[0].origin.startswith("http://localhost:") and running.url.startswith("http://127.0.0.1:")
        raise ZeroDivisionError
    assert len(found) == 2
    assert all_gone(found)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda one: one.name)
def test_everything_ends_when_we_are_interrupted_or_killed(how: signal.Signals) -> None:
    heard = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
    code = (
        heard
        + "from conformance.launch import launched\nwith launched():\n print('up', flush=True)\n import time; time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as ours:
        assert ours.stdout is not None and ours.stdout.readline() == b"up\n"
        found = children(ours.pid)
        assert len(found) == 2
        ours.send_signal(how)
        ours.wait(SECONDS)
    end = time.monotonic() + SECONDS
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in found) and time.monotonic() < end:
        time.sleep(0.1)
    assert not [one for one in found if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_a_portal_that_cannot_start_is_told_in_its_own_words() -> None:
    with pytest.raises(Ours, match="there is no flaw 'perfect'"), launched(("perfect",)):
        pass
