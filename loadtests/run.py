"""A run: a world (started here, or given), Locust as a process, quiet, what was left on disk, and the audit as a process."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.control import Control
from conformance.failures import WrongOption
from conformance.launch import ROOT, launched
from conformance.transport import HttpTransport
from loadtests import audit, books
from loadtests.assignment import ADAPTER, Assignment
from loadtests.journeys import PARALLEL
from loadtests.quiet import wait_for_quiet

LOCUSTFILE = Path(__file__).parent / "locustfile.py"


@dataclass(frozen=True)
class Given:
    """A portal and simulators that somebody else runs."""

    portal: str
    simulators: str
    contract: str
    portal_key: str = field(repr=False)
    run_key: str = field(repr=False)


@dataclass(frozen=True)
class Order:
    """What is asked of a run; `arguments` go to Locust as they are."""

    folder: Path
    arguments: Sequence[str]
    flaw: str | None = None
    given: Given | None = None
    adapter: str = ADAPTER
    notice_effect: str = PARALLEL


def run(order: Order) -> int:
    """The audit's exit code."""
    if (order.folder / audit.TALLY).exists():
        raise WrongOption(f"{order.folder} holds another run's results; name a folder that does not (--results)")
    with _world(order) as world, Control(world.simulators, world.run_key, world.contract) as control:
        assignment = Assignment(
            simulators=world.simulators,
            run_key=world.run_key,
            contract=world.contract,
            origin=world.portal,
            portal_key=world.portal_key,
            folder=str(order.folder.resolve()),
            notice_effect=order.notice_effect,
            adapter=order.adapter,
        )
        assignment.survey()  # a portal that is down, or unfit for the journey, is one sentence before anything starts
        order.folder.mkdir(parents=True, exist_ok=True)
        before = max((row.seq for row in control.journal()), default=0)
        told = _load(order, assignment)
        told |= {"portal": world.portal, "contract": world.contract, "flaw": order.flaw, "journal_before": before}
        told["unquiet"] = wait_for_quiet(control)
        _keep(order.folder, control, assignment, before)
    (order.folder / audit.RUN).write_text(json.dumps(told, indent=2), encoding="utf-8")
    return subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-m", "loadtests", "audit", str(order.folder)], cwd=ROOT, check=False
    ).returncode


@contextmanager
def _world(order: Order) -> Iterator[Given]:
    if order.given:
        with Control(order.given.simulators, order.given.run_key) as control:
            control.get(f"/control/contracts/{order.given.contract}")  # a contract that nobody made is told at once
        yield order.given
        return
    order.folder.mkdir(parents=True, exist_ok=True)
    with launched((order.flaw,), logs=order.folder) as running:
        portal = running.portals[0]
        yield Given(portal.origin, running.url, portal.contract, portal.key, running.key)


def _load(order: Order, assignment: Assignment) -> dict[str, Any]:
    """Locust from its start to its end, its words to the terminal and to a file; what the generator itself used."""
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *order.arguments]
    environment = os.environ | assignment.to_environment() | {"PYTHONUNBUFFERED": "1"}
    used, began = _children_cpu(), time.monotonic()
    with (
        _leaving_interrupts_to_locust(),
        (order.folder / "locust.txt").open("wb") as kept,
        subprocess.Popen(  # noqa: S603 -- our locustfile with this very interpreter
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as locust,
    ):
        assert locust.stdout is not None, "a pipe was asked for"
        for line in locust.stdout:
            kept.write(line)
            sys.stdout.buffer.write(line)
            sys.stdout.flush()
    seconds = time.monotonic() - began
    processes = max(1, len(list((order.folder / audit.TALLY).glob("*"))))  # each leaves a file of its own
    return {
        "locust_exit_code": locust.returncode,
        "arguments": list(order.arguments),
        "seconds": seconds,
        "generator_cpu": (_children_cpu() - used) / seconds / processes,
        "processes": processes,
    }


@contextmanager
def _leaving_interrupts_to_locust() -> Iterator[None]:
    """Ctrl-C ends the load early; what was done until then is audited all the same."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _children_cpu() -> float:
    """Of processes that have ended: simulators and portal still run, so a difference is Locust's alone."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _keep(folder: Path, control: Control, assignment: Assignment, before: int) -> None:
    journal = ({name: getattr(row, name) for name in row.__dataclass_fields__} for row in control.journal())
    books.keep(journal, folder / audit.JOURNAL)
    books.keep(({"body": dict(row.body)} for row in control.crashes(after=before)), folder / audit.CRASHES)
    with HttpTransport() as send:
        portal = assignment.portal(send)
        books.keep(portal.books() if portal.books else (), folder / audit.BOOKS)
