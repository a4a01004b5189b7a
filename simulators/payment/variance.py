"""What may come otherwise at a gateway: unknown fields, a notice a little late or before the payer is back; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.payment.records import Timing
from simulators.payment.spec import GatewaySpec

EXTRA = "unknown fields too"
FIELDS, NOTICE = "fields", "notice"
TIMINGS: Mapping[str, Timing] = {"a little late": "late", "before the payer is back": "early"}


@dataclass(frozen=True)
class Drawn:
    """Of one payment."""

    extra: bool
    timing: Timing


def variances(spec: GatewaySpec) -> dict[str, tuple[str, ...]]:
    """By label: what each number means; one in `spec.variance` is out of the ordinary."""
    if spec.variance <= 0:
        return {}
    often = max(spec.variance, len(TIMINGS) + 1)
    return {
        FIELDS: (EXTRA, *("known fields",) * (spec.variance - 1)),
        NOTICE: (*TIMINGS, *("at once",) * (often - len(TIMINGS))),
    }


def drawn(forms: Mapping[str, tuple[str, ...]], numbers: Mapping[str, int]) -> Drawn:
    """By the numbers that were chosen for the labels of these variances."""
    told = {label: names[numbers[label]] for label, names in forms.items()}
    return Drawn(told.get(FIELDS) == EXTRA, TIMINGS.get(told.get(NOTICE, ""), ""))
