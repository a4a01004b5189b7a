"""Packages of turns: what an approval uses up, what happens when nothing is left, and what two approvals make of the last turn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from simulators.ca import turns
from simulators.ca.providers import mysign, vnpt
from simulators.ca.turns import Turns
from simulators.kernel.citizens import Citizen
from tests.places import Place, Running, made
from tests.simulators.ca.callers import Generic, Neac, Vnpt, digest, file

PACKAGE = Turns(id="vnpt/001099000001", left=2)


async def given(place: Place, citizen: Citizen, left: int | None, ca: str = "vnpt") -> None:
    reply = await place.control("POST", "turns", {"ca": ca, "citizen": citizen.id, "left": left})
    assert reply.json() == {"ca": ca, "citizen": citizen.id, "left": left}


async def left(place: Place, citizen: Citizen, ca: str = "vnpt") -> Any:
    return (await place.control("GET", f"turns/{ca}/{citizen.id}")).json()["left"]


def test_a_package_that_is_not_counted_has_always_enough() -> None:
    assert turns.enough(None, 50)
    assert turns.enough(replace(PACKAGE, left=None), 50)


@pytest.mark.parametrize(("wanted", "enough"), [(1, True), (2, True), (3, False)])
def test_enough_is_up_to_the_last_turn(wanted: int, *, enough: bool) -> None:
    assert turns.enough(PACKAGE, wanted) is enough


@pytest.mark.parametrize(("per", "left_over"), [("document", 3), ("request", 4)])
def test_an_approval_uses_up_turns_and_a_refusal_none(per: str, left_over: int) -> None:
    async def story() -> None:
        async with made("ca", overrides={"vnpt": {"turns_per": per}}) as place:
            caller, citizen = await Vnpt.at(place, "vnpt"), await place.citizen()
            assert await left(place, citizen) is None
            await given(place, citizen, 5)
            await caller.sign(citizen.id, "T-1", file(doc_id="a"), file(digest("y"), doc_id="b"))
            assert await left(place, citizen) == 5, "nothing is signed yet"
            await place.approve(citizen)
            assert await left(place, citizen) == left_over
            (row,) = place.rows(ref="T-1", word="turns_used")
            assert row.body == {"used": 5 - left_over, "left": left_over}
            await caller.sign(citizen.id, "T-2")
            (prompt,) = await place.prompts(citizen)
            await place.answer(prompt, "refuse")
            assert await left(place, citizen) == left_over

    asyncio.run(story())


def test_without_a_turn_the_request_is_turned_away_in_the_words_of_the_door(lab: Running) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        caller, generic, neac = (
            await Vnpt.at(place, "vnpt"),
            await Generic.of(place, "fpt"),
            await Neac.at(place, "neac"),
        )
        for ca in ("vnpt", "fpt"):
            await given(place, citizen, 0, ca)
        reply = await caller.sign(citizen.id, "turns-vnpt")
        assert (reply.status_code, reply.json()["status_code"]) == (403, 403)
        (row,) = place.rows(ref="turns-vnpt", word="turned_away")
        assert row.body["reason"] == "turns_used"
        assert (await generic.sign(citizen.id, "turns-fpt")).json()["code"] == 403
        fields = {"user_id": citizen.id, "ca_name": "VNPT-CA", "sign_files": [file()]}
        hub = await neac.post("/ca/neac/sign_v2/sign", **fields)
        assert (hub.status_code, hub.json()["message"]) == (403, "Thuê bao đã hết lượt ký")
        assert await place.prompts(citizen) == []

    lab.run(story())


def test_two_requests_that_wait_share_the_last_turn(lab: Running) -> None:
    async def story() -> None:
        place, citizen = lab.place, await lab.place.citizen()
        caller = await Vnpt.at(place, "vnpt")
        await given(place, citizen, 1)
        for name in ("last-1", "last-2"):
            assert (await caller.sign(citizen.id, name)).status_code == 200
        prompts = await place.prompts(citizen)
        said = await asyncio.gather(*(place.answer(prompt, "approve", citizen.pin) for prompt in prompts))
        assert sorted(said) == ["", "Gói dịch vụ của bạn đã hết lượt ký."]
        ends = {(await caller.status(name)).json()["message"].split(":")[0].upper() for name in ("last-1", "last-2")}
        assert ends == {"SUCCESS", "CREDENTIAL_STATUS_INVALID"}
        assert await left(place, citizen) == 0
        given_again = await place.control("POST", "turns", {"ca": "vnpt", "citizen": citizen.id, "left": None})
        assert given_again.status_code == 200
        assert (await caller.sign(citizen.id, "last-3")).status_code == 200

    lab.run(story())


def test_when_it_is_told_is_a_field_of_each_ca() -> None:
    assert (vnpt.PROVIDER.turns_told, mysign.PROVIDER.turns_told) == ("at_once", "at_approval")


@pytest.mark.parametrize(("ca", "citizen", "named"), [("nobody", None, "ca: "), ("vnpt", "001099999999", "citizen: ")])
def test_an_unknown_name_is_one_sentence(lab: Running, ca: str, citizen: str | None, named: str) -> None:
    async def story() -> None:
        person = citizen or (await lab.place.citizen()).id
        for reply in (
            await lab.place.control("POST", "turns", {"ca": ca, "citizen": person, "left": 1}),
            await lab.place.control("GET", f"turns/{ca}/{person}"),
        ):
            assert reply.status_code == 404
            assert reply.json()["error"].startswith(named)

    lab.run(story())


@pytest.mark.parametrize("wrong", [-1, 1_000_001, "3", 1.5])
def test_what_is_no_number_of_turns_changes_nothing(lab: Running, wrong: Any) -> None:
    async def story() -> None:
        citizen = await lab.place.citizen()
        reply = await lab.place.control("POST", "turns", {"ca": "vnpt", "citizen": citizen.id, "left": wrong})
        assert reply.status_code == 422
        assert await left(lab.place, citizen) is None

    lab.run(story())
