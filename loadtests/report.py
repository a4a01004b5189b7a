"""The verdict of a run for people and for programs: one text, one JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from conformance.laws import Violation
from loadtests.audit import GREEN, NOTHING, RED, VOID, Verdict
from loadtests.reconcile import Compared
from loadtests.summary import Hops, Summary

WORDS = {GREEN: "green", RED: "RED", VOID: "VOID (our own error)", NOTHING: "NOTHING: no journey arrived"}
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
SHOWN_OFFENDERS = 5


def as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "audit": WORDS[verdict.code],
        "exit_code": verdict.code,
        "run": dict(verdict.run),
        "generator_is_busy": verdict.generator_is_busy,
        "journeys": dict(verdict.summary.ends),
        "broken": dict(verdict.summary.broken),
        "operations": {name: _operation(verdict, name, hops) for name, hops in sorted(verdict.summary.hops.items())},
        "compared": [_compared(one) for one in verdict.compared],
        "violations": [
            asdict(one) | {"citizens": sorted(verdict.summary.owners.get(one.ref, ()))} for one in verdict.violations
        ],
        "void": list(verdict.void),
    }


def as_text(verdict: Verdict) -> Iterator[str]:
    run, summary = verdict.run, verdict.summary
    ends = ", ".join(f"{count} {end}" for end, count in sorted(summary.ends.items())) or "none"
    yield f"Portal      {run['portal']}  contract {run['contract']}  flaw {run['flaw'] or 'none'}"
    yield f"Journeys    {ends} in {run['seconds']:.0f} s"
    yield f"Generator   {run['generator_cpu']:.0%} of {run['processes']} core(s)" + (
        "  MEASURES ITSELF: above 90 % its latencies are not the portal's" if verdict.generator_is_busy else ""
    )
    yield "Model       closed: a seat waits for its answers, so a stall is met by fewer hops than citizens would send"
    yield ""
    yield from _operations(verdict)
    yield from (f"  broken x {count}: {why}" for why, count in summary.broken.most_common(SHOWN_OFFENDERS))
    yield ""
    yield f"{'operation':<10} {'successes':>9} {'unknown':>8}   {'rows':>6}  counterpart"
    for one in verdict.compared:
        mark = "=" if one.agrees else "≠"
        there = f"{one.pair.source}: {one.pair.counterpart}"
        yield f"{one.pair.operation:<10} {one.successes:>9} {one.unknown:>8} {mark} {one.rows:>6}  {there}"
        yield from _some(one.offenders)
    yield ""
    yield f"Violations  {len(verdict.violations)}"
    for law in dict.fromkeys(one.law for one in verdict.violations):
        offenders = tuple(_violation(one, summary) for one in verdict.violations if one.law == law)
        yield f"{law}  {len(offenders)}"
        yield from _some(offenders)
    yield from (f"  VOID: {why}" for why in verdict.void[:SHOWN_OFFENDERS])
    locust = {0: "green"}.get(run["locust_exit_code"], f"RED (exit code {run['locust_exit_code']})")
    yield ""
    yield f"Locust      {locust}"
    yield f"Audit       {WORDS[verdict.code]}"


def _operations(verdict: Verdict) -> Iterator[str]:
    heads = " ".join(f"{label + ' ms':>9}" for label in (*SHARES, "max"))
    yield f"{'hop':<31} {'ok':>7} {'failed':>7} {'unknown':>8} {'Locust':>8} {heads}"
    for name, hops in sorted(verdict.summary.hops.items(), key=lambda item: (item[0].startswith("sim:"), item[0])):
        counted = verdict.locust.get(name, ("-", 0))[0]
        times = " ".join(f"{hops.percentile(share):>9.1f}" for share in (*SHARES.values(), 1.0))
        yield f"{name:<31} {hops.success:>7} {hops.failure:>7} {hops.unknown:>8} {counted:>8} {times}"
    lost = sum(
        len(hops.milliseconds) - verdict.locust[name][0]
        for name, hops in verdict.summary.hops.items()
        if name in verdict.locust
    )
    if lost:
        yield f"  Locust's own table lacks {lost} hops: the last report of a worker can be lost; the audit does not use it"


def _operation(verdict: Verdict, name: str, hops: Hops) -> dict[str, Any]:
    requests, failures = verdict.locust.get(name, (None, None))
    return {
        "success": hops.success,
        "failure": hops.failure,
        "unknown": hops.unknown,
        "locust": {"requests": requests, "failures": failures},
        "milliseconds": {label: hops.percentile(share) for label, share in SHARES.items()}
        | {"max": hops.percentile(1.0)},
    }


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "operation": one.pair.operation,
        "counterpart": f"{one.pair.source}: {one.pair.counterpart}",
        "successes": one.successes,
        "unknown": one.unknown,
        "rows": one.rows,
        "agrees": one.agrees,
        "offenders": list(one.offenders),
    }


def _violation(one: Violation, summary: Summary) -> str:
    whose = ", ".join(sorted(summary.owners.get(one.ref, ())))
    return f"{one.ref}{f' (citizen {whose})' if whose else ''}: {one.text_en} / {one.text_vi}"


def _some(lines: tuple[str, ...]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:SHOWN_OFFENDERS])
    if len(lines) > SHOWN_OFFENDERS:
        yield f"  … and {len(lines) - SHOWN_OFFENDERS} more (load.json)"
