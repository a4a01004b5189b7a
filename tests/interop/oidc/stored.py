"""docs/login-deviations.json, what was measured, and docs/login-deviations.md, the same as a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.interop.oidc.clients import CLIENTS
from tests.interop.oidc.deviations import DEVIATIONS, Deviation
from tests.interop.oidc.judging import ACCEPTED, AS_ANOTHER, DROPPED, PROFILES, REFUSED, UNSEEN, Matrix
from tests.interop.oidc.notes import NOTES
from tests.source_tree import ROOT

DATA = ROOT / "docs" / "login-deviations.json"
PAGE = ROOT / "docs" / "login-deviations.md"
MARKS = {
    REFUSED: "–",
    ACCEPTED: "**có · yes**",
    AS_ANOTHER: "**người khác · another**",
    DROPPED: "(có · yes)",
    UNSEEN: "?",
}
HEAD = """\
# Các sai lệch khi đăng nhập · Deviations of one login

Tệp này được sinh ra (`make deviations`); đừng sửa tay. This file is generated; do not edit it.

Năm thư viện đăng nhập do người khác viết, mỗi thư viện là một cổng dùng nó như tài liệu của nó hướng dẫn, đăng nhập tại nhà
cung cấp mô phỏng dưới cả hai hồ sơ (`vnconnect-2022`, `vneid-2026`). Nhà cung cấp làm sai đúng một điều trong một lần đăng
nhập; phán quyết là sau đó cổng có phiên hay không, và của ai, không phải mã HTTP. Trước và sau bảng, mỗi thư viện đăng nhập
đúng được ở cả hai hồ sơ, nếu không thì không có phán quyết. CI chạy lại toàn bộ và so với `docs/login-deviations.json`.

Five login libraries written by others, each as a portal that uses it as its guide shows, log in at the simulated provider
under both profiles (`vnconnect-2022`, `vneid-2026`). The provider does exactly one thing wrong in one login; the verdict is
whether the portal has a session afterwards, and whose, not a status code. Before and after the table each library logs in
rightly under both profiles, or there is no verdict. CI runs all of it again and compares it with
`docs/login-deviations.json`.

"""
LEGEND = f"""\

{MARKS[REFUSED]} từ chối · refused. {MARKS[ACCEPTED]} có phiên · a session. {MARKS[DROPPED]} có phiên theo ID token, bỏ userinfo · \
a session by the ID token, userinfo dropped. {MARKS[AS_ANOTHER]} phiên của người khác · a session as somebody else. \
{MARKS[UNSEEN]} không hỏi tới chỗ sai nên không thấy được · never asked for what is wrong, so it cannot see it. \
Hai hồ sơ khác nhau thì ô có cả hai · where the two profiles differ the cell has both.
"""
FIRST = "Mọi thư viện thấy được đều từ chối · Refused by all that can see them ({})"
SECOND = "Mỗi hồ sơ cổng tự quyết · A decision of each profile ({})"
DOOR = """
`discovery.another_issuer` không thể nhằm vào một lần đăng nhập của máy chủ đang chạy, vì tài liệu cấu hình là chung cho mọi
cổng; nó được thử ở một cửa riêng, nơi chỉ issuer trong tài liệu là khác. `discovery.another_issuer` cannot befall one login of
a running server, whose discovery all portals share; it is tried at a door of its own, at which the issuer in the document
alone is another.
"""


def kept(matrix: Matrix) -> dict[str, Any]:
    """Readable in a diff: a deviation, a profile, its outcomes."""
    outcomes = {
        deviation.id: {
            profile: {client: matrix[client][profile][deviation.id] for client in matrix} for profile in PROFILES
        }
        for deviation in DEVIATIONS
    }
    return {"clients": {client.name: client.version for client in CLIENTS}, "outcomes": outcomes}


def read() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return told


def write(matrix: Matrix) -> None:
    data = kept(matrix)
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(data), encoding="utf-8")


def page(data: dict[str, Any]) -> str:
    unanimous = [deviation for deviation in DEVIATIONS if deviation.everybody]
    others = [deviation for deviation in DEVIATIONS if not deviation.everybody]
    lines = [HEAD + "| thư viện · library | dùng thế nào · how it is used |", "|---|---|", *_clients(data), LEGEND]
    for title, deviations in ((FIRST, unanimous), (SECOND, others)):
        lines += [f"## {title.format(len(deviations))}", "", *_table(data, deviations), ""]
    return "\n".join([*lines, DOOR, "## Vì sao · Why", "", *_notes(), ""])


def _clients(data: dict[str, Any]) -> Iterator[str]:
    for client in CLIENTS:
        yield f"| {client.home} `{client.name}` {data['clients'][client.name]} | {client.about} |"


def _table(data: dict[str, Any], deviations: list[Deviation]) -> Iterator[str]:
    yield "| | sai ở đâu · what is wrong | trái với · against |" + "".join(f" {client.name} |" for client in CLIENTS)
    yield "|---|---|---|" + "---|" * len(CLIENTS)
    for deviation in deviations:
        cells = "".join(f" {_cell(data['outcomes'][deviation.id], client.name)} |" for client in CLIENTS)
        told = f"{deviation.vi} · {deviation.en}"
        yield f"| `{deviation.id}` | {told} | {deviation.basis} |{cells}"


def _cell(outcomes: dict[str, dict[str, str]], client: str) -> str:
    found = {profile: MARKS[outcomes[profile][client]] for profile in PROFILES}
    if len(set(found.values())) == 1:
        return found[PROFILES[0]]
    return ", ".join(f"{profile} {mark}" for profile, mark in found.items())


def _notes() -> Iterator[str]:
    for note in NOTES:
        named = ", ".join(f"`{one}`" for one in note.deviations)
        yield f"- **{note.client}**, {named}: {note.vi}. · {note.en}."
