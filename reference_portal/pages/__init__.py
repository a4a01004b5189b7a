"""The portal's pages for a person: plain forms over the same functions as the test interface."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reference_portal.dossiers import Refused
from reference_portal.pages import citizen, dossier, officer, public, sign
from reference_portal.pages.render import page

ROUTES = [*public.ROUTES, *citizen.ROUTES, *sign.ROUTES, *dossier.ROUTES, *officer.ROUTES]


def to_login(request: Request) -> Response:
    """To the national login, and back to exactly this page."""
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/pti/login?{urlencode({'target': target})}", 302)


def refused(request: Request, error: Refused) -> Response:
    return page(request, "refused.html", {"message": error.message_vi}, status=error.status)
