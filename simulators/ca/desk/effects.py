"""What planned faults do to a CA's answers: which site has which effects, and how one is looked up in a decision."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.ca.signing import SigningRequest, State
from simulators.ca.spec import CaSpec
from simulators.kernel import faults
from simulators.kernel.records import Change, Instant, Records
from simulators.kernel.store import Store

SIGNATURES = ("another_signer", "another_digest")
BROKEN = ("server_error", "html_200")
ANSWER = (*SIGNATURES, *BROKEN)
LIST = ("empty", "server_error", "another_citizen")
WEBHOOK = ("lost", "duplicate", "forged", "before_answer")
SIGN_FAILED = "sign_failed"
"""The citizen approves, and the CA cannot sign: only where the wire has a word for it."""
SIGNING = "signing"
"""The CA is still at it though the citizen approved."""
AT_ONCE = ("forged", "before_answer")
"""Effects on the webhook that begin with the request itself; the others with the approval."""


def sites(spec: CaSpec) -> dict[str, faults.Effects]:
    declared = {f"{spec.id}.answer": faults.plain(*ANSWER), f"{spec.id}.list": faults.plain(*LIST)}
    if spec.webhook != "none":
        declared[f"{spec.id}.webhook"] = faults.plain(*WEBHOOK)
    for door in spec.doors:
        for site, more in door.wire.sites.items():
            declared[f"{spec.id}.{site}"] = {**declared.get(f"{spec.id}.{site}", {}), **more}
    return declared


def planned(records: Records, site: str, abouts: Sequence[str], contract: str) -> str:
    """The effect that `faults.take` would take, or nothing."""
    return faults.take(records, site, abouts, contract=contract).effect


async def befallen(store: Store, site: str, request: SigningRequest) -> str:
    """The effect on what is told of a request now, used up; none before its time."""
    keys = faults.keys(site, request.abouts, request.contract)

    def decide(records: Records, _now: Instant) -> Change:
        effect = planned(records, site, request.abouts, request.contract)
        if not effect or (effect == SIGNING and request.state is not State.APPROVED):
            return Change(result="")
        taken = faults.take(records, site, request.abouts, ref=request.transaction, contract=request.contract)
        return Change(taken.records, taken.events, result=taken.effect)

    return (await store.change(keys, decide)).result  # type: ignore[no-any-return]  # set above
