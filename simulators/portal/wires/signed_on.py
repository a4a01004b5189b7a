"""For the control side alone: somebody is logged in at the login already, and a browser gets the cookies of it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.contracts import Settings
from simulators.kernel.plain import operation, refuse
from simulators.kernel.wire import Route, answer
from simulators.portal.desk.entrance import Entrance
from simulators.portal.records import event_source
from simulators.portal.wires import cookies
from simulators.world import World


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """`citizen` by personal id; `contract` says at which login."""

    citizen: str
    contract: str


class SignedOn(msgspec.Struct):
    """Lines of Set-Cookie, as if `url` had sent them."""

    url: str
    set_cookie: list[str]


def route(world: World, entrances: Sequence[Entrance]) -> Route:
    async def sign_on(_request: Request, given: Wanted) -> Response:
        if await world.citizens.get(given.citizen) is None:
            return refuse(404, f"citizen: there is no {given.citizen[:60]!r}; make people with POST /control/citizens.")
        settings = await world.store.find(Settings, about=given.contract)
        for entrance in entrances:
            if any(one.id.startswith(f"{event_source(entrance.spec.id)}/") for one in settings):
                session = await entrance.sign_on(given.citizen, given.contract)
                url, sent = world.address(f"/portal/{entrance.spec.id}"), Response()
                cookies.keep_session(sent, session, urlsplit(url).path or "/")
                return answer(SignedOn(url, sent.headers.getlist("set-cookie")), 201)
        return refuse(
            404, f"contract: {given.contract[:60]!r} has no login here; make one with POST /control/contracts."
        )

    return operation(
        "POST",
        "/control/login/sessions",
        "Have a citizen logged in already (single sign-on): cookies for a browser.",
        sign_on,
        reads="json",
        takes=Wanted,
        gives=SignedOn,
        errors={404: "no such citizen, or no login in this contract"},
    )
