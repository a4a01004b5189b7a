"""python -m benchmarks [peers]: what the simulators cost in raw RSA-2048 signatures; exit code 1 when a limit is missed."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import limits, rounds, status, wires
from benchmarks.breakdown import breakdown
from benchmarks.client import Wrong
from benchmarks.flows import Flow
from benchmarks.lasting import filled, started
from benchmarks.login import Login
from benchmarks.meters import Unit
from benchmarks.payment import Merchant, Payments
from benchmarks.peers.install import install
from benchmarks.peers.table import PEERS
from benchmarks.report import Run, written
from benchmarks.servers import LANES, Simulators, simulators
from benchmarks.signing import Signer
from benchmarks.subscribers import among

PARTS = ("signing", "wires", "status", "login", "payment", "start", "rows", "subscribers", "peers")
RESULTS = Path(__file__).parent / "results.md"
ROWS = 200_000
SUBSCRIBERS = 100_000
WRONG = 2
"""Exit code when something answered otherwise than it must: nothing was measured."""
ABOUT = """\
Starts the simulators as a process on a WAL file and drives them over real sockets. Measured is the server's CPU in raw RSA-2048
signatures, interleaved, median of the rounds. `python -m benchmarks peers` first fetches the other tools into .peers/ (npm, pip).
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m benchmarks", description=ABOUT)
    parser.add_argument("step", nargs="?", choices=("run", "peers"), default="run", help="peers: fetch the other tools")
    parser.add_argument(
        "--quick", action="store_true", help="two rounds of small blocks: shows that it works, and no more"
    )
    parser.add_argument("--only", default=",".join(PARTS), metavar="a,b", help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"of the journal (default: {ROWS})")
    parser.add_argument(
        "--out", type=Path, help="where the table goes too (default: benchmarks/results.md when all was measured)"
    )
    given = parser.parse_args(arguments)
    only = frozenset(filter(None, given.only.split(",")))
    if unknown := sorted(only - set(PARTS)):
        parser.error(f"--only: there is no part {unknown[0]!r}; there are: {', '.join(PARTS)}")
    if given.step == "peers":
        return install()
    try:
        run = asyncio.run(_measured(only, quick=given.quick, rows=2_000 if given.quick else given.rows))
    except BaseExceptionGroup as several:
        wrong = several.subgroup(Wrong)
        if wrong is None:
            raise
        sys.stderr.write(f"benchmarks: {'; '.join(map(str, leaves(wrong)))}\n")
        return WRONG
    except Wrong as wrong:
        sys.stderr.write(f"benchmarks: {wrong}\n")
        return WRONG
    text = written(run)
    sys.stdout.write(text)
    out = given.out or (RESULTS if only == set(PARTS) and not given.quick and given.rows == ROWS else None)
    if out:
        out.write_text(text, encoding="utf-8")
    return 0 if run.holds else 1


async def _measured(only: frozenset[str], *, quick: bool, rows: int) -> Run:
    many, share = (2, 5) if quick else (rounds.ROUNDS, 1)
    with Unit() as unit, TemporaryDirectory() as folder:
        async with contextlib.AsyncExitStack() as stack:
            world = await stack.enter_async_context(simulators(Path(folder)))
            flows = await _ours(world, stack, only, share)
            missing: dict[str, str] = {}
            if "peers" in only:
                theirs, missing = await _theirs(stack)
                flows += theirs
            outcome = await rounds.interleaved(flows, unit, many)
        run = Run(many, LANES, outcome, limits.of_flows(outcome), missing)
        if "signing" in only:
            run.parts = await breakdown(1600 // share)
        if "start" in only:
            run.start = await started(many)
            run.verdicts += limits.of_start(run.start)
        if "rows" in only:
            run.filled = await filled(rows, unit, 8 * many, 40 // share)
            run.verdicts += limits.of_filled(run.filled)
        if "subscribers" in only:
            run.among = await among(1_000 if quick else SUBSCRIBERS, unit, 4 * many, 80 // share)
            run.verdicts += limits.of_many(run.among)
    return run


def leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The exceptions themselves, however deep."""
    found: list[BaseException] = []
    for one in group.exceptions:
        found += leaves(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found


async def _ours(world: Simulators, stack: contextlib.AsyncExitStack, only: frozenset[str], share: int) -> list[Flow]:
    flows: list[Flow] = []
    if only & {"signing", "peers"}:
        signer = await Signer.at(world)
        flows += [*signer.flows(80 // share), signer.batch(20 // share), signer.request(80 // share)]
    if "wires" in only:
        flows += await wires.flows(world, 40 // share)
    if "status" in only:
        flows.append(await status.flow(world, 80 // share))
    if only & {"login", "peers"}:
        flows.append((await Login.at(world)).flow(24 // share))
    if "payment" in only:
        merchant = await stack.enter_async_context(Merchant.listening())
        flows.append((await Payments.at(world, merchant)).flow(40 // share))
    return flows


async def _theirs(stack: contextlib.AsyncExitStack) -> tuple[list[Flow], dict[str, str]]:
    """Those that are here and start; why not, of the others."""
    flows, missing = [], {}
    for peer in PEERS:
        if why := peer.missing():
            missing[peer.name] = why
            continue
        try:
            flows.append(await stack.enter_async_context(peer.opened()))
        except (Wrong, OSError) as error:
            missing[peer.name] = f"it did not start: {error}"
    return flows, missing


if __name__ == "__main__":
    sys.exit(main())
