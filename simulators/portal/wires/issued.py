"""For the control side alone: the tokens that an application got for one attempt, so that a test can look for them."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.plain import operation, refuse
from simulators.kernel.wire import Route, answer
from simulators.portal.records import Grant, Token
from simulators.world import World


class Issued(msgspec.Struct):
    """Access and refresh tokens, also those that are worth nothing any more."""

    tokens: list[str]


def route(world: World) -> Route:
    async def tell(request: Request, _given: Any) -> Response:
        attempt = request.path_params["attempt"]
        found = [
            token.id
            for grant in await world.store.find(Grant, about=attempt)
            for token in await world.store.find(Token, about=grant.id)
        ]
        if not found:
            return refuse(404, f"No tokens were issued for {attempt[:60]!r}: give the ref of a row code_redeemed.")
        return answer(Issued(found))

    path = "/control/login/tokens/{attempt}"
    gone = {404: "nobody exchanged a code of this attempt"}
    return operation("GET", path, "Tokens that a login attempt led to.", tell, gives=Issued, errors=gone)
