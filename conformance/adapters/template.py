"""Begin a portal's own adapter here: copy this file beside your tests, fill in, run `pytest … --adapter module:MyPortal`.

An adapter is for a portal without the HTTP interface of portal_api.yaml. It does what the citizen's browser does, through
`browser` and nothing else, so that cookies, redirects and forms are judged as they are. An absent part is None: not claimed,
not tried, and said so in the report. Fill the parts in this order; each gives something before the next is begun:

1. `capabilities`, `login`: section A.          2. `dossiers`: sections C and L.          3. `officer`: sections E and G.
4. `signing`: section D.                        5. `payments`: section F.                 6. `books`: the laws.

Refusals of the portal are raised as `Refused(operation, status, message)`; what cannot be read as `Broken(…)`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.adapter import Dossiers, Login, Payments, Signings, Treasury, Wiring
from conformance.browser import Browser, Page
from conformance.records import Capabilities, Dossier, Line, Role, Session


class MyLogin:
    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser, self._origin = browser, origin

    def begin(self, target: str | None = None) -> Page:
        """Press the portal's login button."""
        del target
        self._browser.navigate(f"{self._origin}/", operation="login")
        raise NotImplementedError("click the link, or submit the form, of the login button")

    def session(self) -> Session:
        """Read who is logged in from a page that shows it."""
        raise NotImplementedError

    def logout(self) -> Page:
        raise NotImplementedError


class MyPerson:
    """Parts that are None are not claimed."""

    def __init__(self, browser: Browser, origin: str, dossiers: Dossiers) -> None:
        self.browser = browser
        self.login: Login = MyLogin(browser, origin)
        self.dossiers = dossiers
        self.signing: Signings | None = None
        self.payments: Payments | None = None
        self.treasury: Treasury | None = None


class MyPortal:
    def __init__(self, wiring: Wiring) -> None:
        self.origin = wiring.origin
        self._wiring = wiring

    def capabilities(self) -> Capabilities:
        """Name only what is built; the procedures are the portal's own test procedures by role."""
        roles = {"free": Role(procedure="1.000000", agencies=("000.00.00.H00",))}
        return Capabilities(name="My portal", claims=("login",), procedures=roles)

    def person(self, browser: Browser) -> MyPerson:
        del browser
        raise NotImplementedError("return MyPerson(browser, self.origin, MyDossiers(browser, self.origin))")

    def officer(self, who: str, action: str, dossier: Line | None, details: Mapping[str, Any]) -> Dossier | None:
        """What an officer's account does at the one-stop desk; or set `officer = None`."""
        raise NotImplementedError

    def books(self) -> Iterator[Mapping[str, Any]]:
        """Rows as `Book` of portal_api.yaml, from a read-only view of the portal's own database; or set `books = None`."""
        raise NotImplementedError
