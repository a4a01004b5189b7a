"""The front channel of the OpenID provider: authorize, its error page, logout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.forms import Unreadable, fields_of
from simulators.kernel.wire import Route, query_pairs
from simulators.portal import authorization, sessions
from simulators.portal.authorization import About
from simulators.portal.desk.entrance import Entrance, Granted
from simulators.portal.pages import page
from simulators.portal.records import Attempt
from simulators.portal.wires import cookies
from simulators.portal.wires.onward import redirect
from simulators.portal.wires.words import APPLICATION, LOGOUT

SHOWN = 300
"""Characters of a message that the error page shows."""
ENDPOINTS = {302: "to the login, back to the application, or to the error page"}


class FrontChannel:
    """One profile's, under `base` (/portal/<profile>)."""

    def __init__(self, entrance: Entrance, base: str) -> None:
        self._entrance = entrance
        self._base = base

    def routes(self) -> tuple[Route, ...]:
        authorize, logout = f"{self._base}/oauth2/authorize", f"{self._base}/oidc/logout"
        page_of_errors = f"{self._base}/authenticationendpoint/oauth2_error.do"
        asks, leaves, shows = self.authorize, self.logout, self.error
        broken, misread = self.broken, self.broken_logout
        return (
            Route("GET", authorize, "Authorization request.", asks, broken, "query", errors=ENDPOINTS),
            Route("POST", authorize, "Authorization request as a form.", asks, broken, "form", errors=ENDPOINTS),
            Route("GET", logout, "Logout that an application began.", leaves, misread, "query", errors=ENDPOINTS),
            Route("POST", logout, "The same as a form.", leaves, misread, "form", errors=ENDPOINTS),
            Route("GET", page_of_errors, "What went wrong, for a person.", shows, shows, "nothing"),
        )

    async def authorize(self, request: Request, given: Mapping[str, str]) -> Response:
        limit = self._entrance.spec.parameter_limit
        if long := [name for name, value in given.items() if max(len(name), len(value)) > limit]:
            return await self.broken(request, f"{long[0][:60]} is longer than {limit} characters")
        try:
            outcome = await self._entrance.authorize(given, cookies.visitor(request))
        except authorization.Refused as refused:
            return await self.refused(refused, given.get("client_id", ""))
        return self.granted(outcome) if isinstance(outcome, Granted) else self._begun(outcome)

    def granted(self, granted: Granted) -> Response:
        onward = redirect(granted.redirect_uri, granted.told)
        cookies.keep_session(onward, granted.session, self._base)
        return onward

    async def refused(self, refused: authorization.Refused, client_id: str = "") -> Response:
        """Back to the application where that is safe; otherwise the login's own page, never a redirect outside."""
        word = APPLICATION[refused.reason]
        text = word.text.format(client_id=client_id[:SHOWN])
        body = {"error": word.code, "description": text, "why": refused.why}
        if refused.injected:
            body["injected"] = refused.injected
        await self._entrance.note("authorization_refused", refused.about, body)
        if refused.answer is None:
            return self._error_page(word.code, text)
        told = {"error_description": text, "state": refused.answer.state, "error": word.code}
        return redirect(refused.answer.redirect_uri, told)

    async def broken(self, _request: Request, why: str) -> Response:
        repeated = why.startswith("repeated parameter")
        reason = authorization.Reason.REPEATED if repeated else authorization.Reason.UNREADABLE
        return await self.refused(authorization.Refused(reason, why))

    async def logout(self, request: Request, given: Mapping[str, str]) -> Response:
        try:
            done = await self._entrance.log_out(given, cookies.visitor(request))
        except sessions.Refused as refused:
            return await self._logout_refused(refused)
        if done is None:
            return page("logout_consent", {"action": f"{self._base}/oidc/logout"})
        away = redirect(done.to, {"state": done.state}) if done.to else page("logged_out")
        cookies.forget_session(away, self._base)
        return away

    async def broken_logout(self, _request: Request, why: str) -> Response:
        body = {"error": "invalid_request", "description": "Invalid request", "why": why, "endpoint": "oidc/logout"}
        await self._entrance.note("authorization_refused", About(), body)
        return self._error_page("invalid_request", "Invalid request")

    async def error(self, request: Request, _given: Any) -> Response:
        try:
            given = fields_of(query_pairs(request))
        except (Unreadable, UnicodeDecodeError):
            given = {}
        code, text = given.get("oauthErrorCode", ""), given.get("oauthErrorMsg", "")
        return page("oauth2_error", {"code": code[:SHOWN], "text": text[:SHOWN]})

    def _begun(self, attempt: Attempt) -> Response:
        asked, spec = attempt.asked, self._entrance.spec
        told = {
            "client_id": asked.client_id,
            "commonAuthCallerPath": "/oauth2/authorize",
            "forceAuth": "true" if "login" in asked.prompt else "false",
            "passiveAuth": "false",
            "redirect_uri": asked.redirect_uri,
            "response_type": "code",
            "scope": asked.scope,
            "tenantDomain": "carbon.super",
            "sessionDataKey": attempt.id,
            "relyingParty": asked.client_id,
            "type": "oidc",
            "sp": attempt.application,
            "isSaaSApp": "false",
            "authenticators": "OpenIDConnectAuthenticator:" + ":".join(way.name for way in spec.authenticators),
        }
        onward = redirect(f"{self._base}/authenticationendpoint/oauth2_login.do", told)
        cookies.keep_browser(onward, attempt.browser, self._base)
        return onward

    async def _logout_refused(self, refused: sessions.Refused) -> Response:
        word = LOGOUT[refused.reason]
        body = {"error": word.code, "description": word.text, "why": refused.why, "endpoint": "oidc/logout"}
        await self._entrance.note("authorization_refused", About(contract=refused.contract), body)
        return self._error_page(word.code, word.text)

    def _error_page(self, code: str, text: str) -> Response:
        where = f"{self._base}/authenticationendpoint/oauth2_error.do"
        return redirect(where, {"oauthErrorCode": code, "oauthErrorMsg": text})
