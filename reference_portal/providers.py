"""Where the providers come in: the login's callback, the CA's webhook, the gateway's notice."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from reference_portal import entrance, treasury
from reference_portal.calls import smartca
from reference_portal.settings import CALLBACK_PATH, NOTICE_PATH, WEBHOOK_PATH
from reference_portal.web import body, office, token, with_cookie


async def _callback(request: Request) -> Response:
    fresh, target = await entrance.complete(office(request), token(request), request.query_params)
    return with_cookie(request, RedirectResponse(target, 303), fresh)


async def _webhook(request: Request) -> Response:
    """Anyone can send one, so it proves nothing: it only makes the portal ask at once."""
    if transaction := smartca.webhook_names(await body(request)):
        office(request).bells.ring(transaction)
    return JSONResponse({"status_code": 200, "message": "Success"})


async def _notice(request: Request) -> Response:
    params = parse_qsl(request.url.query, keep_blank_values=True)
    code = await treasury.notice(office(request), params) if params else "99"
    keys = office(request).parts.rules.money.answer_keys
    return JSONResponse(dict(zip(keys, (code, treasury.ANSWERS[code]), strict=True)))


ROUTES = [
    Route(CALLBACK_PATH, _callback),
    Route(WEBHOOK_PATH, _webhook, methods=["POST"]),
    Route(NOTICE_PATH, _notice),
]
