"""How long answers about certificates hold, and what the timestamp authority promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from simulators.kernel.bounds import LONGEST, Days, Line
from simulators.kernel.clock import MINUTE, SECOND

DESIGN = {"mark": "DESIGN"}
"""How well the real one is known: these are the lab's own."""
WholeSeconds = Annotated[int, Meta(ge=SECOND, le=LONGEST)]
"""Milliseconds; what is told is cut to seconds."""
Oid = Annotated[
    str,
    Meta(
        pattern=r"\A([01]\.([0-9]|[1-3][0-9])|2\.[0-9]{1,3})(\.(0|[1-9][0-9]{0,8})){1,20}\Z",
        description="an object identifier such as 1.3.6.1.4.1.13762.3",
    ),
]


@dataclass(frozen=True)
class TrustSpec:
    """One for the world. Times in milliseconds."""

    id: str = "trust"
    name: Line = "Status of certificates (OCSP, CRL, RFC 3161)"
    source: str = "RFC 6960, RFC 5280, RFC 3161"
    ocsp_life: WholeSeconds = field(default=10 * MINUTE, metadata=DESIGN)
    crl_life: WholeSeconds = field(default=10 * MINUTE, metadata=DESIGN)
    tsa_policy: Oid = field(default="1.3.6.1.4.1.13762.3", metadata=DESIGN)
    """Invented for this lab."""
    tsa_accuracy: Annotated[int, Meta(ge=0, le=3600)] = field(default=1, metadata=DESIGN)
    """Seconds."""
    tsa_days: Days = field(default=365, metadata=DESIGN)
