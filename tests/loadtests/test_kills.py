"""Two deaths under load from the outside: everything that was acknowledged is there afterwards, and the plan is the seed's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests.kills.client import Log
from loadtests.kills.plan import AT_RANDOM, DUE, FLYING, STEPS, Kill, Shown, planned
from simulators.kernel import store
from tests.source_tree import ROOT

PATIENCE = 240


def test_simulators_and_portal_die_under_load_and_nothing_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "loadtests", "kills", "--kills", "2", "--results", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    rows = [re.split(r" *\| *", line)[1:-1] for line in done.stdout.splitlines() if re.match(r"\| \d", line)]
    assert [row[1] for row in rows] == ["both", "simulators"]
    for row in rows:
        flying, due, unheard, acknowledged, lost, undelivered = map(int, row[3:9])
        assert unheard > 0, "no notice was sent whose answer was lost: nothing had to be sent again"
        assert (lost, undelivered) == (0, 0)
        assert flying >= FLYING
        assert due >= DUE
        assert acknowledged > 0
    assert "as they must be" in done.stdout


def test_a_long_run_dies_at_each_step_of_a_change_and_as_often_at_random() -> None:
    kills = planned(16, "seed")
    assert tuple(STEPS) == store.STEPS
    assert sorted(kill.where for kill in kills if kill.where != AT_RANDOM) == sorted(STEPS)
    assert {kill.victim for kill in kills if kill.where == AT_RANDOM} == {"both", "portal", "simulators"}
    assert planned(16, "seed") == kills != planned(16, "other")


@pytest.mark.parametrize("few", [{"flying": FLYING - 1}, {"due": DUE - 1}, {"wrong": ["a message is gone"]}])
def test_a_kill_with_too_little_under_way_or_something_lost_does_not_hold(few: dict[str, object]) -> None:
    whole = {"flying": FLYING, "due": DUE}
    assert Shown(Kill(1, "both", AT_RANDOM), **whole).holds
    assert not Shown(Kill(1, "both", AT_RANDOM), **{**whole, **few}).holds


def test_the_log_is_read_back_from_the_file_as_it_was_written(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    for number in range(3):
        log.write("sms", str(number), whose="0900000000")
    assert [row.ref for row in log.rows(1)] == ["1", "2"]
    log.close()
