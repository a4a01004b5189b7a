"""One hop over HTTP: what goes out, packed answers, and a server that closes a connection it had kept."""

import gzip
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from conformance.transport import HttpTransport, Request, Unreachable

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HALF = WHOLE.replace(b"Length: 2", b"Length: 9")
CONNECTIONS = 3


@contextmanager
def server(*replies: bytes) -> Iterator[tuple[str, list[str]]]:
    """On each connection these replies in turn; it is closed behind HALF, else when a request comes for which none is left."""
    asked: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(CONNECTIONS):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                left = list(replies)
                while request := connection.recv(65536):
                    asked.append(request.split()[0].decode())
                    if not left:
                        break
                    connection.sendall(left[0])
                    if left.pop(0) == HALF:
                        break

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with closing(listener):
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}/", asked
            finally:
                listener.shutdown(socket.SHUT_RDWR)
    finally:
        thread.join(5)


def test_a_safe_request_is_sent_again_when_a_kept_connection_was_closed() -> None:
    with server(WHOLE) as (url, asked), HttpTransport() as send:
        send("", Request("GET", url))
        assert send("", Request("GET", url)).body == b"ok"
    assert asked == ["GET", "GET", "GET"]


def test_a_request_that_may_have_done_something_is_sent_once() -> None:
    with server(WHOLE) as (url, asked), HttpTransport() as send:
        send("", Request("GET", url))
        with pytest.raises(Unreachable):
            send("", Request("POST", url, body=b"x"))
    assert asked == ["GET", "POST"]


def test_a_reply_that_breaks_off_is_not_asked_for_again() -> None:
    with server(WHOLE, HALF) as (url, asked), HttpTransport() as send:
        send("", Request("GET", url))
        with pytest.raises(Unreachable):
            send("", Request("GET", url))
    assert asked == ["GET", "GET"]


def test_a_new_connection_without_a_reply_is_not_tried_again() -> None:
    with server() as (url, asked), HttpTransport() as send, pytest.raises(Unreachable):
        send("", Request("GET", url))
    assert asked == ["GET"]


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"ok", mtime=0)),
        ("deflate", zlib.compress(b"ok")),
        ("deflate", zlib.compress(b"ok")[2:-4]),
        ("", b"ok"),
    ],
)
def test_a_packed_body_is_read_as_a_browser_reads_it(coding: str, packed: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n"
    with server(head.encode() + packed) as (url, _), HttpTransport() as send:
        assert send("", Request("GET", url)).body == b"ok"


def test_a_body_that_is_not_what_its_coding_says_is_no_reply() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n"
    with server(head + b"ok") as (url, _), HttpTransport() as send, pytest.raises(Unreachable):
        send("", Request("GET", url))


@pytest.mark.parametrize(
    "url", ["", "localhost", "ftp://localhost/", "http:///a", "http://localhost:99999/", "http://[::1/"]
)
def test_what_is_no_address_is_never_reached(url: str) -> None:
    with HttpTransport() as send, pytest.raises(Unreachable):
        send("", Request("GET", url))


def test_a_header_that_would_be_two_is_never_sent() -> None:
    with server(WHOLE) as (url, asked), HttpTransport() as send, pytest.raises(Unreachable):
        send("", Request("GET", url, (("X-Line", "a\r\nX-Other: b"),)))
    assert asked == []
