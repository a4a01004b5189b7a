"""A question of the portal's server to the national login: the answer's JSON object, or a refusal."""

from collections.abc import Mapping
from typing import Any

import httpx

from reference_portal.calls.bodies import object_of

PATIENCE = 15.0
_TRY_AGAIN = "Đã xảy ra lỗi trong quá trình xác thực. Vui lòng thử đăng nhập lại."


class LoginRefused(Exception):
    """`why` is for the log and never holds a token; `message_vi` is for the citizen."""

    def __init__(self, why: str, message_vi: str = _TRY_AGAIN) -> None:
        super().__init__(why)
        self.why = why
        self.message_vi = message_vi


async def answer_of(request: httpx.Request, http: httpx.AsyncClient) -> Mapping[str, Any]:
    """The JSON object of a 200; everything else is a refusal that names the URL and the provider's own error word."""
    try:
        reply = await http.send(request, follow_redirects=False)
        answer = object_of(reply)
    except (httpx.HTTPError, ValueError) as error:
        raise LoginRefused(f"{request.url}: {type(error).__name__}") from error
    if reply.status_code != 200:
        raise LoginRefused(
            f"{request.url}: {reply.status_code} {answer.get('error')} {answer.get('error_description')}"
        )
    return answer
