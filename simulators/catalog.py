"""A file in providers/ is a provider: found by importing the folder, overridden by field name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar, get_type_hints

import msgspec

S = TypeVar("S")


class BadOverride(Exception):
    """A world file names a provider or a field that is not there; the text says which are."""


def load(package: str, kind: type[S], overrides: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, S]:
    """All `PROVIDER`s of `kind` in `package`, by id, with the overrides applied."""
    found: dict[str, S] = {}
    home = importlib.import_module(package)
    for module in pkgutil.iter_modules(home.__path__):
        provider = getattr(importlib.import_module(f"{package}.{module.name}"), "PROVIDER", None)
        if isinstance(provider, kind):
            identity: str = provider.id  # type: ignore[attr-defined]  # every spec has one
            found[identity] = provider
    return {identity: _overridden(spec, (overrides or {}).get(identity, {})) for identity, spec in found.items()}


def _overridden(spec: S, wanted: Mapping[str, Any]) -> S:
    known = {item.name for item in fields(spec)}  # type: ignore[arg-type]  # specs are dataclasses
    if unknown := sorted(set(wanted) - known):
        raise BadOverride(f"provider {spec.id} has no field {unknown[0]!r}; it has: {', '.join(sorted(known))}")  # type: ignore[attr-defined]
    types = get_type_hints(type(spec)) if wanted else {}
    fitting = {name: _fitting(spec, name, value, types[name]) for name, value in wanted.items()}
    return replace(spec, **fitting)  # type: ignore[type-var]  # specs are dataclasses


def _fitting(spec: Any, name: str, value: Any, type_: Any) -> Any:
    """The value as the field's type: a world file knows texts, numbers, lists and tables."""
    try:
        return msgspec.convert(value, type_)
    except (msgspec.ValidationError, TypeError) as error:
        raise BadOverride(f"provider {spec.id}: {name} cannot be {value!r} ({error})") from error
