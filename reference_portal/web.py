"""What handlers of pages and of the test interface share: who asks, with which body, and how a cookie is set."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reference_portal import entrance
from reference_portal.accounts import Account
from reference_portal.catalogue import MAX_BYTES
from reference_portal.dossiers import Refused
from reference_portal.office import Office
from reference_portal.steps import not_signed_in

COOKIE = "phien"
_BODY_BYTES = MAX_BYTES + 64 * 1024


def office(request: Request) -> Office:
    found = request.app.state.office
    assert isinstance(found, Office)
    return found


def token(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


async def person(request: Request) -> Account | None:
    """Who is signed in with this browser's cookie."""
    await entrance.seen(office(request), token(request))
    return entrance.account(office(request), token(request))


async def signed_in(request: Request) -> Account:
    found = await person(request)
    if found is None:
        raise not_signed_in()
    return found


def with_cookie(request: Request, response: Response, value: str) -> Response:
    """Sets the session cookie, or ends it when there is no value."""
    end = "" if value else "Max-Age=0; "
    response.headers.append("set-cookie", f"{COOKIE}={value}; {end}{office(request).parts.rules.login.cookie}")
    return response


async def body(request: Request) -> bytes:
    """The whole body, refused as soon as it is longer than any attachment may be."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > _BODY_BYTES:
            raise Refused("too_big", f"Tập tin lớn hơn {MAX_BYTES >> 20} MB.", status=413)
    return bytes(parts)


async def json_body(request: Request) -> dict[str, Any]:
    try:
        told = json.loads(await body(request))
    except (ValueError, RecursionError) as error:  # the second: nested too deeply
        raise Refused("bad_json", "Yêu cầu không phải JSON hợp lệ.", status=400) from error
    if not isinstance(told, dict):
        raise Refused("bad_json", "Yêu cầu phải là một đối tượng JSON.", status=400)
    return told


def text(told: dict[str, Any], name: str, default: str | None = None) -> str:
    """A field that must be text."""
    value = told.get(name, default)
    if not isinstance(value, str):
        raise Refused("bad_field", f"Thiếu hoặc sai trường “{name}”.", status=422, field=name)
    return value


def refusal(refused: Refused) -> JSONResponse:
    told = {"error": refused.error, "message_vi": refused.message_vi}
    if refused.field:
        told["field"] = refused.field
    return JSONResponse(told, refused.status)
