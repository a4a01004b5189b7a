"""The report and junit.xml of a run that has everything: one file, both languages, nothing that a page could run."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from conformance import report
from conformance.laws import LAWS
from conformance.redaction import Redactor
from conformance.verdicts import Outcome


def verdict(check: str, outcome: Outcome, came: str = "") -> dict[str, Any]:
    words = {"vi": f"Phải thế {check}.", "en": "So."}
    return {
        "check": check,
        "number": check.partition(".")[0],
        "level": "MUST",
        "nodeid": f"x::{check}",
        "outcome": str(outcome),
        "exercised": outcome is not Outcome.ERROR,
        "expected": words,
        "came": {"vi": came, "en": came},
        "where": "",
        "seconds": 0.5,
        "basis": [{"source": "NĐ", "title": "t", "place": "1", "kind": "law"}],
        "rerun": "pytest x",
    }


def ending(**other: Any) -> dict[str, Any]:
    part = {"id": "payment", "claim": "payment", "title_vi": "Phí", "title_en": "Fees", "requirements": ["F10", "F11"]}
    rows = [
        verdict("F10.again", Outcome.FAILED, "<script>alert(1)</script> \x00 hai biên lai"),
        verdict("F11", Outcome.PASSED),
        verdict("G01", Outcome.NOT_CLAIMED),
        verdict("C01", Outcome.WARNED, "chậm"),
        verdict("C02", Outcome.ERROR, "TypeError"),
    ]
    told = {
        "at": "2026-11-21T08:00:00.000+07:00",
        "seconds": 3.0,
        "exit": 1,
        "void": "",
        "portal": {"origin": "http://localhost:1", "name": "Cổng <b>", "version": "1"},
        "contract": "c1",
        "adapter": "a:B",
        "profile": {"name": "basic", "title_vi": "Cơ bản", "title_en": "Basic", "parts": [part], "unscored": []},
        "claims": ["payment"],
        "lacking": ["signing"],
        "unclaimed": ["signing"],
        "missing": ["D01"],
        "counts": {str(outcome): 1 for outcome in Outcome},
        "laws": [{"name": law.name, "text_vi": law.text_vi, "text_en": law.text_en, "violations": 0} for law in LAWS],
        "violations": [{"law": "amounts_agree", "ref": "DVC1", "text_vi": "sai", "text_en": "wrong"}],
        "verdicts": rows,
    }
    return told | other


def test_what_a_portal_said_is_text_and_never_markup() -> None:
    page = report.html(ending())
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "Cổng &lt;b&gt;" in page
    assert "http://" not in page.replace("http://localhost:1", ""), "one file: nothing is fetched"


def test_the_report_shows_every_outcome_law_and_gap() -> None:
    page = report.html(ending())
    for text in (
        "Chưa đạt hồ sơ kiểm thử",
        'href="#F10.again"',
        "amounts_agree",
        "DVC1",
        "signing",
        "D01",
        "Chưa kiểm thử",
    ):
        assert text in page


def test_a_void_run_and_a_partial_one_conclude_nothing() -> None:
    assert "Không kết luận" in report.html(ending(exit=3, void="the simulators crashed", laws=[], violations=[]))
    assert report.conclusion(ending(exit=0, missing=["D01"])) == report.PARTIAL
    assert report.conclusion(ending(exit=0, missing=[])).en == "Conformant to the profile"


def test_junit_counts_as_the_verdicts_do(tmp_path: Path) -> None:
    report.write(tmp_path, ending(), Redactor())
    suite = ET.parse(tmp_path / "junit.xml").getroot()[0]
    counted = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": "6", "failures": "2", "errors": "1", "skipped": "1"}
    assert (tmp_path / "report.html").exists()


def test_the_terminal_names_what_is_wrong(tmp_path: Path) -> None:
    lines = [text for text, bad in report.summary(ending(), tmp_path) if bad]
    assert any("not claimed: signing" in line for line in lines)
    assert any("amounts_agree" in line for line in lines)
