"""Pages for people: one look, no script, no request to anywhere else, and MÔ PHỎNG on every one."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.responses import HTMLResponse

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",  # the run key may stand in the address
    "x-content-type-options": "nosniff",
}


def page(package: str, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A template of `package`/templates over the common base."""
    return HTMLResponse(_environment(package).get_template(template).render(values), status, HEADERS)


@cache
def _environment(package: str) -> Any:
    # Imported here: a server that shows nobody a page starts without it.
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    loader = ChoiceLoader([PackageLoader(package), PackageLoader("simulators.kernel")])
    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
