"""For the control side alone: what a captcha's picture says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.plain import operation, refuse
from simulators.kernel.wire import Route, answer
from simulators.portal.desk.steps import Steps


class Answer(msgspec.Struct):
    """Not case sensitive, good for one try."""

    answer: str


def route(profiles: Sequence[Steps]) -> Route:
    async def tell(request: Request, _given: Any) -> Response:
        key = request.path_params["key"]
        for steps in profiles:
            if found := await steps.captcha_of(key):
                return answer(Answer(found))
        return refuse(404, f"No login attempt {key[:60]!r} shows a captcha now: the key is the page's sessionDataKey.")

    path = "/control/login/captcha/{key}"
    gone = {404: "no attempt with this key shows a captcha"}
    return operation("GET", path, "What the captcha of a login attempt says.", tell, gives=Answer, errors=gone)
