"""What of a login's secrets a browser's own traffic shows."""

import base64
import json

import pytest

from conformance.browser import Hop
from conformance.exposure import exposed
from conformance.transport import Reply, Request

HOME = "http://localhost:8080"
SECRET = "a1b2c3d4-access-token"


def part(told: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def token_of(issuer: str) -> str:
    return ".".join((part({"alg": "RS256"}), part({"iss": issuer, "sub": "y"}), "c2ln"))


LOGIN = "http://127.0.0.1:9"
ID_TOKEN = token_of(f"{LOGIN}/oauth2/token")


def hop(url: str = f"{HOME}/", body: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Hop:
    return Hop("page", "", Request("GET", url), Reply(200, headers, body.encode(), url), (), ())


@pytest.mark.parametrize(
    ("seen", "where"),
    [
        (hop(f"{HOME}/?t={SECRET}"), "address"),
        (hop(body=f"<p>{SECRET}</p>"), "page"),
        (hop(headers=(("Location", f"/#{SECRET}"),)), "header Location"),
        (hop(headers=(("Set-Cookie", f"t={SECRET}; Secure"),)), "header Set-Cookie"),
        (hop(body=f"<script>token = '{ID_TOKEN}'</script>"), "page"),
    ],
)
def test_a_secret_is_found_where_a_script_or_a_history_has_it(seen: Hop, where: str) -> None:
    assert exposed([hop(f"{LOGIN}/authorize"), seen], HOME, [SECRET]) == [f"{where} {HOME}/"]


@pytest.mark.parametrize(
    "seen",
    [
        hop(f"{LOGIN}/token", body=SECRET),
        hop(headers=(("Set-Cookie", f"XSRF-TOKEN={token_of(HOME)}"),)),
        hop(headers=(("Set-Cookie", f"t={SECRET}; HttpOnly"),)),
        hop(body=f'<a href="http://127.0.0.1:9/logout?id_token_hint={ID_TOKEN}">Thoát</a>'),
        hop(body=f'<input type="hidden" name="id_token_hint" value="{ID_TOKEN}">'),
        hop(body="eyJhbGciOiJub25lIn0.eyJub3QiOiJhIHRva2VuIn0.x"),
        hop(body="Nguyễn Thị Ưu Ái"),
    ],
)
def test_what_belongs_there_is_no_finding(seen: Hop) -> None:
    assert not exposed([hop(f"{LOGIN}/authorize"), seen], HOME, [SECRET])
