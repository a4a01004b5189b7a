"""What a browser holds of a session at the portal, found by trying: the cookies without which nobody is signed in."""

import base64
from collections.abc import Iterable
from urllib.parse import urlencode

from conformance.browser import Browser, Page
from conformance.cookies import Cookie, Jar, of_host
from conformance.failures import NotThere, came
from conformance.lab import Lab, Visitor
from conformance.people import Citizen
from conformance.records import Procedure
from conformance.sites import host_of, origin_of

DEEP_LINK = "/nop-ho-so"
"""Where the national portal sends a citizen (specs of the national portal's links)."""


def own_cookies(browser: Browser) -> tuple[Cookie, ...]:
    """The portal's, whatever their path; the providers are at another host."""
    return tuple(cookie for cookie in browser.jar.cookies if of_host(cookie, host_of(browser.home)))


def session_cookies(lab: Lab, visitor: Visitor) -> tuple[Cookie, ...]:
    """Those without which the visitor is not signed in; all of the portal's where each alone can be missed."""
    own = own_cookies(visitor.browser)
    needed = tuple(cookie for cookie in own if not _signed_in(lab, visitor, without=cookie))
    return needed or own


def thief_of(lab: Lab, visitor: Visitor) -> Visitor:
    """Somebody elsewhere with a copy of all cookies that this browser has now."""
    return lab.visitor(visitor.citizen, visitor.browser.copy())


def leave(visitor: Visitor) -> None:
    """Log out as a person does: where the portal sends the browser on to the login, it goes there."""
    onward = visitor.login.logout().header("Location")
    if onward:
        visitor.browser.get(onward, operation="logout")


def deep_link(lab: Lab, wanted: Procedure, citizen: Citizen) -> str:
    """As the national portal writes it for this person: MDT is the TechID in base64."""
    asked = {"MaTTHCDP": wanted.code, "MaCoQuanThucHien": wanted.agency, "vnconnect": "1"}
    asked |= {"MaDVC": f"{wanted.code}.02", "MDT": base64.b64encode(citizen.techid.encode()).decode()}
    return f"{lab.portal.origin}{DEEP_LINK}?{urlencode(asked)}"


def demand_a_known_link(lab: Lab, wanted: Procedure, pages: Iterable[Page]) -> None:
    """One of the pages that it led to is the national login, or names the procedure."""
    login = lab.control.get(f"/control/contracts/{lab.control.contract}")["login"]
    place = origin_of(login["authorization_endpoint"])
    if not any(origin_of(page.url) == place or wanted.name in page.html.words for page in pages):
        raise NotThere(
            came(
                "liên kết của Cổng quốc gia không tới trang đăng nhập, cũng không tới thủ tục (A31)",
                "a link of the national portal led neither to the login nor to the procedure (A31)",
            )
        )


def _signed_in(lab: Lab, visitor: Visitor, *, without: Cookie) -> bool:
    other = thief_of(lab, visitor)
    other.browser.jar = Jar(tuple(cookie for cookie in other.browser.jar.cookies if cookie != without))
    return other.login.session().signed_in
