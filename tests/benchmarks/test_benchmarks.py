"""The benchmarks run from the command to the table: everything is done, verified and counted; how fast is nobody's test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MEASURED = (
    "signing",
    "signing-by-hand",
    "batch of 50 hashes",
    "signing, CA2",
    "signing, Decision 769",
    "signing, MySign",
    "signing, CSC",
    "signing, hub",
    "OCSP answer",
    "listing certificates",
    "login",
    "payment",
    "start to the first answer",
    "idle memory",
    "rate after 2,000",
)


def benchmarks(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_a_quick_run_prints_every_row_and_touches_no_stored_result(tmp_path: Path) -> None:
    stored = ROOT / "benchmarks/results.md"
    before = stored.read_bytes() if stored.exists() else None
    done = benchmarks(
        "--quick",
        "--only",
        "signing,wires,status,login,payment,start,rows,subscribers",
        "--out",
        str(tmp_path / "table.md"),
    )
    assert done.returncode in {0, 1}, done.stderr  # 1: a limit was missed, which two rounds cannot tell
    for row in MEASURED:
        assert f"| {row}" in done.stdout, row
    assert "RSA signature" in done.stdout.partition("## Where the CPU")[2]
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == done.stdout
    assert (stored.read_bytes() if stored.exists() else None) == before


@pytest.mark.parametrize(("option", "said"), [("--only=logins", "there is no part 'logins'"), ("--help", "--quick")])
def test_a_wrong_option_is_named_and_help_is_given(option: str, said: str) -> None:
    done = benchmarks(option)
    assert said in done.stdout + done.stderr
