"""How long answers about certificates hold, and what the timestamp authority promises."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.kernel.clock import MINUTE

DESIGN = {"mark": "DESIGN"}
"""How well the real one is known: these are the lab's own."""


@dataclass(frozen=True)
class TrustSpec:
    """One for the world. Times in milliseconds."""

    id: str = "trust"
    name: str = "Status of certificates (OCSP, CRL, RFC 3161)"
    source: str = "RFC 6960, RFC 5280, RFC 3161"
    ocsp_life: int = field(default=10 * MINUTE, metadata=DESIGN)
    crl_life: int = field(default=10 * MINUTE, metadata=DESIGN)
    tsa_policy: str = field(default="1.3.6.1.4.1.13762.3", metadata=DESIGN)
    """Invented for this lab."""
    tsa_accuracy: int = field(default=1, metadata=DESIGN)
    """Seconds."""
    tsa_days: int = field(default=365, metadata=DESIGN)
