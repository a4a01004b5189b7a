"""A phone: prompts are seen, answered by hand, by API and by script, and by nobody without the key."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from simulators.kernel.prompts import Prompt
from simulators.kernel.records import Instant
from simulators.phone.desk.answering import PAGE
from tests.worlds import KEY, Visit, visit, without_key


@contextlib.asynccontextmanager
async def with_scripts() -> AsyncIterator[Visit]:
    """The phones' background runs."""
    async with visit() as here:
        jobs = [asyncio.ensure_future(job()) for family in here.families for job in family.background]
        try:
            yield here
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)


def test_a_prompt_is_seen_as_it_was_written_and_found_by_document() -> None:
    async def live() -> None:
        async with visit() as here:
            who = (await here.citizen())["id"]
            asked = asyncio.create_task(here.http.get(f"/phone/api/{who}/prompts?wait=20&doc_id=to-khai"))
            await here.ask(who, "p0", doc_ids=("khac",))
            await asyncio.sleep(0.02)
            assert not asked.done()
            await here.ask(who)
            (prompt,) = (await asyncio.wait_for(asked, 5)).json()["prompts"]
            assert prompt == {
                "id": "p1",
                "kind": "invented.ask",
                "ref": "T1",
                "title": "Xác thực giao dịch",
                "lines": [{"label": "Tài liệu", "text": "Tờ khai <b>"}],
                "code": "88626142",
                "choices": ["approve", "refuse"],
                "secret": "pin",
                "doc_ids": ["to-khai"],
                "expires": "2026-02-17T09:05:00.000+07:00",
            }
            assert len((await here.http.get(f"/phone/api/{who}/prompts")).json()["prompts"]) == 2

    asyncio.run(live())


def test_a_phone_shows_every_prompt_however_many_wait() -> None:
    async def live() -> None:
        async with visit() as here:
            who = (await here.citizen())["id"]
            for number in range(PAGE + 1):
                await here.ask(who, f"p{number}")
            assert len((await here.http.get(f"/phone/api/{who}/prompts")).json()["prompts"]) == PAGE + 1

    asyncio.run(live())


def test_an_answer_reaches_the_owner_and_the_journal() -> None:
    async def live() -> None:
        async with visit() as here:
            who = (await here.citizen())["id"]
            await here.ask(who, contract="c1")
            path = f"/phone/api/{who}/prompts/p1"
            wrong = await here.http.post(path, json={"choice": "approve", "secret": "000000"})
            assert (wrong.status_code, wrong.json()) == (409, {"error": "Mã PIN không đúng."})
            assert "prompt_answered" not in await here.words()
            assert (await here.http.post(path, json={"choice": "approve", "secret": "123456"})).status_code == 200
            assert here.invented.answers == [("approve", "123456")]
            (row,) = (await here.http.get("/control/journal?word=prompt_answered")).json()["rows"]
            assert (row["ref"], row["subject"], row["contract"]) == ("T1", who, "c1")
            assert row["body"] == {"choice": "approve", "kind": "invented.ask", "by": "api"}
            assert (await here.http.post(path, json={"choice": "refuse"})).status_code == 404

    asyncio.run(live())


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("{who}/prompts/p2", {"choice": "refuse"}, 404),
        ("{other}/prompts/p1", {"choice": "refuse"}, 404),
        ("{who}/prompts/p1", {"choice": "maybe"}, 422),
        ("{who}/prompts/p1", {"choise": "refuse"}, 422),
    ],
)
def test_an_answer_to_nothing_or_of_nothing_is_refused(path: str, body: Any, status: int) -> None:
    async def live() -> None:
        async with visit() as here:
            who, other = (await here.citizen())["id"], (await here.citizen())["id"]
            await here.ask(who)
            answer = await here.http.post("/phone/api/" + path.format(who=who, other=other), json=body)
            assert (answer.status_code, here.invented.answers) == (status, [])

    asyncio.run(live())


def test_a_prompt_that_ran_out_is_not_shown_and_not_answered() -> None:
    async def live() -> None:
        async with visit() as here:
            who = (await here.citizen())["id"]
            await here.ask(who, expires=here.world.store.now())
            assert (await here.http.get(f"/phone/api/{who}/prompts")).json() == {"prompts": []}
            answer = await here.http.post(f"/phone/api/{who}/prompts/p1", json={"choice": "refuse"})
            assert (answer.status_code, here.invented.answers) == (409, [])

    asyncio.run(live())


def test_a_script_answers_from_now_on_what_waits_and_what_comes() -> None:
    async def live() -> None:
        async with with_scripts() as here:
            who = (await here.citizen())["id"]
            await here.ask(who, "p1")
            script = {"kind": "invented.ask", "choice": "approve"}
            assert (await here.http.put(f"/phone/api/{who}/script", json=script)).json() == {"citizens": 1}
            await here.ask(who, "p2")
            await here.http.get("/control/journal?word=prompt_answered&count=2&wait=5")
            assert here.invented.answers == [("approve", "123456")] * 2
            assert (await here.http.put(f"/phone/api/{who}/script", json={})).status_code == 200
            await here.ask(who, "p3")
            await here.http.get("/control/journal?word=prompt_answered&count=3&wait=0.1")
            assert len(here.invented.answers) == 2

    asyncio.run(live())


