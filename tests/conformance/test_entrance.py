"""A citizen comes in by every profile of the national login."""

import pytest

from conformance.lab import Lab
from conformance.launch import launched
from conformance.target import Target, probe
from conformance.transport import HttpTransport


@pytest.mark.parametrize("profile", ["vnconnect-2022", "vneid-2026"])
def test_a_citizen_comes_in_by_the_pages_of_the_profile(profile: str) -> None:
    with launched(login_profile=profile) as running, HttpTransport() as send:
        target = Target.launched(running)
        with target.control() as control:
            lab = Lab(control, target.connect(send), send, probe(target).capabilities)
            citizen = lab.citizen()

            visitor = lab.log_in(citizen)
            unvisited = lab.callback_of(lab.visitor(citizen))

        assert visitor.login.session().personal_id == citizen.id
        assert unvisited.startswith(f"{running.portals[0].origin}/") and "code=" in unvisited
