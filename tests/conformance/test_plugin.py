"""Whatever is wrong with the options is one sentence and pytest's own exit code; nothing hangs, nothing is 0."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.launch import ROOT, Running
from conformance.verdicts import Exit
from tests.conformance.fake_portal import capabilities, portal_answering

SECONDS = 90
ONE_CHECK = "test_a_refusal_without_a_reason_is_impossible"


def run(*options: str, given: str = "conformance") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", given, "-p", "no:cacheprovider", *options]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HOPCHUAN", "PYTEST"))}
    return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=SECONDS, check=False)


def options_of(running: Running, tmp_path: Path, **other: str) -> list[str]:
    portal = running.portals[0]
    told = {
        "portal": portal.origin,
        "simulators": running.url,
        "simulators-key": running.key,
        "contract": portal.contract,
        "portal-key": portal.key,
        "results": str(tmp_path),
    }
    return [f"--{name}={value}" for name, value in {**told, **other}.items() if value]


def verdicts(folder: Path) -> dict:
    (found,) = folder.glob("*/verdicts.json")
    return json.loads(found.read_text("utf-8"))


def test_portal_alone_is_a_usage_error_that_names_what_is_missing() -> None:
    done = run("--portal=http://localhost:1")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--simulators" in done.stderr and "--contract" in done.stderr and "HOPCHUAN_PORTAL_KEY" in done.stderr
    assert done.stderr.count("ERROR:") == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"portal": "http://localhost:1"}, "--portal http://localhost:1: it does not answer"),
        ({"portal": "http://127.0.0.1:1"}, "--portal and --simulators are both at 127.0.0.1"),
        ({"simulators": "http://127.0.0.1:1"}, "no simulators answer there"),
        ({"contract": "c-none"}, "--contract c-none: the simulators know no such contract"),
        ({"simulators-key": "wrong"}, "--simulators-key:"),
        ({"simulators-root": "nowhere.pem"}, "--simulators-root nowhere.pem: no certificate can be read there"),
        ({"adapter": "nowhere"}, "write module:Class"),
        ({"adapter": "nowhere:Adapter"}, "cannot be loaded"),
        ({"adapter": "conformance.adapters.template:MyPortal"}, "it failed when it was asked for a person"),
        ({"profile": "perfect"}, "there is no such profile; there is basic, kbnn"),
        ({"legal": "nd99-1999"}, "--legal nd99-1999: there is no such set of numbers; there is nd118-2025, nd61-2018"),
    ],
)
def test_a_wrong_option_is_one_sentence(running: Running, tmp_path: Path, wrong: dict[str, str], sentence: str) -> None:
    done = run(*options_of(running, tmp_path, **wrong))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout + done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_tls_is_not_had_from_simulators_that_speak_none(running: Running, tmp_path: Path) -> None:
    done = run(*options_of(running, tmp_path), "--tls")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "speak none; start them with serve --tls" in done.stderr


def test_power_over_everybody_is_only_for_checks_that_are_alone(running: Running, tmp_path: Path) -> None:
    check = tmp_path / "test_disturbing.py"
    check.write_text(
        "from conformance.requirement import MUST, requirement\n"
        "from conformance.sources import CWE\n"
        "@requirement('A13', MUST, 'Câu.', 'Sentence.', basis=CWE.at('CWE-295'))\n"
        "def test_disturbing(solitude):\n    assert solitude\n",
        encoding="utf-8",
    )
    parts = [word for part in ("plugin", "judging", "fixtures") for word in ("-p", f"conformance.{part}")]
    done = run(*options_of(running, tmp_path), *parts, "--rootdir", str(tmp_path), given=str(check))
    assert done.returncode == Exit.OUR_ERROR, done.stdout + done.stderr
    assert "mark it `alone`" in done.stdout


def test_a_portal_that_claims_nothing_executes_nothing(running: Running, tmp_path: Path) -> None:
    with portal_answering(capabilities()) as origin:
        done = run(*options_of(running, tmp_path, portal=origin))
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout + done.stderr
    assert "claims nothing" in done.stdout + done.stderr


def test_a_portal_without_the_interface_is_told_where_it_is_described(running: Running, tmp_path: Path) -> None:
    with portal_answering({"/pti/capabilities": (200, b"<html>")}) as origin:
        done = run(*options_of(running, tmp_path, portal=origin))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "portal_api.yaml" in done.stderr


def test_what_the_adapter_lacks_is_not_claimed_and_the_portal_not_conformant(running: Running, tmp_path: Path) -> None:
    adapter = "tests.conformance.fake_portal:Partless"
    done = run(*options_of(running, tmp_path, adapter=adapter), "-k", ONE_CHECK)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert "not claimed: signing" in done.stdout
    assert verdicts(tmp_path)["lacking"] == ["signing"]


def test_what_is_optional_and_not_claimed_is_not_tried_and_costs_nothing(running: Running, tmp_path: Path) -> None:
    adapter = "tests.conformance.fake_portal:Timeless"
    done = run(*options_of(running, tmp_path, adapter=adapter), "-k", f"{ONE_CHECK} or E02 or E03 or E28 or J04")
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    told = verdicts(tmp_path)
    outcomes = {row["number"]: row["outcome"] for row in told["verdicts"]}
    assert outcomes == {
        "E02": "not claimed",
        "E03": "not claimed",
        "E05": "passed",
        "E28": "not claimed",
        "J04": "not claimed",
    }
    assert told["unclaimed"] == []
    assert told["legal"] == "nd61-2018"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_verdicts_evidence_and_report_are_written_with_and_without_workers(
    running: Running, tmp_path: Path, workers: tuple[str, ...]
) -> None:
    done = run(*options_of(running, tmp_path), "-k", ONE_CHECK, *workers)
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    (folder,) = tmp_path.iterdir()
    told = verdicts(tmp_path)
    assert [row["outcome"] for row in told["verdicts"]] == ["passed"]
    assert told["missing"] and "no conclusion" in done.stdout
    assert not told["violations"] and told["laws"]
    assert {"http.ndjson", "journal.ndjson", "junit.xml", "report.html", "verdicts.json"} <= {
        path.name for path in folder.iterdir()
    }


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_verdicts_alone_are_left_where_nobody_reads_more(
    running: Running, tmp_path: Path, workers: tuple[str, ...]
) -> None:
    done = run(*options_of(running, tmp_path), "--verdicts-only", "-k", ONE_CHECK, *workers)
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    (folder,) = tmp_path.iterdir()
    assert {path.name for path in folder.iterdir()} == {"verdicts.json", "notes.ndjson"}
    assert str(folder / "verdicts.json") in done.stdout
    assert [row["outcome"] for row in verdicts(tmp_path)["verdicts"]] == ["passed"]
    assert verdicts(tmp_path)["laws"]


def test_no_secret_of_anybody_reaches_the_evidence(running: Running, tmp_path: Path) -> None:
    done = run(*options_of(running, tmp_path), "-k", ONE_CHECK)
    (folder,) = tmp_path.iterdir()
    portal = running.portals[0]
    everything = done.stdout + done.stderr + "".join(path.read_text("utf-8") for path in folder.iterdir())
    rows = [json.loads(line) for line in (folder / "http.ndjson").read_text("utf-8").splitlines()]
    assert [row for row in rows if row["operation"] == "login"] and "•••" in everything
    for secret in (running.key, portal.key, *portal.secrets):
        assert secret not in everything
    for row in rows:
        for name, value in row["headers"] + row.get("reply_headers", []):
            if name.lower() == "cookie":
                assert all(pair.endswith("=•••") for pair in value.split("; "))
            if name.lower() == "set-cookie":
                assert "=•••" in value.partition(";")[0]
