"""A file in providers/ is a provider: found by importing the folder, overridden by field name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from simulators.kernel import bounds

S = TypeVar("S")
FIXED = frozenset({"id", "source", "wire"})
"""What makes a provider this one; a world file cannot change it."""


class BadOverride(Exception):
    """A world file names a provider, a field or a value that cannot be; the text says what can."""


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


def settable(kind: type) -> dict[str, Any]:
    """The fields that a world file may set, with their types: all that are made of plain values."""
    return {name: type_ for name, type_ in bounds.fields_of(kind).items() if name not in FIXED}


def _overridden(spec: S, wanted: Mapping[str, Any]) -> S:
    about = f"provider {spec.id}"  # type: ignore[attr-defined]  # every spec has one
    known = settable(type(spec))
    if unknown := sorted(set(wanted) - set(known)):
        raise BadOverride(f"{about} has no field {unknown[0]!r} for a world file; it has: {', '.join(sorted(known))}.")
    try:
        fitting = {name: _fitting(name, value, known[name]) for name, value in wanted.items()}
        return replace(spec, **fitting)  # type: ignore[type-var]  # specs are dataclasses
    except ValueError as error:  # a spec that would contradict itself says so
        raise BadOverride(f"{about}: {error}.") from error


def _fitting(name: str, value: Any, type_: Any) -> Any:
    try:
        return bounds.fitting(value, type_)
    except bounds.Unfit as error:
        raise ValueError(f"{name} {error}") from error
