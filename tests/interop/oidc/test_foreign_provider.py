"""npm oidc-provider, written by others, as the login at which the reference portal is a relying party."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.adapter import Wiring
from conformance.adapters.http import HttpPerson, HttpPortal
from conformance.browser import Browser, Page
from conformance.transport import HttpTransport
from tests.interop.node import workshop
from tests.needs import needs
from tests.reference_portal.authority import Authority
from tests.reference_portal.world import Person, Providers
from tests.source_tree import ROOT

pytestmark = needs("node", "npm")
HERE = Path(__file__).parent
PATIENCE = 20
KEY = "key-of-the-portal"
ONE = Person(techid="3f1c9a52-0000-4000-8000-000000000001")
OTHER = replace(ONE, name="Đỗ Văn Ước", number="001099000002", techid="3f1c9a52-0000-4000-8000-000000000002")


@dataclass(frozen=True)
class Meeting:
    """The portal, reached as the suite reaches it, and where the foreign login stands."""

    portal: HttpPortal
    send: HttpTransport
    issuer: str

    def person(self) -> HttpPerson:
        return self.portal.person(Browser(self.send, home=self.portal.origin))

    def to_consent(self, person: HttpPerson, who: Person) -> Page:
        page = person.login.begin()
        assert page.url.startswith(self.issuer), page.url
        typed = {"login": who.techid, "password": "as one likes"}
        return person.browser.submit(page.form(), typed, operation="login")

    def log_in(self, person: HttpPerson, who: Person) -> Page:
        return person.browser.submit(self.to_consent(person, who).form(), operation="consent")


@contextlib.contextmanager
def speaking(command: list[str], told: Mapping[str, Any], cwd: Path, fds: tuple[int, ...] = ()) -> Iterator[dict]:
    """A process that is told one line of JSON, answers one when it is ready, and ends with its standard input."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=cwd, stdin=pipe, stdout=pipe, text=True, pass_fds=fds) as process:
        try:
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(PATIENCE)


def account(person: Person) -> dict[str, str]:
    return {
        "TechID": person.techid,
        "LoaiTaiKhoan": "1",
        "SoDinhDanh": person.number,
        "HoVaTen": person.name,
        "NgayThangNamSinh": "19990101",
        "ThuDienTu": person.email,
    }


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = workshop(tmp_path_factory.mktemp("provider"), HERE / "package.json", HERE / "provider.mjs")
    with contextlib.ExitStack() as stack:
        berth = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        origin = f"http://localhost:{berth.getsockname()[1]}"
        client = {"client_id": "cong-tham-chieu", "client_secret": "bi-mat-cua-cong-tham-chieu"}
        registered = {
            **client,
            "redirect_uris": [f"{origin}/sso/callback"],
            "post_logout_redirect_uris": [f"{origin}/"],
            "token_endpoint_auth_method": "client_secret_post",
        }
        accounts = {person.techid: account(person) for person in (ONE, OTHER)}
        order = {"clients": [registered], "accounts": accounts}
        told = stack.enter_context(speaking(["node", "provider.mjs"], order, folder))
        found = httpx.get(f"{told['issuer']}/.well-known/openid-configuration", trust_env=False).json()
        sheet = {**Providers(Authority.make()).sheet(), "login": {**found, **client}}
        portal = {"fd": berth.fileno(), "origin": origin, "settings": sheet, "flaw": None, "portal_key": KEY}
        fleet = [sys.executable, "-m", "reference_portal", "--fleet"]
        stack.enter_context(speaking(fleet, {"portals": [portal]}, ROOT, (berth.fileno(),)))
        send = stack.enter_context(HttpTransport())
        yield Meeting(HttpPortal(Wiring(origin, KEY, send)), send, told["issuer"])


def test_a_citizen_logs_in_at_a_provider_written_by_others(meeting: Meeting) -> None:
    person = meeting.person()
    page = meeting.log_in(person, ONE)
    session = person.login.session()
    assert page.url.startswith(meeting.portal.origin)
    assert (session.signed_in, session.subject) == (True, ONE.techid)
    assert (session.name, session.personal_id) == (ONE.name, ONE.number)


def test_two_citizens_there_are_two_accounts_here(meeting: Meeting) -> None:
    one, other = meeting.person(), meeting.person()
    meeting.log_in(one, ONE)
    meeting.log_in(other, OTHER)
    sessions = one.login.session(), other.login.session()
    assert [session.subject for session in sessions] == [ONE.techid, OTHER.techid]
    assert sessions[0].account != sessions[1].account


def test_a_refusal_there_is_no_session_here_and_a_later_login_is_one(meeting: Meeting) -> None:
    person = meeting.person()
    page = meeting.to_consent(person, ONE)
    back = person.browser.click(page.link("[ Cancel ]"), operation="cancel")
    assert back.url.startswith(meeting.portal.origin)
    assert back.status < 500
    assert not person.login.session().signed_in
    begun = person.login.begin()  # the provider remembers who logged in and asks for consent alone
    person.browser.submit(begun.form(), operation="consent")
    assert person.login.session().subject == ONE.techid


def test_logout_here_is_taken_by_the_provider_and_leads_back(meeting: Meeting) -> None:
    person = meeting.person()
    meeting.log_in(person, ONE)
    onward = person.login.logout()
    assert not person.login.session().signed_in
    where = onward.header("Location") or ""
    assert where.startswith(f"{meeting.issuer}/session/end"), onward.text
    asked = person.browser.navigate(where, operation="logout")
    home = person.browser.submit(asked.html.form("op.logoutForm"), button="logout", operation="logout")
    assert home.url.startswith(meeting.portal.origin)
