"""The process: one line when it is ready, an end at once, and a sandbox that is the same after a restart."""

import base64
import json
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.simulators.living import PATIENCE, ROOT, living, refused


def test_one_line_says_where_and_it_answers_at_once() -> None:
    with living() as server:
        assert set(server.line) == {"url", "key", "smtp", "nonce", "pid"}
        assert server.url.startswith("http://127.0.0.1:")
        assert server.line["pid"] == server.process.pid
        assert server.http.get("/control/health").json()["nonce"] == server.line["nonce"]
        with smtplib.SMTP(server.line["smtp"][0], server.line["smtp"][1], timeout=PATIENCE) as smtp:
            assert smtp.noop()[0] == 250


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_a_signal_even_while_somebody_waits(number: int) -> None:
    with living() as server:
        folder = Path(f"/proc/{server.process.pid}/fd")
        opened = {str(entry.readlink()) for entry in folder.iterdir() if entry.exists()}
        (store,) = {Path(name) for name in opened if name.endswith("world.sqlite")}
        with socket.create_connection((server.http.base_url.host, server.http.base_url.port)) as waiting:
            poll = f"GET /control/journal?count=9&wait=20 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {server.line['key']}\r\n\r\n"
            waiting.sendall(poll.encode())
            assert server.http.get("/control/health").status_code == 200
            begun = time.monotonic()
            assert server.end(number) == 0
            assert time.monotonic() - begun < 3
        assert server.process.stderr
        assert server.process.stderr.read() == ""
        assert not store.parent.exists()


def test_a_sandbox_is_the_same_after_a_restart(tmp_path: Path) -> None:
    with living("--data", str(tmp_path)) as server:
        sheet = server.contract(name="Cổng", webhook_url="http://localhost:9/x")
        citizen = server.http.post("/control/citizens", json={}).json()["citizens"][0]
        text(server.http, sheet, citizen["phone"], "Mã 123456")
        inbox = server.http.get("/messages/inbox").json()
        assert len(inbox["messages"]) == 1
        first = server.line
        assert server.end() == 0
    assert (tmp_path / "sandbox.json").stat().st_mode & 0o077 == 0
    with living("--data", str(tmp_path)) as server:
        assert {name: server.line[name] for name in ("url", "key", "smtp")} == {
            name: first[name] for name in ("url", "key", "smtp")
        }
        assert server.line["nonce"] != first["nonce"]
        assert server.http.get(f"/control/contracts/{sheet['contract']}").json() == sheet
        assert server.http.get(f"/control/citizens/{citizen['id']}").json() == citizen
        assert server.http.get("/messages/inbox").json() == inbox


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    with living("--data", str(tmp_path)) as server:
        sheet = server.contract(name="Cổng")
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
    with living("--data", str(tmp_path)) as server:
        assert server.http.get(f"/control/contracts/{sheet['contract']}").json() == sheet


def test_a_sandbox_refuses_another_url_or_seed(tmp_path: Path) -> None:
    with living("--data", str(tmp_path)) as server:
        taken = server.line["url"].rpartition(":")[2]
        assert f"127.0.0.1:{taken} cannot be bound" in refused("--data", str(tmp_path))
        server.end()
    assert "made with port" in refused("--data", str(tmp_path), "--port", "0")
    assert "made with url" in refused("--data", str(tmp_path), "--public-url", "https://thu.example")
    assert "made with seed" in refused("--data", str(tmp_path), "--seed", "other")


def test_the_same_seed_makes_the_same_people_and_another_key() -> None:
    people, keys = [], set()
    for _ in range(2):
        with living("--seed", "tet") as server:
            people.append(server.http.post("/control/citizens", json={"count": 3}).json())
            keys.add(server.line["key"])
    assert people[0] == people[1]
    assert len(keys) == 2


def test_it_serves_on_an_inherited_socket() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        port = bound.getsockname()[1]
        with living("--fd", str(bound.fileno()), pass_fds=(bound.fileno(),)) as server:
            assert server.url == f"http://127.0.0.1:{port}"
            assert server.http.get("/control/health").status_code == 200


def test_it_ends_with_its_parent() -> None:
    with living("--with-parent") as server:
        assert server.process.stdin
        server.process.stdin.close()
        assert server.process.wait(PATIENCE) == 0


def test_a_world_for_other_machines_tells_them_its_public_name() -> None:
    with living("--host", "0.0.0.0", "--public-url", "http://thu.example:8400") as server:
        assert server.line["smtp"][0] == "thu.example"


def test_a_public_url_stands_in_what_portals_are_told() -> None:
    with living("--public-url", "https://thu.example/") as server:
        assert server.url == "https://thu.example"
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port_of(server.process.pid)}", headers=server.http.headers
        ) as http:
            sheet = http.post("/control/contracts", json={}).json()
        assert sheet["sms"]["url"] == "https://thu.example/messages/sms"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--only", "mesages"), "--only: there is no family 'mesages'"),
        (("--fd", "99"), "--fd: 99 is not"),
        (("--fd", "0"), "--fd: 0 is not"),
        (("--host", "0.0.0.0"), "--host: 0.0.0.0 is every address"),
        (("--world", "/nowhere.toml"), "--world: /nowhere.toml cannot be read"),
        (("--with-parent", "--only", "messages"), "--with-parent: standard input is not a pipe"),
        (("--port", "70000"), "--port: 127.0.0.1:70000 cannot be bound"),
    ],
)
def test_a_wrong_option_refuses_with_one_sentence(options: tuple[str, ...], named: str) -> None:
    assert named in refused(*options)


def test_settings_asks_a_running_server() -> None:
    with living() as server:
        asked = (
            "--url",
            server.url,
            "--key",
            server.line["key"],
            "--name",
            "Cổng",
            "--ipn-url",
            "http://localhost:9/ipn",
        )
        sheet = json.loads(settings(*asked).stdout)
        assert server.http.get(f"/control/contracts/{sheet['contract']}").json() == sheet
        env = settings(*asked, "--format", "env").stdout
        assert 'NAME="Cổng"' in env.splitlines()
        assert any(line.startswith("SMTP_PASSWORD=") for line in env.splitlines())
        for wrong, named in ((("--key", "x"), "--key: "), (("--ipn-url", "/ipn"), "ipn_url: ")):
            failed = settings(*asked, *wrong)
            assert (failed.returncode, failed.stdout, named in failed.stderr) == (1, "", True)
        server.end()
        failed = settings(*asked)
        assert (failed.returncode, "nobody answers" in failed.stderr) == (1, True)


@pytest.mark.parametrize("command", [(), ("serve",), ("settings",)])
def test_help_teaches_with_examples(command: tuple[str, ...]) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "simulators", *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert f"python -m simulators {' '.join(command)}".strip() in said


def settings(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulators", "settings", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def text(http: httpx.Client, sheet: dict[str, dict[str, str]], to: str, said: str) -> None:
    basic = base64.b64encode(f"{sheet['sms']['user']}:{sheet['sms']['password']}".encode()).decode()
    answer = http.post("/messages/sms", json={"to": to, "text": said}, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200, answer.text


def port_of(pid: int) -> int:
    """The port that a process listens on, and that speaks HTTP."""
    inodes = {str(entry.readlink()).strip("socket:[]") for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.exists()}
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    ports = [int(row[1].split(":")[1], 16) for row in rows if row[9] in inodes and row[3] == "0A"]
    for port in ports:
        try:
            httpx.get(f"http://127.0.0.1:{port}/control/health", timeout=2)
        except httpx.HTTPError:
            continue
        return port
    raise AssertionError(ports)
