"""A short load from the outside: green and green on the right portal; green and red, offender named, on the racy one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from conformance.launch import launched
from tests.source_tree import ROOT

USERS, SECONDS = 5, 8
PATIENCE = 180


def load(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    size = ["--users", str(USERS), "--seconds", str(SECONDS)]
    done = subprocess.run(
        [sys.executable, "-m", "loadtests", "run", *size, "--results", str(folder), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    report = folder / "load.json"
    assert report.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return done.returncode, json.loads(report.read_text())


def test_the_right_portal_is_green_for_locust_and_for_the_audit(tmp_path: Path) -> None:
    code, told = load(tmp_path / "right")
    assert (code, told["run"]["locust_exit_code"]) == (0, 0), told
    counts = {(one["operation"], one["counterpart"]): (one["successes"], one["rows"]) for one in told["compared"]}
    for pair in (
        ("callback", "journal: code_redeemed"),
        ("sign", "journal: signing_approved"),
        ("pay", "journal: payment_settled"),
        ("act", "books: submitted dossier"),
        ("sign", "books: signature"),
    ):
        successes, there = counts[pair]
        assert successes == there > 0, pair
    assert all(hops["locust"]["requests"] == hops["success"] for hops in told["operations"].values())


def test_the_racy_portal_is_green_for_locust_and_red_for_the_audit_with_the_offender_named(tmp_path: Path) -> None:
    code, told = load(tmp_path / "races", "--flaw", "races")
    assert (code, told["run"]["locust_exit_code"]) == (1, 0), told
    doubled = [one for one in told["violations"] if one["law"] == "one_receipt_a_settlement"]
    assert doubled
    assert all(one["ref"] and one["citizens"] for one in doubled)


def test_the_audit_waits_for_notices_that_the_gateway_put_off(tmp_path: Path) -> None:
    _, told = load(tmp_path / "late", "--users", "1", "--seconds", "1", "--notices", "wrong_checksum")
    paid = next(one for one in told["compared"] if one["counterpart"] == "books: payment that is paid")
    assert paid["successes"] == paid["rows"] > 0, "the right notice comes as the second, and later"
    assert not told["void"]


def test_a_portal_that_is_down_or_a_contract_that_nobody_made_is_one_sentence_and_exit_4() -> None:
    with launched() as running:
        given = ["--simulators", running.url, "--run-key", running.key, "--portal-key", "k"]
        contract = running.portals[0].contract
        for more, word in (
            (["--portal", "http://localhost:9", "--contract", contract], "http://localhost:9"),
            (["--portal", running.portals[0].origin, "--contract", "cNobody"], "cNobody"),
        ):
            done = subprocess.run(
                [sys.executable, "-m", "loadtests", "run", *given, *more],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            assert (done.returncode, len(done.stderr.splitlines())) == (4, 1), done.stderr
            assert word in done.stderr


def test_a_world_that_runs_already_is_used_and_left_running(tmp_path: Path) -> None:
    with launched() as running:
        portal = running.portals[0]
        keys = ["--run-key", running.key, "--portal-key", portal.key]
        where = ["--portal", portal.origin, "--simulators", running.url, "--contract", portal.contract]
        for number in (1, 2):  # the second run's counts are its own, beside what the first left in journal and books
            code, told = load(tmp_path / str(number), *keys, *where, "--users", "2", "--seconds", "3")
            assert (code, told["run"]["flaw"]) == (0, None), told


def test_locust_lists_its_users_without_starting_a_world() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "Applicant" in done.stdout) == (0, True), done.stderr
