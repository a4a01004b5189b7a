"""The citizen's list, a new draft or copy, paying and coming back from paying."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from reference_portal import filing, steps, treasury
from reference_portal.dossiers import Dossier, Refused
from reference_portal.fees import Receipt
from reference_portal.pages.render import fields, page
from reference_portal.settings import RETURN_PATH
from reference_portal.web import office, person, signed_in


async def _mine(request: Request) -> Response:
    own = office(request).books.find(Dossier, about=(await signed_in(request)).id)
    rules = office(request).parts.rules
    rows = [(dossier, rules.filing.listed_refusal(dossier)) for dossier in reversed(own)]
    return page(request, "mine.html", {"rows": rows})


async def _draft(request: Request) -> Response:
    told = await fields(request)
    asked = (told.get("procedure", ""), told.get("agency", ""))
    dossier = await filing.draft(office(request), await person(request), asked, told.get("copy_of") or None)
    return RedirectResponse(f"/ho-so/{dossier.id}", 303)


async def _pay(request: Request) -> Response:
    client = request.client.host if request.client else ""
    _, url = await treasury.pay(office(request), await person(request), request.path_params["dossier"], client)
    return RedirectResponse(url, 303)


async def _returned(request: Request) -> Response:
    """Shows how the payment stands here; what the address says is not believed, nor is anybody else shown the dossier."""
    payment = await treasury.returned(office(request), request.url.query)
    who = await person(request)
    dossier = office(request).books.get(Dossier, payment.about) if payment else None
    own = who is not None and dossier is not None and office(request).parts.rules.filing.owns(who.id, dossier, "read")
    return page(request, "returned.html", {"payment": payment, "dossier": dossier if own else None})


async def _receipt(request: Request) -> Response:
    dossier = steps.owned(office(request), await person(request), request.path_params["dossier"], "read")
    for receipt in office(request).books.find(Receipt, about=dossier.id):
        if receipt.id == request.path_params["receipt"]:
            return page(request, "receipt.html", {"dossier": dossier, "receipt": receipt})
    raise Refused("no_such_receipt", "Không tìm thấy biên lai.", status=404)


ROUTES = [
    Route("/ho-so", _draft, methods=["POST"]),
    Route("/ho-so", _mine),
    Route("/ho-so/{dossier}/thanh-toan", _pay, methods=["POST"]),
    Route("/ho-so/{dossier}/bien-lai/{receipt}", _receipt),
    Route(RETURN_PATH, _returned),
]
