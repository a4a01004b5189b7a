"""Waiting until nothing is under way any more: deliveries that are due are answered, late repetitions made due now."""

import time

from conformance.control import Control
from conformance.journal import Row

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 120.0
ROUNDS = 12
"""More than any provider repeats (VNPAY: ten times)."""


def wait_for_quiet(control: Control) -> list[str]:
    """References whose deliveries are still put off when every round is over: normally none."""
    for _ in range(ROUNDS):
        _settle(control)
        late = put_off(control)
        if not late:
            return []
        for ref in late:
            control.post("/control/deliver-now", {"ref": ref, "contract": control.contract})
    _settle(control)
    return put_off(control)


def put_off(control: Control) -> list[str]:
    """What a provider will repeat later, by the journal: the last attempt of a delivery said that more follow."""
    if not control.get("/control/quiet", contract=control.contract)["later"]:
        return []
    last: dict[str, Row] = {}
    for word in ("delivered", "undelivered"):
        for row in control.journal(word=word):
            name = str(row.body.get("delivery", row.ref))
            if name not in last or last[name].seq < row.seq:
                last[name] = row
    return sorted({row.ref for row in last.values() if row.body.get("more")})


def _settle(control: Control) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not control.quiet() and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
