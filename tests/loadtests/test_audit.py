"""The audit reads what a run left and owns the exit code; Locust's own word changes nothing."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from loadtests import audit
from loadtests.__main__ import main
from loadtests.tally import ARRIVED, Begun, Deed, Hop, Over, Tally

RUN: dict[str, Any] = {
    "locust_exit_code": 0,
    "arguments": [],
    "seconds": 8.0,
    "generator_cpu": 0.3,
    "processes": 1,
    "portal": "http://localhost:1",
    "contract": "c1",
    "flaw": None,
    "journal_before": 0,
    "unquiet": "",
}
PAID = {"book": "payment", "ref": "T1", "dossier": "d1", "amount": 8000, "state": "paid", "proof": "notice"}
DOSSIER = {"book": "dossier", "id": "d1", "code": "H10-1", "subject": "t1", "state": 1, "copy_of": None}
RECEIPT = {"book": "receipt", "id": "r1", "payment": "T1", "amount": 8000, "dossier": "d1"}
SETTLED = {"seq": 1, "word": "payment_settled", "ref": "T1", "body": {"amount": 8000}}
DELIVERED = {"seq": 2, "word": "delivered", "ref": "T1", "source": "payment.vnpay", "body": {"status": 200}}


def left(
    folder: Path, *, books: list[Any], run: dict[str, Any] | None = None, crashes: list[Any] | None = None
) -> Path:
    """What a run of one paid dossier leaves."""
    (folder / audit.RUN).write_text(json.dumps(RUN | (run or {})))
    for name, rows in ((audit.JOURNAL, [SETTLED, DELIVERED]), (audit.BOOKS, books), (audit.CRASHES, crashes or [])):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    with closing(Tally(folder / audit.TALLY)) as tally:
        _paid_journey(tally)
    return folder


def _paid_journey(tally: Tally) -> None:
    tally.write(Begun(journey="j1", citizen="001", techid="t1", at=0.0))
    for name in ("draft", "act", "pay"):
        tally.write(Hop(name=name, result="success", status=200, milliseconds=2.0, at=0.0, journey="j1"))
    for what, ref in (("drafted", "d1"), ("submitted", "d1"), ("payment_begun", "T1")):
        tally.write(Deed(what=what, ref=ref, journey="j1"))
    tally.write(Over(journey="j1", end=ARRIVED, at=1.0))


def test_a_run_in_which_all_agree_is_green(tmp_path: Path) -> None:
    assert main(["audit", str(left(tmp_path, books=[DOSSIER, PAID, RECEIPT]))]) == audit.GREEN
    assert json.loads((tmp_path / "load.json").read_text())["audit"] == "green"


def test_two_receipts_for_one_payment_are_red_with_the_payment_named(tmp_path: Path) -> None:
    books = [DOSSIER, PAID, RECEIPT, RECEIPT | {"id": "r2"}]
    assert main(["audit", str(left(tmp_path, books=books))]) == audit.RED
    told = json.loads((tmp_path / "load.json").read_text())
    assert [(one["law"], one["ref"]) for one in told["violations"]] == [("one_receipt_a_settlement", "T1")]
    assert "T1" in (tmp_path / "load.txt").read_text()


def test_a_dossier_that_the_books_lack_is_red(tmp_path: Path) -> None:
    assert audit.audit(left(tmp_path, books=[PAID, RECEIPT])).code == audit.RED


def test_what_locust_says_does_not_change_the_verdict(tmp_path: Path) -> None:
    assert audit.audit(left(tmp_path, books=[DOSSIER, PAID, RECEIPT], run={"locust_exit_code": 1})).code == audit.GREEN


def test_a_crash_of_the_simulators_voids_the_run(tmp_path: Path) -> None:
    crash = {"body": {"where": "GET /x", "error": "KeyError"}}
    assert audit.audit(left(tmp_path, books=[DOSSIER, PAID, RECEIPT], crashes=[crash])).code == audit.VOID


def test_a_run_in_which_nobody_arrived_is_not_green(tmp_path: Path) -> None:
    folder = left(tmp_path, books=[])
    for path in (folder / audit.TALLY).iterdir():
        path.unlink()
    (folder / audit.JOURNAL).write_text("")
    assert audit.audit(folder).code == audit.NOTHING


def test_a_generator_that_measures_itself_is_marked(tmp_path: Path) -> None:
    verdict = audit.audit(left(tmp_path, books=[DOSSIER, PAID, RECEIPT], run={"generator_cpu": 0.95}))
    assert verdict.generator_is_busy
    assert main(["audit", str(tmp_path)]) == audit.GREEN
    assert "MEASURES ITSELF" in (tmp_path / "load.txt").read_text()


def test_a_portal_without_its_keys_is_one_sentence_and_exit_4() -> None:
    assert main(["run", "--portal", "http://localhost:1"]) == 4


def test_a_folder_with_another_runs_results_is_refused(tmp_path: Path) -> None:
    left(tmp_path, books=[])
    assert main(["run", "--results", str(tmp_path)]) == 4
