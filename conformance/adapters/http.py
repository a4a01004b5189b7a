"""The client of the Portal Test Interface (portal_api.yaml): through a citizen's browser, or with the portal's key."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from conformance.adapter import Pending, Started, Wiring
from conformance.browser import Browser, Page
from conformance.records import (
    Broken,
    Capabilities,
    Certificate,
    Dossier,
    Line,
    Payment,
    Procedure,
    Receipt,
    Refused,
    Session,
    Signing,
    Way,
    read,
)
from conformance.samples import DOCX
from conformance.transport import Headers, Reply, Request

LONGEST_WAIT = 20
REGISTRATION = "registration"
POLL_PAUSE_SECONDS = 0.5
JSON_TYPE = (("Content-Type", "application/json"),)
_MAGIC = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"PK\x03\x04": DOCX}


class HttpPortal:
    """A portal that offers the Portal Test Interface."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self.origin = wiring.origin.rstrip("/")
        self._patience: int | None = None

    def capabilities(self) -> Capabilities:
        reply = self._wiring.send("capabilities", Request("GET", f"{self.origin}/pti/capabilities"))
        told = read(Capabilities, _json("capabilities", reply), "capabilities")
        self._patience = told.signing_patience_seconds
        return told

    def person(self, browser: Browser) -> "HttpPerson":
        return HttpPerson(_Seat(browser, self.origin), self._signing_patience)

    def officer(self, who: str, action: str, dossier: Line | None, details: Mapping[str, Any]) -> Dossier | None:
        about = {"dossier": dossier.id} if dossier else {}
        order = {"officer": who, "action": action, **about, **details}
        request = Request("POST", f"{self.origin}/pti/officer", (*JSON_TYPE, *self._key), json.dumps(order).encode())
        answer = _json("officer", self._wiring.send("officer", request))
        return read(Dossier, answer, "officer") if answer else None

    def books(self) -> Iterator[Mapping[str, Any]]:
        reply = self._wiring.send("books", Request("GET", f"{self.origin}/pti/books", self._key))
        _demand("books", reply)
        for number, line in enumerate(reply.body.splitlines(), 1):
            row = _decoded("books", line, f"line {number} is not JSON")
            if not isinstance(row, dict) or "book" not in row:
                raise Broken("books", 200, f"line {number} has no field `book`")
            yield row

    @property
    def _key(self) -> Headers:
        return (("Authorization", f"Bearer {self._wiring.key}"),)

    def _signing_patience(self) -> int:
        return self.capabilities().signing_patience_seconds if self._patience is None else self._patience


class HttpPerson:
    def __init__(self, seat: "_Seat", patience: Callable[[], int]) -> None:
        self.browser = seat.browser
        self.login = HttpLogin(seat)
        self.dossiers = HttpDossiers(seat)
        self.signing = HttpSignings(seat, patience)
        self.payments = HttpPayments(seat)
        self.treasury = HttpTreasury(seat)


@dataclass(frozen=True)
class _Seat:
    """A browser at the portal."""

    browser: Browser
    origin: str

    def call(self, operation: str, method: str, path: str, told: Any = None) -> Any:
        body = b"" if told is None else json.dumps(told).encode()
        return _json(operation, self.fetch(operation, method, path, JSON_TYPE if body else (), body))

    def fetch(self, operation: str, method: str, path: str, headers: Headers = (), body: bytes = b"") -> Page:
        return self.browser.fetch(method, f"{self.origin}/pti{path}", headers, body, operation=operation)


class HttpLogin:
    def __init__(self, seat: _Seat) -> None:
        self._seat = seat

    def begin(self, target: str | None = None) -> Page:
        query = "" if target is None else "?" + urlencode({"target": target})
        return self._seat.browser.navigate(f"{self._seat.origin}/pti/login{query}", operation="login")

    def session(self) -> Session:
        return read(Session, self._seat.call("session", "GET", "/session"), "session")

    def logout(self) -> Page:
        return self._seat.fetch("logout", "POST", "/logout")


