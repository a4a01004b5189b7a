"""What families may not have in common, and what becomes of a failure that nobody foresaw."""

import asyncio
from typing import Any

import pytest

from simulators.catalog import BadOverride
from simulators.kernel.faults import plain
from simulators.kernel.plain import broken
from simulators.kernel.prompts import PromptKind
from simulators.kernel.wire import Route, mounted
from simulators.mounting import BadWorld, application, mount
from simulators.world import Family
from tests.worlds import visit


async def fails(_request: Any, _given: Any) -> Any:
    raise KeyError("secret detail")


async def hears(*_: Any) -> None:
    """A prompt's owner."""


@pytest.mark.parametrize(
    ("family", "named"),
    [
        (Family("other", journal_words={"turned": "something else"}), "journal word 'turned'"),
        (Family("other", fault_sites={"invented.turn": plain("x")}), "fault site 'invented.turn'"),
        (Family("other", prompt_kinds=(PromptKind("invented.ask", hears),)), "prompt kind 'invented.ask'"),
    ],
)
def test_two_families_that_say_one_thing_differently_refuse_to_start(family: Family, named: str) -> None:
    async def live() -> None:
        async with visit(family):
            pass

    with pytest.raises(BadWorld, match=named):
        asyncio.run(live())


def test_a_crash_is_told_plainly_and_journalled(capsys: pytest.CaptureFixture[str]) -> None:
    async def live() -> None:
        async with visit(Family("other", routes=(Route("GET", "/other", "Fails.", fails, broken),))) as here:
            answer = await here.http.get("/other")
            assert (answer.status_code, "secret" in answer.text) == (500, False)
            (row,) = (await here.http.get("/control/journal?word=crashed")).json()["rows"]
            assert row["body"] == {"where": "GET /other", "error": "KeyError: 'secret detail'"}

    asyncio.run(live())
    assert "Traceback" in capsys.readouterr().err


def test_a_get_is_not_done_by_head() -> None:
    route = mounted(Route("GET", "/other", "Fails.", fails, broken), "", lambda _request: None)
    assert route.methods == {"GET"}


def test_a_client_that_dies_while_it_is_sending_is_no_crash_of_ours() -> None:
    async def live() -> None:
        async with visit() as here:

            async def gone() -> Any:
                return {"type": "http.disconnect"}

            async def send(_message: Any) -> None:
                """Nobody reads it."""

            headers = [(name.encode(), value.encode()) for name, value in here.http.headers.items()]
            place = {
                "type": "http",
                "method": "POST",
                "path": "/control/citizens",
                "query_string": b"",
                "root_path": "",
            }
            await application(here.world, here.families)({**place, "headers": headers}, gone, send)
            assert (await here.http.get("/control/journal?word=crashed")).json()["rows"] == []

    asyncio.run(live())


@pytest.mark.parametrize(
    ("overrides", "only", "named"),
    [({}, ("mesages",), "--only: there is no family 'mesages'"), ({"vnpt9": {}}, ("messages",), "provider 'vnpt9'")],
)
def test_an_unknown_family_or_provider_refuses_to_start(overrides: Any, only: tuple[str, ...], named: str) -> None:
    async def live() -> None:
        async with visit() as here:
            mount(here.world, overrides, only)

    with pytest.raises((BadWorld, BadOverride), match=named):
        asyncio.run(live())


def test_no_path_without_parameters_is_one_that_another_route_would_have_taken_first() -> None:
    """The table of such paths is looked into before all patterns: the order of the families must not matter."""

    async def live() -> None:
        async with visit() as here:
            families = mount(here.world, {})
            routes = [
                mounted(one, "", lambda _: None) for each in families for one in (*each.routes, *each.control_routes)
            ]
            plain = [route for route in routes if "{" not in route.path]
            assert len(plain) > 50
            for route in plain:
                (method,) = route.methods or ()
                fits = [one for one in routes if method in (one.methods or ()) and one.path_regex.match(route.path)]
                assert fits[0].path == route.path, f"{method} {route.path} would have been {fits[0].path}"

    asyncio.run(live())


def test_a_wrong_method_and_a_wrong_path_are_told_in_a_sentence_with_and_without_parameters() -> None:
    async def live() -> None:
        async with visit() as here:
            for method, path, status in (
                ("DELETE", "/control/clock", 405),
                ("DELETE", "/phone/api/001/prompts", 405),
                ("GET", "/control/clock/", 404),
                ("GET", "/nowhere", 404),
            ):
                told = await here.http.request(method, path)
                assert (told.status_code, "error" in told.json()) == (status, True), path
                assert ("allow" in told.headers) is (status == 405)

    asyncio.run(live())
