"""What a test does with tokens: give a citizen one, read its PINs, take it out, put it back, unlock it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.citizens import Citizen
from simulators.kernel.plain import operation, refuse
from simulators.kernel.records import Key
from simulators.kernel.wire import Route, answer
from simulators.tokens.desk.giving import Giving, Wanted
from simulators.tokens.reasons import Refused
from simulators.tokens.token import Token

Name = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00-\x1f\x7f]{0,128}\Z")]
TaxCode = Annotated[str, msgspec.Meta(pattern=r"\A(\d{10}(-\d{3})?)?\Z")]
ONE = {404: "there is no such token"}


class Give(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`tax_code` and `organisation` make it a person's in an organisation (UID=MST and UID=CCCD), with `seal` the
    organisation's own; `lapsed`: its time is over already. Without `pin` it is the citizen's own."""

    citizen: str
    provider: str = "viettel-ca"
    pin: str = ""
    organisation: Name = ""
    tax_code: TaxCode = ""
    seal: bool = False
    lapsed: bool = False


class Unlock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By the security officer's PIN, with a new PIN for the citizen."""

    so_pin: str
    pin: str


class TokenState(msgspec.Struct):
    """`id` is the token's serial number, `serial` its certificate's (POST /control/certificates/{serial}/revoke)."""

    id: str
    citizen: str
    provider: str
    label: str
    pin: str
    so_pin: str
    serial: str
    certificate: str
    inserted: bool
    tries_left: int
    so_tries_left: int


class Tokens(msgspec.Struct):
    """In no order that means anything."""

    tokens: list[TokenState]


class TokenControl:
    """Behind the run key."""

    def __init__(self, giving: Giving, store: Any) -> None:
        self._giving = giving
        self._store = store

    def routes(self) -> tuple[Route, ...]:
        base, one = "/control/tokens", "/control/tokens/{id}"
        gave = {404: "there is no such citizen"}
        unlocked = {**ONE, 409: "the token is out, or its SO PIN is locked", 422: "the SO PIN is wrong, or no PIN"}
        return (
            _row("POST", base, "Give a citizen a USB token.", self.give, takes=Give, gives=TokenState, errors=gave),
            _row("GET", f"{base}/of/{{citizen}}", "The tokens of a citizen.", self.of, gives=Tokens, errors=gave),
            _row("GET", one, "One token: its PINs, its tries.", self.get, gives=TokenState, errors=ONE),
            _row("POST", f"{one}/insert", "Put it into the computer.", self.insert, gives=TokenState, errors=ONE),
            _row(
                "POST", f"{one}/remove", "Take it out, also while it signs.", self.remove, gives=TokenState, errors=ONE
            ),
            _row(
                "POST",
                f"{one}/unlock",
                "Set a new PIN by the SO PIN.",
                self.unlock,
                takes=Unlock,
                gives=TokenState,
                errors=unlocked,
            ),
        )

    async def give(self, _request: Request, given: Give) -> Response:
        if given.provider not in self._giving.specs:
            return refuse(422, f"provider: nobody {given.provider!r} gives tokens; {', '.join(self._giving.specs)} do.")
        if given.seal and not (given.organisation and given.tax_code):
            return refuse(422, "seal: an organisation's seal needs organisation and tax_code.")
        citizen = await self._store.get(Key(Citizen, given.citizen))
        if citizen is None:
            return _nobody(given.citizen)
        fields = {name: getattr(given, name) for name in Wanted.__dataclass_fields__}
        try:
            return answer(await self._state(await self._giving.give(citizen, Wanted(**fields))), 201)
        except Refused as error:
            return refuse(422, f"{error.why}.")

    async def of(self, request: Request, _given: None) -> Response:
        citizen = request.path_params["citizen"]
        if await self._store.get(Key(Citizen, citizen)) is None:
            return _nobody(citizen)
        return answer(Tokens([await self._state(token) for token in await self._giving.of(citizen)]))

    async def get(self, request: Request, _given: None) -> Response:
        token = await self._giving.token(request.path_params["id"])
        return answer(await self._state(token)) if token else _no_token(request)

    async def insert(self, request: Request, _given: None) -> Response:
        if await self._giving.token(request.path_params["id"]) is None:
            return _no_token(request)
        return answer(await self._state(await self._giving.insert(request.path_params["id"])))

    async def remove(self, request: Request, _given: None) -> Response:
        if await self._giving.token(request.path_params["id"]) is None:
            return _no_token(request)
        return answer(await self._state(await self._giving.remove(request.path_params["id"])))

    async def unlock(self, request: Request, given: Unlock) -> Response:
        if await self._giving.token(request.path_params["id"]) is None:
            return _no_token(request)
        try:
            unlocked = await self._giving.unlock(request.path_params["id"], given.so_pin, given.pin)
        except Refused as error:
            return refuse(409, f"{error.why}.")
        return answer(await self._state(unlocked))

    async def _state(self, token: Token) -> TokenState:
        spec = self._giving.specs[token.provider]
        certificate = await self._giving.certificate(token)
        told = {
            name: getattr(token, name) for name in ("id", "citizen", "provider", "label", "pin", "so_pin", "serial")
        }
        return TokenState(
            **told,
            certificate=certificate.der,
            inserted=token.inserted,
            tries_left=spec.pin_tries - token.wrong,
            so_tries_left=spec.so_tries - token.so_wrong,
        )


def _row(method: str, path: str, text: str, handle: Any, **more: Any) -> Route:
    return operation(method, path, text, handle, reads="json" if "takes" in more else "nothing", **more)


def _nobody(citizen: str) -> Response:
    return refuse(404, f"citizen: there is no citizen {citizen[:40]!r}; POST /control/citizens makes one.")


def _no_token(request: Request) -> Response:
    return refuse(404, f"There is no token {request.path_params['id'][:40]!r}; POST /control/tokens gives one.")
