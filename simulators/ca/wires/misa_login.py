"""MISA eSign's login: login-api, two-factor-auth, resend-otp-auth and refreshtoken, each in its own envelope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.ca.coded import MisaSpec
from simulators.ca.desk.accounts import Accounts, Tokens
from simulators.ca.desk.callers import Caller
from simulators.ca.reasons import Reason, Refused
from simulators.ca.wires import misa_types as types
from simulators.ca.wires.misa_replies import MisaReplies
from simulators.ca.wires.misa_webhook import user_guid
from simulators.ca.wires.misa_words import SECOND_FACTOR
from simulators.kernel.citizens import Citizen
from simulators.kernel.clock import SECOND
from simulators.kernel.wire import Route, answer

BY_MESSAGE = 0
"""otpType: the code came by SMS or e-mail."""
Action = Callable[[Caller, Any], Awaitable[Response]]


class LoginCounter:
    """One CA's accounts."""

    def __init__(self, accounts: Accounts, spec: MisaSpec, replies: MisaReplies) -> None:
        self._accounts = accounts
        self._spec = spec
        self._replies = replies

    def routes(self, base: str, auth: str) -> tuple[Route, ...]:
        """All four under /webdev; the first two at the root as well, as far as the spec has them there."""
        said, name = self._replies, self._spec.name

        def post(path: str, action: Action, takes: Any, gives: Any) -> Route:
            handle, text = self._behind_client(action), f"{name}: {path.rsplit('/', 1)[1]}"
            return Route("POST", base + path, text, handle, said.broken_login, "json", takes, gives)

        first = (("login-api", self._log_in, types.LogIn), ("two-factor-auth", self._second, types.SecondFactor))
        shown = [post(f"/webdev{auth}/{path}", action, takes, types.LoggedIn) for path, action, takes in first]
        if self._spec.root_login == "served":
            shown += [post(f"{auth}/{path}", action, takes, types.LoggedIn) for path, action, takes in first]
        else:
            text = "Refused: the test environment serves it under /webdev alone"
            shown += [
                Route("POST", f"{base}{auth}/{path}", text, said.not_allowed, said.not_allowed_broken, "raw")
                for path, _, _ in first
            ]
        resend = post(f"/webdev{auth}/resend-otp-auth", self._resend, types.Resend, types.Resent)
        path, text = f"{base}/webdev{auth}/refreshtoken", f"{name}: refreshtoken, the tokens at top level"
        refresh = Route("POST", path, text, self._refresh, said.broken, "json", types.Refresh, types.Tokens)
        return (*shown, resend, refresh)

    def _behind_client(self, action: Action) -> Callable[[Request, Any], Awaitable[Response]]:
        async def handle(request: Request, given: Any) -> Response:
            try:
                return await action(await self._replies.caller(request), given)
            except Refused as refused:
                return await self._replies.login_refusal(request, refused)

        return handle

    async def _log_in(self, caller: Caller, given: types.LogIn) -> Response:
        tokens = await self._accounts.log_in(caller, given.user_name, given.password)
        if tokens is not None:
            return await self._opened(tokens)
        said = "Two factor authentication required"
        wait = types.Outcome("warning", 200, said, True, SECOND_FACTOR, said, "Vui lòng nhập mã xác thực")  # noqa: FBT003  # as the wire has it
        return answer(types.LoggedIn(wait, None))

    async def _second(self, caller: Caller, given: types.SecondFactor) -> Response:
        if given.otp_type != BY_MESSAGE:
            why = f"otpType {given.otp_type}: only 0 (SMS or e-mail) is simulated, an authenticator is not"
            raise Refused(Reason.UNREADABLE, why)
        tokens = await self._accounts.second(caller, given.user_name, given.code, remember=given.remember)
        return await self._opened(tokens)

    async def _resend(self, caller: Caller, given: types.Resend) -> Response:
        await self._accounts.resend(caller, given.user_name)
        return answer(types.Resent(_fine(), {"user": {"username": given.user_name}}))

    async def _refresh(self, request: Request, given: types.Refresh) -> Response:
        try:
            caller = await self._replies.caller(request)
            tokens = await self._accounts.renew(caller, given.refresh_token)
        except Refused as refused:
            return await self._replies.refusal(request, refused)
        return answer(types.Tokens(*self._written(tokens)))

    async def _opened(self, tokens: Tokens) -> Response:
        citizen = await self._accounts.of(tokens)
        known = {"email": False, "phoneNumber": True, "appAuthenticator": False}
        verified = {"emailsVerify": True, "phoneNumberIsVerify": True, "isChangePassword": False}
        session = types.Session(*self._written(tokens), _user(citizen), known, verified)
        return answer(types.LoggedIn(_fine(), session))

    def _written(self, tokens: Tokens) -> tuple[str, str, str, int, str]:
        life = self._spec.token_life // SECOND
        return tokens["access"].id, tokens["signing"].id, "Bearer", life, tokens["refresh"].id


def _fine() -> types.Outcome:
    return types.Outcome("success", 200, "Success", False, 0, "", "")  # noqa: FBT003  # as the wire has it


def _user(citizen: Citizen) -> types.User:
    last, _, first = citizen.name.partition(" ")
    return types.User(
        id=user_guid(citizen),
        email=citizen.email or "",
        phone_number=citizen.phone or "",
        first_name=first,
        last_name=last,
        username=citizen.username,
    )
