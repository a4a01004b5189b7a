"""Thousands of hostile requests at the running simulators, every answer judged; each operation is used rightly meanwhile."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.campaign import Campaign
from tests.fuzz.rules import RULES, rule_of
from tests.fuzz.site import Operation, operations_of, served
from tests.fuzz.stories import GROUPS
from tests.places import made

EACH_GROUP = 4_500
"""Five rounds of the longest group's stories, so that each operation has its share."""
EACH_OPERATION = 20
FAMILIES_OF = {
    "login 2022": r"\w+ (/portal/vnconnect-2022/.*|/control/login/.*)",
    "login 2026": r"\w+ /portal/vneid-2026/.*",
    "signing": r"\w+ /(ca/(?!(mysign|misa|fpt_esign)/|\w+/app/)|pki/|phone/|control/smartca).*",
    "signing for one user": r"\w+ /ca/(mysign|misa|fpt_esign)/(?!app/).*",
    "enrolment": r"\w+ (/ca/\w+/app|/control/enrolments)/.*",
    "tokens": r"\w+ /(tokens|control/tokens|control/plugins).*",
    "payment and messages": r"\w+ /(payment|messages|control/payments).*",
    "control": r"\w+ /(|citizens|journal|openapi\.json|control/(?!login|payments|tokens|plugins|enrolments|smartca).*)",
}
"""Whose operations a group's stories must use, each of them, in the run in which they are attacked."""


@pytest.fixture(scope="module")
def operations() -> tuple[Operation, ...]:
    async def described() -> tuple[Operation, ...]:
        async with made() as place:
            return operations_of((await place.http.get("/openapi.json")).json())

    return asyncio.run(described())


@pytest.mark.parametrize("group", GROUPS)
def test_whatever_is_sent_the_provider_answers_in_its_own_words_and_nothing_changes(
    group: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(tmp_path) as site:
        campaign = Campaign(site, Random(group))
        campaign.run(GROUPS[group], most=EACH_GROUP)
        tally, stderr = campaign.tally, site.stderr.read_text("utf-8")
        own = {name_of(one) for one in site.operations if re.fullmatch(FAMILIES_OF[group], name_of(one))}
    with capsys.disabled():
        sys.stdout.write(f"\n{group}\n{tally.table()}\n")
    assert not tally.found, f"{len(tally.found)} findings:\n" + "\n".join(tally.found)
    assert tally.sent.total() >= EACH_GROUP
    assert {name for name in own if not tally.rightful[name]} == set(), "never used rightly"
    assert {name for name in own if tally.sent[name] < EACH_OPERATION} == set(), "hardly attacked"
    assert stderr == ""


def test_every_operation_is_in_one_group_and_has_one_rule(operations: tuple[Operation, ...]) -> None:
    for operation in operations:
        groups = [group for group, told in FAMILIES_OF.items() if re.fullmatch(told, name_of(operation))]
        assert len(groups) == 1, (name_of(operation), groups)
        assert rule_of(operation), f"{name_of(operation)} has no rule: what may it answer, what may it change?"
    for told, _ in RULES:
        assert any(re.fullmatch(told, name_of(one)) for one in operations), f"{told}: a rule of no operation"


def test_every_route_is_an_operation_of_the_openapi_and_every_operation_a_route() -> None:
    async def compared() -> None:
        async with made() as place:
            described = operations_of((await place.http.get("/openapi.json")).json())
            served_routes = {
                (method, re.sub(r":\w+}", "}", route.path))
                for route in place.app._app._all.routes
                for method in route.methods - {"HEAD"}
            }
            assert {(one.method, one.path) for one in described} == served_routes
            assert len({one.id for one in described}) == len(described)

    asyncio.run(compared())


def name_of(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"
