"""`python -m conformance.corpus DIR [--serve]`: the corpus as files; with --serve its status services answer beside it."""

import argparse
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from conformance.corpus.authorities import STATUS_PORT, STATUS_URL
from conformance.corpus.files import CASES, SERVICE, write


class Desk(BaseHTTPRequestHandler):
    """OCSP by POST, CRLs by GET, as the certificates of the corpus name them."""

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def do_GET(self) -> None:
        self._answer(None)

    def _answer(self, request: bytes | None) -> None:
        try:
            body = SERVICE.ask(f"{STATUS_URL}{self.path}", request)
        except ValueError:
            body = None
        self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "application/pkix-crl" if request is None else "application/ocsp-response")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m conformance.corpus", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files and manifest.json are written")
    parser.add_argument("--serve", action="store_true", help=f"answer OCSP and CRLs at {STATUS_URL} until Ctrl-C")
    told = parser.parse_args(arguments)
    write(told.folder)
    good = sum(case.good for case in CASES)
    print(f"{told.folder}: {len(CASES)} files, {good} good; each with its planted reason in manifest.json")
    if told.serve:
        print(f"status services at {STATUS_URL}; Ctrl-C ends them")
        ThreadingHTTPServer(("127.0.0.1", STATUS_PORT), Desk).serve_forever()


if __name__ == "__main__":
    main()
