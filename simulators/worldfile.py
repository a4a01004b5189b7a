"""A world file (TOML): the seed, and fields of providers' specs that this world has otherwise. Nobody else reads TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulators.mounting import BadWorld


@dataclass(frozen=True)
class WorldFile:
    """`overrides` is provider id -> field -> value; the catalogue refuses a field or a value that the spec cannot have."""

    seed: str = ""
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read(path: Path) -> WorldFile:
    """The file as it stands, or BadWorld with one sentence.

    seed = "tet"
    [provider.ca2]
    request_ttl = 60000
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadWorld(f"--world: {path} cannot be read ({error.strerror}); name a TOML file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadWorld(f"--world: {path} is not TOML: {error}.") from error
    if unknown := sorted(set(content) - {"seed", "provider"}):
        raise BadWorld(f"{path}: there is no {unknown[0]!r} in a world file; it has: seed, [provider.<id>].")
    seed, providers = content.get("seed", ""), content.get("provider", {})
    if not isinstance(seed, str):
        raise BadWorld(f'{path}: seed is text; write seed = "{seed}".')
    if not isinstance(providers, dict) or not all(isinstance(fields, dict) for fields in providers.values()):
        raise BadWorld(f"{path}: provider is a table of tables; write [provider.<id>] and below it field = value.")
    return WorldFile(seed, providers)
