"""Templates to HTML, and forms from a browser to values."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from reference_portal import entrance
from reference_portal.catalogue import AGENCIES, CATALOGUE
from reference_portal.dossiers import STATES, Refused
from reference_portal.web import body, office, token

FOLDER = Path(__file__).parent / "templates"


def _moment(at: str | None) -> str:
    return "" if at is None else f"{datetime.fromisoformat(at):%H:%M %d/%m/%Y}"


def _money(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + " đồng"


_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters |= {"moment": _moment, "money": _money}
_TEMPLATES.globals |= {"AGENCIES": AGENCIES, "CATALOGUE": CATALOGUE, "STATES": STATES}


def page(request: Request, name: str, values: Mapping[str, Any], *, status: int = 200) -> Response:
    person = entrance.account(office(request), token(request))
    html = _TEMPLATES.get_template(name).render(person=person, path=request.url.path, **values)
    return HTMLResponse(html, status)


async def fields(request: Request) -> dict[str, str]:
    """The values of a plain form."""
    return dict(parse_qsl((await body(request)).decode("utf-8", "replace"), keep_blank_values=True))


async def upload(request: Request) -> tuple[str, bytes]:
    """Name and bytes of the one file of a multipart form (RFC 7578)."""
    _, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    if not boundary:
        raise Refused("no_file", "Chưa chọn tập tin.", status=422)
    for part in (await body(request)).split(b"--" + boundary.strip('"').encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        _, found, name = head.decode("utf-8", "replace").partition('filename="')
        if found:
            return name.partition('"')[0], content.removesuffix(b"\r\n")
    raise Refused("no_file", "Chưa chọn tập tin.", status=422)
