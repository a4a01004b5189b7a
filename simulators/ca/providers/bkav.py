"""BKAV Remote Signing (Piagon): GENERIC, behind the NEAC hub and at the canonical doors of Decision 769.

CONFIRMED: `BkavCA` is its name at the hub. LIKELY: identity at idp.bkavca.vn, signing at sca.bkavca.vn (one configuration file;
its paths are guesses). UNKNOWN: its own wire, name of the issuer, so no likeness is claimed and those hosts are not answered.

Not simulated: the identity server, AppId, ClientId and ClientSecret.
"""

from __future__ import annotations

from simulators.ca.spec import CaSpec, Door
from simulators.ca.wires import qd769
from simulators.ca.wires.canonical import CANONICAL

PROVIDER = CaSpec(
    id="bkav",
    name="BKAV Remote Signing",
    source="Generic: QĐ 769/QĐ-BTTTT; ca_name from a live portal's client code",
    doors=(Door(qd769.WIRE, CANONICAL, "/ca/bkav"),),
    subject={"C": "VN", "O": "BKAV CORPORATION", "CN": "BkavCA RS (MO PHONG)"},
    service_name="PIAGON CÁ NHÂN",
    transactions="one_for_all",
    webhook="contract",
)
