"""Bodies as no library sends them: huge, slow, cut, never ending; answered whole, or gone without a trace."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.kernel.wire import LARGEST_BODY
from tests.fuzz.rules import findings
from tests.fuzz.site import Site, served
from tests.fuzz.stories import prepared
from tests.fuzz.wire import FORM, Ask, get, post, read_reply

PLACES: dict[str, tuple[bytes, bytes]] = {
    "a CA": (b"POST", b"/ca/vnpt/sca/sp769/v1/signatures/sign"),
    "a CA without a body": (b"POST", b"/ca/vnpt/sca/sp769/v1/signatures/sign/T/status"),
    "the hub": (b"POST", b"/ca/neac/sign_v2/sign"),
    "login tokens": (b"POST", b"/portal/vneid-2026/oauth2/token"),
    "authorize by GET": (b"GET", b"/portal/vneid-2026/oauth2/authorize"),
    "userinfo by GET": (b"GET", b"/portal/vneid-2026/oauth2/userinfo"),
    "the pay URL": (b"GET", b"/payment/vnpay/paymentv2/vpcpay.html"),
    "querydr": (b"POST", b"/payment/vnpay/merchant_webapi/api/transaction"),
    "a card": (b"POST", b"/payment/vnpay/paymentv2/Transaction/Card.html"),
    "a USB token's agent": (b"POST", b"/tokens/001099000001/agent"),
    "timestamps": (b"POST", b"/pki/tsa"),
    "SMS": (b"POST", b"/messages/sms"),
    "control without the key": (b"POST", b"/control/contracts"),
    "nowhere": (b"POST", b"/nowhere"),
    "a method of nobody": (b"DELETE", b"/control/health"),
}
HUGE = LARGEST_BODY + 1


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("bodies")) as running:
        yield running
        assert running.stderr.read_text("utf-8") == ""


def judged(site: Site, ask: Ask) -> None:
    seen = site.ask(ask)
    assert findings(ask, site.operation(ask), seen) == []
    assert seen.reply is not None
    assert not seen.touched
    assert seen.reply.status not in {200, 201} or ask.target.endswith(b"/tsa") or b"payment" in ask.target


@pytest.mark.parametrize("closing", [b"keep-alive", b"close"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("place", PLACES)
def test_a_body_over_the_limit_is_refused_and_the_refusal_arrives(
    site: Site, place: str, framing: str, closing: bytes
) -> None:
    method, target = PLACES[place]
    headers = ((b"Content-Type", FORM.encode()), (b"Connection", closing))
    judged(site, Ask(method, target, headers, b"a=" + b"x" * HUGE, framing, alone=True))


def test_the_limit_itself_is_taken(site: Site) -> None:
    cast = prepared(site)
    sheet = cast["vnconnect-2022"]["vnpt"]
    asked = {
        "sp_id": sheet["sp_id"],
        "sp_password": sheet["sp_password"],
        "user_id": cast["silent"]["id"],
        "transaction_id": "",
    }
    ask = post("/ca/vnpt/sca/sp769/v1/credentials/get_certificate", asked)
    for room, status in ((0, 200), (1, 400)):
        seen = site.ask(Ask(ask.method, ask.target, ask.headers, ask.body.ljust(LARGEST_BODY + room)))
        assert (seen.reply.status, seen.reply.json()["status_code"]) == (status, status)


def test_a_body_that_comes_byte_by_byte_is_answered_and_holds_up_nobody(site: Site) -> None:
    ask = post("/messages/sms", {"to": "0912345678", "text": "chậm"}, Authorization="Basic eDp5")
    written = ask.written(site.wire.host)
    with site.wire.opened() as slow:
        for at in range(len(written)):
            slow.sendall(written[at : at + 1])
            if at % 40 == 0:
                begun = time.perf_counter()
                assert site.ask(get("/control/health")).reply.status == 200
                assert time.perf_counter() - begun < 2
        reply, _ = read_reply(slow)
    assert (reply.status, set(reply.json())) == (401, {"error"})


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cut", [0, 1, 40])
def test_whoever_goes_away_in_the_middle_leaves_no_trace(site: Site, place: str, cut: int) -> None:
    method, target = PLACES[place]
    body = b"a=" + b"x" * 100
    before = site.digest()
    head = b"%s %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (method, target, len(body))
    for end in (socket.SHUT_WR, socket.SHUT_RDWR):
        with site.wire.opened() as going:
            going.sendall(head + body[:cut])
            going.shutdown(end)
    # The end of a connection is heard before what comes after it is answered.
    for _ in range(3):
        seen = site.ask(get("/control/health"))
        assert seen.reply.status == 200
        assert not {"crashed"} & seen.words
    assert site.digest() == before


def test_a_change_is_made_only_by_a_request_that_is_whole(site: Site) -> None:
    """The certificate's change needs no body, and was once made while its broken body was refused."""
    person = site.control("POST", "/control/citizens", {})["citizens"][0]
    sheet = site.control("POST", "/control/contracts", {})["vnpt"]
    asked = {
        "sp_id": sheet["sp_id"],
        "sp_password": sheet["sp_password"],
        "user_id": person["id"],
        "transaction_id": "",
    }
    listed = site.ask(post("/ca/vnpt/sca/sp769/v1/credentials/get_certificate", asked)).reply.json()
    serial = listed["data"]["user_certificates"][0]["serial_number"]
    for broken in (b"zz\r\n", b"5\r\nab\r\n0\r\n\r\n", b"-1\r\n\r\n"):
        ask = post(f"/control/certificates/{serial}/revoke", None, Transfer_Encoding="chunked", **site.bearer)
        seen = site.ask(Ask(ask.method, ask.target, ask.headers, broken, "as is", alone=True))
        assert (seen.reply.status, seen.touched, seen.words) == (400, frozenset(), frozenset())
        assert site.ask(get("/control/health")).touched == frozenset()
    ended = site.ask(post(f"/control/certificates/{serial}/revoke", None, **site.bearer))
    assert "certificate" in ended.touched


def test_a_body_that_never_comes_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    with served(tmp_path) as own:
        waiting: list[Any] = [own.wire.opened() for _ in range(20)]
        for one in waiting:
            one.sendall(b"POST /control/contracts HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n")
        assert own.ask(get("/control/health")).reply.status == 200
        begun = time.perf_counter()
    assert time.perf_counter() - begun < 10
    for one in waiting:
        one.close()
