"""Accounts that sign without the phone, for tests: switched on and read at /control, secrets too; no CA has such an operation."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.ca.desk.integrated import Integrated
from simulators.ca.desk.requests import Desk
from simulators.ca.passwords import Account
from simulators.ca.spec import IntegratedSpec
from simulators.kernel.plain import operation, refuse
from simulators.kernel.wire import Route, answer
from simulators.world import World


class Switch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`integrated`: the subscriber signs by password and code, no phone is asked."""

    ca: str
    citizen: str
    integrated: bool


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """`totp_secret` as it is handed over: base64 of the key's bytes, which look like hexadecimal and are taken as they are."""

    ca: str
    citizen: str
    integrated: bool
    password: str
    totp_secret: str
    wrong_tries: int


class Accounts:
    """At every CA of the world that has such accounts."""

    def __init__(self, world: World, desks: Mapping[str, Desk]) -> None:
        self._world = world
        self._desks = {ca: Integrated(desk) for ca, desk in desks.items() if isinstance(desk.spec, IntegratedSpec)}

    def routes(self) -> tuple[Route, ...]:
        path = "/control/smartca"
        errors = {404: "no CA with such accounts, or no such citizen"}
        switch = "Have a citizen sign at a CA by password and one-time code, or by the phone again."
        read = "A citizen's password and TOTP secret at a CA that has such accounts."
        return (
            operation("POST", path, switch, self.post, reads="json", takes=Switch, gives=Shown, errors=errors),
            operation("GET", f"{path}/{{ca}}/{{citizen}}", read, self.get, gives=Shown, errors=errors),
        )

    async def post(self, _request: Request, given: Switch) -> Response:
        if unknown := await self._unknown(given.ca, given.citizen):
            return unknown
        account = await self._desks[given.ca].switched(given.citizen, integrated=given.integrated)
        return answer(_shown(account))

    async def get(self, request: Request, _given: None) -> Response:
        ca, citizen = request.path_params["ca"], request.path_params["citizen"]
        return await self._unknown(ca, citizen) or answer(_shown(await self._desks[ca].account(citizen)))

    async def _unknown(self, ca: str, citizen: str) -> Response | None:
        if ca not in self._desks:
            return refuse(
                404, f"ca: {ca[:40]!r} has no accounts that sign without the phone; {', '.join(self._desks)} has."
            )
        if await self._world.citizens.get(citizen) is None:
            return refuse(404, f"citizen: there is no {citizen[:40]!r}; POST /control/citizens makes one.")
        return None


def _shown(account: Account) -> Shown:
    ca, _, citizen = account.id.partition("/")
    return Shown(
        ca=ca,
        citizen=citizen,
        integrated=account.integrated,
        password=account.password,
        totp_secret=account.secret,
        wrong_tries=account.wrong,
    )
