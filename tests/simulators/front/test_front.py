"""The console is a working page, and the OpenAPI describes every operation that is mounted and no other."""

import asyncio
import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from simulators.mounting import FAMILIES
from tests.simulators.living import living
from tests.worlds import KEY, visit, without_key


def test_the_console_hides_everything_without_the_key() -> None:
    async def live() -> None:
        async with visit() as here, without_key(here.http) as http:
            sheet = await here.contract(name="Cổng")
            for path in ("/", "/?key=wrong", "/journal"):
                answer = await http.get(path)
                assert (answer.status_code, "MÔ PHỎNG" in answer.text) == (401, True)
                assert sheet["contract"] not in answer.text
            assert (await http.post("/", data={"name": "x"})).status_code == 401
            assert (await http.post("/citizens", data={"count": "1"})).status_code == 401

    asyncio.run(live())


def test_the_console_makes_a_contract_and_people_and_shows_them() -> None:
    async def live() -> None:
        async with visit() as here, without_key(here.http) as http:
            assert (await http.get("/", params={"key": KEY})).status_code == 200
            form = {"name": "Cổng tỉnh", "redirect_uris": "http://localhost:9000/a http://localhost:9000/b"}
            made = await http.post("/", data=form | {"webhook_url": "http://localhost:9000/h"})
            assert made.status_code == 303
            assert (await http.post("/citizens", data={"count": "2"})).status_code == 303
            page = (await http.get(made.headers["location"].partition("#")[0])).text
            assert "Cổng tỉnh" in page
            assert "http://localhost:9000/h" in page
            assert page.count("Mở điện thoại") == 2
            wrong = await http.post("/", data=form | {"ipn_url": "ipn"})
            assert (wrong.status_code, "ipn_url" in wrong.text, "Cổng tỉnh" in wrong.text) == (422, True, True)

    asyncio.run(live())


def test_the_journal_as_a_page_shows_the_newest_first() -> None:
    async def live() -> None:
        async with visit() as here, without_key(here.http) as http:
            for ref in ("một", "hai"):
                await here.note("turned", ref=ref, body={"why": "<b>"})
            page = (await http.get("/journal", params={"key": KEY})).text
            assert page.index(">hai</a>") < page.index(">một</a>")
            assert "&lt;b&gt;" in page
            assert ">hai</a>" not in (await http.get("/journal", params={"key": KEY, "ref": "một"})).text
            assert "Không ai ghi" in (await http.get("/journal", params={"key": KEY, "word": "x"})).text

    asyncio.run(live())


def test_the_openapi_is_valid_and_names_every_route_and_no_other() -> None:
    async def live() -> None:
        async with visit() as here, without_key(here.http) as http:
            described = (await http.get("/openapi.json")).json()
            validate(described)
            written = {(method.upper(), path) for path, item in described["paths"].items() for method in item}
            mounted = {
                (route.method, re.sub(r":\w+}", "}", route.path))
                for family in here.families
                for route in (*family.routes, *family.control_routes)
            }
            assert written == mounted

    asyncio.run(live())


def test_the_openapi_tells_queries_bodies_errors_and_the_key() -> None:
    async def live() -> None:
        async with visit() as here:
            described: Any = (await here.http.get("/openapi.json")).json()
            journal = described["paths"]["/control/journal"]["get"]
            assert {one["name"] for one in journal["parameters"]} >= {"word", "ref", "count", "wait"}
            assert journal["security"] == [{"runKey": []}]
            assert "422" in journal["responses"]
            form = described["paths"]["/phone/{citizen}/prompts/{id}"]["post"]["requestBody"]["content"]
            assert set(form) == {"application/x-www-form-urlencoded"}
            assert "security" not in described["paths"]["/messages/sms"]["post"]

    asyncio.run(live())


@pytest.mark.parametrize("only", [",".join(FAMILIES)])
def test_the_openapi_of_the_whole_world_is_valid_and_every_page_opens(only: str) -> None:
    with living("--only", only) as server:
        described = server.http.get("/openapi.json").json()
        validate(described)
        identities = [operation["operationId"] for item in described["paths"].values() for operation in item.values()]
        assert len(identities) == len(set(identities))
        server.contract(name="Cổng", redirect_uris=["http://localhost:9000/a"])
        server.http.post("/control/citizens", json={})
        assert server.http.get("/", params={"key": server.line["key"]}).status_code == 200
