"""A citizen comes in by every profile of the national login."""

import pytest

from conformance.control import Question
from conformance.lab import Lab
from conformance.launch import launched
from conformance.target import Target, probe
from conformance.transport import HttpTransport

ASKED = {"password_accepted", "signed_on"}


@pytest.mark.parametrize("profile", ["vnconnect-2022", "vneid-2026"])
def test_a_citizen_comes_in_by_the_pages_of_the_profile(profile: str) -> None:
    with launched(login_profile=profile) as running, HttpTransport() as send:
        target = Target.launched(running)
        with target.control() as control:
            lab = Lab(control, target.connect(send), send, probe(target).capabilities)
            citizen = lab.citizen()

            visitor = lab.log_in_anew(citizen)
            known = lab.log_in(citizen)
            asked = [row.word for row in control.rows(Question(subject=citizen.id)) if row.word in ASKED]
            unvisited = lab.callback_of(lab.visitor(citizen))

        assert visitor.login.session().personal_id == known.login.session().personal_id == citizen.id
        assert asked == ["password_accepted", "signed_on"], "who is known there is not asked again"
        assert unvisited.startswith(f"{running.portals[0].origin}/") and "code=" in unvisited


def test_a_portal_that_has_everybody_asked_again_has_its_way() -> None:
    with launched(("provider_session_hidden",)) as running, HttpTransport() as send:
        target = Target.launched(running)
        with target.control() as control:
            lab = Lab(control, target.connect(send), send, probe(target).capabilities)
            visitor = lab.log_in()
            asked = [row.word for row in control.rows(Question(subject=visitor.citizen.id)) if row.word in ASKED]

        assert visitor.login.session().personal_id == visitor.citizen.id
        assert asked == ["signed_on", "password_accepted"]
