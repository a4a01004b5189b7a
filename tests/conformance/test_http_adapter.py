"""The client of the Portal Test Interface reads leniently, and says in one sentence what it cannot read."""

import json

import pytest

from conformance.adapter import Pending, Wiring
from conformance.adapters.http import HttpPerson, HttpPortal
from conformance.browser import Browser
from conformance.noting import NotedDossiers
from conformance.records import Broken, Certificate, Line, Refused, Signing, Way
from conformance.transport import Reply, Request

ORIGIN = "http://localhost:9"
LINE = {"id": "h1", "code": None, "procedure": "p", "agency": "a", "state": 0, "state_text": "Bản nháp"}
WHOLE = {**LINE, "components": [], "fees": [], "payments": [], "receipts": [], "history": []}
DOSSIER = Line(id="h/1", code=None, procedure="p", agency="a", state=0, state_text="")
CAPABILITIES = {"name": "x", "claims": [], "procedures": {}, "signing_patience_seconds": 0}


def portal(*answers: tuple[int, object]) -> tuple[HttpPortal, list[Request], HttpPerson]:
    """An adapter with these answers before it: (portal, what it asks, a person at a browser)."""
    left, asked = list(answers), []

    def send(_operation: str, request: Request) -> Reply:
        asked.append(request)
        status, told = left.pop(0)
        return Reply(status, (), told if isinstance(told, bytes) else json.dumps(told).encode(), request.url)

    made = HttpPortal(Wiring(ORIGIN, "key", send))
    return made, asked, made.person(Browser(send, home=ORIGIN))


def test_unknown_fields_are_ignored_and_defaults_fill_what_may_be_missing() -> None:
    _, _, person = portal(
        (200, {**WHOLE, "colour": "blue", "history": [{"at": "t", "who": "w", "from": 0, "to": 1, "x": 1}]})
    )
    dossier = person.dossiers.read(DOSSIER)
    assert (dossier.state, dossier.history[0].target, dossier.refusal) == (0, 1, None)


def test_a_missing_mandatory_field_names_operation_and_field() -> None:
    _, _, person = portal((200, {key: value for key, value in WHOLE.items() if key != "receipts"}))
    with pytest.raises(Broken, match=r"read: 200 .*Dossier.*`receipts`"):
        person.dossiers.read(DOSSIER)


def test_a_refusal_keeps_the_portals_words_and_a_page_is_no_answer() -> None:
    _, _, person = portal(
        (409, {"error": "e", "message_vi": "Thiếu tờ khai", "field": "to-khai"}), (500, b"<html>"), (200, b"<html>")
    )
    dossiers = person.dossiers
    with pytest.raises(Refused) as refused:
        dossiers.act(DOSSIER, "submit")
    assert (refused.value.status, refused.value.message_vi, refused.value.field) == (409, "Thiếu tờ khai", "to-khai")
    with pytest.raises(Broken):
        dossiers.list()
    with pytest.raises(Broken, match="not JSON"):
        dossiers.list()


def test_state_changing_calls_carry_the_portals_origin_and_ids_are_quoted() -> None:
    _, asked, person = portal((200, WHOLE))
    person.dossiers.attach(DOSSIER, "giấy", b"\x89PNG....", "Ảnh ạ.png")
    headers = dict(asked[0].headers)
    assert asked[0].url == f"{ORIGIN}/pti/dossiers/h%2F1/components/gi%E1%BA%A5y"
    assert headers["Origin"] == ORIGIN and headers["Content-Type"] == "image/png"
    assert headers["X-File-Name"] == "%E1%BA%A2nh%20%E1%BA%A1.png"


def test_officer_and_books_carry_the_key_and_nobody_elses_calls_do() -> None:
    made, asked, _ = portal((200, WHOLE), (200, {}), (200, b'{"book": "dossier"}\n'), (200, {"dossiers": []}))
    made.officer("an", "accept", DOSSIER, {})
    assert made.officer("an", "reconcile", None, {}) is None
    assert list(made.books()) == [{"book": "dossier"}]
    assert all(dict(request.headers)["Authorization"] == "Bearer key" for request in asked)
    assert json.loads(asked[0].body) == {"officer": "an", "action": "accept", "dossier": "h/1"}


