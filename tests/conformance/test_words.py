"""What a person reads in a PDF: pages, stamps, forms within forms; a file that cannot be read has no words."""

from __future__ import annotations

import pytest

from conformance.checks.test_papers import instants
from conformance.oracles.words import stamps, unspaced, words
from conformance.samples import pdf
from reference_portal import seals
from tests.reference_portal.authority import NOW, Authority


def test_words_of_a_page_are_read() -> None:
    assert words(pdf("ban sao")).strip() == "ban sao"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\x00" * 64, pdf("x")[:300]])
def test_what_cannot_be_read_has_no_words_and_no_stamp(content: bytes) -> None:
    assert (words(content).strip(), stamps(content)) == ("", ())


def test_the_stamp_of_each_signature_is_read() -> None:
    authority = Authority.make()
    holder, content = authority.issue(), pdf("x")
    for _ in range(2):
        prepared = seals.prepare(content, certificate=holder.der, chain=(authority.ca.der,), doc_id="1", now=NOW)
        content = seals.finish(prepared, holder.sign(prepared.digest))
    shown = stamps(content)
    assert len(shown) == 2
    assert all(NOW.replace(second=0) in set(instants(text)) for text in shown)
    assert stamps(pdf("x")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Date: 2026.11.21 10:15:22 +07:00",
        "Ngày ký: 21/11/2026 10:15:22",
        "10:15:22 21/11/2026",
        "2026-11-21T10:15:22+07:00",
        "15:22, 06/07/2023 rồi 10:15, 21/11/2026",
    ],
)
def test_a_day_and_time_are_read_as_vietnam_writes_them(text: str) -> None:
    assert NOW.replace(second=0) in list(instants(text))


@pytest.mark.parametrize("text", ["", "99/99/2026 10:15", "10:15", "21/11/2026", "Digitally signed by 2026"])
def test_what_is_no_instant_is_none(text: str) -> None:
    assert list(instants(text)) == []


def test_letters_are_compared_composed_and_without_spaces() -> None:
    assert unspaced("Ưu\n A\u0301i") == "ƯuÁi"