def test_a_script_with_a_wrong_pin_tries_once_and_leaves_the_prompt() -> None:
    async def live() -> None:
        async with with_scripts() as here:
            who = (await here.citizen())["id"]
            await here.http.put(f"/phone/api/{who}/script", json={"kind": "*", "choice": "approve", "secret": "0"})
            await here.ask(who)
            assert len((await here.http.get(f"/phone/api/{who}/prompts?wait=5")).json()["prompts"]) == 1
            await here.http.put(f"/phone/api/{who}/script", json={"kind": "*", "choice": "refuse"})
            await here.http.get("/control/journal?word=prompt_answered&wait=5")
            assert here.invented.answers == [("refuse", None)]

    asyncio.run(live())


def test_one_request_scripts_a_thousand_phones() -> None:
    async def live() -> None:
        async with with_scripts() as here:
            made = (await here.http.post("/control/citizens", json={"count": 1000, "pin": "123456"})).json()["citizens"]
            everyone = [one["id"] for one in made]
            script = {"citizens": everyone, "kind": "invented.ask", "choice": "approve"}
            assert (await here.http.put("/phone/api/scripts", json=script)).json() == {"citizens": 1000}
            for one in everyone[::100]:
                await here.ask(one, f"p-{one}")
            await here.http.get("/control/journal?word=prompt_answered&count=10&wait=10")
            assert here.invented.answers == [("approve", "123456")] * 10

    asyncio.run(live())


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"kind": "x", "choice": "approve"}, 422, "invented.ask, *"),
        ({"kind": "*", "choice": "yes"}, 422, "approve, refuse"),
        ({"kind": "*"}, 422, "choice: "),
        ({"knd": "*"}, 422, "`knd`"),
    ],
)
def test_a_script_for_nothing_is_refused(body: Any, status: int, named: str) -> None:
    async def live() -> None:
        async with visit() as here:
            who = (await here.citizen())["id"]
            answer = await here.http.put(f"/phone/api/{who}/script", json=body)
            assert (answer.status_code, named in answer.json()["error"]) == (status, True), answer.text
            nobody = {"citizens": [who, "0"], "kind": "*", "choice": "approve"}
            assert (await here.http.put("/phone/api/scripts", json=nobody)).status_code == 404

    asyncio.run(live())


def test_an_unknown_citizen_has_no_phone() -> None:
    async def live() -> None:
        async with visit() as here:
            assert (await here.http.get("/phone/api/0/prompts")).status_code == 404
            assert (await here.http.put("/phone/api/0/script", json={})).status_code == 404
            assert (await here.http.get(f"/phone/0?key={KEY}")).status_code == 404

    asyncio.run(live())


def test_the_page_shows_everything_and_its_form_answers() -> None:
    async def live() -> None:
        async with visit() as here, without_key(here.http) as http:
            citizen = await here.citizen(name="Lê Thị Ánh")
            page = f"/phone/{citizen['id']}"
            await here.ask(citizen["id"])
            assert (await http.get(page)).status_code == 401
            assert (await http.post(f"{page}/prompts/p1", data={"choice": "approve"})).status_code == 401
            shown = (await http.get(page, params={"key": KEY})).text
            for text in (
                "MÔ PHỎNG",
                "Lê Thị Ánh",
                "Xác thực giao dịch",
                "88626142",
                "Tờ khai &lt;b&gt;",
                "Hủy",
                "Đồng ý",
                "5:00",
            ):
                assert text in shown
            wrong = await http.post(f"{page}/prompts/p1", data={"choice": "approve", "secret": "1"})
            assert (wrong.status_code, "Mã PIN không đúng." in wrong.text) == (409, True)
            taken = await http.post(f"{page}/prompts/p1", data={"choice": "approve", "secret": "123456"})
            assert (taken.status_code, taken.headers["location"]) == (303, f"{page}?said=approve")
            assert here.invented.answers == [("approve", "123456")]
            assert "Không có yêu cầu nào đang chờ." in (await http.get(taken.headers["location"])).text
            gone = await http.post(f"{page}/prompts/p1", data={"choice": "refuse"})
            assert gone.headers["location"] == f"{page}?said=gone"

    asyncio.run(live())


def test_prompts_that_ran_out_long_ago_leave_the_store() -> None:
    async def live() -> None:
        async with with_scripts() as here:
            who = (await here.citizen())["id"]
            await here.ask(who, "old", expires=Instant(here.world.store.now() - 3_600_000))
            await here.ask(who, "new")
            while here.world.store.count(Prompt) > 1:
                await here.world.store.bell.wait(5)
            assert here.world.store.count(Prompt) == 1

    asyncio.run(live())
