"""How long answers about certificates hold, and what the timestamp authority promises."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.kernel.clock import MINUTE


@dataclass(frozen=True)
class TrustSpec:
    """One for the world. Times in milliseconds."""

    id: str = "trust"
    name: str = "Status of certificates (OCSP, CRL, RFC 3161)"
    source: str = "RFC 6960, RFC 5280, RFC 3161"
    ocsp_life: int = 10 * MINUTE
    crl_life: int = 10 * MINUTE
    tsa_policy: str = "1.3.6.1.4.1.13762.3"
    """Invented for this lab."""
    tsa_accuracy: int = 1
    """Seconds."""
    tsa_days: int = 365
