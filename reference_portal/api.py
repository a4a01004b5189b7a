"""The Portal Test Interface (conformance/portal_api.yaml): thin handlers over the same functions as the pages."""

import hmac
import json
from collections.abc import AsyncIterator
from itertools import chain
from urllib.parse import quote, unquote

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from reference_portal import desk, entrance, filing, law, settings, signing, steps, treasury, views
from reference_portal.catalogue import ROLES
from reference_portal.dossiers import Dossier, Refused
from reference_portal.kbnn import api as kbnn
from reference_portal.kbnn import desk as kbnn_desk
from reference_portal.kbnn import screens, wizard
from reference_portal.kbnn import views as kbnn_views
from reference_portal.web import body, json_body, office, person, signed_in, text, token, with_cookie

LONGEST_WAIT = 20.0
_PATHS = {
    "ipn_path": settings.NOTICE_PATH,
    "return_path": settings.RETURN_PATH,
    "webhook_path": settings.WEBHOOK_PATH,
    "callback_path": settings.CALLBACK_PATH,
}


async def _capabilities(_request: Request) -> Response:
    roles = {role: {"procedure": p.code, "agencies": p.agencies} for role, p in ROLES.items()}
    roles["kbnn"] = {"procedure": screens.PROCEDURE, "agencies": (screens.AGENCY,)}
    told = {
        "name": "Cổng tham chiếu Hợp Chuẩn",
        "version": "1",
        "claims": ["login", "signing", "resubmission", "payment", "notices", "treasury", "ageing", "slips", "rollback"],
        "legal": law.NAME,
        "procedures": roles,
        "signing": [{"through": through, "ca": ca} for through, ca in signing.WAYS],
        "gateways": ["vnpay"],
        **_PATHS,
        "signing_patience_seconds": settings.SIGNING_PATIENCE,
        "notice_patience_seconds": settings.NOTICE_PATIENCE,
        "treasury": kbnn.TREASURY,
    }
    return JSONResponse(told)


async def _login(request: Request) -> Response:
    fresh, url = await entrance.begin(office(request), token(request), request.query_params.get("target", "/"))
    return with_cookie(request, RedirectResponse(url, 302), fresh)


async def _session(request: Request) -> Response:
    found = await person(request)
    if found is None:
        return JSONResponse({"signed_in": False})
    who = {"account": found.id, "subject": found.subject, "name": found.name, "personal_id": found.personal_id}
    return JSONResponse({"signed_in": True, **who})


async def _logout(request: Request) -> Response:
    url = await entrance.leave(office(request), token(request))
    answer: Response = RedirectResponse(url, 303) if url else JSONResponse({"signed_in": False})
    return with_cookie(request, answer, "")


async def _procedures(_request: Request) -> Response:
    return JSONResponse({"procedures": [*views.procedures(), kbnn_views.procedure()]})


async def _draft(request: Request) -> Response:
    told = await json_body(request)
    copy_of = text(told, "copy_of") if told.get("copy_of") is not None else None
    asked = (text(told, "procedure"), text(told, "agency"))
    if asked == (screens.PROCEDURE, screens.AGENCY):
        return await kbnn.draft(request, copy_of)
    return _shown(request, await filing.draft(office(request), await person(request), asked, copy_of), 201)


async def _listed(request: Request) -> Response:
    who = await signed_in(request)
    own = office(request).books.find(Dossier, about=who.id)
    rules = office(request).parts.rules
    registrations = [kbnn_views.line(one, rules.kbnn) for one in wizard.listed(office(request), who)]
    return JSONResponse({"dossiers": [*registrations, *(views.line(dossier, rules) for dossier in reversed(own))]})


async def _read(request: Request) -> Response:
    hall = office(request)
    dossier = steps.owned(hall, await person(request), request.path_params["dossier"], "read")
    asked = request.query_params.get("signing")
    if asked:
        seconds = request.query_params.get("seconds", "0")
        wait = float(seconds) if seconds.isdecimal() else 0.0
        dossier = await signing.decided(hall, dossier, asked, min(wait, LONGEST_WAIT))
    return JSONResponse(views.whole(dossier, hall, asked))


