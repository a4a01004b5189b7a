"""The seam to a portal under test: Protocols in parts over one `send`; an absent part is None, which means not claimed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from conformance.browser import Browser, Page
from conformance.records import (
    Capabilities,
    Certificate,
    Dossier,
    Line,
    Payment,
    Procedure,
    Receipt,
    Session,
    Signing,
    Way,
)
from conformance.transport import Send


@dataclass(frozen=True)
class Wiring:
    """What an adapter is made of: where the portal is, the key of its officers and books, and one hop over HTTP."""

    origin: str
    key: str = field(repr=False)
    send: Send


@dataclass(frozen=True)
class Pending:
    """A signing that waits for the phone."""

    dossier: Line
    component: str
    signing: Signing

    @property
    def doc_id(self) -> str:
        return self.signing.doc_id


@dataclass(frozen=True)
class Started:
    """A payment that was begun, and the browser that is to go to its `url`."""

    payment: Payment
    browser: Browser

    @property
    def ref(self) -> str:
        return self.payment.ref


class Login(Protocol):
    def begin(self, target: str | None = None) -> Page:
        """The browser goes to the national login; afterwards the portal leads it to `target`."""

    def session(self) -> Session: ...
    def logout(self) -> Page: ...


class Dossiers(Protocol):
    def procedures(self) -> tuple[Procedure, ...]: ...
    def draft(self, procedure: str, agency: str, *, copy_of: Line | None = None) -> Dossier: ...
    def list(self) -> tuple[Line, ...]: ...
    def read(self, dossier: Line) -> Dossier: ...
    def file(self, dossier: Line, file: str) -> bytes: ...
    def attach(self, dossier: Line, component: str, content: bytes, name: str) -> Dossier:
        """Bytes of a PDF, JPEG, PNG or docx; an adapter names the media type by them."""

    def fill(self, dossier: Line, component: str, form: Mapping[str, str]) -> Dossier: ...
    def take_away(self, dossier: Line, component: str) -> Dossier: ...
    def act(self, dossier: Line, action: str) -> Dossier:
        """submit, supplement or withdraw."""


class Signings(Protocol):
    def certificates(self, way: Way, user_id: str) -> tuple[Certificate, ...]: ...
    def start(self, dossier: Line, component: str, certificate: Certificate) -> Pending:
        """Answers at once, before the phone does."""

    def outcome(self, pending: Pending) -> Signing:
        """As soon as it is decided, or still `waiting` when the portal's own patience is over."""


class Payments(Protocol):
    def start(self, dossier: Line) -> Started: ...
    def of(self, dossier: Line) -> tuple[Payment, ...]: ...
    def receipts(self, dossier: Line) -> tuple[Receipt, ...]: ...


class Treasury(Protocol):
    """The State Treasury's registration; `draft`, `list`, `read`, `file` and `act submit` are those of dossiers."""

    def declare(self, dossier: Line, forms: Mapping[str, Mapping[str, str]]) -> Dossier:
        """Screens 1 to 3: values of the forms `unit`, `projects`, `members` as portal_api.yaml's TreasuryForms."""

    def confirm(self, dossier: Line, token: str, certificate: str) -> Dossier:
        """By a member: the mailed link's token, and the certificate (base64 DER) that the page read from the USB token."""

    def sign(self, dossier: Line, serial: str, certificate: str) -> Pending:
        """Screen 4, Ký số with the certificate that was picked; the signing that it answers holds the digest."""

    def answer(self, pending: Pending, reply: Mapping[str, str]) -> Signing:
        """What the token's agent told the page: signature and certificate, or the error's name."""

    def member_login(self, account: str, password: str, new_password: str = "") -> Session: ...


class Person(Protocol):
    """Whoever sits at `browser`; every operation runs on its cookies, none takes a citizen's id."""

    browser: Browser
    login: Login
    dossiers: Dossiers
    signing: Signings | None
    payments: Payments | None
    treasury: Treasury | None


class Portal(Protocol):
    """`officer(who, action, dossier, details)` and `books()` carry the portal's key."""

    origin: str
    officer: Callable[[str, str, Line | None, Mapping[str, Any]], Dossier | None] | None
    books: Callable[[], Iterator[Mapping[str, Any]] | Iterable[Mapping[str, Any]]] | None

    def capabilities(self) -> Capabilities: ...
    def person(self, browser: Browser) -> Person: ...
