"""The load's transport is one hop over the wire, as the suite's own: nothing followed, kept, decoded or forgotten."""

import json
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from conformance.transport import HttpTransport, Request
from loadtests.tally import Hop, rows
from tests.source_tree import ROOT


class Provider(BaseHTTPRequestHandler):
    """Answers as its path says; /echo tells what arrived."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path = self.path.partition("?")[0]
        if path.startswith("/echo"):
            told = {"path": self.path, "method": self.command, "headers": list(self.headers.items())}
            self._answer(200, json.dumps({**told, "body": body.decode("latin-1")}).encode())
        elif path in {"/away", "/cb"}:
            cookies = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/; HttpOnly")]
            self._answer(302, b"elsewhere", ("Location", "/never"), *cookies)
        elif path.startswith("/status/"):
            self._answer(int(path.rpartition("/")[2]), b"kh\xf4ng \xff")
        elif path == "/packed":
            self._answer(200, zlib.compress(b"x" * 50), ("Content-Type", "application/zlib"))
        elif path == "/silent":
            self.close_connection = True
        elif path == "/slow":
            time.sleep(1.5)
            self._answer(200, b"late")
        else:
            self._answer(200, b"page")

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 -- http.server's names

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError):  # who does not wait for /slow has gone
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Sent:
    """What the probe's hops came to: replies, Locust's events and the rows of the tally."""

    def __init__(self, told: dict[str, Any], folder: Path) -> None:
        self.replies, self.events = told["replies"], told["events"]
        self.hops = [row for row in rows(folder) if isinstance(row, Hop)]


def hop(operation: str, url: str, method: str = "GET", **more: Any) -> list[Any]:
    return [operation, method, url, more.get("headers", []), more.get("body", ""), more.get("expected", [])]


def send(folder: Path, *hops: list[Any], patience: float = 5.0) -> Sent:
    order = json.dumps({"tally": str(folder), "hops": hops, "patience": patience})
    done = subprocess.run(
        [sys.executable, "-m", "tests.loadtests.probe"],
        cwd=ROOT,
        input=order + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Sent(json.loads(done.stdout.splitlines()[-1]), folder)


def test_a_redirect_is_a_reply_and_repeated_cookies_stay_apart(origin: str, tmp_path: Path) -> None:
    sent = send(tmp_path, hop("draft", f"{origin}/away"), hop("draft", f"{origin}/echo"))
    away, echo = sent.replies
    assert (away["status"], away["body"], away["url"]) == (302, "elsewhere", f"{origin}/away")
    assert [v for n, v in away["headers"] if n == "Set-Cookie"] == ["a=1; Path=/", "b=2; Path=/; HttpOnly"]
    assert "Cookie" not in dict(json.loads(echo["body"])["headers"]), "the session kept a cookie"
    assert [event["name"] for event in sent.events] == ["draft", "draft"]


@contextmanager
def _httpx() -> Iterator[HttpTransport]:
    with HttpTransport() as transport:
        yield transport


@pytest.mark.parametrize(
    "path",
    [
        "/echo?vnp_OrderInfo=Nop+phi%20h%E1%BB%93+s%C6%A1&x=%2F&y=a%2Bb",
        "/echo/%E1%BB%93%2F..;p=1",
        "/echo?a=b=c&&d",
        "/echo?q={|}\\^`",
        "/echo?",
        "/echo#part",
    ],
)
def test_the_address_goes_out_as_it_stands_like_the_suites_own_transport(
    origin: str, tmp_path: Path, path: str
) -> None:
    sent = send(tmp_path, hop("read", origin + path))
    with _httpx() as transport:
        same = transport("read", Request("GET", origin + path))
    assert json.loads(sent.replies[0]["body"])["path"] == json.loads(same.body)["path"]


def test_bodies_and_headers_arrive_byte_for_byte(origin: str, tmp_path: Path) -> None:
    headers = [["Content-Type", "application/pdf"], ["X-File-Name", "Gi%E1%BA%A5y.pdf"], ["X-Two", "1"], ["X-Two", "2"]]
    sent = send(tmp_path, hop("put", f"{origin}/echo", "PUT", headers=headers, body="%PDF-\x00\xff"))
    arrived = json.loads(sent.replies[0]["body"])
    assert (arrived["method"], arrived["body"]) == ("PUT", "%PDF-\x00\xff")
    assert [v for n, v in arrived["headers"] if n == "X-Two"] == ["1", "2"]
    assert dict(arrived["headers"])["X-File-Name"] == "Gi%E1%BA%A5y.pdf"
    assert dict(arrived["headers"])["Accept-Encoding"] == "identity"


def test_a_reply_body_is_left_as_it_came(origin: str, tmp_path: Path) -> None:
    sent = send(tmp_path, hop("file", f"{origin}/packed"))
    assert zlib.decompress(sent.replies[0]["body"].encode("latin-1")) == b"x" * 50


def test_a_refusal_is_a_failure_unless_it_is_expected(origin: str, tmp_path: Path) -> None:
    sent = send(
        tmp_path,
        hop("act", f"{origin}/status/422", "POST", body="{}"),
        hop("act", f"{origin}/status/403", "POST", body="{}", expected=[403]),
        hop("act", f"{origin}/status/500", "POST", body="{}", expected=[403]),
    )
    assert [reply["status"] for reply in sent.replies] == [422, 403, 500]
    assert [event["failure"] is None for event in sent.events] == [False, True, False]
    assert [row.result for row in sent.hops] == ["failure", "success", "failure"]
    assert sent.replies[0]["body"] == "kh\xf4ng \xff"


def test_no_answer_is_unknown_and_said_so(origin: str, tmp_path: Path) -> None:
    sent = send(
        tmp_path,
        hop("pay", f"{origin}/slow", "POST", body="{}"),
        hop("pay", f"{origin}/silent", "POST", body="{}"),
        hop("pay", "http://127.0.0.1:9/closed", "POST", body="{}"),
        hop("pay", f"{origin}/echo", "POST", body="{}"),
        patience=0.5,
    )
    assert ["unreachable" in reply for reply in sent.replies] == [True, True, True, False]
    assert [row.result for row in sent.hops] == ["unknown", "unknown", "unknown", "success"]
    assert len(sent.events) == len(sent.hops) == 4


def test_hops_are_named_by_operation_or_by_where_they_come_back(origin: str, tmp_path: Path) -> None:
    sent = send(
        tmp_path,
        hop("login", f"{origin}/away"),
        hop("sim:authorize", f"{origin}/x/authorize"),
        hop("sim:7f3a", f"{origin}/oauth2_login.do/7f3a"),
        hop("login", f"{origin}/cb?code=1"),
        hop("login", f"{origin}/home"),
        hop("read", f"{origin}/d/1?signing=s1&seconds=20"),
        hop("read", f"{origin}/d/1"),
    )
    names = ["login", "sim:authorize", "sim:oauth2_login.do", "callback", "page", "outcome", "read"]
    assert [row.name for row in sent.hops] == names == [event["name"] for event in sent.events]
