"""Does the suite bite? Every flawed reference portal against every check, some at a time in one world: the kill matrix."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance import matrix
from conformance.failures import Ours
from conformance.judges import NoVerdicts, judged
from conformance.launch import ROOT, LaunchedPortal, Running, launched
from conformance.matrix import Flaw, Row
from conformance.verdicts import Exit

SIDE_BY_SIDE = 6
CHANGED_SECONDS = 360.0
"""What CI may spend on rows whose flaw or checks changed; more rows than fit are stale, and CI says so."""
TENTH = 10
WORLD = "[provider.vnpt]\nkey_ring = 256\n[provider.viettel-ca]\nkey_ring = 256\n"
"""A key for each of thousands of citizens and tokens is a third of all the work. One suite has some 30 subscribers and 50
tokens and six run at a time: those of one check, made one after the other, never share a key."""


def main() -> int:
    options = _options()
    flaws = [flaw for flaw in listed() if not options.flaw or flaw.name in options.flaw]
    stored = matrix.load()
    if options.changed or options.stale:
        flaws = _worth_a_rerun(flaws, stored, tenth=options.changed)
    began = time.monotonic()
    limit = CHANGED_SECONDS if options.changed else float("inf")
    try:
        rows = _bitten(flaws, lambda: time.monotonic() - began > limit)
    except Ours as error:
        print(error)
        return Exit.OUR_ERROR
    if left := sorted({flaw.name for flaw in flaws} - {row.flaw for row in rows}):
        print(
            f"stale: {len(left)} rows did not fit {limit:.0f} s: run `make bite` and commit docs/kill-matrix.*: {left}"
        )
        return 1
    if options.stale:
        flaws, rows = _beside(stored, rows)
    problems = matrix.problems(flaws, rows, whole=not (options.flaw or options.changed))
    if options.changed:
        problems += matrix.differences(stored, rows)
    elif not options.flaw:
        matrix.save(rows, flaws, seconds=matrix.seconds() if options.stale else time.monotonic() - began)
    for problem in problems:
        print(problem)
    print(f"{len(rows)} flawed portals, {len(problems)} problems, {time.monotonic() - began:.0f} s")
    return 1 if problems else 0


def listed() -> list[Flaw]:
    """The reference portal's own table, asked as a process."""
    command = [sys.executable, "-m", "reference_portal", "--flaws"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 -- ours
    return [Flaw(**row) for row in json.loads(told) if not row.pop("load_only")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m conformance.bite", description=__doc__)
    parser.add_argument("--flaw", action="append", help="only this flaw (again for more); writes nothing")
    parser.add_argument(
        "--changed", action="store_true", help="only rows whose hash changed and a tenth of the others; writes nothing"
    )
    parser.add_argument(
        "--stale", action="store_true", help="only rows whose hash changed; stores them beside the others"
    )
    return parser.parse_args()


def _beside(stored: dict[str, Row], rows: Sequence[Row]) -> tuple[list[Flaw], list[Row]]:
    """Today's flaws, each with its new row, else with the stored one."""
    known, flaws = {**stored, **{row.flaw: row for row in rows}}, listed()
    return flaws, [known[flaw.name] for flaw in flaws if flaw.name in known]


def _worth_a_rerun(flaws: Sequence[Flaw], stored: dict[str, Row], *, tenth: bool) -> list[Flaw]:
    """Those whose hash is another, and a tenth of the rest, another one each day, so that all get their turn."""
    today = datetime.now(UTC).toordinal()
    marks = {flaw.name: matrix.hash_of(flaw, ROOT) for flaw in flaws}
    return [
        flaw
        for flaw in flaws
        if flaw.name not in stored
        or stored[flaw.name].hash != marks[flaw.name]
        or (tenth and (int(marks[flaw.name][:8], 16) + today) % TENTH == 0)
    ]


def _bitten(flaws: Sequence[Flaw], is_over: Callable[[], bool]) -> list[Row]:
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        # In a world of their own, for their checks must be alone there: nobody else's notice them.
        apart = [pool.submit(_over_tls, flaw) for flaw in flaws if flaw.tls]
        rows = _in_one_world([flaw for flaw in flaws if not flaw.tls], pool, is_over)
        rows += [done.result() for done in apart]
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C nothing new begins
    order = {flaw.name: place for place, flaw in enumerate(flaws)}
    by_name = {flaw.name: flaw for flaw in flaws}
    rows.sort(key=lambda row: order[row.flaw])
    return [row.marked(matrix.hash_of(by_name[row.flaw], ROOT)) for row in rows]


def _over_tls(flaw: Flaw) -> Row:
    """The right portal passes there first."""
    for name in (None, flaw.name):
        with launched((name,), tls=True) as running, _at_work(running) as judge:
            row = judge(running.portals[0])
        if name is None and (row.kills or row.problem):
            raise Ours(f"the right portal does not pass over TLS: {row.problem or sorted(row.kills)}")
    print(f"over TLS {row.flaw}: {', '.join(sorted(row.caught)) or 'NOTHING'} ({row.seconds:.0f} s)", flush=True)
    return row


def _in_one_world(flaws: Sequence[Flaw], pool: ThreadPoolExecutor, is_over: Callable[[], bool]) -> list[Row]:
    names = [None, *(flaw.name for flaw in flaws)]
    rows: list[Row] = []
    with launched(names, world=WORLD) as running, _at_work(running) as judge:

        def in_time(portal: LaunchedPortal) -> Row | None:
            return None if is_over() else judge(portal)

        first = pool.submit(judge, running.portals[0])
        pending = [pool.submit(in_time, portal) for portal in running.portals[1:]]
        try:
            right = first.result()
            if right.kills or right.problem:
                wrong = right.problem or sorted(right.kills)
                raise Ours(f"the right portal does not pass, so nothing can be told: {wrong}")
            print(f"right portal passes {len(right.passed)} requirements in {right.seconds:.0f} s", flush=True)
            for done in as_completed(pending):
                if (row := done.result()) is not None:
                    rows.append(row)
                    caught = ", ".join(sorted(row.caught)) or "NOTHING"
                    print(f"[{len(rows)}/{len(flaws)}] {row.flaw}: {caught} ({row.seconds:.0f} s)", flush=True)
        finally:
            begun: list[Future[Any]] = [first, *(one for one in pending if not one.cancel())]
            wait(begun)  # before their world ends
    return rows


@contextmanager
def _at_work(running: Running) -> Iterator[Callable[[LaunchedPortal], Row]]:
    """Judges one portal with the whole suite."""
    with tempfile.TemporaryDirectory(prefix="hopchuan-bite-") as folder:

        def judge(portal: LaunchedPortal) -> Row:
            began, flaw = time.monotonic(), portal.flaw or ""
            try:
                told = judged(running, portal, Path(folder) / portal.contract)
            except NoVerdicts as error:
                return Row(flaw, problem=str(error))
            return matrix.row_of(flaw, told, time.monotonic() - began)

        yield judge


if __name__ == "__main__":
    raise SystemExit(main())
