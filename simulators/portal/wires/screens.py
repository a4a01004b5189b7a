"""What a person goes through: chooser, VNConnect's form and OTP, VNeID's form and consent, and the hops between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.clock import SECOND
from simulators.kernel.forms import Unreadable
from simulators.kernel.wire import Route
from simulators.portal import authorization, captcha, otp
from simulators.portal.attempts import Reason, Refused, minutes_locked
from simulators.portal.authorization import About
from simulators.portal.desk.entrance import Entrance
from simulators.portal.desk.other_ways import OtherWays
from simulators.portal.desk.steps import Steps
from simulators.portal.pages import page
from simulators.portal.records import Attempt, Stage
from simulators.portal.wires import cookies
from simulators.portal.wires.authorize import FrontChannel
from simulators.portal.wires.onward import redirect
from simulators.portal.wires.words import ANYTHING_ELSE, PERSON

TABS = {"": "CMT/CCCD", "usb": "Usb ký số", "sim": "Sim ký số"}
SIM_LATE = PERSON[Reason.SIM_EXPIRED].code
TOLD = {word.code: word.text for word in PERSON.values()}
Given = Mapping[str, str]


class Screens:
    """One profile's, under `base` (/portal/<profile>)."""

    def __init__(self, entrance: Entrance, steps: Steps, others: OtherWays, front: FrontChannel, base: str) -> None:
        self._entrance = entrance
        self._others = others
        self._steps = steps
        self._front = front
        self._base = base

    def routes(self) -> tuple[Route, ...]:
        def get(path: str, text: str, handle: Any) -> Route:
            return Route("GET", self._base + path, text, handle, self.broken, "query")

        def post(path: str, text: str, handle: Any) -> Route:
            return Route("POST", self._base + path, text, handle, self.broken, "form")

        common = (
            get("/authenticationendpoint/oauth2_login.do", "The chooser.", self.chooser),
            get("/commonauth", "A hop: an icon was chosen, or the last page was sent.", self.hop),
        )
        if self._entrance.spec.login_idp:
            return (
                *common,
                get("/auth", "VNeID: password, then what is shared.", self.vneid),
                post("/auth", "VNeID: the password.", self.typed_at_vneid),
                get("/api/idp/third-party/logout", "VNeID's logoutUri.", self.logout_uri),
            )
        where = "/authenticationendpoint/vnconnect-authenticator.jsp"
        return (
            *common,
            get(where, "VNConnect: password and captcha, OTP, or the last step.", self.vnconnect),
            post("/commonauth", "What was typed at VNConnect.", self.typed_at_vnconnect),
        )

    async def chooser(self, request: Request, given: Given) -> Response:
        try:
            attempt = await self._steps.attempt(given.get("sessionDataKey", ""), cookies.visitor(request))
        except Refused:
            return self._lost()
        ways = self._entrance.spec.authenticators
        told = TOLD.get(given.get("authFailureMsg", ""), "")
        return page("chooser", {"action": f"{self._base}/commonauth", "attempt": attempt, "ways": ways, "told": told})

    async def hop(self, request: Request, given: Given) -> Response:
        key, visitor = given.get("sessionDataKey", ""), cookies.visitor(request)
        try:
            if given.get("commonAuthLogout") == "true":
                return await self._front.logout(request, {"consent": "approve"})
            if "idp" in given:
                await self._steps.choose(key, visitor, given["idp"])
                return self._to_form(key)
            ticket, denied = given.get("finalCode", ""), given.get("deny") == "true"
            return self._front.granted(await self._entrance.finish(key, visitor, ticket, denied=denied))
        except authorization.Refused as refused:
            return await self._front.refused(refused)
        except Refused as refused:
            if refused.reason is Reason.NO_ATTEMPT:
                return self._lost()
            where = f"{self._base}/authenticationendpoint/oauth2_login.do"
            return redirect(where, {"sessionDataKey": key, "authFailureMsg": PERSON[refused.reason].code})

    async def vnconnect(self, request: Request, given: Given) -> Response:
        try:
            attempt = await self._steps.attempt(given.get("sessionDataKey", ""), cookies.visitor(request))
        except Refused:
            return self._lost()
        told = TOLD.get(given.get("authFailureMsg", ""), ANYTHING_ELSE if "authFailureMsg" in given else "")
        tab = given.get("tab", "sim" if attempt.failure else "")
        shared: dict[str, Any] = {"base": self._base, "attempt": attempt, "told": told}
        match attempt.stage:
            case Stage.CHOOSING:
                return redirect(f"{self._base}/authenticationendpoint/oauth2_login.do", {"sessionDataKey": attempt.id})
            case Stage.PASSWORD:
                picture = captcha.picture(attempt.captcha, attempt.id)
                tabs = {"tab": tab if tab in TABS else "", "tabs": TABS, "picture": picture}
                return page("vnconnect", shared | tabs | {"told": told or _failed(attempt, tab)})
            case Stage.SIM:
                over = self._steps.now() >= attempt.sim_expires
                return page("sim", shared | {"over": over, "told": TOLD[SIM_LATE] if over else told})
            case Stage.PASSED:
                return page("vnconnect_done", shared)
        return page("otp", shared | await self._counted(attempt))

    async def typed_at_vnconnect(self, request: Request, given: Given) -> Response:
        key, visitor = given.get("sessionDataKey", ""), cookies.visitor(request)
        tab = "usb" if "signature" in given else "sim" if "phone" in given else ""
        try:
            if given.get("renewCaptcha") == "true":
                await self._steps.renew_captcha(key, visitor)
            elif given.get("resendCode") == "true":
                await self._steps.resend(key, visitor)
            elif "codeBox1" in given:
                await self._steps.code(key, visitor, _digits(given, self._entrance.spec.otp_length))
            elif tab == "usb":
                await self._others.certificate(key, visitor, given)
            elif tab == "sim":
                await self._others.phone(key, visitor, given["phone"])
            else:
                await self._steps.password(key, visitor, _with_password(given))
        except Unreadable as unreadable:
            await self._note(key, str(unreadable))
        except Refused as refused:
            return self._lost() if refused.reason is Reason.NO_ATTEMPT else self._to_form(key, refused.reason, tab)
        return self._to_form(key)

    async def vneid(self, request: Request, given: Given) -> Response:
        try:
            attempt = await self._steps.attempt(given.get("state", ""), cookies.visitor(request))
        except Refused:
            return self._lost()
        told = TOLD.get(given.get("authFailureMsg", ""), "")
        shared: dict[str, Any] = {"base": self._base, "attempt": attempt, "told": told}
        if attempt.stage is Stage.CHOOSING:
            return redirect(f"{self._base}/authenticationendpoint/oauth2_login.do", {"sessionDataKey": attempt.id})
        return page("vneid_consent" if attempt.stage is Stage.PASSED else "vneid", shared)

    async def typed_at_vneid(self, request: Request, given: Given) -> Response:
        key = given.get("state", "")
        try:
            await self._steps.password(key, cookies.visitor(request), _with_password(given))
        except Unreadable as unreadable:
            await self._note(key, str(unreadable))
        except Refused as refused:
            return self._lost() if refused.reason is Reason.NO_ATTEMPT else self._to_form(key, refused.reason)
        return self._to_form(key)

    async def logout_uri(self, _request: Request, given: Given) -> Response:
        """Always the same answer: the address is a bearer token, and its shape is UNKNOWN."""
        await self._entrance.end_by_sid(given.get("token_id", ""))
        return page("logged_out")

    async def broken(self, _request: Request, why: str) -> Response:
        await self._note("", why)
        return self._lost()

    async def _note(self, key: str, why: str) -> None:
        body = {"error": "invalid_request", "description": ANYTHING_ELSE, "why": why}
        await self._entrance.note("authorization_refused", About(ref=key), body)

    def _to_form(self, key: str, reason: Reason | None = None, tab: str = "") -> Response:
        failed = {"authFailure": "true", "authFailureMsg": PERSON[reason].code} if reason else {}
        if self._entrance.spec.login_idp:
            # The hop to the identity provider: our sessionDataKey is the state of that request.
            hop = {"response_type": "code", "client_id": "vnconnect", "scope": "openid", "state": key}
            return redirect(f"{self._base}/auth", {**hop, **failed})
        where = f"{self._base}/authenticationendpoint/vnconnect-authenticator.jsp"
        return redirect(where, {"sessionDataKey": key, **failed, **({"tab": tab} if tab else {})})

    async def _counted(self, attempt: Attempt) -> dict[str, Any]:
        account, now = await self._steps.account(attempt.username), self._steps.now()
        return {
            "boxes": range(1, self._entrance.spec.otp_length + 1),
            "left": otp.tries_left(self._entrance.spec, account),
            "limit": self._entrance.spec.otp_limit,
            "minutes": minutes_locked(account, now),
            "locked": attempt.stage is Stage.LOCKED,
            "seconds": max(0, (attempt.otp_expires - now) // SECOND),
        }

    def _lost(self) -> Response:
        return page("retry", {"told": ANYTHING_ELSE}, 400)


def _failed(attempt: Attempt, tab: str) -> str:
    """What the phone said no to."""
    return PERSON[Reason(attempt.failure)].text if attempt.failure and tab == "sim" else ""


def _digits(given: Given, length: int) -> str:
    """What the boxes hold, one digit each; anything else costs no try."""
    boxes = [given.get(f"codeBox{box + 1}", "").strip() for box in range(length)]
    if not all(len(box) == 1 and box.isascii() and box.isdigit() for box in boxes):
        raise Unreadable(f"codeBox1 to codeBox{length} hold one digit each")
    return "".join(boxes)


def _with_password(given: Given) -> Given:
    if "password" not in given:
        raise Unreadable("the form has no field password")
    return given
