"""MobiFone MobiCA, remote signing: GENERIC, behind the NEAC hub and at the canonical doors of Decision 769.

CONFIRMED: the product's name. UNKNOWN: its own wire, its name at the hub (the field `routes` of neac has one), name of
the issuer, so no likeness is claimed.

Not simulated: SIM CA (signing in the SIM by ETSI TS 102 204).
"""

from __future__ import annotations

from simulators.ca.spec import CaSpec, Door
from simulators.ca.wires import qd769
from simulators.ca.wires.canonical import CANONICAL

PROVIDER = CaSpec(
    id="mobifone",
    name="MobiFone MobiCA",
    source="Generic: QĐ 769/QĐ-BTTTT",
    doors=(Door(qd769.WIRE, CANONICAL, "/ca/mobifone"),),
    subject={"C": "VN", "O": "MOBIFONE", "CN": "MOBIFONE CA RS (MO PHONG)"},
    service_name="MOBICA CÁ NHÂN",
    transactions="one_for_all",
    webhook="contract",
)
