"""The dialog of seed 003 ("Ký số tập tin đính kèm") and the page that waits for the phone."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reference_portal import signing, steps
from reference_portal.calls.smartca import Offered
from reference_portal.dossiers import Refused
from reference_portal.pages.render import fields, page
from reference_portal.web import office, person

_SEPARATOR = ":"
_PLACE = "/ho-so/{dossier}/{component}/ky"


async def _dialog(request: Request) -> Response:
    """Number and CA first; "LẤY CTS" comes back here with both and fills the list of certificates."""
    hall, who = office(request), await person(request)
    dossier = steps.owned(hall, who, request.path_params["dossier"], "sign")
    component = dossier.component(request.path_params["component"])
    way, number = request.query_params.get("way", ""), request.query_params.get("user_id", "").strip()
    offered: tuple[Offered, ...] = ()
    message = None
    if way:
        try:
            offered = await signing.certificates(hall, who, _choice(way, number))
            message = None if offered else "Không có chứng thư số còn hiệu lực của số này tại CA đã chọn."
        except Refused as refused:
            message = refused.message_vi
    values = {
        "dossier": dossier,
        "component": component,
        "ways": [(_SEPARATOR.join(one), *one) for one in signing.WAYS],
        "way": way,
        "number": number or dossier.personal_id,
        "offered": offered,
        "message": message,
    }
    return page(request, "sign.html", values)


async def _start(request: Request) -> Response:
    told = await fields(request)
    place = (request.path_params["dossier"], request.path_params["component"])
    choice = _choice(told.get("way", ""), told.get("user_id", "").strip(), told.get("serial", ""))
    begun = await signing.start(office(request), await person(request), place, choice)
    return RedirectResponse(f"/ho-so/{place[0]}/{place[1]}/cho-ky/{begun.id}", 303)


async def _wait(request: Request) -> Response:
    dossier = steps.owned(office(request), await person(request), request.path_params["dossier"], "read")
    component = dossier.component(request.path_params["component"])
    found = component.signing(request.path_params["signing"])
    if found is None:
        raise Refused("no_such_signing", "Không tìm thấy yêu cầu ký số.", status=404)
    return page(request, "waiting.html", {"dossier": dossier, "component": component, "signing": found})


def _choice(way: str, number: str, serial: str = "") -> signing.Choice:
    through, _, ca = way.partition(_SEPARATOR)
    return signing.Choice(through, ca, number, serial)


ROUTES = [
    Route(_PLACE, _start, methods=["POST"]),
    Route(_PLACE, _dialog),
    Route("/ho-so/{dossier}/{component}/cho-ky/{signing}", _wait),
]
