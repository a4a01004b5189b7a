"""What must hold, each with what was measured; in words that the report prints."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.lasting import Filled, Start
from benchmarks.rounds import Outcome

RATE, IDLE, GROWTH, KEPT, STARTED = 0.35, 90.0, 30.0, 0.95, 1.0


@dataclass(frozen=True)
class Verdict:
    what: str
    limit: str
    measured: str
    holds: bool


def of_flows(outcome: Outcome) -> list[Verdict]:
    verdicts = []
    for one in outcome.measured:
        if one.flow.limit is None:
            continue
        holds = one.ratio <= one.flow.limit
        if one.flow.name == "signing":
            verdicts.append(
                Verdict("signing flow against the raw rate", f"≥ {RATE}", f"{1 / one.ratio:.2f}", 1 / one.ratio >= RATE)
            )
        else:
            limit = f"≤ {one.flow.limit:.0f} raw signatures"
            verdicts.append(Verdict(f"a whole {one.flow.name}", limit, f"{one.ratio:.2f}", holds))
    return verdicts


def of_start(start: Start) -> list[Verdict]:
    told = f"{start.cpu:.2f} s of CPU ({start.wall:.2f} s by the clock of a shared machine)"
    return [
        Verdict("start to the first answer", f"≤ {STARTED} s", told, start.cpu <= STARTED),
        Verdict("idle memory", f"≤ {IDLE:.0f} MB", f"{start.idle:.0f} MB", start.idle <= IDLE),
    ]


def of_filled(filled: Filled) -> list[Verdict]:
    growth = filled.after - filled.before
    return [
        Verdict(
            f"memory after {filled.rows:,} journal rows",
            f"≤ +{GROWTH:.0f} MB",
            f"{growth:+.1f} MB ({filled.before:.0f} → {filled.after:.0f})",
            growth <= GROWTH,
        ),
        Verdict(f"rate after {filled.rows:,} journal rows", f"≥ {KEPT}", f"{filled.rate:.2f}", filled.rate >= KEPT),
    ]
