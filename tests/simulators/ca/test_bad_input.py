"""No input makes a 5xx: odd types, nesting, encodings, sizes, at every door; nothing but the journal changes."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.kernel.prompts import Prompt
from tests.places import Running
from tests.simulators.ca.callers import SP769, Caller, file

PATHS = {
    f"{SP769}/v1/credentials/get_certificate": "vnpt",
    f"{SP769}/v2/credentials/get_certificate": "vnpt",
    f"{SP769}/v1/signatures/sign": "vnpt",
    f"{SP769}/v1/signatures/sign/T/status": "vnpt",
    "/ca/ca2/rssp/v2/neac/get_certificate": "ca2",
    "/ca/ca2/api/data/sign": "ca2",
    "/ca/ca2/api/data/status": "ca2",
    "/ca/fpt/get_certificate": "fpt",
    "/ca/fpt/sign": "fpt",
    "/ca/fpt/sign/T/status": "fpt",
    "/ca/neac/sign_v2/get_certificate": "neac",
    "/ca/neac/sign_v2/sign": "neac",
}
BODIES = {
    "empty": b"",
    "not json": b"sp_id=x&sp_password=y",
    "a list": b"[]",
    "null": b"null",
    "a number": b"12",
    "cut": b'{"sp_id": "x"',
    "not utf-8": b'{"sp_id": "\xff\xfe"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "half a surrogate": b'{"sp_id": "\\ud800"}',
    "nested deeply": b'{"a":' * 100_000,
    "nested deeply in a list": b'{"sign_files":' + b"[" * 100_000,
    "a huge number": b'{"sp_id": 1e999}',
    "duplicate keys": b'{"sp_id": "a", "sp_id": "b"}',
    "nothing in it": b"{}",
    "a nul": b'{"sp_id": "\\u0000", "transaction_id": "\\u0000", "user_id": "\\u0000"}',
}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    [],
    {},
    [[]],
    "",
    " ",
    "\x00",
    "'; DROP TABLE",
    "ạ" * 255,
    "x" * 256,
    "x" * 100_000,
]
FIELDS = (
    "user_id",
    "transaction_id",
    "transaction_desc",
    "serial_number",
    "time_stamp",
    "sign_files",
    "ca_name",
    "urlWebhook",
)


@pytest.fixture(scope="module")
def sp(lab: Running) -> Caller:
    caller: Caller = lab.run(Caller.at(lab.place, "vnpt"))
    return caller


def judged(reply: httpx.Response) -> int:
    """The code in the body, by the name that the door has for it."""
    assert reply.status_code < 500, reply.text
    told, is_canonical = reply.json(), reply.url.path.startswith("/ca/fpt/")
    name = "code" if is_canonical and "status_code" not in told else "status_code"
    assert set(told) == {"code", "message"} if name == "code" else set(told) >= {"status_code", "message"}
    assert not (is_canonical and told.get("status_code", 0) >= 400)
    return int(told[name])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_request(lab: Running, path: str, body: bytes) -> None:
    reply = lab.run(lab.place.http.post(path, content=body, headers={"Content-Type": "application/json"}))
    assert judged(reply) in {400, 401}


@pytest.mark.parametrize("path", PATHS)
def test_odd_values_of_rightful_callers(lab: Running, path: str) -> None:
    async def story() -> None:
        caller = await Caller.at(lab.place, PATHS[path])
        citizen = await lab.place.citizen(shared_keys=True)
        before = len(await lab.place.world.store.find(Prompt))
        sound: dict[str, Any] = {"user_id": citizen.id, "transaction_id": "", "ca_name": "none", "sign_files": [file()]}
        for name in (*FIELDS, "sp_id", "sp_password"):
            for value in ODD:
                body = {"sp_id": caller.sp_id, "sp_password": caller.sp_password, **sound, name: value}
                judged(await lab.place.http.post(path, json=body))
        for value in ODD:
            for name in ("data_to_be_signed", "doc_id", "file_type", "sign_type", "file_options"):
                judged(await caller.post(path, **{**sound, "sign_files": [{**file(), name: value}]}))
        for transaction in ("%00", "..%2F..%2Fetc", "%FF", "%20", "ạ", "x" * 4000):
            reply = await lab.place.http.post(f"{SP769}/v1/signatures/sign/{transaction}/status")
            assert reply.status_code < 500
        if not path.endswith("/sign"):
            assert len(await lab.place.world.store.find(Prompt)) == before
        assert not lab.place.rows(word="crashed")

    lab.run(story())


def test_a_body_over_the_limit(lab: Running) -> None:
    reply = lab.run(lab.place.http.post(f"{SP769}/v1/signatures/sign", content=b" " * (8 * 1024 * 1024 + 1)))
    assert reply.status_code == 400


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(sorted(PATHS)), body=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=12), VALUES)
)
def test_any_object_gets_an_answer_of_the_provider(lab: Running, path: str, body: dict[str, Any]) -> None:
    text = json.dumps(body).encode()
    judged(lab.run(lab.place.http.post(path, content=text, headers={"Content-Type": "application/json"})))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.text(max_size=200) | st.binary(max_size=80).map(lambda raw: raw.hex()), doc_id=st.text(max_size=60))
def test_any_text_as_a_digest_gets_an_answer(lab: Running, sp: Caller, data: str, doc_id: str) -> None:
    body = {"user_id": "001099000000", "transaction_id": "T", "sign_files": [file(data, doc_id)]}
    judged(lab.run(sp.post(f"{SP769}/v1/signatures/sign", **body)))