class HttpDossiers:
    def __init__(self, seat: _Seat) -> None:
        self._seat = seat

    def procedures(self) -> tuple[Procedure, ...]:
        return _many(Procedure, self._seat.call("procedures", "GET", "/procedures"), "procedures")

    def draft(self, procedure: str, agency: str, *, copy_of: Line | None = None) -> Dossier:
        copied = {"copy_of": copy_of.id} if copy_of else {}
        asked = {"procedure": procedure, "agency": agency, **copied}
        return read(Dossier, self._seat.call("draft", "POST", "/dossiers", asked), "draft")

    def list(self) -> tuple[Line, ...]:
        return _many(Line, self._seat.call("list", "GET", "/dossiers"), "dossiers", operation="list")

    def read(self, dossier: Line) -> Dossier:
        return read(Dossier, self._seat.call("read", "GET", _path(dossier)), "read")

    def file(self, dossier: Line, file: str) -> bytes:
        page = self._seat.fetch("file", "GET", f"{_path(dossier)}/files/{quote(file, safe='')}")
        _demand("file", page)
        return page.body

    def attach(self, dossier: Line, component: str, content: bytes, name: str) -> Dossier:
        media = next((media for magic, media in _MAGIC.items() if content.startswith(magic)), "application/pdf")
        headers = (("Content-Type", media), ("X-File-Name", quote(name, safe="")))
        page = self._seat.fetch("put", "PUT", _place(dossier, component), headers, content)
        return read(Dossier, _json("put", page), "put")

    def fill(self, dossier: Line, component: str, form: Mapping[str, str]) -> Dossier:
        return self._put(dossier, component, {"form": dict(form)})

    def take_away(self, dossier: Line, component: str) -> Dossier:
        return self._put(dossier, component, {"delete": True})

    def act(self, dossier: Line, action: str) -> Dossier:
        return read(Dossier, self._seat.call("act", "POST", f"{_path(dossier)}/act", {"action": action}), "act")

    def _put(self, dossier: Line, component: str, told: Mapping[str, Any]) -> Dossier:
        return read(Dossier, self._seat.call("put", "PUT", _place(dossier, component), told), "put")


class HttpSignings:
    def __init__(self, seat: _Seat, patience: Callable[[], int]) -> None:
        self._seat, self._patience = seat, patience

    def certificates(self, way: Way, user_id: str) -> tuple[Certificate, ...]:
        asked = urlencode({"through": way.through, "ca": way.ca, "user_id": user_id})
        found = _many(Certificate, self._seat.call("certificates", "GET", f"/certificates?{asked}"), "certificates")
        return tuple(msgspec.structs.replace(one, way=way, user_id=user_id) for one in found)

    def start(self, dossier: Line, component: str, certificate: Certificate) -> Pending:
        way = certificate.way
        order = {"through": way.through, "ca": way.ca, "user_id": certificate.user_id, "serial": certificate.serial}
        told = self._seat.call("sign", "POST", f"{_place(dossier, component)}/sign", order)
        return Pending(dossier, component, read(Signing, told, "sign"))

    def outcome(self, pending: Pending) -> Signing:
        """Long reads; a portal that answers each at once is asked again after a pause."""
        end = time.monotonic() + self._patience()
        asked = urlencode({"signing": pending.signing.id, "seconds": LONGEST_WAIT})
        while True:
            began = time.monotonic()
            told = self._seat.call("read", "GET", f"{_path(pending.dossier)}?{asked}")
            found = _signing(read(Dossier, told, "read"), pending)
            if found.state != "waiting" or time.monotonic() > end:
                return found
            time.sleep(max(0.0, POLL_PAUSE_SECONDS - (time.monotonic() - began)))


