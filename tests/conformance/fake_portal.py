"""A portal that offers nothing but capabilities, on a port of its own."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from conformance.adapters.http import HttpPortal

NOTHING_CLAIMED: Mapping[str, Any] = {"name": "Cổng thử", "claims": [], "procedures": {}}


@contextmanager
def portal_answering(path_to_answer: Mapping[str, tuple[int, bytes]]) -> Iterator[str]:
    """The origin of a portal that gives these answers and 404 to everything else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = path_to_answer.get(self.path, (404, b"{}"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def capabilities(**told: Any) -> dict[str, tuple[int, bytes]]:
    return {"/pti/capabilities": (200, json.dumps({**NOTHING_CLAIMED, **told}).encode())}


class Partless:
    """An adapter that passes everything on to HTTP but has no signing."""

    def __init__(self, wiring: Any) -> None:
        self._portal = HttpPortal(wiring)
        self.origin = self._portal.origin
        self.officer, self.books, self.capabilities = (
            self._portal.officer,
            self._portal.books,
            self._portal.capabilities,
        )

    def person(self, browser: Any) -> Any:
        person = self._portal.person(browser)
        person.signing = None
        return person


class Timeless(Partless):
    """An adapter of a portal that claims nothing optional."""

    def __init__(self, wiring: Any) -> None:
        super().__init__(wiring)
        self.person = self._portal.person
        self.capabilities = self._demanded

    def _demanded(self) -> Any:
        told = self._portal.capabilities()
        kept = tuple(claim for claim in told.claims if claim not in {"ageing", "slips", "rollback", "treasury"})
        return msgspec.structs.replace(told, claims=kept)
