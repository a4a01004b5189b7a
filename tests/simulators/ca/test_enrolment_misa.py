"""Enrolment at MISA eSign: a refused file is updated, and who enrolled logs in with the password of the app and signs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography import x509

from tests.places import Running, running
from tests.simulators.ca.apps import PASSWORD, App
from tests.simulators.ca.misa import Misa


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    with running("ca", "messages") as made:
        yield made


async def enrolled(lab: Running) -> App:
    """By way of a refusal, which is cured."""
    app = await App.of(lab.place, "misa")
    await app.up_to("appraising", package="personal-12")
    assert (await app.decide("refuse", "Ảnh CCCD mờ")).json()["refusal"] == "Ảnh CCCD mờ"
    assert any("Ảnh CCCD mờ" in text for text in await app.inbox("mail"))
    assert await app.refused("contract", agree="yes") == "not_now"
    details = {name: value for name, value in app.details().items() if name not in {"package", "device"}}
    assert (await app.do("update", **details))["stage"] == "activated"
    await app.do("identify", card_number=app.citizen.id, face="match")
    await app.do("contract", agree="yes")
    await app.approve()
    await app.do("minutes", password=PASSWORD)
    return app


def test_a_refused_file_is_updated_and_its_subscriber_logs_in_and_signs(lab: Running) -> None:
    async def story() -> None:
        app = await enrolled(lab)
        caller = replace(await Misa.outside(lab.place), user=app.citizen)
        assert (await caller.log_in()).status_code != 200, "the citizen's own password is none here"
        assert (await caller.log_in(password=PASSWORD)).json()["status"]["errorCode"] == 122
        caller.tokens = (await caller.second(await caller.code())).json()["data"]
        serials = (await app.account())["serials"]
        leaf = x509.load_der_x509_certificate(base64.b64decode((await caller.row())["certificate"]))
        assert serials == [f"{leaf.serial_number:x}"]
        transaction = await caller.signed(hashlib.sha256(b"x").digest())
        await lab.place.approve(app.citizen)
        assert (await caller.status(transaction))["status"] == "SUCCESS"

    lab.run(story())


def test_nobody_logs_in_before_the_minutes_are_signed(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place, "misa")
        await app.up_to("approved", package="personal-12")
        caller = replace(await Misa.outside(lab.place), user=app.citizen)
        assert (await caller.log_in(password=PASSWORD)).json()["status"]["errorCode"] != 122

    lab.run(story())


def test_an_organisation_is_not_enrolled(lab: Running) -> None:
    async def story() -> None:
        app = await App.of(lab.place, "misa")
        typed = app.details(package="personal-12", kind="organisation", organisation="Công ty Thử")
        assert await app.refused("register", **typed) == "kind_not_served"

    lab.run(story())
