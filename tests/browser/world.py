"""Two ports and several names of one small server that sets what it is told to set and remembers what it received."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

from conformance.transport import Reply, Request

# Ports are known when the servers stand; until then tables carry these words, which no quoting changes.
ONE, TWO = "PORTONE", "PORTTWO"
NAMES = ("portal.hopchuan.example", "sims.hopchuan.example", "elsewhere.example", "xa.gov.vn", "tinh.gov.vn")
WATCHED = (
    "cookie",
    "origin",
    "referer",
    "content-type",
    "upgrade-insecure-requests",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
)


def at(origin: str, path: str = "/page", **query: str | list[str]) -> str:
    """An address of the server: `set` cookies, `body` of the page, `policy` of referrers; for /go also `to`, `status`."""
    return f"{origin}{path}?{urlencode(query, doseq=True)}" if query else f"{origin}{path}"


def answer(request: Request) -> Reply:
    """The server, pure."""
    parts = urlsplit(request.url)
    query = parse_qs(parts.query, keep_blank_values=True)
    headers = [("Set-Cookie", line) for line in query.get("set", [])]
    headers += [("Referrer-Policy", policy) for policy in query.get("policy", [])]
    if parts.path.endswith("/go"):
        headers.append(("Location", query["to"][0].encode().decode("latin-1")))
        return Reply(int(query.get("status", ["302"])[0]), tuple(headers), b"", request.url)
    body = "<!doctype html><meta charset=utf-8><title>page</title>" + "".join(query.get("body", ["here"]))
    headers.append(("Content-Type", "text/html; charset=utf-8"))
    return Reply(200, tuple(headers), body.encode(), request.url)


@dataclass
class Seen:
    """What one browser's hops looked like to the servers, in order."""

    hops: list[dict[str, str]] = field(default_factory=list)

    def note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        lower = {name.lower(): value for name, value in request.headers}
        watched = {name: lower[name] for name in WATCHED if name in lower}
        where = f"{request.method} {parts.netloc}{parts.path}"
        self.hops.append({"to": where, "body": request.body.decode(), **watched})


@dataclass
class World:
    ports: dict[str, int]
    seen: Seen

    def real(self, text: str) -> str:
        for word, port in self.ports.items():
            text = text.replace(word, str(port))
        return text

    def symbolic(self, text: str) -> str:
        for word, port in self.ports.items():
            text = text.replace(str(port), word)
        return text


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A browser that closes a connection early is no error of ours."""


@contextmanager
def standing() -> Iterator[World]:
    world = World({}, Seen())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = f"http://{self.headers['Host']}{self.path}"
            request = Request(self.command, url, tuple(self.headers.items()), body)
            if urlsplit(self.path).path != "/favicon.ico":
                world.seen.note(request)
            reply = answer(request)
            self.send_response(reply.status)
            for name, value in (*reply.headers, ("Content-Length", str(len(reply.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else reply.body)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self._serve
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            return

    servers = {word: Server(("127.0.0.1", 0), Handler) for word in (ONE, TWO)}
    world.ports.update({word: server.server_address[1] for word, server in servers.items()})
    threads = [Thread(target=server.serve_forever, daemon=True) for server in servers.values()]
    for thread in threads:
        thread.start()
    try:
        yield world
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()
