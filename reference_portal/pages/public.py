"""Pages that need no login: catalogue, a procedure, tracking by code, the notice before login, forms to download."""

from pathlib import Path
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from reference_portal import entrance, papers
from reference_portal.catalogue import AGENCIES, CATALOGUE, MAX_BYTES
from reference_portal.dossiers import Dossier, Numbered, Refused
from reference_portal.pages.render import page
from reference_portal.texts import plain
from reference_portal.web import office, person, with_cookie

_CSS = Path(__file__).parent / "templates" / "portal.css"


async def _home(request: Request) -> Response:
    """Search by name or code, without accents too; filter by agency."""
    wanted, agency = request.query_params.get("q", "").strip(), request.query_params.get("agency", "")
    rows = [
        (procedure, code)
        for procedure in CATALOGUE.values()
        for code in procedure.agencies
        if agency in ("", code) and plain(wanted).lower() in plain(f"{procedure.code} {procedure.name}").lower()
    ]
    return page(request, "home.html", {"rows": rows, "wanted": wanted, "agency": agency})


async def _procedure(request: Request) -> Response:
    procedure, agency = CATALOGUE.get(request.path_params["code"]), request.path_params["agency"]
    if procedure is None or agency not in procedure.agencies:
        raise Refused("no_such_procedure", "Cơ quan này không tiếp nhận thủ tục đã chọn.", status=404)
    return page(request, "procedure.html", {"procedure": procedure, "agency": agency, "megabytes": MAX_BYTES >> 20})


async def _deep_link(request: Request) -> Response:
    """From the national portal to exactly one form (specs/portal.md 1.13); its MDT is no proof of anything."""
    rules, asked = office(request).parts.rules.login, request.query_params
    if not rules.knows_deep_links:
        raise HTTPException(404)
    code, agency = (asked.get(name, "") for name in ("MaTTHCDP", "MaCoQuanThucHien"))
    if code not in CATALOGUE or agency not in AGENCIES:
        return RedirectResponse("/", 302)
    form = RedirectResponse(f"/thu-tuc/{code}/{agency}", 302)
    if (subject := rules.signed_in_by_link(asked)) and (fresh := await entrance.enter(office(request), subject)):
        return with_cookie(request, form, fresh)
    if asked.get("vnconnect") == "1" and await person(request) is None:
        target = rules.target_of_deep_link(f"{request.url.path}?{request.url.query}")
        return RedirectResponse(f"/pti/login?{urlencode({'target': target})}", 302)
    return form


async def _track(request: Request) -> Response:
    """Without login only the code and how far the dossier is (TT 01/2018 art. 16.2.d)."""
    code = request.query_params.get("ma", "").strip()
    numbered = office(request).books.get(Numbered, code) if code else None
    dossier = office(request).books.get(Dossier, numbered.about) if numbered else None
    state = dossier.state if dossier else None
    return page(request, "track.html", {"code": code, "state": state})


async def _before_login(request: Request) -> Response:
    return page(request, "before_login.html", {})


async def _blank_form(request: Request) -> Response:
    content = await office(request).workers.run(papers.declaration, {}, procedure="", agency="", applicant="")
    return Response(content, media_type="application/pdf")


async def _style(_request: Request) -> Response:
    return FileResponse(_CSS, media_type="text/css")


async def _no_icon(_request: Request) -> Response:
    return Response(status_code=204)


ROUTES = [
    Route("/", _home),
    Route("/thu-tuc/{code}/{agency}", _procedure),
    Route("/nop-ho-so", _deep_link),
    Route("/tra-cuu", _track),
    Route("/thong-bao", _before_login),
    Route("/bieu-mau/to-khai-dang-ky-khai-sinh.pdf", _blank_form),
    Route("/portal.css", _style),
    Route("/favicon.ico", _no_icon),
]
