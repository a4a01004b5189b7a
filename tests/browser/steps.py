"""The words in which a case is told: what the citizen does, where, and the Cookie header that the last hop carries."""

from dataclasses import dataclass

from tests.browser.world import ONE, TWO, at

A, A2 = f"http://localhost:{ONE}", f"http://localhost:{TWO}"
B, B2 = f"http://127.0.0.1:{ONE}", f"http://127.0.0.1:{TWO}"
PORTAL, SIMS = f"http://portal.hopchuan.example:{ONE}", f"http://sims.hopchuan.example:{ONE}"
ELSEWHERE = f"http://elsewhere.example:{ONE}"
XA, TINH = f"http://xa.gov.vn:{ONE}", f"http://tinh.gov.vn:{ONE}"


@dataclass(frozen=True)
class Open:
    """Type the address."""

    url: str


@dataclass(frozen=True)
class Click:
    """Follow the link whose id is "l"."""


@dataclass(frozen=True)
class Press:
    """Fill the form whose id is "f" and press its button."""

    values: tuple[tuple[str, str | bool], ...] = ()
    button: str = "b"


@dataclass(frozen=True)
class Fetch:
    method: str
    path: str
    body: str = ""


@dataclass(frozen=True)
class Script:
    """Read document.cookie."""


Step = Open | Click | Press | Fetch | Script


@dataclass(frozen=True)
class Case:
    """`cookie` is what the last hop carries, "" for none."""

    name: str
    steps: tuple[Step, ...]
    cookie: str = ""


EVERY_KIND = [
    "strict=1; SameSite=Strict",
    "lax=1; SameSite=Lax",
    "open=1; SameSite=None; Secure",
    "plain=1",
]
SET_A = Open(at(A, set=EVERY_KIND))
OLD = "strict=1; lax=1; open=1; plain=1"


def link(href: str, more: str = "") -> str:
    return f'<a id=l {more} href="{href}">on</a>'


def form(action: str, fields: str = "", method: str = "post", more: str = "") -> str:
    return (
        f'<form id=f method={method} action="{action}" {more}>{fields}<button id=b name=go value=1>on</button></form>'
    )


def kept(name: str, *lines: str, origin: str = A, path: str = "/page", cookie: str = "") -> Case:
    """Set, then come back by hand to the same origin's /page."""
    return Case(name, (Open(at(origin, path, set=list(lines))), Open(at(origin, "/page"))), cookie)


def from_page(name: str, page: str, *, then: Step, cookie: str, first: Step = SET_A) -> Case:
    return Case(name, (first, Open(page), then), cookie)
