"""A portal of three pages around a client library: /<name>/login, /<name>/callback, /<name>/who.

who answers with the subject and userinfo's SoDinhDanh (headers X-Subject, X-Person), empty without a session.

It says its port, reads {name: registration} as one line, says that it is ready, and ends with its standard input.
"""

from __future__ import annotations

import json
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from flask import Flask, Response, session
from werkzeug.serving import make_server


class Library(Protocol):
    """One registration's client: `login` answers with a redirect, `callback` with subject and person or an exception."""

    def login(self) -> Response: ...

    def callback(self) -> tuple[str, str]: ...


def serve(build: Callable[[Flask, str, Mapping[str, str]], Library]) -> None:
    app = Flask("portal")
    app.secret_key = secrets.token_bytes(32)
    libraries: dict[str, Library] = {}

    def login(name: str) -> Response:
        return libraries[name].login()

    def callback(name: str) -> str:
        session["known"] = libraries[name].callback()
        return ""

    def who(name: str) -> Response:
        assert name in libraries
        subject, person = session.get("known", ("", ""))
        return Response(headers={"X-Subject": subject, "X-Person": person})

    def refused(error: Exception) -> tuple[str, int]:
        return f"{type(error).__name__}: {error}", 403

    for page in (login, callback, who):
        app.add_url_rule(f"/<name>/{page.__name__}", view_func=page)
    app.register_error_handler(Exception, refused)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    _say({"port": server.port})
    registrations: dict[str, Any] = json.loads(sys.stdin.readline())
    libraries.update({name: build(app, name, registration) for name, registration in registrations.items()})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _say({"ready": True})
    sys.stdin.read()


def _say(told: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
