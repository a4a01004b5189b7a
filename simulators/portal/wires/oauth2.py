"""The back channel of the OpenID provider: token, userinfo, introspect, revoke, keys, discovery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.wire import Route, answer
from simulators.portal.applications import Reason, Refused
from simulators.portal.desk.exchange import Exchange
from simulators.portal.desk.keys import Keys
from simulators.portal.wires.words import TOKEN

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
ERRORS = {
    400: "invalid_request or invalid_grant",
    401: "invalid_client or invalid_token",
    415: "the body is not a form",
}
FORM = "application/x-www-form-urlencoded"
Form = Mapping[str, str]
Answered = Callable[[Request, Form], Awaitable[Response]]


class BackChannel:
    """One profile's, under `base` (/portal/<profile>)."""

    def __init__(self, exchange: Exchange, keys: Keys, base: str) -> None:
        self._exchange = exchange
        self._keys = keys
        self._base = base

    def routes(self) -> tuple[Route, ...]:
        def post(path: str, text: str, handle: Answered) -> Route:
            return self._route("POST", path, text, self._answering(path, handle, is_form=True), "form")

        def get(path: str, text: str, handle: Answered) -> Route:
            return self._route("GET", path, text, self._answering(path, handle), "nothing")

        return (
            post("/oauth2/token", "Tokens for a code or a refresh token.", self.token),
            get("/oauth2/userinfo", "Who logged in (Bearer).", self.userinfo),
            post("/oauth2/userinfo", "The same; the token may stand in the form.", self.userinfo),
            post("/oauth2/introspect", "Is a token worth anything?", self.introspect),
            post("/oauth2/revoke", "End a token; 200 for unknown ones too.", self.revoke),
            get("/oauth2/jwks", "The public key of the ID tokens.", self.jwks),
            get("/oauth2/token/.well-known/openid-configuration", "Discovery.", self.discovery),
        )

    async def token(self, request: Request, form: Form) -> Response:
        client = await self._exchange.client(form, request.headers.get("authorization", ""))
        match form.get("grant_type", ""):
            case "authorization_code":
                return answer(await self._exchange.redeem(client, form), headers=NO_STORE)
            case "refresh_token":
                return answer(await self._exchange.refresh(client, form), headers=NO_STORE)
            case "":
                refused = Refused(Reason.NO_GRANT_TYPE, "the token request has no grant_type")
            case other:
                refused = Refused(
                    Reason.WRONG_GRANT_TYPE, f"grant_type is {other[:60]!r}: authorization_code or refresh_token"
                )
        refused.contract = client.contract
        raise refused

    async def userinfo(self, request: Request, form: Form) -> Response:
        header = request.headers.get("authorization", "")
        scheme, _, bearer = header.partition(" ")
        if header and scheme.lower() != "bearer":
            raise Refused(Reason.NO_BEARER, f"Authorization is {scheme[:20]!r}: Bearer and the access_token")
        bearer = bearer.strip() or form.get("access_token", "")
        if not bearer:
            raise Refused(Reason.NO_BEARER, "the request has no access token: Authorization: Bearer")
        return answer(await self._exchange.userinfo(bearer), headers=NO_STORE)

    async def introspect(self, request: Request, form: Form) -> Response:
        """Whether a client is demanded is UNKNOWN: one that is named must be right."""
        header = request.headers.get("authorization", "")
        if header or "client_id" in form:
            await self._exchange.client(form, header)
        return answer(await self._exchange.introspect(form.get("token", "")), headers=NO_STORE)

    async def revoke(self, request: Request, form: Form) -> Response:
        client = await self._exchange.client(form, request.headers.get("authorization", ""))
        await self._exchange.revoke(client, form.get("token", ""))
        return Response(status_code=200, headers=NO_STORE)

    async def jwks(self, _request: Request, _form: Form) -> Response:
        return answer(await self._keys.served())

    async def discovery(self, _request: Request, _form: Form) -> Response:
        return answer(discovery(self._exchange))

    def _route(self, method: str, path: str, text: str, handle: Any, reads: Any) -> Route:
        async def broken(request: Request, why: str) -> Response:
            reason = Reason.UNREADABLE if _is_form(request) else Reason.WRONG_CONTENT_TYPE
            return await self._refused(Refused(reason, why), path, "")

        return Route(method, self._base + path, text, handle, broken, reads, errors=ERRORS)

    def _answering(self, path: str, handle: Answered, *, is_form: bool = False) -> Answered:
        """The handler with its refusals worded and journalled."""

        async def answered(request: Request, form: Form | None) -> Response:
            form = form or {}
            try:
                if is_form:
                    _demand_form(request, form)
                return await handle(request, form)
            except Refused as refused:
                return await self._refused(refused, path, refused.client_id)

        return answered

    async def _refused(self, refused: Refused, path: str, client_id: str) -> Response:
        word = TOKEN[refused.reason]
        text = word.text.format(client_id=client_id[:300])
        body = {"error": word.code, "error_description": text}
        told = {"error": word.code, "description": text, "endpoint": path.removeprefix("/")}
        await self._exchange.note_refused(refused, told)
        headers = dict(NO_STORE)
        if word.status == 401 and path == "/oauth2/userinfo":
            headers["WWW-Authenticate"] = f'Bearer error="{word.code}", error_description="{text}"'
        elif word.status == 401:
            headers["WWW-Authenticate"] = f"Basic realm={urlsplit(self._exchange.url).hostname}"
        return answer(body, word.status, headers)


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", FORM).partition(";")[0].strip().lower() == FORM


def _demand_form(request: Request, form: Form) -> None:
    if form and not _is_form(request):
        raise Refused(Reason.WRONG_CONTENT_TYPE, f"Content-Type is not {FORM}")


def discovery(exchange: Exchange) -> dict[str, Any]:
    """What this login can do, and no more."""
    url, back = exchange.url, exchange.back
    return {
        "issuer": exchange.issuer,
        "authorization_endpoint": f"{url}/oauth2/authorize",
        "token_endpoint": f"{back}/oauth2/token",
        "userinfo_endpoint": f"{back}/oauth2/userinfo",
        "jwks_uri": f"{back}/oauth2/jwks",
        "end_session_endpoint": f"{url}/oidc/logout",
        "introspection_endpoint": f"{back}/oauth2/introspect",
        "revocation_endpoint": f"{back}/oauth2/revoke",
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "acr_values_supported": [exchange.spec.acr],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256", "plain"],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
