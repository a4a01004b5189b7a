"""Waiting until nothing is under way any more: deliveries that are due are answered, late ones are made due now."""

import time

from conformance.control import Control
from conformance.failures import NotExercised

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 120.0
ROUNDS = 12
"""More than any provider repeats (VNPAY: ten times)."""

CAUSES = ("payment_settled", "payment_failed", "signing_approved", "signing_refused")
"""What a provider calls back about; the row's reference is the delivery's."""


def wait_for_quiet(control: Control) -> str:
    """Empty, or one sentence about what did not come to an end."""
    for _ in range(ROUNDS):
        if not _settled(control):
            return f"deliveries that are due were not answered within {PATIENCE_SECONDS:.0f} s"
        if not _later(control):
            return ""
        for ref in sorted({row.ref for word in CAUSES for row in control.journal(word=word)}):
            _hasten(control, ref)
    return f"{_later(control)} deliveries are still put off after {ROUNDS} rounds"


def _settled(control: Control) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not control.quiet():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _later(control: Control) -> int:
    return int(control.get("/control/quiet", contract=control.contract)["later"])


def _hasten(control: Control, ref: str) -> None:
    try:
        control.post("/control/deliver-now", {"ref": ref, "contract": control.contract})
    except NotExercised:
        return  # nothing about this reference is put off
