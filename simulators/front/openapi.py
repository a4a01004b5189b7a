"""OpenAPI 3.1 of every operation that is mounted, from the types that its route takes and gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators import VERSION
from simulators.kernel.plain import broken
from simulators.kernel.wire import Route, answer
from simulators.world import Family

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
REF = "#/components/schemas/{name}"
BODIES = {"json": "application/json", "form": "application/x-www-form-urlencoded", "raw": "application/octet-stream"}
SOME_FIELDS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
ABOUT = (
    "MÔ PHỎNG. Simulators of the providers around a Vietnamese public-service portal. "
    "Operations with the bearer scheme demand the run key, which a portal never gets."
)


class OpenApi:
    """Made at the first question, then kept."""

    def __init__(self, url: str, families: Sequence[Family]) -> None:
        self._url = url
        self._families = list(families)
        self._made: dict[str, Any] | None = None

    def route(self) -> Route:
        text = "This description: OpenAPI of every operation."
        return Route("GET", "/openapi.json", text, self.show, broken, gives=dict[str, Any])

    def add(self, family: Family) -> None:
        self._families.append(family)

    async def show(self, _request: Request, _given: None) -> Response:
        self._made = self._made or described(self._url, self._families)
        return answer(self._made)


def described(url: str, families: Iterable[Family]) -> dict[str, Any]:
    rows = [(family.name, route) for family in families for route in _routes(family)]
    types = {id(type_): type_ for _, route in rows for type_ in (route.takes, route.gives) if _has_schema(type_)}
    schemas, components = msgspec.json.schema_components(types.values(), ref_template=REF)
    known: Schemas = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for family, route in rows:
        operation = _operation(family, route, known, components)
        paths.setdefault(PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = operation
    bearer = {"type": "http", "scheme": "bearer", "description": "the run key, printed by serve"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hợp Chuẩn (MÔ PHỎNG)", "version": VERSION, "description": ABOUT},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"runKey": bearer}},
    }


Schemas = Mapping[int, dict[str, Any]]


def _routes(family: Family) -> Iterator[Route]:
    yield from family.routes
    for route in family.control_routes:
        yield replace(route, guarded=True)


def _has_schema(type_: Any) -> bool:
    return type_ is not None and not isinstance(type_, str)


def _operation(family: str, route: Route, known: Schemas, components: Mapping[str, Any]) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in PARAMETER.findall(route.path)
    ]
    if route.reads == "query":
        parameters += _query(known.get(id(route.takes)), components)
    operation: dict[str, Any] = {
        "tags": [family],
        "summary": route.text,
        "operationId": _identity(route),
        "parameters": parameters,
        "responses": _responses(route, known),
    }
    if route.reads in BODIES:
        schema = known.get(id(route.takes), SOME_FIELDS if route.reads != "raw" else {})
        operation["requestBody"] = {"required": True, "content": {BODIES[route.reads]: {"schema": schema}}}
    if route.guarded:
        operation["security"] = [{"runKey": []}]
    return operation


def _query(schema: dict[str, Any] | None, components: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each field of the query's type; where there is no type, any name goes."""
    if schema is None:
        return [{"name": "fields", "in": "query", "schema": SOME_FIELDS, "style": "form", "explode": True}]
    full = components[schema["$ref"].rpartition("/")[2]]
    return [
        {"name": name, "in": "query", "required": name in full.get("required", ()), "schema": field}
        for name, field in full.get("properties", {}).items()
    ]


def _responses(route: Route, known: Schemas) -> dict[str, Any]:
    if isinstance(route.gives, str):
        answered: dict[str, Any] = {"content": {route.gives: {"schema": {"type": "string"}}}}
    elif route.gives is not None:
        answered = {"content": {"application/json": {"schema": known[id(route.gives)]}}}
    else:
        answered = {}
    errors = {str(status): {"description": text} for status, text in sorted((route.errors or {}).items())}
    return {"default": {"description": "as the provider answers", **answered}, **errors}


def _identity(route: Route) -> str:
    return f"{route.method.lower()}{re.sub(r'[^A-Za-z0-9]+', '_', route.path).rstrip('_') or '_'}"
