"""A run's end: whatever happened, results are written, and what is our error is called so."""

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.evidence import HttpLog
from conformance.launch import Running
from conformance.plugin import Gathering
from conformance.profiles import load
from conformance.records import Capabilities
from conformance.redaction import Redactor
from conformance.run import Run, from_controller, to_worker
from conformance.target import Baseline, Target, probe
from conformance.transport import HttpTransport
from conformance.verdicts import Exit, Outcome, Verdict

PASSED = Verdict(check="A01", number="A01", level="MUST", nodeid="x::a01", outcome=Outcome.PASSED)


def run(baseline: Baseline, folder: Path) -> Run:
    made = Run(baseline, load("basic"), folder, ExitStack())
    made.add([PASSED])
    return made


def test_simulators_that_died_void_the_run_and_the_results_survive(tmp_path: Path) -> None:
    gone = Target(portal="http://localhost:1", simulators="http://127.0.0.1:1", contract="c", nonce="n")
    baseline = Baseline(gone, Capabilities(name="x", claims=("login",), procedures={}), ("login",), ())
    ending = run(baseline, tmp_path).finish()
    assert ending.tally.exit() is Exit.OUR_ERROR
    assert "no simulators answer" in ending.tally.void
    told = json.loads((tmp_path / "verdicts.json").read_text("utf-8"))
    assert [row["check"] for row in told["verdicts"]] == ["A01"]
    assert (tmp_path / "report.html").exists() and (tmp_path / "junit.xml").exists()


def test_other_simulators_at_the_same_address_void_the_run(running: Running, tmp_path: Path) -> None:
    baseline = probe(Target.launched(running))
    other = replace(baseline, target=replace(baseline.target, nonce="of another start"))
    assert "started anew" in run(other, tmp_path).finish().tally.void


def test_a_portal_that_died_breaks_the_law_of_open_books(running: Running, tmp_path: Path) -> None:
    baseline = probe(Target.launched(running))
    dead = replace(baseline, target=replace(baseline.target, portal="http://localhost:1"))
    ending = run(dead, tmp_path).finish()
    assert [violation.law for violation in ending.violations] == ["books_are_open"]
    assert ending.tally.exit() is Exit.NOT_CONFORMANT


def test_what_the_portal_acknowledged_is_judged_with_its_books(running: Running, tmp_path: Path) -> None:
    with HttpTransport() as send:
        log = HttpLog(send, tmp_path, Redactor())
        log.note("dossier_acknowledged", "never-booked", "tech", {"code": "C-1"})
        log.close()
    ending = run(probe(Target.launched(running)), tmp_path).finish()
    assert ("acknowledged_is_findable", "never-booked") in {(one.law, one.ref) for one in ending.violations}


def test_an_interrupted_run_is_written_and_concludes_nothing(running: Running, tmp_path: Path) -> None:
    ending = run(probe(Target.launched(running)), tmp_path).finish(interrupted=True)
    assert ending.tally.exit() is Exit.INTERRUPTED
    assert (tmp_path / "report.html").exists()


def test_a_worker_has_the_same_baseline(running: Running, tmp_path: Path) -> None:
    baseline = probe(Target.launched(running))
    assert from_controller(to_worker(baseline, tmp_path)) == (baseline, tmp_path)


def test_a_later_word_on_a_check_replaces_the_earlier(tmp_path: Path, running: Running) -> None:
    made = run(probe(Target.launched(running)), tmp_path)
    made.add([replace(PASSED, outcome=Outcome.ERROR)])
    assert [verdict.outcome for verdict in made.verdicts] == [Outcome.ERROR]


def test_a_check_that_died_without_a_verdict_voids_the_run(tmp_path: Path, running: Running) -> None:
    made = run(probe(Target.launched(running)), tmp_path)
    Gathering(made).pytest_runtest_logreport(
        pytest.TestReport("checks::died", ("", 0, ""), {}, "failed", "worker 'gw0' crashed", "???")  # as xdist says it
    )

    ending = made.finish()

    assert ending.tally.exit() is Exit.OUR_ERROR
    assert "checks::died ended without a verdict" in ending.tally.void
