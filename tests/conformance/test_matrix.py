"""The kill matrix: what it calls a problem, when a row is stale, and that its page is what its data say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import matrix
from conformance.bite import listed
from conformance.matrix import Flaw, Row

FLAW = Flaw("ipn_twice", ("F10",), ("F22",), "payment 13 row 4", "vi", "en")
CAUGHT = Row("ipn_twice", caught=("F10",), passed=("A01", "F22"))


def verdict(number: str, outcome: str, *, exercised: bool = True) -> dict[str, object]:
    return {"number": number, "check": number, "outcome": outcome, "exercised": exercised}


def test_a_requirement_with_variants_counts_once_by_its_worst() -> None:
    told = {
        "verdicts": [verdict("A07", "passed"), verdict("A07", "failed"), verdict("A01", "passed")],
        "violations": [{"law": "one_receipt"}],
        "void": "",
        "exit": 1,
        "missing": [],
        "unclaimed": [],
    }
    row = matrix.row_of("x", told, 1.0)
    assert (row.caught, row.passed, row.laws) == (("A07",), ("A01",), ("one_receipt",))


def test_what_could_not_be_exercised_is_no_catch() -> None:
    told = {
        "verdicts": [verdict("F10", "failed", exercised=False)],
        "violations": [],
        "void": "",
        "exit": 1,
        "missing": [],
        "unclaimed": [],
    }
    row = matrix.row_of("ipn_twice", told, 1.0)
    assert row.stumbled == ("F10",)
    assert matrix.problems([FLAW], [row], whole=False) == ["ipn_twice: not caught by F10"]


def test_a_caught_flaw_is_no_problem_with_or_without_what_is_also_allowed() -> None:
    assert matrix.problems([FLAW], [CAUGHT], whole=False) == []
    assert matrix.problems([FLAW], [replace(CAUGHT, stumbled=("F22",))], whole=False) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (replace(CAUGHT, caught=()), "not caught by F10"),
        (replace(CAUGHT, caught=("A01", "F10")), "also fails A01"),
        (replace(CAUGHT, problem="crashed"), "crashed"),
        (Row("another"), "was not run"),
    ],
)
def test_a_problem_is_said(row: Row, says: str) -> None:
    assert any(says in problem for problem in matrix.problems([FLAW], [row], whole=False))


def test_a_row_that_allows_too_many_others_is_a_problem() -> None:
    blurred = replace(FLAW, also=("A01", "A02", "A03"))
    assert "allows 3 others" in matrix.problems([blurred], [CAUGHT], whole=False)[0]


def test_a_check_that_no_flaw_demands_is_a_problem_of_the_whole() -> None:
    assert [p.split(":")[0] for p in matrix.problems([FLAW], [CAUGHT], whole=True)] == ["A01", "F22"]


def test_a_row_that_came_out_otherwise_than_stored_is_said() -> None:
    assert matrix.differences({"ipn_twice": CAUGHT}, [CAUGHT]) == []
    assert "run `make bite`" in matrix.differences({"ipn_twice": CAUGHT}, [replace(CAUGHT, caught=())])[0]


def test_the_hash_follows_flaw_portal_and_checks(tmp_path: Path) -> None:
    for folder in ("reference_portal", "conformance/checks"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text("1")
    first = matrix.hash_of(FLAW, tmp_path)
    assert matrix.hash_of(FLAW, tmp_path) == first
    assert matrix.hash_of(replace(FLAW, also=()), tmp_path) != first
    (tmp_path / "conformance/checks/a.py").write_text("2")
    assert matrix.hash_of(FLAW, tmp_path) != first


def test_the_hash_follows_the_flaws_own_module_and_what_it_takes_from(tmp_path: Path) -> None:
    flaws = tmp_path / "reference_portal/flaws"
    flaws.mkdir(parents=True)
    (tmp_path / "conformance/checks").mkdir(parents=True)
    texts = {"money": "from reference_portal.flaws.row import Flaw\n", "row": "1", "login": "1"}
    for name, text in texts.items():
        (flaws / f"{name}.py").write_text(text)
    flaw = replace(FLAW, module="money")
    first = matrix.hash_of(flaw, tmp_path)
    (flaws / "login.py").write_text("2")
    assert matrix.hash_of(flaw, tmp_path) == first
    for name in ("money", "row"):
        (flaws / f"{name}.py").write_text(texts[name] + "# changed")
        assert matrix.hash_of(flaw, tmp_path) != first
        (flaws / f"{name}.py").write_text(texts[name])


def test_the_page_is_what_the_data_say_and_the_data_are_about_todays_flaws() -> None:
    told = json.loads(matrix.STORED.read_text("utf-8"))
    assert matrix.PAGE.read_text("utf-8") == matrix.page(told)
    assert [flaw["name"] for flaw in told["flaws"]] == [flaw.name for flaw in listed()]


def test_the_stored_matrix_has_no_problem_and_is_as_wide_as_promised() -> None:
    flaws, rows = listed(), list(matrix.load().values())
    assert matrix.problems(flaws, rows, whole=True) == []
    assert len(flaws) >= 24
    assert sum(1 for row in rows if len(row.kills) == 1) >= 16


def test_what_is_saved_is_what_is_loaded_and_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "STORED", tmp_path / "matrix.json")
    monkeypatch.setattr(matrix, "PAGE", tmp_path / "matrix.md")
    row = replace(CAUGHT, stumbled=("F22",))
    matrix.save([row], [FLAW], seconds=12.4)
    assert matrix.load() == {FLAW.name: row}
    assert matrix.PAGE.read_text("utf-8") == matrix.page(json.loads(matrix.STORED.read_text("utf-8")))
    assert "F10, (F22)" in matrix.PAGE.read_text("utf-8")
