"""docs/signed-files.json, what every judge said of each file, and docs/signed-files.md, the same as a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from conformance.corpus.case import Case
from conformance.corpus.files import CASES
from tests.interop.signed_files.asking import ACCEPTS, PDF, XML
from tests.source_tree import ROOT

DATA = ROOT / "docs" / "signed-files.json"
PAGE = ROOT / "docs" / "signed-files.md"
Answers = dict[str, dict[str, str]]
TITLES = {"oracle": "Hợp Chuẩn", "openssl": "openssl cms", "portal": "reference portal"}
HEAD = """\
# Ai phát hiện được gì · Who detects what

Tệp này được sinh ra (`make signedfiles`); đừng sửa tay. This file is generated; do not edit it.

Mỗi dòng là một tệp của bộ mẫu (`python -m conformance.corpus THƯ_MỤC` ghi ra tất cả, kèm `manifest.json`; thêm `--serve` để
có OCSP và CRL). Tệp tốt phải được nhận, tệp xấu phải bị từ chối vì đúng lỗi đã cài. **sót** = nhận một tệp xấu,
**oan** = từ chối một tệp tốt. Mỗi chương trình được hỏi đúng điều nó biết: chỉ Hợp Chuẩn và cổng tham chiếu hỏi
thu hồi và biết đang chờ chữ ký của ai; pdfsig không biết chứng thư gốc nào ở đây, signxml được trao chứng thư nằm trong tệp.

Each row is a file of the corpus (`python -m conformance.corpus DIR` writes them all, with `manifest.json`; add `--serve` for
its OCSP and CRLs). Good files must be accepted, bad ones refused for the planted reason. **missed** = a bad file accepted,
**wronged** = a good file refused. Each program is asked what it knows: only Hợp Chuẩn and the reference portal ask about
revocation and know whose signature is awaited; pdfsig knows none of these roots, and signxml is given the certificate that
lies in the file.

Certified copies and results of state bodies (`copy-*`) are judged under the root of the official-duty tree, everything else
under the public root: a certificate of the one tree never stands for one of the other. Linearised files and OOXML are not in
the corpus.
"""


def write(found: Answers) -> None:
    DATA.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(page(found), encoding="utf-8")


def read() -> Answers:
    loaded: Answers = json.loads(DATA.read_text(encoding="utf-8"))
    return loaded


def page(found: Answers) -> str:
    parts = (("PDF", "pdf/", tuple(PDF)), ("XML", "xml/", tuple(XML)))
    return HEAD + "".join(
        "\n".join(_table(title, [case for case in CASES if case.file.startswith(folder)], judges, found))
        for title, folder, judges in parts
    )


def _table(title: str, cases: Sequence[Case], judges: Sequence[str], found: Answers) -> Iterator[str]:
    names = [TITLES.get(judge, judge) for judge in judges]
    yield f"\n## {title}: {len(cases)} files, {sum(case.good for case in cases)} good\n"
    yield f"| | {' | '.join(names)} |"
    yield "|---" * (len(judges) + 1) + "|"
    good, wrong = [case for case in cases if case.good], [case for case in cases if not case.good]
    yield f"| good, accepted | {' | '.join(_count(good, judge, found, accepted=True) for judge in judges)} |"
    yield f"| bad, not accepted | {' | '.join(_count(wrong, judge, found, accepted=False) for judge in judges)} |"
    yield f"\n| file | planted | reason | made by | {' | '.join(names)} |"
    yield "|---" * (len(judges) + 4) + "|"
    for case in cases:
        marks = " | ".join(_mark(case, found[case.file][judge]) for judge in judges)
        reason = f"`{case.reason}`" if case.reason else "good" if case.good else "unsigned"
        yield f"| {case.file} | {case.what} | {reason} | {case.by} | {marks} |"
    yield ""


def _count(cases: Sequence[Case], judge: str, found: Answers, *, accepted: bool) -> str:
    held = sum((found[case.file][judge] in {ACCEPTS, "valid"}) is accepted for case in cases)
    return f"{held} of {len(cases)}"


def _mark(case: Case, said: str) -> str:
    accepted = said in {ACCEPTS, "valid"}
    if accepted is case.good:
        return said
    return f"**{said}** (sót · missed)" if accepted else f"**{said}** (oan · wronged)"
