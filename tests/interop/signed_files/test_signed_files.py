"""The table of who detects what is fresh: the page from the data, the data from the programs."""

from __future__ import annotations

import pytest

from conformance.corpus.case import Case
from conformance.corpus.files import CASES
from tests.interop.signed_files.asking import ACCEPTS, answers, status_services
from tests.interop.signed_files.stored import PAGE, page, read
from tests.needs import needs

# The reference portal asks OCSP alone, takes what is valid now, wants no field filled after a signature, and its library
# knows no critical extension of Microsoft's.
PORTAL_WRONGS = frozenset(
    {
        "pdf/certified-then-filled.pdf",
        "pdf/expired-timestamped-before.pdf",
        "pdf/microsoft-extension.pdf",
        "pdf/revoked-timestamped-before.pdf",
        "pdf/status-by-crl.pdf",
    }
)

# It does not read what a stranger's stamp says; whose signature it is, it shows by the certificate.
PORTAL_MISSES = frozenset({"pdf/appearance-lies.pdf"})


def test_the_page_is_what_the_data_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read()), "run make signedfiles"


def test_the_data_are_of_this_corpus_and_the_oracle_is_right_about_all_of_it() -> None:
    stored = read()
    assert set(stored) == {case.file for case in CASES}, "run make signedfiles"
    assert {case.file: case.verdict for case in CASES} == {name: row["oracle"] for name, row in stored.items()}


def test_the_reference_portal_takes_no_bad_file_but_for_what_is_named() -> None:
    stored = read()
    good = {case.file for case in CASES if case.good and case.file.startswith("pdf/")}
    taken = {name for name, row in stored.items() if row.get("portal") == ACCEPTS}
    assert taken - good == PORTAL_MISSES
    assert good - taken == PORTAL_WRONGS


def test_no_other_judge_is_enough_by_itself() -> None:
    """Why the laboratory has an oracle of its own: everybody else accepts some of the bad files."""
    stored = read()
    wrong = [case.file for case in CASES if not case.good]
    for judge in ("pyHanko", "pdfsig", "openssl", "signxml", "xmlsec1"):
        assert any(stored[name].get(judge) == ACCEPTS for name in wrong), judge


@needs("openssl", "pdfsig", "xmlsec1")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_every_judge_still_says_so(case: Case) -> None:
    with status_services():
        assert answers(case) == read()[case.file]
