"""One dossier as its applicant sees it: the table of components, the e-form, and what can be done with it."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reference_portal import filing, steps
from reference_portal.catalogue import CATALOGUE, MAX_BYTES
from reference_portal.dossiers import DRAFT, REFUSED, SUPPLEMENT, Refused
from reference_portal.fees import Payment, Receipt, open_fees
from reference_portal.pages.render import fields, page, upload
from reference_portal.papers import FIELDS
from reference_portal.web import office, person

_PAYABLE = range(1, 10)
_NOT_PAYABLE = (REFUSED, 7, 8)


async def _show(request: Request) -> Response:
    hall = office(request)
    rules = hall.parts.rules.filing
    if rules.acts_by_link and (action := request.query_params.get("action")):
        await filing.act(hall, await person(request), request.path_params["dossier"], action)
    dossier = steps.owned(hall, await person(request), request.path_params["dossier"], "read")
    procedure = CATALOGUE[dossier.procedure]
    rows = [(rule, dossier.component(rule.id), rules.editable(dossier, rule.id)) for rule in procedure.components]
    values = {
        "dossier": dossier,
        "procedure": procedure,
        "rows": rows,
        "megabytes": MAX_BYTES >> 20,
        "payments": hall.books.find(Payment, about=dossier.id),
        "receipts": hall.books.find(Receipt, about=dossier.id),
        "payable": dossier.state in _PAYABLE and dossier.state not in _NOT_PAYABLE and bool(open_fees(dossier)),
        "draft": dossier.state == DRAFT,
        "to_answer": dossier.state == SUPPLEMENT and dossier.supplement and not dossier.supplement.answered,
        "refused": dossier.state == REFUSED,
        "by_link": rules.acts_by_link,
        "withdrawable": dossier.state in (1, 2, 4, 5, 6),
    }
    return page(request, "dossier.html", values)


async def _form(request: Request) -> Response:
    dossier = steps.owned(office(request), await person(request), request.path_params["dossier"], "read")
    component = dossier.component(request.path_params["component"])
    rule = CATALOGUE[dossier.procedure].component(component.id)
    labels = [(name, FIELDS[name]) for name in rule.form] if rule else []
    return page(request, "form.html", {"dossier": dossier, "component": component, "labels": labels})


async def _view(request: Request) -> Response:
    """The current file in the browser's own viewer: nobody should sign what they have not read."""
    hall = office(request)
    dossier = steps.owned(hall, await person(request), request.path_params["dossier"], "file")
    version = dossier.component(request.path_params["component"]).current
    if version is None:
        raise Refused("no_such_file", "Không tìm thấy tập tin.", status=404)
    shown = f"inline; filename*=UTF-8''{quote(version.name, safe='')}"
    content = hall.books.file(version.file)
    return Response(content, media_type=version.media, headers={"content-disposition": shown})


async def _fill(request: Request) -> Response:
    await filing.fill(office(request), await person(request), _place(request), await fields(request))
    return _back(request)


async def _attach(request: Request) -> Response:
    name, content = await upload(request)
    await filing.attach(office(request), await person(request), _place(request), content, name)
    return _back(request)


async def _take_away(request: Request) -> Response:
    await filing.take_away(office(request), await person(request), _place(request))
    return _back(request)


async def _act(request: Request) -> Response:
    action = (await fields(request)).get("action", "")
    await filing.act(office(request), await person(request), request.path_params["dossier"], action)
    return _back(request)


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["dossier"], request.path_params["component"]


def _back(request: Request) -> Response:
    return RedirectResponse(f"/ho-so/{request.path_params['dossier']}", 303)


ROUTES = [
    Route("/ho-so/{dossier}", _show),
    Route("/ho-so/{dossier}/thao-tac", _act, methods=["POST"]),
    Route("/ho-so/{dossier}/{component}/xem", _view),
    Route("/ho-so/{dossier}/{component}/bieu-mau", _fill, methods=["POST"]),
    Route("/ho-so/{dossier}/{component}/bieu-mau", _form),
    Route("/ho-so/{dossier}/{component}/dinh-kem", _attach, methods=["POST"]),
    Route("/ho-so/{dossier}/{component}/xoa", _take_away, methods=["POST"]),
]
