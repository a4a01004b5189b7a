"""A world that speaks TLS: its own root, another certificate on its back channel, plain http for certificate status alone."""

import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.simulators.living import PATIENCE, ROOT, Living, living, refused

WITH_LOGIN = ("--tls", "--only", "portal,trust")
PORTAL = {"redirect_uris": ["http://localhost:9/quay-ve"]}


def shown(server: Living, certificate: str, contract: str) -> httpx.Response:
    return server.http.post("/control/tls", json={"certificate": certificate, "contract": contract})


def fetched(server: Living, url: str) -> int:
    """As a portal that trusts the sheet's root alone, on a connection of its own."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(cadata=server.line["root"])
    return httpx.get(url, verify=trust, timeout=PATIENCE, trust_env=False).status_code


def test_everything_that_a_sheet_names_is_https_under_the_sheets_own_root() -> None:
    with living("--tls", "--only", "portal,ca,trust,payment,messages") as server:
        sheet = server.contract(**PORTAL, ipn_url="http://localhost:9/ipn")
        assert server.url.startswith("https://127.0.0.1:")
        assert server.line["root"] == sheet["pki"]["root_pem"]
        login = {name: url for name, url in sheet["login"].items() if name.endswith(("_endpoint", "_uri", "issuer"))}
        told = [*login.values(), sheet["vnpay"]["pay_url"], sheet["vnpt"]["base_url"], sheet["sms"]["url"]]
        assert all(url.startswith("https://127.0.0.1:") for url in told), told
        for url in (login["jwks_uri"], f"{login['issuer']}/.well-known/openid-configuration"):
            assert fetched(server, url) == 200
        for name in ("127.0.0.1", "localhost"):
            assert fetched(server, f"{server.url}/control/health".replace("127.0.0.1", name)) == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(server.url, timeout=PATIENCE, trust_env=False)


def test_certificate_status_alone_is_plain_http() -> None:
    with living(*WITH_LOGIN) as server:
        tsa: str = server.contract(**PORTAL)["pki"]["tsa_url"]
        assert tsa.startswith("http://127.0.0.1:")
        plain = tsa.removesuffix("/pki/tsa")
        assert httpx.get(f"{plain}/pki/crl/root.crl", trust_env=False).status_code == 200
        assert httpx.get(f"{plain}/control/health", trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("certificate", "why"), [("unknown_issuer", "self-signed|issuer"), ("another_host", "mismatch|not valid for")]
)
def test_the_back_channel_shows_another_certificate_to_kept_connections_too(certificate: str, why: str) -> None:
    with living(*WITH_LOGIN) as server:
        sheet = server.contract(**PORTAL)
        keys, whose = sheet["login"]["jwks_uri"], sheet["contract"]
        trust = ssl.create_default_context(cadata=server.line["root"])
        with httpx.Client(verify=trust, timeout=PATIENCE, trust_env=False) as portal:
            assert portal.get(keys).status_code == 200

            assert shown(server, certificate, whose).json() == {"certificate": certificate, "greeted": 0}

            with pytest.raises(httpx.ConnectError, match=why):
                portal.get(keys)
            assert server.http.get("/control/tls").json() == {"certificate": certificate, "greeted": 1}
            assert shown(server, "trusted", whose).json()["certificate"] == "trusted"
            assert portal.get(keys).status_code == 200
        rows = server.http.get("/control/journal", params={"word": "certificate_shown"}).json()["rows"]
        assert [row["body"]["certificate"] for row in rows] == [certificate, "trusted"]


def test_the_certificate_is_changed_only_in_a_world_of_one_portal_and_its_companions() -> None:
    with living(*WITH_LOGIN) as server:
        own = server.contract(**PORTAL)["contract"]
        server.contract(**PORTAL, beside=own)
        assert shown(server, "another_host", own).status_code == 200
        server.contract(**PORTAL, name="Cổng khác")
        answer = shown(server, "trusted", own)
        assert answer.status_code == 409
        assert "start a world for this portal" in answer.json()["error"]


def test_a_world_without_tls_has_no_such_power() -> None:
    with living() as server:
        for answer in (server.http.get("/control/tls"), shown(server, "trusted", server.contract()["contract"])):
            assert answer.status_code == 404
        assert "/control/tls" not in server.http.get("/openapi.json").text


def test_a_sandbox_with_tls_has_the_same_root_and_addresses_after_a_restart(tmp_path: Path) -> None:
    kept: dict[str, Any] = {}
    for options in (WITH_LOGIN, WITH_LOGIN[1:]):
        with living("--data", str(tmp_path), *options) as server:
            if not kept:
                kept = {"line": server.line, "sheet": server.contract(**PORTAL)}
            assert {name: server.line[name] for name in ("url", "key", "root")} == {
                name: kept["line"][name] for name in ("url", "key", "root")
            }
            assert (tmp_path / "root.pem").read_text() == server.line["root"]
            assert not (tmp_path / "tls.pem").exists()
            assert server.http.get(f"/control/contracts/{kept['sheet']['contract']}").json() == kept["sheet"]
            assert fetched(server, kept["sheet"]["login"]["jwks_uri"]) == 200


def test_a_sandbox_that_was_plain_does_not_become_tls(tmp_path: Path) -> None:
    with living("--data", str(tmp_path)):
        pass
    assert "made with tls False" in refused("--data", str(tmp_path), "--tls")


def test_settings_are_had_with_the_root_and_refused_without(tmp_path: Path) -> None:
    with living("--data", str(tmp_path), *WITH_LOGIN) as server:
        command = [sys.executable, "-m", "simulators", "settings", "--url", server.url, "--key", server.line["key"]]
        command += ["--redirect-uri", "http://localhost:9/x"]
        with_root = [*command, "--root", str(tmp_path / "root.pem")]
        done = subprocess.run(with_root, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True)
        assert '"issuer": "https://127.0.0.1' in done.stdout
        without = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert without.returncode == 1
        assert "CERTIFICATE_VERIFY_FAILED" in without.stderr
        wrong = [*command, "--root", str(tmp_path / "nothing.pem")]
        done = subprocess.run(wrong, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert "--root:" in done.stderr
