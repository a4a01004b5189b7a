"""Checks, profile, untested list, advice and the generated page agree with each other."""

import re

from conformance.advice import advice
from conformance.catalogue import PAGE, entries, page
from conformance.profiles import load, untested
from conformance.requirement import MUST, SHOULD

ID = re.compile(r"[A-L]\d{2}(\.\w+)?")

# Scored by the profile, and no check yet; may only shrink.
UNWRITTEN: dict[str, tuple[int, ...]] = {
    "D": (1, 2, 3, 4, 6, 7, 8, 10, 12, 13, 16, 18, 19, 24),
    "F": (2, 4, 7, 8, 9, 11, 12, 13, 21, 22),
    "G": (1, 3, 5, 8, 10),
}


def test_docs_requirements_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m conformance.catalogue"


def test_every_check_is_scored_by_the_profile_or_named_with_a_reason() -> None:
    profile = load("basic")
    named = profile.scored | {number for row in profile.unscored for number in row.requirements}
    assert {entry.requirement.number for entry in entries()} <= named


def test_every_scored_requirement_has_a_check() -> None:
    missing = load("basic").scored - {entry.requirement.number for entry in entries()}
    unwritten = {f"{letter}{number:02d}" for letter, numbers in UNWRITTEN.items() for number in numbers}
    assert missing <= unwritten, "write the check"


def test_nothing_is_both_tested_and_untested_and_nothing_is_named_twice() -> None:
    listed = [number for row in untested() for number in row.requirements]
    assert len(listed) == len(set(listed))
    assert not set(listed) & load("basic").scored
    parts = [number for part in load("basic").parts for number in part.requirements]
    assert len(parts) == len(set(parts))


def test_every_check_says_why_it_matters_and_how_to_mend_in_both_languages() -> None:
    for entry in entries():
        told = advice()[entry.requirement.number]
        assert all((told.why.vi, told.why.en, told.fix.vi, told.fix.en)), entry.requirement.id


def test_every_requirement_is_a_sentence_in_both_languages_with_a_basis() -> None:
    for entry in entries():
        asked = entry.requirement
        assert ID.fullmatch(asked.id), asked.id
        assert asked.vi.endswith(".") and asked.en.endswith("."), asked.id
        assert asked.basis, asked.id
        if asked.level in {MUST, SHOULD}:
            assert any(place.source.kind != "guide" for place in asked.basis), f"{asked.id}: a guide alone binds nobody"
