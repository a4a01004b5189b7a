"""The table of flaws: one defect a row, each with a catcher and a cited source."""

import asyncio
import re
from dataclasses import fields

import pytest

from reference_portal.flaws import FLAWS
from reference_portal.flaws.row import Flaw
from reference_portal.parts import RIGHT
from tests.reference_portal.authority import Authority
from tests.reference_portal.world import Browser, Person, portal

CITED = re.compile(r"specs/(portal|payment|ca)\.md \d")


def test_names_are_told_apart_and_enough_rows_have_exactly_one_catcher() -> None:
    assert len({flaw.name for flaw in FLAWS}) == len(FLAWS)
    judged = [flaw for flaw in FLAWS if not flaw.load_only]
    assert len(judged) >= 24
    assert len([flaw for flaw in judged if len(flaw.caught_by) == 1 and not flaw.also]) >= 16


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_a_row_cites_the_defect_that_it_repeats_and_says_it_in_two_languages(flaw: Flaw) -> None:
    assert CITED.match(flaw.repeats)
    assert flaw.vi.endswith(".")
    assert flaw.en.endswith(".")
    assert flaw.load_only or flaw.caught_by
    assert len(flaw.also) <= 2
    assert not flaw.also & flaw.caught_by


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_a_flaw_replaces_something_and_leaves_the_right_parts_alone(flaw: Flaw) -> None:
    before = [getattr(RIGHT, each.name) for each in fields(RIGHT)]
    changed = flaw.parts(RIGHT)
    assert changed != RIGHT
    assert [getattr(RIGHT, each.name) for each in fields(RIGHT)] == before


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.name)
def test_a_flawed_portal_still_lets_a_citizen_in(flaw: Flaw, authority: Authority) -> None:
    async def run() -> None:
        async with portal(authority, flaw.parts(RIGHT)) as world:
            browser = Browser(world)
            assert (await browser.log_in(Person())).status_code == 303
            assert (await browser.get("/pti/session")).json()["signed_in"]

    asyncio.run(run())