class HttpPayments:
    def __init__(self, seat: _Seat) -> None:
        self._seat = seat

    def start(self, dossier: Line) -> Started:
        payment = read(Payment, self._seat.call("pay", "POST", f"{_path(dossier)}/pay", {"gateway": "vnpay"}), "pay")
        if not payment.url:
            raise Broken("pay", 201, "the answer has no field `url`: where is the browser to go?")
        return Started(payment, self._seat.browser)

    def of(self, dossier: Line) -> tuple[Payment, ...]:
        return self._read(dossier).payments

    def receipts(self, dossier: Line) -> tuple[Receipt, ...]:
        return self._read(dossier).receipts

    def _read(self, dossier: Line) -> Dossier:
        return read(Dossier, self._seat.call("read", "GET", _path(dossier)), "read")


class HttpTreasury:
    def __init__(self, seat: _Seat) -> None:
        self._seat = seat

    def declare(self, dossier: Line, forms: Mapping[str, Mapping[str, str]]) -> Dossier:
        now = [
            self._seat.call("put", "PUT", _place(dossier, name), {"form": dict(form)}) for name, form in forms.items()
        ]
        return read(Dossier, now[-1], "put")

    def confirm(self, dossier: Line, token: str, certificate: str) -> Dossier:
        told = {"action": "confirm", "token": token, "certificate": certificate}
        return read(Dossier, self._seat.call("act", "POST", f"{_path(dossier)}/act", told), "act")

    def sign(self, dossier: Line, serial: str, certificate: str) -> Pending:
        order = {"through": "token", "serial": serial, "certificate": certificate}
        told = read(Signing, self._seat.call("sign", "POST", f"{_place(dossier, REGISTRATION)}/sign", order), "sign")
        if not told.digest:
            raise Broken("sign", 202, "the answer has no field `digest`: what is the token to sign?")
        return Pending(dossier, REGISTRATION, told)

    def answer(self, pending: Pending, reply: Mapping[str, str]) -> Signing:
        path = f"/signings/{quote(pending.signing.id, safe='')}/answer"
        return read(Signing, self._seat.call("answer", "POST", path, {"reply": dict(reply)}), "answer")

    def member_login(self, account: str, password: str, new_password: str = "") -> Session:
        told = {"account": account, "password": password, **({"new_password": new_password} if new_password else {})}
        return read(Session, self._seat.call("member-login", "POST", "/member-login", told), "member-login")


def _path(dossier: Line) -> str:
    return f"/dossiers/{quote(dossier.id, safe='')}"


def _place(dossier: Line, component: str) -> str:
    return f"{_path(dossier)}/components/{quote(component, safe='')}"


def _many(kind: type[Any], answer: Any, field: str, *, operation: str = "") -> tuple[Any, ...]:
    operation = operation or field
    if not isinstance(answer, dict) or field not in answer:
        raise Broken(operation, 200, f"the answer has no field `{field}`")
    return read(tuple[kind, ...], answer[field], operation)  # type: ignore[valid-type]  # a type made at run time


def _signing(dossier: Dossier, pending: Pending) -> Signing:
    found = dossier.component(pending.component).signing
    if found is None or found.id != pending.signing.id:
        raise Broken("read", 200, f"asked for signing {pending.signing.id}, the answer's component shows none of it")
    return found


def _demand(operation: str, answer: Reply | Page) -> None:
    if answer.status < 300:
        return
    try:
        told = json.loads(answer.body)
        refused = msgspec.convert(told, dict[str, Any])
    except (ValueError, msgspec.ValidationError):
        refused = {}
    kind = Refused if 400 <= answer.status < 500 else Broken
    words = str(refused.get("message_vi", "")) or answer.body[:200].decode("utf-8", "replace")
    details = {name: str(refused[name]) for name in ("error", "field") if refused.get(name)}
    raise kind(operation, answer.status, words, **details)


def _json(operation: str, answer: Reply | Page) -> Any:
    _demand(operation, answer)
    return _decoded(operation, answer.body, f"the answer ({answer.status}) is not JSON")


def _decoded(operation: str, text: bytes, why: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Broken(operation, 200, f"{why}: {text[:100].decode('utf-8', 'replace')}") from error
