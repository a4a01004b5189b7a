"""Legal variance is counted: what every family may do otherwise is listed, and nothing is chosen that is not."""

from __future__ import annotations

from tests.places import Place, running

FAMILIES = ("portal", "ca", "payment", "messages")


async def drawn(place: Place) -> dict[str, dict[str, int]]:
    told = (await place.control("GET", "variance")).json()["variance"]
    assert told == (await place.control("GET", "variance")).json()["variance"], "asking draws nothing"
    return told


def test_everything_that_may_come_otherwise_is_listed_with_two_forms_at_least() -> None:
    with running(*FAMILIES) as lab:
        told = lab.run(drawn(lab.place))

    assert all(len(names) > 1 for names in told.values())
    assert {"vnpt.crlf", "vnpt.order", "ca2.array", "vnpay.fields", "vnpay.notice", "login.userinfo"} <= set(told)
    assert sum(sum(names.values()) for names in told.values()) == 0


def test_a_choice_is_counted_under_its_name_and_every_label_is_listed() -> None:
    with running("ca") as lab:

        async def story() -> tuple[dict[str, dict[str, int]], set[str]]:
            sheet = (await lab.place.contract())["vnpt"]
            for _ in range(12):
                citizen = await lab.place.citizen()
                asked = {
                    "sp_id": sheet["sp_id"],
                    "sp_password": sheet["sp_password"],
                    "user_id": citizen.id,
                    "transaction_id": "",
                }
                reply = await lab.place.http.post("/ca/vnpt/sca/sp769/v1/credentials/get_certificate", json=asked)
                assert reply.is_success
            return await drawn(lab.place), set(lab.place.world.entropy.choices)

        told, labels = lab.run(story())

    assert sum(told["vnpt.crlf"].values()) == sum(told["vnpt.order"].values()) == 12
    assert min(told["vnpt.crlf"].values()) > 0
    assert labels <= set(told)


def test_a_world_without_variance_lists_none_of_that_provider() -> None:
    off = {"vnpt": {"variance": False}, "vnpay": {"variance": 0}}
    with running(*FAMILIES, overrides=off) as lab:
        told = lab.run(drawn(lab.place))

    assert [label for label in told if label.startswith(("vnpt.", "vnpay."))] == []
