"""What must hold, each with what was measured; in words that the report prints."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.lasting import Filled, Start
from benchmarks.rounds import Outcome
from benchmarks.subscribers import FEW, Among

IDLE, GROWTH, KEPT, STARTED, AMONG_MANY = 90.0, 30.0, 0.95, 1.0, 1.1


@dataclass(frozen=True)
class Verdict:
    what: str
    limit: str
    measured: str
    holds: bool


def of_flows(outcome: Outcome) -> list[Verdict]:
    verdicts = []
    for one in outcome.measured:
        if (least := one.flow.rate) is not None:
            rate = one.flow.signatures / one.ratio
            what = f"{one.flow.name} against the raw rate"
            verdicts.append(Verdict(what, f"≥ {least}", f"{rate:.2f}", rate >= least))
        if (most := one.flow.limit) is not None:
            limit = f"≤ {most:g} raw signatures"
            verdicts.append(Verdict(f"a whole {one.flow.name}", limit, f"{one.ratio:.2f}", one.ratio <= most))
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


def of_many(among: Among) -> list[Verdict]:
    what = f"listing certificates of any of {FEW} people among {among.many:,} subscribers, beside {FEW} in all"
    told = f"{among.cost:.2f} (anybody of the {among.many:,}, whom no cache holds: {among.any_cost:.2f})"
    return [Verdict(what, f"≤ {AMONG_MANY} of the cost", told, among.cost <= AMONG_MANY)]
