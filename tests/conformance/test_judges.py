"""The suite in a forked process: its verdicts as from the command line, and pytest's own words where there are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.judges import NoVerdicts, judged
from conformance.launch import Running


def test_a_portal_is_judged_in_a_process_that_has_the_libraries(running: Running, tmp_path: Path) -> None:
    told = judged(running, running.portals[0], tmp_path / "one", "-k", "test_nothing_is_filed_without")
    again = judged(running, running.portals[0], tmp_path / "two", "-k", "test_nothing_is_filed_without")
    assert told["exit"] == again["exit"] == 0
    assert [row["check"] for row in told["verdicts"]] == [row["check"] for row in again["verdicts"]] != []
    assert {row["outcome"] for row in told["verdicts"]} == {"passed"}
    assert told["laws"] and not told["violations"]


def test_what_pytest_said_is_told_where_it_left_no_verdicts(running: Running, tmp_path: Path) -> None:
    stranger = replace(running.portals[0], contract="c999")
    with pytest.raises(NoVerdicts, match=r"(?s)pytest ended 4: .*c999"):
        judged(running, stranger, tmp_path / "one")
    with pytest.raises(NoVerdicts, match=r"(?s)pytest ended 4: .*--no-such-option"):
        judged(running, running.portals[0], tmp_path / "two", "--no-such-option")
