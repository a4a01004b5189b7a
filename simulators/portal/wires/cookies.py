"""The login's cookies, under the profile's own path: commonAuthId and opbs of a session, and the browser that began."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from simulators.portal.desk.steps import Visitor
from simulators.portal.records import Session

BROWSER = "sessionNonceCookie"
SESSION = "commonAuthId"
STATE = "opbs"


def visitor(request: Request) -> Visitor:
    cookies = request.cookies
    return Visitor(browser=cookies.get(BROWSER, ""), session=cookies.get(SESSION, ""), opbs=cookies.get(STATE, ""))


def keep_browser(response: Response, browser: str, path: str) -> None:
    response.set_cookie(BROWSER, browser, path=path, httponly=True, samesite="lax")


def keep_session(response: Response, session: Session, path: str) -> None:
    """WSO2 sends SameSite=None; Secure, which browsers take over https alone: Lax here."""
    response.set_cookie(SESSION, session.id, path=path, httponly=True, samesite="lax")
    response.set_cookie(STATE, session.opbs, path=path, samesite="lax")


def forget_session(response: Response, path: str) -> None:
    for name in (SESSION, STATE):
        response.delete_cookie(name, path=path, samesite="lax")
