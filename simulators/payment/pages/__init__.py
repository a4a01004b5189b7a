"""The checkout's pages: plain forms, no framework, and MÔ PHỎNG on every one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",  # the address may hold the run key, or a checkout's token
}


def dong(amount: int) -> str:
    """50000 -> 50.000 ₫."""
    return f"{amount:,}".replace(",", ".") + " ₫"


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
_templates.filters["dong"] = dong


def page(template: str, /, status: int = 200, **values: Any) -> Response:
    text = _templates.get_template(f"{template}.html").render(**values)
    return HTMLResponse(text, status, HEADERS)
