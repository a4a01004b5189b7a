"""The table: ratios first, what was counted beside them, the limits, where the CPU goes, and what was not measured."""

from __future__ import annotations

import importlib.metadata
import platform
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.lasting import Filled, Start
from benchmarks.limits import Verdict
from benchmarks.meters import processor
from benchmarks.peers.table import PEERS
from benchmarks.rounds import Measured, Outcome
from benchmarks.subscribers import Among

PACKAGES = ("cryptography", "starlette", "uvicorn", "uvloop", "httptools", "msgspec", "aiohttp", "jinja2")
HEAD = """\
# What the simulators cost

Written by `python -m benchmarks`. The unit is the CPU time of one raw RSA-2048 signature of `cryptography` (PKCS#1 v1.5, key
loaded) in a process of its own; each block of flows stands between two blocks of the unit, all flows in turn, and what is told
is the median of the rounds' ratios with its quartiles: what happens in few rounds, as the copying back of the WAL file every
some 500 signing flows, is not in a median. The rate after many rows is the CPU of {pairs} pairs of blocks together and has it
in. CPU is user and system time of the server's process alone: real sockets, {lanes} connections with one flow in flight each,
a WAL file. After each block every answer is verified (signatures,
ID tokens, checksums, amounts) and the journal is counted: a row too many or too few ends the run. Other work ran on the machine:
times in µs are of that day, ratios vary less, and a loaded machine makes them worse (a signature lives in the first cache, a
server does not).
"""


@dataclass
class Run:
    """All that was measured."""

    rounds: int
    lanes: int
    outcome: Outcome
    verdicts: list[Verdict] = field(default_factory=list)
    not_measured: dict[str, str] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    start: Start | None = None
    filled: Filled | None = None
    among: Among | None = None

    @property
    def holds(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts)


def written(run: Run) -> str:
    parts = [
        HEAD.format(lanes=run.lanes, pairs=run.filled.pairs if run.filled else "no"),
        _limits(run),
        _flows(run),
        _counted(run),
        _peers(run),
        _parts(run),
        _with(),
    ]
    return "\n".join(part for part in parts if part)


def _limits(run: Run) -> str:
    rows = [
        f"| {one.what} | {one.limit} | {one.measured} | {'holds' if one.holds else '**missed**'} |"
        for one in run.verdicts
    ]
    return _table("## Limits", ("what", "limit", "measured", ""), rows)


def _flows(run: Run) -> str:
    apart = [one.outcome.measured for one in (run.filled, run.among) if one]
    measured = [*run.outcome.measured, *(row for rows in apart for row in rows)]
    rows = [_row(one) for one in measured]
    head = ("flow", "raw signatures", "quartiles", "of the raw rate", "µs", "what one does")
    raw = f"One raw signature: {run.outcome.raw:.0f} µs (median). {run.rounds} rounds.\n"
    return _table("## Flows", head, rows) + f"\n{raw}"


def _row(one: Measured) -> str:
    low, high = one.spread
    shown = f"| {one.flow.name} | {one.ratio:.2f} | {low:.2f} to {high:.2f} | {max(one.flow.signatures, 1) / one.ratio:.3f} |"
    return f"{shown} {one.microseconds:.0f} | {one.flow.does} |"


def _counted(run: Run) -> str:
    rows = []
    for one in run.outcome.measured:
        words = ", ".join(one.flow.journal) or "–"
        each = (one.asked / one.count, one.flow.signatures, one.flow.deliveries, one.journal.total() / one.count)
        counted = " | ".join(f"{number:.0f}" for number in each)
        rows.append(f"| {one.flow.name} | {one.count:,} | {counted} | {words} |")
    head = ("flow", "done and verified", "requests", "RSA signatures", "deliveries", "journal rows", "rows of one flow")
    return _table("## What was counted", head, rows)


def _peers(run: Run) -> str:
    rows = []
    for peer in PEERS:
        ours, theirs = run.outcome.of(peer.beside), run.outcome.of(peer.name)
        if theirs and ours:
            both = f"{theirs.ratio:.2f} | {ours.ratio:.2f} ({peer.beside}) | {theirs.ratio / ours.ratio:.1f}"
            rows.append(f"| {peer.name} {peer.version} | {both} | {theirs.flow.does} |")
        elif peer.name in run.not_measured:
            rows.append(f"| {peer.name} {peer.version} | not measured: {run.not_measured[peer.name]} | | | |")
    head = ("tool", "raw signatures", "ours", "theirs / ours", "what one does there")
    return _table("## Beside other tools, in the same run", head, rows) if rows else ""


def _parts(run: Run) -> str:
    rows = [f"| {part} | {share:.0%} |" for part, share in run.parts.items()]
    note = "\nSampled in a pass of its own, at each millisecond of CPU; what C code does counts for the function that called it.\n"
    return _table("## Where the CPU of the signing flow goes", ("part", "share"), rows) + note if rows else ""


def _with() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    day = datetime.now(UTC)
    return f"{day:%Y-%m-%d}, {python}, SQLite {sqlite3.sqlite_version}, {versions}; {processor()}.\n"


def _table(title: str, head: tuple[str, ...], rows: list[str]) -> str:
    if not rows:
        return ""
    return "\n".join([f"{title}\n", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows, ""])
