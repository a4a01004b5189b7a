"""Every file of the corpus cut, doubled and patched: no crash escapes the judge, and no damage makes a bad file good."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.corpus.files import PDF_CASES, SERVICE, TREES
from conformance.oracles import judge

FILES = {case.file: case for case in PDF_CASES}
GOOD = sorted(case.file for case in PDF_CASES if case.good and case.tree == "public")
STEADY = settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
ROOT, CA = TREES["public"]


@cache
def made(name: str) -> bytes:
    return FILES[name].make()


def verdict_of(pdf: bytes) -> str:
    found = judge(pdf, roots=[ROOT.pem], intermediates=[CA.der], revocation=SERVICE.ask, moment=datetime.now(UTC))
    return found.verdict


@pytest.fixture(autouse=True)
def _quietly() -> object:
    """pyHanko tells its log of every broken file."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_cut_in_half_is_never_valid(name: str) -> None:
    pdf = made(name)

    assert verdict_of(pdf[: len(pdf) // 2]) != "valid"


@pytest.mark.parametrize("name", GOOD)
def test_an_object_written_again_behind_the_end_is_never_valid(name: str) -> None:
    """As an attacker appends who writes no cross-references, and leaves it to a reader's repair to find the object."""
    pdf = made(name)
    first = re.search(rb"\n\d+ 0 obj.*?endobj\n", pdf, re.DOTALL)
    ends = re.search(rb"startxref\s+\d+\s+%%EOF\s*$", pdf)
    assert first is not None
    assert ends is not None

    assert verdict_of(pdf + first[0] + ends[0]) != "valid"
    assert verdict_of(pdf + pdf) != "valid"


@STEADY
@given(name=st.sampled_from(sorted(FILES)), where=st.floats(0, 1, exclude_max=True), patch=st.binary(max_size=12))
def test_a_patch_anywhere_ends_in_a_verdict(name: str, where: float, patch: bytes) -> None:
    pdf = made(name)
    at = int(where * len(pdf))

    found = verdict_of(pdf[:at] + patch + pdf[at + len(patch) // 2 :])

    assert found in {"valid", "invalid", "inconclusive", "unparsable", "unsigned"}
    assert FILES[name].good or FILES[name].reason == "expected_signer" or found != "valid"


@STEADY
@given(
    junk=st.binary(max_size=200),
    head=st.sampled_from([b"", b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj\n<< /Type /Sig /ByteRange ["]),
)
def test_junk_ends_in_a_verdict(junk: bytes, head: bytes) -> None:
    assert verdict_of(head + junk) in {"unparsable", "unsigned"}
