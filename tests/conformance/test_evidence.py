"""Planted secrets appear in no evidence: by value, by field name, in cookies, headers, addresses and bodies."""

import json
from pathlib import Path

import pytest

from conformance.evidence import HttpLog, gather, keep, keep_rows, new_folder, notes
from conformance.journal import ACKNOWLEDGED, Row
from conformance.redaction import MASK, Redactor
from conformance.transport import Reply, Request, Unreachable

CANARIES = {
    "password": "Mp@chim-hoàng-yến-1",
    "pin": "481516",
    "cookie": "canary-cookie-7f3a",
    "key": "canary+run/key==",
    "otp": "902817",
    "code": "canary-code-55",
}


def answered(request: Request) -> Reply:
    body = json.dumps({"id_token": "canary.id.token", "told": f"PIN {CANARIES['pin']}, {CANARIES['cookie']}"}).encode()
    cookies = (("Set-Cookie", f"phien={CANARIES['cookie']}; Path=/; HttpOnly; SameSite=Lax"),)
    return Reply(200, cookies, body, request.url)


def log(folder: Path, send=lambda _operation, request: answered(request)) -> HttpLog:
    redactor = Redactor()
    redactor.learn(CANARIES["password"], CANARIES["pin"], CANARIES["key"])
    return HttpLog(send, folder, redactor)


def test_planted_secrets_are_nowhere_in_the_log(tmp_path: Path) -> None:
    written = log(tmp_path)
    form = f"username=079&password=Mp%40chim-ho%C3%A0ng-y%E1%BA%BFn-1&codeBox1=9&otp={CANARIES['otp']}"
    headers = (("Authorization", f"Bearer {CANARIES['key']}"), ("Cookie", f"a={CANARIES['cookie']}; b=x1y2z3"))
    written("login", Request("POST", f"http://localhost/cb?code={CANARIES['code']}&state=s", headers, form.encode()))
    written("read", Request("GET", f"http://localhost/again/{CANARIES['cookie']}"))
    written.close()
    text = (tmp_path / "http.ndjson").read_text("utf-8")
    for name, canary in CANARIES.items():
        assert canary not in text, name
    assert "Mp%40chim" not in text and "canary.id.token" not in text and "x1y2z3" not in text
    assert MASK in text and "username=079" in text and "SameSite=Lax" in text


def test_a_dossier_code_in_json_is_no_secret() -> None:
    assert Redactor().text('{"code": "000.00.01.H10-261122-0001"}') == '{"code": "000.00.01.H10-261122-0001"}'


def test_a_short_number_is_masked_alone_but_not_inside_another() -> None:
    redactor = Redactor()
    redactor.learn("123456")
    assert redactor.text("OTP 123456, mã 91234567") == f"OTP {MASK}, mã 91234567"


def test_journal_and_verdicts_are_masked_too(tmp_path: Path) -> None:
    redactor = Redactor()
    redactor.learn(CANARIES["key"])
    rows = [Row(1, "delivered", "r", body={"sent": f"key={CANARIES['key']}", "deep": [{"sp_password": "canary-sp"}]})]
    keep_rows(tmp_path, rows, redactor)
    keep(tmp_path, "verdicts.json", {"came": f"… {CANARIES['key']} …"}, redactor)
    everything = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert CANARIES["key"] not in everything and "canary-sp" not in everything


def test_what_did_not_answer_is_in_the_log(tmp_path: Path) -> None:
    def gone(_operation: str, _request: Request) -> Reply:
        raise Unreachable("connection refused")

    written = log(tmp_path, gone)
    with pytest.raises(Unreachable):
        written("read", Request("GET", "http://localhost/x"))
    assert "connection refused" in (tmp_path / "http.ndjson").read_text("utf-8")
    written.close()


def test_parts_of_workers_become_one_file_by_time(tmp_path: Path) -> None:
    (tmp_path / "http-gw1.ndjson").write_text('{"at": "2"}\n')
    (tmp_path / "http-gw0.ndjson").write_text('{"at": "1"}\n{"at": "3"}\n')
    assert gather(tmp_path, "http").read_text() == '{"at": "1"}\n{"at": "2"}\n{"at": "3"}\n'
    assert [path.name for path in tmp_path.iterdir()] == ["http.ndjson"]


def test_notes_become_rows_for_the_laws(tmp_path: Path) -> None:
    written = log(tmp_path)
    written.note(ACKNOWLEDGED, "h1", "tech-1", {"code": "C-1"})
    written.close()
    (row,) = notes(tmp_path)
    assert (row.word, row.ref, row.subject, row.body) == (ACKNOWLEDGED, "h1", "tech-1", {"code": "C-1"})


def test_two_runs_in_one_second_have_two_folders(tmp_path: Path) -> None:
    assert new_folder(tmp_path) != new_folder(tmp_path)
