"""Checks, profile, untested list, advice and the generated page agree with each other."""

import re

import pytest

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


@pytest.mark.parametrize("name", ["basic", "kbnn"])
def test_every_check_is_scored_by_the_profile_or_named_with_a_reason(name: str) -> None:
    profile = load(name)
    named = profile.scored | {number for row in profile.unscored for number in row.requirements}
    assert {entry.requirement.number for entry in entries()} <= named


@pytest.mark.parametrize("name", ["basic", "kbnn"])
def test_every_scored_requirement_has_a_check(name: str) -> None:
    missing = load(name).scored - {entry.requirement.number for entry in entries()}
    unwritten = {f"{letter}{number:02d}" for letter, numbers in UNWRITTEN.items() for number in numbers}
    assert missing <= unwritten, "write the check"


@pytest.mark.parametrize("name", ["basic", "kbnn"])
def test_nothing_is_both_tested_and_untested_and_nothing_is_named_twice(name: str) -> None:
    listed = [number for row in untested() for number in row.requirements]
    assert len(listed) == len(set(listed))
    assert not set(listed) & load(name).scored
    parts = [number for part in load(name).parts for number in part.requirements]
    assert len(parts) == len(set(parts))


def test_a_treasury_portal_needs_nothing_of_a_provinces_and_a_province_nothing_of_the_treasurys() -> None:
    basic, kbnn = load("basic"), load("kbnn")
    assert {part.id for part in kbnn.unclaimed({"login", "treasury"}) if not part.optional} == set()
    assert {part.id for part in kbnn.parts if not part.optional} == {"login", "treasury"}
    assert kbnn.parts[0].requirements == basic.parts[0].requirements
    assert kbnn.scored == basic.scored
    assert "J01" in basic.optional and "J01" not in kbnn.optional
    assert not {"C05", "L02"} & {n for part in kbnn.parts if part.claim == "login" for n in part.requirements}


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
