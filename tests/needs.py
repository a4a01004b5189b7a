"""`@needs("chromium")`: a test that a machine without the tool does not run, and says so; nothing is skipped silently."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ALL_TOOLS = "HOPCHUAN_ALL_TOOLS"

# Debian's name of a tool where the command is called otherwise, or where another command does the same.
COMMANDS = {"chromium": ("chromium", "chromium-browser", "google-chrome")}

# What is no command: a file that its package brings.
FILES = {"mod_auth_openidc": "/usr/lib/apache2/modules/mod_auth_openidc.so"}

# Where servers are installed is not on everybody's PATH.
PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))

needs = pytest.mark.needs


def path_of(tool: str) -> str | None:
    if tool in FILES:
        return FILES[tool] if Path(FILES[tool]).exists() else None
    return next((path for name in COMMANDS.get(tool, (tool,)) if (path := shutil.which(name, path=PLACES))), None)


def lacking(item: pytest.Item) -> list[str]:
    return sorted({tool for mark in item.iter_markers("needs") for tool in mark.args if not path_of(tool)})


@dataclass(eq=False)  # a plugin is told apart by identity
class Missing:
    """The plugin: deselects what lacks a tool, lists it at the end, fails it where every tool is demanded."""

    not_run: dict[str, list[str]] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if os.environ.get(ALL_TOOLS) == "1":
            return
        gone = [item for item in items if lacking(item)]
        for item in gone:
            self.not_run.setdefault(", ".join(lacking(item)), []).append(item.nodeid)
        if gone:
            config.hook.pytest_deselected(items=gone)
            items[:] = [item for item in items if not lacking(item)]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if tools := lacking(item):
            pytest.fail(f"{ALL_TOOLS}=1, and this machine lacks {', '.join(tools)}", pytrace=False)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if (output := getattr(session.config, "workeroutput", None)) is not None:  # a worker of pytest-xdist
            output["not_run"] = self.not_run

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.not_run.update(getattr(node, "workeroutput", {}).get("not_run", {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.not_run:
            return
        terminalreporter.section("not run for want of a tool")
        for tools, tests in sorted(self.not_run.items()):
            terminalreporter.line(f"{tools}: {len(tests)}")
            for test in tests:
                terminalreporter.line(f"  {test}")
