"""The wire against transcripts of the provider's document: the same parameters, the same codes, ours signed as theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.payment.world import Bench, form, is_signed, pay_fields, query_of, sha512, signed_url, story

HOME = Path(__file__).parents[3] / "transcripts/vnpay"
OURS = "/payment/vnpay"


def transcript(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((HOME / f"{name}.json").read_text(encoding="utf-8"))
    return told


async def played(b: Bench, told: Mapping[str, Any]) -> str:
    """Where the browser is sent at the end of the steps."""
    token = await b.start(**told["pay"])
    if told["steps"] == ["cancel"]:
        return (await b.post("Cancel", token=token)).headers["location"]
    return (await b.pay(token)).headers["location"]


def agrees(answer: Mapping[str, str], expected: Mapping[str, str | None]) -> None:
    """The same names; the same values where the transcript fixes them."""
    assert set(answer) == set(expected)
    assert {name: answer[name] for name, value in expected.items() if value is not None} == {
        name: value for name, value in expected.items() if value is not None
    }


@pytest.mark.parametrize("name", ["return_success", "return_cancelled"])
@story({"vnpay": {"variance": 0}})
async def test_return_and_notice_say_what_the_transcript_says(b: Bench, name: str) -> None:
    told = transcript(name)
    location = await played(b, told)
    (notice,) = await b.deliveries()
    for url in (location, notice.url):
        fields = query_of(url)
        fields.pop("x", None)
        given = fields.pop("vnp_SecureHash")
        agrees(fields, told["told"])
        assert given == sha512(b.terminal["hash_secret"], form(fields))
    assert is_signed(notice.url, b.terminal["hash_secret"])


@story({"vnpay": {"variance": 0}})
async def test_a_query_is_answered_as_the_transcript_says(b: Bench) -> None:
    told = transcript("querydr")
    await played(b, told)
    asked = {
        **told["query"],
        "vnp_TmnCode": b.terminal["tmn_code"],
        "vnp_TransactionDate": "20260217093000",
        "vnp_CreateDate": "20260217093100",
    }
    order = (
        "RequestId",
        "Version",
        "Command",
        "TmnCode",
        "TxnRef",
        "TransactionDate",
        "CreateDate",
        "IpAddr",
        "OrderInfo",
    )
    asked["vnp_SecureHash"] = sha512(b.terminal["hash_secret"], "|".join(asked[f"vnp_{name}"] for name in order))
    reply = await b.http.post(f"{OURS}/merchant_webapi/api/transaction", json=asked)
    agrees(reply.json(), told["answer"])


@story(return_url="http://localhost:8000")
async def test_initiation_errors_go_where_the_transcript_says(b: Bench) -> None:
    told = transcript("errors")
    for case in told["cases"]:
        url = signed_url(b.terminal, pay_fields(b.terminal, **case["change"]))
        if "vnp_SecureHash" in case["change"]:
            url = url.rpartition("&vnp_SecureHash=")[0]
        reply = await b.http.get(url)
        assert (reply.status_code, reply.headers["location"]) == (302, f"{OURS}{told['location']}{case['code']}"), case
