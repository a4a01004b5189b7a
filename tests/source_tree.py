"""The project's own source as the tidy and floor tests see it: modules, their imports, their definitions."""

from __future__ import annotations

import ast
import shutil
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("simulators", "conformance", "loadtests", "reference_portal")


@dataclass(frozen=True)
class Module:
    """One file: its dotted name and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.path.read_text(encoding="utf-8").splitlines())


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


@cache
def tracked() -> tuple[str, ...]:
    """The project's files as git names them; without git, or outside a clone, all that .gitignore leaves."""
    if git := shutil.which("git"):
        listed = subprocess.run([git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
        if found := tuple(name for name in listed.splitlines() if (ROOT / name).is_file()):
            return found
    ignored = [".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split())]
    paths = (path.relative_to(ROOT) for path in sorted(ROOT.rglob("*")) if path.is_file())
    return tuple(
        path.as_posix() for path in paths if not any(fnmatch(part, rule) for part in path.parts for rule in ignored)
    )


@cache
def names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def imports(module: Module) -> set[str]:
    """Own modules that it imports, anywhere in the file: at the top, inside functions, under TYPE_CHECKING."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    own = {name for name in found if name.split(".")[0] in PACKAGES}
    return {name if name in names() else name.rsplit(".", 1)[0] for name in own} & names()
