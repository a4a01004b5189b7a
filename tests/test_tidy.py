"""The house's budgets and bans; the list of present violations may only shrink."""

from __future__ import annotations

import ast
import re

import pytest

from tests.source_tree import ROOT, Module, modules, tracked

FILE_LINES = 300
FUNCTION_LINES = 40
PUBLIC_NAMES = 10
PARAMETERS = 5
NAMES_EXEMPT = re.compile(r"sources$|\.fixtures$|\.wires\.|\.records$|\.types$|\.adapter$|\.flaws$|\.checks\.")
"""House rules: tests, sources and wire types are exempt from the count of names; checks and flaws are lists of their own."""

KNOWN: frozenset[str] = frozenset()


def functions(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def violations() -> set[str]:
    found: set[str] = set()
    for module in modules():
        if module.lines > FILE_LINES:
            found.add(f"{module.name}: {module.lines} lines")
        for node in functions(module):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.add(f"{module.name}.{node.name}: {length} lines")
            count = len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs])
            count -= bool(node.args.args and node.args.args[0].arg in {"self", "cls"})
            if (
                count > PARAMETERS
                and "noqa: PLR0913" not in module.path.read_text(encoding="utf-8").splitlines()[node.lineno - 1]
            ):
                found.add(f"{module.name}.{node.name}: {count} parameters")
        if not NAMES_EXEMPT.search(module.name):
            public = [name for name in _defined(module) if not name.startswith("_")]
            if len(public) > PUBLIC_NAMES:
                found.add(f"{module.name}: {len(public)} public names")
    return found


def _defined(module: Module) -> list[str]:
    return [
        node.name
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]


def test_budgets_hold_and_the_list_of_violations_only_shrinks() -> None:
    now = violations()
    assert not now - KNOWN, "over budget: " + "; ".join(sorted(now - KNOWN))
    assert not KNOWN - now, "mended, take them from the list: " + "; ".join(sorted(KNOWN - now))


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_says_in_one_sentence_what_it_is(module: Module) -> None:
    text = ast.get_docstring(module.tree)
    assert text, "no docstring"
    assert text.split("\n\n")[0].rstrip().endswith((".", ":", "?", ")")), text


TEXT = re.compile(r"\.(py|md|toml|yaml|yml|html|css|json|sh|mjs|js|txt)$|^(Makefile|\.ci/run)$")
MARKS = tuple("".join(parts) for parts in (("TO", "DO"), ("FIX", "ME"), ("XX", "X:")))


@pytest.mark.parametrize("name", [name for name in tracked() if TEXT.search(name) and "OFL" not in name])
def test_no_leftovers_paths_of_a_machine_or_registry_hosts(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for mark in MARKS:
        assert not re.search(rf"\b{mark}\b", text), f"{mark} in {name}"
    assert not re.search(r"(?<![\w.])/(work|root|home)/\w", text), f"a path of some machine in {name}"
    hosts = ("registry." + "npmjs", "files.python" + "hosted", "py" + "pi.org/simple")
    assert not any(host in text for host in hosts), f"a registry's host in {name}"


def test_no_lock_file_with_registry_addresses_is_tracked() -> None:
    locks = re.compile(
        r"(^|/)(uv\.lock|poetry\.lock|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml)$"
    )
    assert not [name for name in tracked() if locks.search(name)]


def test_nothing_skips() -> None:
    word = "pytest." + "skip"
    for path in [*(ROOT / "tests").rglob("*.py"), *(ROOT / "conformance").rglob("*.py")]:
        assert word not in path.read_text(encoding="utf-8"), f"{path.relative_to(ROOT)} skips"


def test_checks_neither_sleep_nor_branch_on_luck() -> None:
    for module in modules():
        if not module.name.startswith("conformance.checks."):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != "sleep", module.name
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                branches = [inner for inner in ast.walk(node) if isinstance(inner, ast.If | ast.Try | ast.While)]
                assert not branches, f"{module.name}.{node.name} branches"
