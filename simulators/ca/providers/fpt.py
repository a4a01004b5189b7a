"""FPT-CA MPKI, remote signing: GENERIC, behind the NEAC hub and at the canonical doors of Decision 769.

CONFIRMED: `FPT-CA` is its name at the hub; name of the issuer. UNKNOWN: its own wire, so no likeness is claimed.

FPT.eSign eSignCloud (agreement and code, certificates for a day) is a provider of its own, `fpt_esign`.

Not simulated: the connector SMART_ID_FPT-CA.
"""

from __future__ import annotations

from simulators.ca.spec import CaSpec, Door
from simulators.ca.wires import qd769
from simulators.ca.wires.canonical import CANONICAL

PROVIDER = CaSpec(
    id="fpt",
    name="FPT-CA MPKI",
    source="Generic: QĐ 769/QĐ-BTTTT; ca_name from a live portal's client code",
    doors=(Door(qd769.WIRE, CANONICAL, "/ca/fpt"),),
    subject={
        "C": "VN",
        "O": "FPT Corporation",
        "OU": "FPT Information System",
        "CN": "FPT Certification Authority (MO PHONG)",
    },
    service_name="FPT-CA CÁ NHÂN",
    transactions="one_for_all",
    webhook="contract",
)
