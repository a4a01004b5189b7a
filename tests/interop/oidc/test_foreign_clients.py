"""Five clients written by others log in under both profiles, and what they make of 34 deviations is what is stored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulators.portal.deviations import ELSEWHERE as TOKENS_ELSEWHERE
from simulators.portal.deviations import FAULT_SITES
from tests.interop.oidc import judging, stored
from tests.interop.oidc.clients import CLIENTS, DEBIAN
from tests.interop.oidc.deviations import DEVIATIONS, DISCOVERY
from tests.interop.oidc.judging import OUTCOMES, PROFILES, REFUSED, UNSEEN, Known, bench
from tests.interop.oidc.notes import NOTES
from tests.needs import ALL_TOOLS, needs

TOOLS = {"npm": ("node", "npm"), "PyPI": (), "Debian": ("apache2", "mod_auth_openidc")}
ANEW = "run `make deviations` and look at what changed"


@pytest.mark.parametrize("name", [pytest.param(client.name, marks=needs(*TOOLS[client.home])) for client in CLIENTS])
def test_a_citizen_logs_in_under_both_profiles(name: str, tmp_path: Path) -> None:
    with bench(tmp_path, [name]) as opened:
        (portal,) = opened.portals
        for profile, citizen in zip(PROFILES, opened.citizens(2), strict=True):
            assert opened.known(portal, profile, citizen) == Known(citizen.techid, citizen.id)


@needs("node", "npm", "apache2", "mod_auth_openidc")
def test_what_the_clients_make_of_each_deviation_is_what_is_stored(tmp_path: Path) -> None:
    with bench(tmp_path) as opened:
        came, wanted = stored.kept(opened.matrix()), stored.read()
    same = {client.name for client in CLIENTS if came["clients"][client.name] == wanted["clients"][client.name]}
    assert_all = os.environ.get(ALL_TOOLS) == "1"
    debian = {client.name for client in CLIENTS if client.home == DEBIAN}
    # Which mod_auth_openidc there is, is Debian's choice: elsewhere than in CI another one is not held to this one's row.
    assert {client.name for client in CLIENTS} - same <= (set() if assert_all else debian), ANEW
    changed = [
        f"{deviation} at {profile}: {client} {wanted['outcomes'][deviation][profile][client]!r}, now {outcome!r}"
        for deviation, profiles in came["outcomes"].items()
        for profile, outcomes in profiles.items()
        for client, outcome in outcomes.items()
        if client in same and outcome != wanted["outcomes"][deviation][profile][client]
    ]
    assert not changed, f"{'; '.join(changed)}: {ANEW}"
    assert not believed(came)


def believed(data: dict) -> list[str]:
    """Unanimous deviations that somebody who could see them accepts."""
    return [
        f"{deviation.id} at {profile}: {client} {outcome}"
        for deviation in DEVIATIONS
        for profile in PROFILES
        for client, outcome in data["outcomes"][deviation.id][profile].items()
        if deviation.everybody and outcome not in {REFUSED, UNSEEN}
    ]


def test_seventeen_of_thirty_four_deviations_are_refused_by_all_that_can_see_them() -> None:
    unanimous = [deviation for deviation in DEVIATIONS if deviation.everybody]
    assert (len({deviation.id for deviation in DEVIATIONS}), len(unanimous)) == (34, 17)
    assert not believed(stored.read())


def test_somebody_refuses_each_deviation_and_the_stored_matrix_has_no_hole() -> None:
    data = stored.read()
    assert list(data["outcomes"]) == [deviation.id for deviation in DEVIATIONS]
    assert set(data["clients"]) == {client.name for client in CLIENTS}
    for deviation, profiles in data["outcomes"].items():
        for profile in PROFILES:
            assert set(profiles[profile]) == set(data["clients"]), deviation
            assert REFUSED in profiles[profile].values(), f"nobody sees {deviation}"
            assert set(profiles[profile].values()) <= set(OUTCOMES)


def test_each_deviation_is_a_fault_that_the_login_declares() -> None:
    for deviation in DEVIATIONS:
        assert deviation.site == DISCOVERY or deviation.name in FAULT_SITES[deviation.site], deviation.id
    assert judging.ELSEWHERE == TOKENS_ELSEWHERE


def test_every_acceptance_has_a_note_and_every_note_an_acceptance() -> None:
    data = stored.read()
    passed = {
        (client, deviation)
        for deviation, profiles in data["outcomes"].items()
        for outcomes in profiles.values()
        for client, outcome in outcomes.items()
        if outcome != REFUSED
    }
    noted = [(note.client, deviation) for note in NOTES for deviation in note.deviations]
    assert passed == set(noted)
    assert len(noted) == len(set(noted))


def test_the_page_is_the_stored_matrix() -> None:
    assert stored.PAGE.read_text("utf-8") == stored.page(stored.read())
