"""Any byte of a signed file changed: a covered one is always refused, one in /Contents never makes another signature of it."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.corpus.authorities import CA, ROOT
from conformance.corpus.files import PDF_CASES
from conformance.corpus.status import StatusService
from conformance.oracles import Judgement, judge

FILES = {case.file: case for case in PDF_CASES}
MADE = ("pdf/pades.pdf", "pdf/two-signers-two-makers.pdf")
STEADY = settings(derandomize=True, deadline=None, max_examples=35, suppress_health_check=list(HealthCheck))
SERVICE = StatusService()
AT, CHANGE = st.floats(0, 1, exclude_max=True), st.integers(1, 255)


@cache
def made(name: str) -> bytes:
    return FILES[name].make()


def judged(pdf: bytes) -> Judgement:
    return judge(pdf, roots=[ROOT.pem], intermediates=[CA.der], revocation=SERVICE.ask, moment=datetime.now(UTC))


def holes(pdf: bytes) -> list[tuple[int, int]]:
    """Where each signature's /Contents stands, delimiters included: all that it does not cover."""
    ranges = [list(map(int, numbers.split())) for numbers in re.findall(rb"/ByteRange\s*\[([^\]]*)\]", pdf)]
    return [(first, second) for _, first, second, _ in ranges]


def changed(pdf: bytes, at: int, change: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ change]) + pdf[at + 1 :]


def evidence(judgement: Judgement) -> list[tuple[object, ...]]:
    """Who signed what: what a check and the journal compare."""
    return [
        (
            one.field_name,
            one.signer,
            one.byterange_digest,
            one.digest_of_attrs,
            one.recovered_digest,
            one.signature_value,
        )
        for one in judgement.findings
    ]


@pytest.fixture(autouse=True)
def _quietly() -> object:
    """pyHanko tells its log of every broken file."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", MADE)
@STEADY
@example(where=0.0, change=1)
@given(where=AT, change=CHANGE)
def test_a_covered_byte_that_is_another_is_refused(name: str, where: float, change: int) -> None:
    pdf = made(name)
    covered = [at for at in range(len(pdf)) if not any(first <= at < second for first, second in holes(pdf))]
    at = covered[int(where * len(covered))]

    verdict = judged(changed(pdf, at, change)).verdict

    assert verdict in {"invalid", "unparsable"}, f"byte {at}: {pdf[at]:#x} became {pdf[at] ^ change:#x}"


@pytest.mark.parametrize("name", MADE)
@STEADY
@given(where=AT, change=CHANGE, which=st.integers(0, 1))
def test_a_byte_of_the_signature_that_is_another_is_refused_or_says_the_same(
    name: str, where: float, change: int, which: int
) -> None:
    """Hexadecimal has two cases, and certificates beside the signer's prove nothing: those may change, the evidence not."""
    pdf = made(name)
    first, second = holes(pdf)[which % len(holes(pdf))]
    used = len(pdf[first:second].rstrip(b"0>"))
    at = first + int(where * used)

    judgement = judged(changed(pdf, at, change))

    assert judgement.verdict != "unsigned"
    if judgement.verdict == "valid":
        assert evidence(judgement) == evidence(judged(pdf)), f"byte {at}: {pdf[at]:#x} became {pdf[at] ^ change:#x}"


@STEADY
@given(
    first=st.integers(-20, 20),
    second=st.integers(-20, 20),
    length=st.integers(-20, 20),
    start=st.sampled_from([0, 0, 1]),
)
def test_a_byte_range_that_says_otherwise_is_refused(start: int, first: int, second: int, length: int) -> None:
    pdf = made("pdf/pades.pdf")
    (told,) = re.findall(rb"/ByteRange \[[^\]]*\]", pdf)
    numbers = list(map(int, told[12:-1].split()))
    other = [numbers[0] + start, numbers[1] + first, numbers[2] + second, numbers[3] + length]
    written = b"/ByteRange [" + b" ".join(b"%d" % number for number in other).ljust(len(told) - 13) + b"]"
    if len(written) == len(told) and other != numbers:
        assert judged(pdf.replace(told, written)).verdict in {"invalid", "unparsable"}


def test_what_was_not_changed_is_valid() -> None:
    for name in MADE:
        assert judged(made(name)).verdict == "valid", name
