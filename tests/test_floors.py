"""Who may import whom (docs/architecture.md): the floors hold, imports inside functions counted too."""

from __future__ import annotations

import ast

import pytest

from tests.source_tree import ROOT, Module, imports, modules

FAMILIES = ("ca", "tokens", "trust", "portal", "payment", "messages", "phone")
TOP = {"serve", "__main__", "worldfile", "parts", "openapi", "index"}
SHARED = {"simulators.kernel", "simulators.world", "simulators.catalog"}


def floor(name: str) -> str:
    """The floor of a module of `simulators`."""
    parts = name.split(".")
    if len(parts) == 1:
        return "top"
    if parts[1] in {"kernel", "world", "catalog", "control"}:
        return parts[1]
    if parts[1] not in FAMILIES:
        return "top"
    if len(parts) == 2:
        return "core"
    return {"family": "family", "providers": "providers", "wires": "wires", "desk": "desk", "pages": "pages"}.get(
        parts[2], "core"
    )


MAY_USE = {
    "kernel": {"kernel"},
    "world": {"kernel", "world"},
    "catalog": {"kernel"},
    "core": {"kernel", "core"},
    "desk": {"kernel", "world", "core", "desk"},
    "pages": {"kernel", "world", "core", "desk", "pages"},
    "wires": {"kernel", "world", "core", "desk", "pages", "wires"},
    "providers": {"kernel", "core", "wires"},
    "family": {"kernel", "world", "catalog", "core", "desk", "pages", "wires", "providers", "family"},
    "control": {"kernel", "world", "catalog", "control"},
    "top": {"kernel", "world", "catalog", "core", "desk", "pages", "wires", "providers", "family", "control", "top"},
}


def of(package: str) -> list[Module]:
    return [module for module in modules() if module.name.split(".")[0] == package]


@pytest.mark.parametrize("module", of("simulators"), ids=lambda module: module.name)
def test_a_simulator_module_imports_only_its_own_floor_and_lower(module: Module) -> None:
    here = floor(module.name)
    outside = sorted(
        name
        for name in imports(module)
        if name != "simulators"
        and (floor(name) not in MAY_USE[here] or (here != "top" and _other_family(module.name, name)))
    )
    assert not outside, f"{module.name} (floor {here}) imports {outside}"


def _other_family(one: str, other: str) -> bool:
    families = [name.split(".")[1] for name in (one, other) if len(name.split(".")) > 1]
    return len(families) == 2 and families[0] != families[1] and families[1] in FAMILIES


@pytest.mark.parametrize("package", ["reference_portal", "conformance"])
def test_a_package_that_stands_alone_imports_itself_alone(package: str) -> None:
    outside = {
        module.name: found
        for module in of(package)
        if (found := sorted(name for name in imports(module) if name.split(".")[0] != package))
    }
    assert not outside


def test_loadtests_use_only_the_client_side_of_the_suite() -> None:
    allowed = {"adapter", "adapters", "browser", "transport", "lab", "launch", "laws", "journal"}
    allowed |= {"control", "people", "failures", "records", "samples"}  # the words in which lab and adapter speak
    outside = {
        module.name: found
        for module in of("loadtests")
        if (
            found := sorted(
                name
                for name in imports(module)
                if name.split(".")[0] != "loadtests" and [*name.split("."), ""][1] not in allowed | {""}
            )
        )
    }
    assert not outside


def test_only_the_locustfile_imports_locust() -> None:
    users = [
        module.name
        for module in modules()
        if any(
            (
                isinstance(node, ast.Import)
                and any(alias.name.split(".")[0] in {"locust", "gevent"} for alias in node.names)
            )
            or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in {"locust", "gevent"})
            for node in ast.walk(module.tree)
        )
    ]
    assert set(users) <= {"loadtests.locustfile", "loadtests.transport"}, "importing locust patches select and asyncio"


def test_nothing_imports_tests() -> None:
    for module in modules():
        text = module.path.read_text(encoding="utf-8")
        assert "from tests" not in text, module.path.relative_to(ROOT)
        assert "import tests" not in text, module.path.relative_to(ROOT)


def test_there_is_no_import_cycle() -> None:
    graph = {module.name: imports(module) - {module.name} for module in modules()}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name in done:
            return
        for used in sorted(graph[name]):
            walk(used, (*path, name))
        done.add(name)

    for name in sorted(graph):
        walk(name, ())
