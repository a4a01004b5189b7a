"""A whole run of kills and its exit code: the table, what did not hold, and where the client's own log lies."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from conformance.failures import NotExercised
from loadtests.kills.plan import DUE, FLYING, Shown, planned, table
from loadtests.kills.run import run

GREEN, RED, NOTHING = 0, 1, 5
MOST_TOLD = 20


def kills(count: int, seed: str, folder: Path) -> int:
    """As the audit's: 0 nothing lost, 1 something was, 5 too little was under way to show anything."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        rows, wrong = asyncio.run(
            run(planned(count, seed), folder=folder, seed=seed, say=lambda text: print(text, flush=True))
        )
    except NotExercised as error:
        print(f"kills: {error}")
        return NOTHING
    text = "\n".join(_told(rows, wrong, seed))
    (folder / "kills.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    print(f"Report      {folder / 'kills.md'}, {folder / 'acknowledged.ndjson'}")
    if any(row.wrong for row in rows) or wrong:
        return RED
    return GREEN if rows and all(row.holds for row in rows) else NOTHING


def _told(rows: list[Shown], wrong: list[str], seed: str) -> Iterator[str]:
    yield from table(rows)
    yield ""
    acknowledged, lost = sum(row.acknowledged for row in rows), sum(row.lost for row in rows)
    silent = sum(row.undelivered for row in rows)
    yield f"Seed {seed}, {len(rows)} kills: {acknowledged} acknowledged, {lost} lost, {silent} due notices undelivered."
    flying, due = min((row.flying for row in rows), default=0), min((row.due for row in rows), default=0)
    yield f"At the least {flying} requests in flight (asked: {FLYING}) and {due} deliveries due (asked: {DUE})."
    found = [*(f"kill {row.kill.number}: {sentence}" for row in rows for sentence in row.wrong), *wrong]
    yield f"Laws, contracts, addresses, certificates: {'as they must be' if not found else f'{len(found)} findings'}."
    yield from (f"- {sentence}" for sentence in found[:MOST_TOLD])