def test_what_the_portal_tells_of_dossiers_is_noted_for_the_laws() -> None:
    noted: list[object] = []
    _, _, person = portal((200, {**WHOLE, "code": "C-1", "state": 1}), (200, WHOLE), (200, {"dossiers": [LINE, LINE]}))
    dossiers = NotedDossiers(person.dossiers, lambda *row: noted.append(row), "tech-1")
    dossiers.act(DOSSIER, "submit")
    dossiers.read(DOSSIER)
    dossiers.list()
    shown, listed = ("dossier_shown", "h1", "tech-1", {"signed": []}), ("dossier_shown", "h1", "tech-1", {})
    acknowledged = ("dossier_acknowledged", "h1", "tech-1", {"code": "C-1"})
    assert noted == [shown, acknowledged, shown, listed, listed]


def test_an_undecided_signing_is_waiting_when_the_portals_patience_is_over() -> None:
    signing = {"id": "s1", "state": "waiting", "doc_id": "d"}
    component = {"id": "k", "state": "signing", "signing": signing}
    made, asked, person = portal((200, CAPABILITIES), (200, {**WHOLE, "components": [component]}))
    made.capabilities()
    pending = Pending(DOSSIER, "k", Signing(id="s1", state="waiting", doc_id="d"))
    assert person.signing.outcome(pending).state == "waiting"
    assert asked[-1].url.endswith("?signing=s1&seconds=20")


def test_certificates_remember_how_they_were_asked_for() -> None:
    _, asked, person = portal((200, {"certificates": [{"serial": "1", "subject": "s", "issuer": "i"}]}))
    way = Way(through="hub", ca="CA2")
    (found,) = person.signing.certificates(way, "079")
    assert found == Certificate(serial="1", subject="s", issuer="i", way=way, user_id="079")
    assert asked[0].url.endswith("through=hub&ca=CA2&user_id=079")


def test_the_treasurys_part_hands_on_what_the_page_and_the_token_say() -> None:
    waiting = {"id": "g", "state": "waiting", "doc_id": "1", "digest": "ab" * 32}
    _, asked, person = portal((200, WHOLE), (202, waiting), (200, {**waiting, "state": "signed"}), (200, WHOLE))
    person.treasury.declare(DOSSIER, {"unit": {"name": "x"}})
    pending = person.treasury.sign(DOSSIER, "54", "QQ==")
    person.treasury.answer(pending, {"error": "CKR_PIN_INCORRECT"})
    person.treasury.confirm(DOSSIER, "t", "QQ==")

    told = [(request.url.removeprefix(f"{ORIGIN}/pti"), json.loads(request.body)) for request in asked]
    assert told == [
        ("/dossiers/h%2F1/components/unit", {"form": {"name": "x"}}),
        ("/dossiers/h%2F1/components/registration/sign", {"through": "token", "serial": "54", "certificate": "QQ=="}),
        ("/signings/g/answer", {"reply": {"error": "CKR_PIN_INCORRECT"}}),
        ("/dossiers/h%2F1/act", {"action": "confirm", "token": "t", "certificate": "QQ=="}),
    ]
    assert pending.signing.digest == "ab" * 32


def test_a_signing_for_a_token_without_a_digest_is_no_answer() -> None:
    _, _, person = portal((202, {"id": "g", "state": "waiting", "doc_id": "1"}))
    with pytest.raises(Broken, match="digest"):
        person.treasury.sign(DOSSIER, "54", "QQ==")


def test_a_member_logs_in_by_account_and_password_and_says_which_is_new() -> None:
    session = {"signed_in": True, "roles": ["staff"]}
    _, asked, person = portal((200, session), (200, session))
    assert person.treasury.member_login("kb1", "a", "b").roles == ("staff",)
    person.treasury.member_login("kb1", "b")
    assert [json.loads(request.body) for request in asked] == [
        {"account": "kb1", "password": "a", "new_password": "b"},
        {"account": "kb1", "password": "b"},
    ]
