"""The whole suite on a portal that runs already, in a process of its own: forked from one that has loaded the libraries."""

import gc
import json
import multiprocessing
import os
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

from conformance.launch import ROOT, LaunchedPortal, Running

LOADED = ("conformance.judges", "conformance.run", "conformance.adapters.http", "conformance.forgeries")
"""What each process would otherwise load for itself, for two seconds; not the modules that pytest must rewrite."""
TAIL = 1600


class NoVerdicts(Exception):
    """pytest ended without verdicts.json; what it said."""


def judged(running: Running, portal: LaunchedPortal, folder: Path, *more: str) -> dict[str, Any]:
    """verdicts.json, or NoVerdicts. `folder` is this run's own; `more`: options of pytest."""
    folder.mkdir(parents=True)
    arguments = [
        *("conformance/", "-q", "-p", "no:cacheprovider", "-p", "no:unraisableexception"),
        *("--verdicts-only", "--results", str(folder)),
        *("--portal", portal.origin, "--simulators", running.url, "--contract", portal.contract, *more),
    ]
    if running.root:
        root = folder / "root.pem"
        root.write_text(running.root, encoding="utf-8")
        arguments += ["--simulators-root", str(root)]
    said = folder / "said.txt"
    keys = {"HOPCHUAN_KEY": running.key, "HOPCHUAN_PORTAL_KEY": portal.key}
    keys |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # other packages' plugins are a tenth of a run
    process = _forking().Process(target=_pytest, args=(arguments, keys, said))
    process.start()
    process.join()
    if found := sorted(folder.glob("*/verdicts.json")):
        return json.loads(found[-1].read_text("utf-8"))  # type: ignore[no-any-return]  # run.py's own
    raise NoVerdicts(f"pytest ended {process.exitcode}: {said.read_text('utf-8', 'replace')[-TAIL:]}")


def _forking() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    return context


def _pytest(arguments: list[str], keys: dict[str, str], said: Path) -> None:
    os.chdir(ROOT)
    os.environ.update(keys)
    gc.disable()  # a judge lives for a minute: looking for garbage is a fifteenth of its work
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    raise SystemExit(int(pytest.main(arguments)))
