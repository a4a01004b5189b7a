"""The control side: what it makes, what it ends, and each thing that it refuses with one sentence."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from simulators.control.people import People
from simulators.kernel.citizens import Citizen
from simulators.kernel.faults import Fault
from simulators.world import Family
from tests.worlds import Visit, visit, without_key

Story = Callable[..., Coroutine[Any, Any, None]]


def told(story: Story) -> Callable[..., None]:
    """The story in a world of its own."""

    @functools.wraps(story)
    def run(**given: Any) -> None:
        async def live() -> None:
            async with visit() as here:
                await story(here, **given)

        asyncio.run(live())

    del run.__wrapped__  # pytest reads the signature of what is wrapped
    return run


@told
async def test_health_needs_no_key_and_tells_the_nonce(here: Visit) -> None:
    async with without_key(here.http) as http:
        answer = await http.get("/control/health")
    assert answer.json() == {"nonce": "nonce", "version": "0.1.0", "now": "2026-02-17T09:00:00.000+07:00"}


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic cnVu"}])
def test_everything_else_demands_the_run_key(sent: dict[str, str]) -> None:
    async def live() -> None:
        async with visit() as here, without_key(here.http) as http:
            for family in here.families:
                for route in family.routes:
                    if route.guarded:
                        answer = await http.request(route.method, route.path, headers=sent)
                        assert answer.status_code == 401, route.path
                        assert "Bearer <run key>" in answer.json()["error"]

    asyncio.run(live())


@told
async def test_words_are_the_kernels_and_the_families(here: Visit) -> None:
    said = (await here.http.get("/control/words")).json()
    assert {"crashed", "turned", "message_received", "prompt_answered"} <= set(said["words"])
    assert said["fault_sites"]["invented.turn"] == ["late", "lost"]
    assert said["fault_args"]["invented.turn"] == {"late": {"minutes": "a whole number 1 to 60"}}


@told
async def test_a_contract_gathers_every_familys_settings(here: Visit) -> None:
    sheet = await here.contract(name="Cổng", webhook_url="http://localhost:9000/hook")
    assert sheet["name"] == "Cổng"
    assert sheet["invented"]["hook"] == "http://localhost:9000/hook"
    assert sheet["sms"]["url"] == "http://127.0.0.1:8400/messages/sms"
    assert (sheet["smtp"]["host"], sheet["smtp"]["port"]) == ("127.0.0.1", 2525)
    assert (await here.http.get(f"/control/contracts/{sheet['contract']}")).json() == sheet
    env = (await here.http.get(f"/control/contracts/{sheet['contract']}/env")).text
    assert f'SMS_PASSWORD="{sheet["sms"]["password"]}"\n' in env
    assert f'CONTRACT="{sheet["contract"]}"\n' in env
    (row,) = (await here.http.get("/control/journal?word=contract_made")).json()["rows"]
    assert (row["contract"], row["ref"]) == (sheet["contract"], sheet["contract"])


@told
async def test_a_name_does_not_leave_its_quotes(here: Visit) -> None:
    sheet = (await here.http.post("/control/contracts", json={"name": 'a"b\\c\r\nKEY="x'})).json()
    env = (await here.http.get(f"/control/contracts/{sheet['contract']}/env")).text
    assert 'NAME="a\\"b\\\\c\\r\\nKEY=\\"x"' in env.split("\n")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ipn_url", "/ipn"),
        ("ipn_url", "ftp://localhost/ipn"),
        ("webhook_url", "localhost:9000/hook"),
        ("return_url", "http:///x"),
        ("redirect_uris", ["http://localhost:99999/x"]),
        ("redirect_uris", [""]),
        ("post_logout_redirect_uris", ["javascript:alert(1)"]),
        ("redirect_uris", ["http://localhost/x#y"]),
    ],
)
def test_a_url_that_is_not_absolute_is_refused_by_name(field: str, value: object) -> None:
    async def live() -> None:
        async with visit() as here:
            answer = await here.http.post("/control/contracts", json={field: value})
            assert answer.status_code == 422
            assert answer.json()["error"].startswith(f"{field}: ")
            assert "contract_made" not in await here.words()

    asyncio.run(live())


@told
async def test_an_unknown_field_of_a_contract_is_named(here: Visit) -> None:
    answer = await here.http.post("/control/contracts", json={"ipnurl": "http://localhost/x"})
    assert (answer.status_code, "`ipnurl`" in answer.json()["error"]) == (422, True)


@told
async def test_an_unknown_contract_is_not_found(here: Visit) -> None:
    for path in ("/control/contracts/cX", "/control/contracts/cX/env"):
        assert (await here.http.get(path)).status_code == 404


@told
async def test_people_are_made_with_overrides_and_found_again(here: Visit) -> None:
    made = await here.citizen(name="Lê Thị Ánh", id="079190000001", phone=None)
    assert (made["name"], made["username"], made["card_holder"]) == ("Lê Thị Ánh", "079190000001", "Lê Thị Ánh")
    assert made["phone"] is None
    assert (await here.http.get("/control/citizens/079190000001")).json() == made


@told
async def test_many_people_differ(here: Visit) -> None:
    made = (await here.http.post("/control/citizens", json={"count": 20, "shared_keys": True})).json()["citizens"]
    for field in ("id", "phone", "email", "techid", "card"):
        assert len({one[field] for one in made}) == 20, field
    assert all(one["shared_keys"] for one in made)


@pytest.mark.parametrize(
    ("request_", "status", "named"),
    [
        ({"nme": "x"}, 422, "'nme'"),
        ({"sex": "male"}, 422, "sex: "),
        ({"count": 0}, 422, "count: "),
        ({"count": 5001}, 422, "count: "),
        ({"count": "two"}, 422, "count: "),
        ({"count": True}, 422, "count: "),
        ({"count": 2, "phone": "0912345678"}, 422, "phone: "),
        ({"id": "123"}, 422, "id: "),
        ({"id": 79190000001}, 422, "id: "),
        ({"id": "079190000001"}, 409, "id: "),
        ({"name": " "}, 422, "name: "),
        ({"phone": "abc"}, 422, "phone: "),
        ({"birth": "1999-02-01"}, 422, "birth: "),
        ({"pin": ""}, 422, "pin: "),
        ({"identity_expires": "17/02/2026"}, 422, "identity_expires: "),
        ({"email": "no at"}, 422, "email: "),
        ({"card": "x"}, 422, "card: "),
        ({"username": "nguyenvana"}, 422, "username: "),
    ],
)
def test_people_that_cannot_be_are_refused_by_name(request_: dict[str, Any], status: int, named: str) -> None:
    async def live() -> None:
        async with visit() as here:
            await here.citizen(id="079190000001")
            answer = await here.http.post("/control/citizens", json=request_)
            assert (answer.status_code, named in answer.json()["error"]) == (status, True), answer.text

    asyncio.run(live())


@told
async def test_an_unknown_citizen_is_not_found(here: Visit) -> None:
    assert (await here.http.get("/control/citizens/000000000000")).status_code == 404


@told
async def test_a_planned_fault_is_taken_as_often_as_planned(here: Visit) -> None:
    fault = {"site": "invented.turn", "effect": "late", "about": "T1", "times": 2}
    answer = await here.http.post("/control/faults", json=fault)
    assert (answer.status_code, answer.json()) == (201, {"id": "invented.turn/T1"})
    assert [await here.take_fault("invented.turn", "T1") for _ in range(3)] == ["late", "late", ""]
    assert await here.words() == ["fault_planned", "fault_used", "fault_used"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"site": "invented.trun"}, "site: "),
        ({"effect": "lat"}, "effect: invented.turn has no effect 'lat'; it has: late, lost."),
        ({"about": ""}, "$.about"),
        ({"times": -1}, "$.times"),
        ({"times": 1001}, "$.times"),
        ({"contract": "c-nobody"}, "contract: there is no contract 'c-nobody'"),
        ({"whom": "x"}, "`whom`"),
        ({"args": {"minute": 1}}, "args: late has no arg 'minute'; it takes minutes: a whole number 1 to 60."),
        (
            {"args": {"minutes": 61}},
            "args.minutes of late cannot be 61: it is a whole number 1 to 60; or leave it out.",
        ),
        ({"args": {"minutes": True}}, "args.minutes of late cannot be True"),
        ({"args": {"minutes": None}}, "args.minutes of late cannot be None"),
        ({"effect": "lost", "args": {"minutes": 1}}, "args: lost has no arg 'minutes'; it takes none, leave args out."),
    ],
)
def test_an_undeclared_fault_is_refused(changed: dict[str, Any], named: str) -> None:
    async def live() -> None:
        async with visit() as here:
            fault = {"site": "invented.turn", "effect": "late", "about": "T1"} | changed
            answer = await here.http.post("/control/faults", json=fault)
            assert (answer.status_code, named in answer.json()["error"]) == (422, True), answer.text
            assert await here.words() == []
            assert await here.world.store.find(Fault) == []

    asyncio.run(live())


@told
async def test_a_fault_is_planned_with_the_args_that_it_takes(here: Visit) -> None:
    fault = {"site": "invented.turn", "effect": "late", "about": "T1", "args": {"minutes": 60}}
    assert (await here.http.post("/control/faults", json=fault)).status_code == 201
    assert [planned.args for planned in await here.world.store.find(Fault)] == [{"minutes": 60}]


@told
async def test_expire_ends_what_the_reference_names(here: Visit) -> None:
    await here.turn("T1")
    answer = await here.http.post("/control/expire", json={"ref": "T1"})
    assert answer.json() == {"ended": ["turn"]}
    assert await here.words() == ["ended"]
    again = await here.http.post("/control/expire", json={"ref": "T1"})
    assert again.status_code == 409
    assert await here.words() == ["ended"]


@told
async def test_expire_of_an_unknown_reference_is_not_found(here: Visit) -> None:
    await here.turn("T1")
    assert (await here.http.post("/control/expire", json={"ref": "T2"})).status_code == 404
    assert (await here.http.post("/control/expire", json={"ref": "T1", "contract": "cX"})).status_code == 404
    assert (await here.http.post("/control/expire", json={"ref": ""})).status_code == 422


@told
async def test_deliver_now_makes_what_was_put_off_due(here: Visit) -> None:
    await here.delivery("T1", "http://localhost:9/ipn", wait=300_000)
    assert (await here.http.get("/control/quiet")).json() == {"quiet": True, "due": 0, "in_flight": 0, "later": 1}
    assert (await here.http.post("/control/deliver-now", json={"ref": "T1"})).json() == {"deliveries": 1}
    assert (await here.http.get("/control/quiet")).json() == {"quiet": False, "due": 1, "in_flight": 0, "later": 0}
    assert await here.words() == ["delivered_now"]
    assert (await here.http.post("/control/deliver-now", json={"ref": "T2"})).status_code == 404


@told
async def test_quiet_is_of_one_contract(here: Visit) -> None:
    await here.delivery("T1", "http://localhost:9/ipn", wait=0)
    assert (await here.http.get("/control/quiet?contract=c1")).json()["quiet"]
    assert not (await here.http.get("/control/quiet")).json()["quiet"]
    assert (await here.http.get("/control/quiet?contrat=c1")).status_code == 422


@told
async def test_the_clock_moves_and_says_so(here: Visit) -> None:
    answer = await here.http.post("/control/clock", json={"advance_seconds": 3600})
    assert answer.json() == {"now": "2026-02-17T10:00:00.000+07:00"}
    assert await here.words() == ["clock_moved"]


@told
async def test_the_clock_lives_through_each_repetition(here: Visit) -> None:
    courier = asyncio.create_task(here.world.courier.run())
    await here.delivery("T1", "http://127.0.0.1:9/ipn", wait=0, kind="invented.repeated")
    assert (await here.http.post("/control/clock", json={"advance_seconds": 3600})).status_code == 200
    rows = (await here.http.get("/control/journal?word=undelivered")).json()["rows"]
    assert [(row["at"][11:16], row["body"]["attempt"], row["body"]["more"]) for row in rows] == [
        ("09:00", 1, True),
        ("09:05", 2, True),
        ("09:10", 3, True),
        ("09:15", 4, False),
    ]
    assert (await here.http.get("/control/quiet")).json() == {"quiet": True, "due": 0, "in_flight": 0, "later": 0}
    courier.cancel()
    await asyncio.gather(courier, return_exceptions=True)


@pytest.mark.parametrize("seconds", [0, -1, 400 * 86_400 + 1, "soon"])
def test_the_clock_goes_only_forward_and_not_too_far(seconds: object) -> None:
    async def live() -> None:
        async with visit() as here:
            answer = await here.http.post("/control/clock", json={"advance_seconds": seconds})
            assert (answer.status_code, "$.advance_seconds" in answer.json()["error"]) == (422, True)

    asyncio.run(live())


@told
async def test_the_journal_is_read_in_order_and_on(here: Visit) -> None:
    for ref in ("A", "B", "A"):
        await here.note("turned", ref=ref, contract="c1")
    rows = (await here.http.get("/control/journal?ref=A")).json()
    assert ([row["ref"] for row in rows["rows"]], rows["next"]) == (["A", "A"], 3)
    assert (await here.http.get("/control/journal?after=3")).json() == {"rows": [], "next": 3}
    assert len((await here.http.get("/control/journal?limit=2&contract=c1")).json()["rows"]) == 2


@told
async def test_a_long_poll_answers_when_the_rows_are_there(here: Visit) -> None:
    asked = asyncio.create_task(here.http.get("/control/journal?word=turned&count=2&wait=20"))
    for ref in ("A", "B"):
        await asyncio.sleep(0.02)
        assert not asked.done()
        await here.note("turned", ref=ref)
    assert [row["ref"] for row in (await asyncio.wait_for(asked, 5)).json()["rows"]] == ["A", "B"]


@told
async def test_a_long_poll_begins_after_and_ends_at_the_limit(here: Visit) -> None:
    for ref in "ABCD":
        await here.note("turned", ref=ref)
    rows = (await here.http.get("/control/journal?after=1&limit=2&count=2&wait=1")).json()
    assert ([row["ref"] for row in rows["rows"]], rows["next"]) == (["B", "C"], 3)


@told
async def test_a_long_poll_gives_what_there_is_when_the_time_is_over(here: Visit) -> None:
    await here.note("turned", ref="A")
    answer = await here.http.get("/control/journal?word=turned&count=2&wait=0.05")
    assert [row["ref"] for row in answer.json()["rows"]] == ["A"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("word=turnd", "'turnd'"),
        ("wait=21", "$.wait"),
        ("count=0", "$.count"),
        ("limit=10001", "$.limit"),
        ("after=-1", "$.after"),
        ("after=9223372036854775808", "$.after"),
        ("sbject=1", "`sbject`"),
        ("ref=A&ref=B", "ref"),
    ],
)
def test_a_question_that_would_prove_nothing_is_refused(query: str, named: str) -> None:
    async def live() -> None:
        async with visit() as here:
            answer = await here.http.get(f"/control/journal?{query}")
            assert (answer.status_code, named in answer.json()["error"]) == (422, True), answer.text

    asyncio.run(live())


@told
async def test_unknown_certificates_and_changes_are_not_found(here: Visit) -> None:
    assert (await here.http.post("/control/certificates/5401/suspend")).status_code == 404
    assert (await here.http.post("/control/certificates/5401/burn")).status_code == 404


@told
async def test_a_certificate_is_suspended_unsuspended_and_revoked_for_good(here: Visit) -> None:
    root = await here.world.pki.authority("root")
    for change, status in (("suspend", "suspended"), ("unsuspend", "good"), ("revoke", "revoked")):
        answer = await here.http.post(f"/control/certificates/{root.id.upper()}/{change}")
        assert answer.json() == {"serial": root.id, "status": status}
    assert (await here.http.post(f"/control/certificates/{root.id}/unsuspend")).status_code == 409


@told
async def test_what_is_not_there_and_wrong_methods_are_never_our_fault(here: Visit) -> None:
    assert (await here.http.get("/control/nothing")).status_code == 404
    assert (await here.http.delete("/control/clock")).status_code == 405
    assert (await here.http.post("/control/clock", content=b"\xff")).status_code == 422
    assert (await here.http.post("/control/clock", content=b"[]")).status_code == 422
    assert await here.words() == []


def test_a_citizen_whose_making_was_cut_short_can_be_made_again() -> None:
    cut = [True]

    async def live() -> None:
        async def on_citizen(_citizen: Citizen) -> None:
            if cut.pop() if cut else False:
                raise SystemError("killed here")

        async with visit(Family(name="late", on_citizen=on_citizen)) as here:
            with pytest.raises(SystemError, match="killed here"):
                await People(here.world, here.families).make({"id": "079190000001"})
            assert (await here.http.get("/control/citizens/079190000001")).status_code == 404
            again = await here.http.post("/control/citizens", json={"id": "079190000001"})
            assert again.status_code == 201

    asyncio.run(live())
