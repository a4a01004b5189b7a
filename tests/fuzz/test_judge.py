"""The judge of hostile input is not blind: each kind of wrong answer, planted, is a finding; chance repeats itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutations import MUTATIONS, hostile
from tests.fuzz.rules import findings, nowhere
from tests.fuzz.site import Operation, Row, Seen, served
from tests.fuzz.wire import Ask, Reply, get, post

SMS = Operation("x", "messages", "POST", "/messages/sms", re.compile("/messages/sms"))
PAY = Operation("y", "payment", "GET", "/payment/vnpay/paymentv2/vpcpay.html", re.compile("x"))
TOKEN = Operation("z", "portal", "POST", "/portal/vneid-2026/oauth2/token", re.compile("x"))
ASK = post("/messages/sms", {"to": "0912345678", "text": "x"})
JSON = {"content-type": ["application/json"]}
REFUSED = Reply(422, JSON, b'{"error": "to: a number"}')
NOTED = (Row("turned_away", "", "{}"),)
RIGHT = Seen(REFUSED, rows=NOTED)


def test_a_right_refusal_is_no_finding() -> None:
    assert findings(ASK, SMS, RIGHT) == []


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (replace(RIGHT, reply=None, silence="cut"), "no answer: cut"),
        (replace(RIGHT, reply=Reply(500, JSON, b'{"error": "x"}')), "status 500"),
        (replace(RIGHT, reply=Reply(422, JSON, b'{"error": "Traceback (most recent call last)"}')), "a trace"),
        (replace(RIGHT, reply=Reply(422, JSON, b'{"error": "File \\"/x/y.py\\", line 3"}')), "a trace"),
        (replace(RIGHT, rows=(*NOTED, Row("crashed", "", "{}"))), "crashed"),
        (replace(RIGHT, reply=Reply(422, JSON, b'{"detail": "x"}')), "own words"),
        (replace(RIGHT, reply=Reply(422, {"content-type": ["text/html"]}, b"<h1>no</h1>")), "own words"),
        (replace(RIGHT, touched=frozenset({"message"})), "changes ['message']"),
        (replace(RIGHT, rows=()), "the journal has none"),
        (replace(RIGHT, seconds=60.0), "took 60.0 s"),
    ],
)
def test_a_wrong_answer_is_a_finding(seen: Seen, said: str) -> None:
    found = findings(ASK, SMS, seen)
    assert any(said in one for one in found), found


def test_a_success_may_change_only_what_its_rule_names() -> None:
    taken = Reply(200, JSON, b'{"id": "1"}')
    assert findings(ASK, SMS, Seen(taken, touched=frozenset({"message"}))) == []
    assert findings(ASK, SMS, Seen(taken, touched=frozenset({"message", "payment"})))


def test_a_redirect_to_the_gateways_error_page_is_a_refusal() -> None:
    away = Reply(302, {"location": ["/payment/vnpay/paymentv2/Payment/Error.html?code=70"]})
    begun = frozenset({"payment", "payment_ticket"})
    assert findings(get("/x"), PAY, Seen(away, rows=NOTED)) == []
    assert findings(get("/x"), PAY, Seen(away, rows=NOTED, touched=begun))
    assert findings(get("/x"), PAY, Seen(away))
    bad = Reply(302, {"location": ["/x y"]})
    assert findings(get("/x"), PAY, Seen(bad))


def test_an_oauth_error_has_its_two_words_and_is_not_stored() -> None:
    noted = (Row("token_refused", "", "{}"),)
    body = b'{"error": "invalid_grant", "error_description": "x"}'
    headers = {**JSON, "cache-control": ["no-store"]}
    assert findings(get("/x"), TOKEN, Seen(Reply(400, headers, body), rows=noted)) == []
    assert findings(get("/x"), TOKEN, Seen(Reply(400, JSON, body), rows=noted))
    assert findings(get("/x"), TOKEN, Seen(Reply(401, headers, body), rows=noted))
    assert findings(get("/x"), TOKEN, Seen(Reply(200, headers, body), rows=noted))


def test_what_reaches_no_operation_is_told_so_and_changes_nothing() -> None:
    lost = Reply(404, JSON, b'{"error": "Not Found. /openapi.json lists every operation."}')
    assert nowhere(lost)
    assert findings(get("/x"), None, Seen(lost)) == []
    assert findings(get("/x"), None, Seen(lost, touched=frozenset({"fault"})))
    assert findings(get("/x"), None, Seen(Reply(200, JSON, b"{}")))


@pytest.mark.parametrize("mutation", [one for one, _ in MUTATIONS], ids=lambda one: one.__name__)
@pytest.mark.parametrize("ask", [ASK, get("/a/b", {"c": "d"}), post("/x", (("a", "b"),)), post("/y", b"\x30\x00")])
def test_every_mutation_spoils_every_kind_of_request_and_repeats_itself(mutation, ask: Ask) -> None:
    spoilt = [mutation(ask, Random(turn)).written("h") for turn in range(60)]
    assert spoilt == [mutation(ask, Random(turn)).written("h") for turn in range(60)]
    assert any(one != ask.written("h") for one in spoilt)


def test_chance_is_a_seeds() -> None:
    assert [hostile(ASK, Random(7)) for _ in range(2)] == [hostile(ASK, Random(7)) for _ in range(2)]


def test_the_window_into_the_books_sees_what_a_request_wrote(tmp_path: Path) -> None:
    with served(tmp_path) as site:
        before = site.digest()
        made = site.ask(post("/control/citizens", {}, **site.bearer))
        assert made.touched >= {"citizen", "citizens"}
        assert made.words == {"citizen_made"}
        assert site.digest() != before
        before = site.digest()
        away = site.ask(post("/control/citizens", {"count": "many"}, **site.bearer))
        assert (away.reply.status, away.touched, away.words) == (422, frozenset(), frozenset())
        assert site.digest() == before
