"""All files of the corpus, and a folder of them with a manifest, for whoever wants to try another judge."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.corpus.authorities import CA, NOW, OFFICIAL_CA, OFFICIAL_ROOT, ROOT, STATUS_URL, Held
from conformance.corpus.case import Case
from conformance.corpus.copies import COPY_CASES
from conformance.corpus.pdf_places import PLACE_CASES
from conformance.corpus.pdf_signers import SIGNER_CASES
from conformance.corpus.pdf_updates import UPDATE_CASES
from conformance.corpus.pdf_values import VALUE_CASES
from conformance.corpus.people import REVOKED_SINCE
from conformance.corpus.status import StatusService
from conformance.corpus.xml_cases import XML_CASES

PDF_CASES = tuple(
    replace(case, file=f"pdf/{case.file}.pdf")
    for case in (*VALUE_CASES, *PLACE_CASES, *UPDATE_CASES, *SIGNER_CASES, *COPY_CASES)
)
CASES = (*PDF_CASES, *XML_CASES)
TREES: dict[str, tuple[Held, Held]] = {"public": (ROOT, CA), "official": (OFFICIAL_ROOT, OFFICIAL_CA)}

SERVICE = StatusService(revoked=REVOKED_SINCE)


def write(folder: Path, cases: Iterable[Case] = CASES) -> None:
    """Each file, roots and authorities as PEM, and manifest.json."""
    listed = list(cases)
    for case in listed:
        target = folder / case.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(case.make())
    for tree, (root, authority) in TREES.items():
        (folder / f"{tree}-root.pem").write_bytes(root.pem)
        (folder / f"{tree}-authority.pem").write_bytes(authority.pem)
    told = {
        "moment": NOW.isoformat(),
        "status": STATUS_URL,
        "trees": {tree: {"root": f"{tree}-root.pem", "authority": f"{tree}-authority.pem"} for tree in TREES},
        "files": [_row(case) for case in listed],
    }
    (folder / "manifest.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _row(case: Case) -> dict[str, Any]:
    return {
        "file": case.file,
        "good": case.good,
        "verdict": case.verdict,
        "planted": case.what,
        "reason": case.reason,
        "diagnosis": case.diagnosis,
        "made_by": case.by,
        "tree": case.tree,
        "expected_signer": case.expects,
    }
