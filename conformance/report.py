"""What people and machines read of a run: report.html in one file, junit.xml, and the last lines on the terminal."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2

from conformance.advice import advice_for
from conformance.evidence import VERDICTS
from conformance.explain import TITLES
from conformance.failures import Words
from conformance.profiles import untested
from conformance.redaction import Redactor
from conformance.verdicts import Exit, Outcome

REPORT, JUNIT = "report.html", "junit.xml"
_TEMPLATES = Path(__file__).with_name("templates")
_RED = {Outcome.FAILED, Outcome.ERROR}

CONCLUSIONS: Mapping[Exit, Words] = {
    Exit.CONFORMANT: Words("Đạt hồ sơ kiểm thử", "Conformant to the profile"),
    Exit.NOT_CONFORMANT: Words("Chưa đạt hồ sơ kiểm thử", "Not conformant to the profile"),
    Exit.INTERRUPTED: Words("Bị ngắt giữa chừng, không kết luận", "Interrupted: no conclusion"),
    Exit.OUR_ERROR: Words("Không kết luận: lỗi của bộ kiểm thử hoặc bộ mô phỏng", "No conclusion: an error of ours"),
    Exit.NOTHING_EXECUTED: Words("Không phép kiểm nào được chạy", "Nothing was executed"),
}
PARTIAL = Words(
    "Các phép kiểm đã chọn đều đạt; chưa đủ để kết luận", "What was selected passed: no conclusion on the whole"
)


def conclusion(ending: Mapping[str, Any]) -> Words:
    code = Exit(ending["exit"])
    return PARTIAL if code is Exit.CONFORMANT and ending["missing"] else CONCLUSIONS[code]


def write(folder: Path, ending: Mapping[str, Any], redactor: Redactor) -> None:
    told = redactor.tree(dict(ending))
    (folder / REPORT).write_text(html(told), encoding="utf-8")
    ET.indent(cases := junit(told))
    ET.ElementTree(cases).write(folder / JUNIT, encoding="utf-8", xml_declaration=True)


def html(ending: Mapping[str, Any]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html").render(
        ending=ending,
        conclusion=conclusion(ending),
        titles={str(outcome): words for outcome, words in TITLES.items()},
        groups=list(_groups(ending)),
        reds=[row for row in ending["verdicts"] if Outcome(row["outcome"]) in _RED],
        ran=len({row["number"] for row in ending["verdicts"] if row["outcome"] != Outcome.NOT_CLAIMED}),
        advice=advice_for,
        untested=untested(),
    )


def junit(ending: Mapping[str, Any]) -> ET.Element:
    """One case a check; what is not claimed is skipped, what warns passes with its text."""
    suite = ET.Element("testsuite", name=f"hopchuan {ending['profile']['name']}", time=str(ending["seconds"]))
    tallies = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for row in ending["verdicts"]:
        case = ET.SubElement(
            suite, "testcase", classname=row["number"], name=row["check"], time=f"{row['seconds']:.3f}"
        )
        tallies["tests"] += 1
        tag, key = {
            Outcome.FAILED: ("failure", "failures"),
            Outcome.ERROR: ("error", "errors"),
            Outcome.NOT_CLAIMED: ("skipped", "skipped"),
            Outcome.WARNED: ("system-out", ""),
        }.get(Outcome(row["outcome"]), ("", ""))
        if key:
            tallies[key] += 1
        if tag:
            ET.SubElement(case, tag).text = _printable(
                f"{row['expected']['vi']} | {row['came']['vi']} | {row['came']['en']}"
            )
    for violation in ending["violations"]:
        case = ET.SubElement(suite, "testcase", classname="laws", name=f"{violation['law']} {violation['ref']}")
        ET.SubElement(case, "failure").text = _printable(violation["text_vi"] + " / " + violation["text_en"])
        tallies["tests"] += 1
        tallies["failures"] += 1
    for name, count in tallies.items():
        suite.set(name, str(count))
    root = ET.Element("testsuites")
    root.append(suite)
    return root


def summary(ending: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, bool]]:
    """Lines for the terminal: (text, whether it is bad news)."""
    profile, counts = ending["profile"], ending["counts"]
    done = conclusion(ending)
    bad = bool(ending["exit"])
    law = f", {ending['legal']}" if ending.get("legal") else ""
    yield (
        f"{ending['portal']['name']} {ending['portal']['version']} · {ending['portal']['origin']} · profile {profile['name']}{law}",
        False,
    )
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    yield f"{done.vi} / {done.en}: {told or 'nothing ran'}", bad
    if ending["void"]:
        yield f"Lượt chạy vô hiệu / void: {ending['void']}", True
    for claim in ending["unclaimed"]:
        yield f"Không công bố / not claimed: {claim}, which the profile {profile['name']} demands", True
    for part in ending["lacking"]:
        yield f"Cổng công bố nhưng bộ nối thiếu / claimed, but the adapter has no part: {part}", True
    for violation in ending["violations"]:
        yield (
            f"Định luật / law {violation['law']}: {violation['ref']}: {violation['text_vi']} / {violation['text_en']}",
            True,
        )
    if ending["missing"] and not ending["unclaimed"]:
        yield f"Chưa chạy / not run: {', '.join(ending['missing'])}", False
    left = folder / (REPORT if (folder / REPORT).exists() else VERDICTS)
    yield str(left), False


def _groups(ending: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The profile's parts with their rows, the red ones first; then what no part scores."""
    rows = sorted(ending["verdicts"], key=lambda row: (Outcome(row["outcome"]) not in _RED, row["check"]))
    seen: set[str] = set()
    for part in ending["profile"]["parts"]:
        own = [row for row in rows if row["number"] in part["requirements"]]
        seen |= {row["check"] for row in own}
        claimed = part["claim"] in ending["claims"]
        ran = {row["number"] for row in own}
        yield {**part, "rows": own, "claimed": claimed, "not_run": [n for n in part["requirements"] if n not in ran]}
    if rest := [row for row in rows if row["check"] not in seen]:
        yield {
            "id": "other",
            "title_vi": "Ngoài hồ sơ kiểm thử",
            "title_en": "Not scored by the profile",
            "rows": rest,
            "claimed": True,
            "not_run": [],
        }


def _printable(text: str) -> str:
    """XML 1.0 knows no control characters."""
    return "".join(letter for letter in text if letter in "\t\n" or ord(letter) >= 32)
