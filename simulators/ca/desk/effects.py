"""What planned faults do to a CA's answers: which site has which effects, and how one is looked up in a decision."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.ca.spec import CaSpec
from simulators.kernel import faults
from simulators.kernel.records import Records

SIGNATURES = ("another_signer", "another_digest")
BROKEN = ("server_error", "html_200")
ANSWER = (*SIGNATURES, *BROKEN)
LIST = ("empty", "server_error", "another_citizen")
WEBHOOK = ("lost", "duplicate", "forged", "before_answer")
AT_ONCE = ("forged", "before_answer")
"""Effects on the webhook that begin with the request itself; the others with the approval."""


def sites(spec: CaSpec) -> dict[str, faults.Effects]:
    declared = {f"{spec.id}.answer": faults.plain(*ANSWER), f"{spec.id}.list": faults.plain(*LIST)}
    if spec.webhook != "none":
        declared[f"{spec.id}.webhook"] = faults.plain(*WEBHOOK)
    return declared


def planned(records: Records, site: str, abouts: Sequence[str], contract: str) -> str:
    """The effect that `faults.take` would take, or nothing."""
    return faults.take(records, site, abouts, contract=contract).effect
