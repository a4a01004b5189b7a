"""No provider's failure is believed, whichever question it answers: nothing signed, nothing paid, nobody let in, no crash."""

from __future__ import annotations

import asyncio
import inspect
import json
import pkgutil
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import import_module
from typing import Any

import httpx
import pytest
import respx

from reference_portal import calls as package
from reference_portal.calls.login import Identity, LoginRefused
from reference_portal.calls.qd769 import Answer, Outcome
from reference_portal.calls.vnpay import QueryAnswer
from tests.reference_portal.authority import Authority, Holder
from tests.reference_portal.calls.asked import CITIZEN, VALUE, Call, calls, outcome, state_of

OVER_SMTP = {"messages.send_mail": "test_messages.py: a server that refuses, is deaf, cuts off"}
NAMES = (
    *("login.redeem", "login.exchange", "id_tokens.check_id_token", "login.read_identity"),
    *("qd769.post", "smartca.certificates", "smartca.sign", "smartca.status", "hub.certificates", "hub.sign"),
    *("vnpay.query", "messages.send_sms"),
)
UNSENT = (httpx.ConnectTimeout("t"), httpx.ConnectError("refused"), httpx.PoolTimeout("t"))
LOST = (
    httpx.ReadTimeout("t"),
    httpx.WriteTimeout("t"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
)
PAGE = "<!doctype html><title>Bảo trì</title><h1>Hệ thống đang bảo trì</h1>"


class Cut(httpx.AsyncByteStream):
    """Half of a body, and then the connection is gone."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def good(answer: Any) -> bytes:
    return json.dumps(answer).encode()


BODIES: dict[str, Callable[[Any], httpx.Response]] = {
    "cut_text": lambda answer: httpx.Response(200, content=good(answer)[:-1]),
    "half": lambda answer: httpx.Response(200, content=good(answer)[: len(good(answer)) // 2]),
    "html_200": lambda _answer: httpx.Response(200, html=PAGE),
    "html_as_json_200": lambda _a: httpx.Response(200, text=PAGE, headers={"content-type": "application/json"}),
    "empty_200": lambda _answer: httpx.Response(200),
    "204": lambda _answer: httpx.Response(204),
    "302": lambda answer: httpx.Response(302, headers={"location": "/elsewhere"}, json=answer),
    "404": lambda _answer: httpx.Response(404, html=PAGE),
    "429": lambda answer: httpx.Response(429, json=answer),
    "500_with_a_right_body": lambda answer: httpx.Response(500, json=answer),
    "500_json": lambda _answer: httpx.Response(500, json={"status_code": 500, "message": "SERVER_INTERNAL_ERROR"}),
    "502": lambda _answer: httpx.Response(502, html=PAGE),
    "503": lambda answer: httpx.Response(503, json=answer, headers={"retry-after": "5"}),
    "504": lambda _answer: httpx.Response(504, text="upstream request timeout"),
    "list": lambda answer: httpx.Response(200, json=[answer]),
    "text": lambda answer: httpx.Response(200, json=json.dumps(answer)),
    "number": lambda _answer: httpx.Response(200, json=200),
    "null": lambda _answer: httpx.Response(200, json=None),
    "empty_object": lambda _answer: httpx.Response(200, json={}),
    "not_utf8": lambda answer: httpx.Response(200, content=b"\xff\xfe" + good(answer)),
    "two_objects": lambda answer: httpx.Response(200, content=good(answer) * 2),
    "nested": lambda _answer: httpx.Response(200, content=b'{"data":' + b"[" * 200_000),
    "long_number": lambda _answer: httpx.Response(200, content=b'{"status_code":' + b"9" * 10_000 + b"}"),
}
WRONG: tuple[Any, ...] = (None, True, 7, -1, 1.5, "", "Ưx\r\ny", "200", [], [None], {}, {"a": [1]}, [[{}]], "\ud800")
"""In place of each value that an answer has."""

WITHIN = ("asking.answer_of", "id_tokens.keys_of")
"""What the calls of the login are made of: played with them."""


@pytest.fixture(scope="module")
def table(authority: Authority, citizen: Holder) -> dict[str, Call]:
    return calls(citizen, authority)


def played(call: Call, answers: list[tuple[int, Any]]) -> list[Any]:
    """The outcomes, one after the other, each with a client of its own: one that has read keys asks for none."""
    trust = ssl.create_default_context()

    async def once(place: int, answer: Any, router: respx.MockRouter) -> Any:
        async with httpx.AsyncClient(verify=trust) as http:
            return await outcome(call, http, router, place, answer)

    async def run() -> list[Any]:
        with respx.mock(assert_all_called=False) as router:
            return [await once(place, answer, router) for place, answer in answers]

    return asyncio.run(run())


def test_every_public_call_is_played() -> None:
    public = set()
    for found in pkgutil.iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        public |= {
            f"{found.name}.{name}"
            for name, value in vars(module).items()
            if inspect.iscoroutinefunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        }
    assert public == {*NAMES, *OVER_SMTP, *WITHIN}


def test_the_table_is_what_is_played_and_its_right_answers_are_right(table: dict[str, Call]) -> None:
    assert set(table) == set(NAMES)
    for name, call in table.items():
        (result,) = played(call, [(-1, None)])
        assert not isinstance(result, Exception), f"{name}: {result!r}"


@pytest.mark.parametrize("name", NAMES)
def test_a_connection_that_is_not_made_is_no_answer(table: dict[str, Call], name: str) -> None:
    call = table[name]
    cases = [(place, error) for place in range(len(call.questions)) for error in UNSENT]

    for (place, error), result in zip(cases, played(call, cases), strict=True):
        assert state_of(result) == (call.unsent or call.refuses), f"question {place}, {error!r}"


@pytest.mark.parametrize("name", NAMES)
def test_a_connection_that_is_lost_is_asked_again_where_the_provider_may_have_begun(
    table: dict[str, Call], name: str
) -> None:
    call = table[name]
    cases: list[tuple[int, Any]] = []
    for place, question in enumerate(call.questions):
        cases += [(place, error) for error in LOST]
        cases += [(place, httpx.Response(200, stream=Cut(good(question.answer))))]

    for (place, how), result in zip(cases, played(call, cases), strict=True):
        assert state_of(result) == (call.lost or call.refuses), f"question {place}, {how!r}"


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("name", NAMES)
def test_an_answer_that_is_none_is_a_refusal(table: dict[str, Call], name: str, body: str) -> None:
    call = table[name]
    cases = [(place, BODIES[body](question.answer)) for place, question in enumerate(call.questions)]

    for (place, _answer), result in zip(cases, played(call, cases), strict=True):
        if name == "qd769.post" and isinstance(result, Answer):
            assert not result.ok, f"question {place}"
        else:
            assert state_of(result) == call.refuses, f"question {place}"


def harmless(name: str, result: Any) -> bool:
    """What may stand after an answer with one wrong value: a refusal, or exactly what the right answer gives."""
    if isinstance(result, Outcome):
        return result.value == (VALUE if result.state == "signed" else None)
    if isinstance(result, Identity):
        return result.personal_id == CITIZEN and bool(result.name) and result.kind == "1"
    if isinstance(result, QueryAnswer):
        return (result.amount, result.transaction_status, result.found) == (10_000, "00", True)
    if name.endswith("certificates") and isinstance(result, tuple):
        return all(offered.personal_id == CITIZEN for offered in result)
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in an answer something stands."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*path, key))


def with_wrong(answer: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    changed = json.loads(json.dumps(answer))
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = wrong
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_a_value_of_a_wrong_type_crashes_nothing_and_gives_nothing(table: dict[str, Call], name: str) -> None:
    call = table[name]
    cases = [
        (number, path, wrong)
        for number, question in enumerate(call.questions)
        for path in places(question.answer)
        for wrong in WRONG
    ]
    answers = [
        (number, httpx.Response(200, content=json.dumps(with_wrong(call.questions[number].answer, path, wrong))))
        for number, path, wrong in cases
    ]

    for case, result in zip(cases, played(call, answers), strict=True):
        assert harmless(name, result), f"{case}: {result!r}"


def test_a_refusal_never_tells_a_code_a_secret_or_a_token(table: dict[str, Call]) -> None:
    call = table["login.redeem"]
    cases = [(place, error) for place in range(3) for error in (*UNSENT, *LOST)]
    cases += [(place, BODIES[name](call.questions[place].answer)) for place in range(3) for name in BODIES]

    for result in played(call, cases):
        assert isinstance(result, LoginRefused)
        assert not [word for word in ("the-code", "an invented secret", "v" * 43, "eyJ") if word in result.why]
        assert result.message_vi