async def _put(request: Request) -> Response:
    hall, who, place = office(request), await person(request), _place(request)
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        name = unquote(request.headers.get("x-file-name", ""))
        return _shown(request, await filing.attach(hall, who, place, await body(request), name))
    told = await json_body(request)
    if told.get("delete") is True:
        return _shown(request, await filing.take_away(hall, who, place))
    form = told.get("form")
    if not isinstance(form, dict) or not all(isinstance(value, str) for value in form.values()):
        raise Refused("bad_form", "Biểu mẫu phải gồm tên ô và nội dung.", status=422, field="form")
    return _shown(request, await filing.fill(hall, who, place, form))


async def _file(request: Request) -> Response:
    hall = office(request)
    dossier = steps.owned(hall, await person(request), request.path_params["dossier"], "file")
    wanted = request.path_params["file"]
    for component in dossier.components:
        for version in component.versions:
            if version.file == wanted:
                name = f"attachment; filename*=UTF-8''{quote(version.name, safe='')}"
                content = hall.books.file(wanted)
                return Response(content, media_type=version.media, headers={"content-disposition": name})
    raise Refused("no_such_file", "Không tìm thấy tập tin.", status=404)


async def _certificates(request: Request) -> Response:
    asked = request.query_params
    choice = signing.Choice(*(asked.get(name, "").strip() for name in ("through", "ca", "user_id")))
    found = await signing.certificates(office(request), await person(request), choice)
    return JSONResponse({"certificates": [views.certificate(one) for one in found]})


async def _sign(request: Request) -> Response:
    told = await json_body(request)
    choice = signing.Choice(*(text(told, name).strip() for name in ("through", "ca", "user_id", "serial")))
    begun = await signing.start(office(request), await person(request), _place(request), choice)
    return JSONResponse(views.signing_view(begun), 202)


async def _act(request: Request) -> Response:
    told = await json_body(request)
    who = await person(request)
    return _shown(request, await filing.act(office(request), who, request.path_params["dossier"], text(told, "action")))


async def _pay(request: Request) -> Response:
    if text(await json_body(request), "gateway") != "vnpay":
        raise Refused("no_such_gateway", "Cổng chỉ thanh toán qua VNPAY.", status=422, field="gateway")
    client = request.client.host if request.client else ""
    payment, url = await treasury.pay(office(request), await person(request), request.path_params["dossier"], client)
    return JSONResponse({**views.payment(payment), "url": url}, 201)


async def _officer(request: Request) -> Response:
    _demand_key(request)
    try:
        order = msgspec.convert(await json_body(request), desk.Order)
    except msgspec.ValidationError as error:
        raise Refused("bad_order", "Yêu cầu của cán bộ không hợp lệ.", status=422) from error
    if order.action == "reconcile":
        await treasury.reconcile(office(request))
        return JSONResponse({})
    if registration := kbnn_desk.found(office(request), order.dossier):
        return kbnn.shown(request, await kbnn_desk.act(office(request), registration, order))
    return _shown(request, await desk.act(office(request), order))


async def _books(request: Request) -> Response:
    _demand_key(request)

    async def lines() -> AsyncIterator[bytes]:
        books = office(request).books
        for row in chain(views.books_rows(books), kbnn_views.books_rows(books)):
            yield json.dumps(row, ensure_ascii=False).encode() + b"\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


def _shown(request: Request, dossier: Dossier, status: int = 200) -> Response:
    return JSONResponse(views.whole(dossier, office(request)), status)


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["dossier"], request.path_params["component"]


def _demand_key(request: Request) -> None:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), office(request).settings.portal_key.encode()):
        raise Refused("wrong_key", "Sai khóa của cán bộ.", status=401)


_COMPONENT = "/pti/dossiers/{dossier}/components/{component}"
ROUTES = [
    *kbnn.ROUTES,
    Route("/pti/capabilities", _capabilities),
    Route("/pti/login", _login),
    Route("/pti/session", _session),
    Route("/pti/logout", _logout, methods=["POST"]),
    Route("/pti/procedures", _procedures),
    Route("/pti/dossiers", _draft, methods=["POST"]),
    Route("/pti/dossiers", _listed),
    Route("/pti/dossiers/{dossier}", _read),
    Route(_COMPONENT, _put, methods=["PUT"]),
    Route("/pti/dossiers/{dossier}/files/{file}", _file),
    Route("/pti/certificates", _certificates),
    Route(f"{_COMPONENT}/sign", _sign, methods=["POST"]),
    Route("/pti/dossiers/{dossier}/act", _act, methods=["POST"]),
    Route("/pti/dossiers/{dossier}/pay", _pay, methods=["POST"]),
    Route("/pti/officer", _officer, methods=["POST"]),
    Route("/pti/books", _books),
]
