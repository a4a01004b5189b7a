"""Viettel-CA USB token, signed with through a generic PKCS#11 agent.

CONFIRMED: the State Treasury's registration is signed with it from a list of certificates, by its PIN. Standard (PKCS#11):
the names of errors; RSA PKCS#1 v1.5 over DigestInfo of SHA-256. LIKELY: five tries of the PIN, then it is locked until the
SO PIN unlocks it. UNKNOWN: the vendor's own browser protocol (no trustworthy source was found: the agent's door is this
lab's, not Viettel's), the token's label, lengths of the PIN, what the last wrong try is told, how long the dialog stays
open, whether a second request waits for the first (here it is refused), the order of a subject's fields.

Not simulated: the vendor's plugin and its installer, the preflight of a browser (a page sends its JSON as text/plain), the
PIN kept by a process after its first use (here each signature asks), a first PIN that must be changed, several keys in one
token, RSA-1024 and PSS, certificates of the official-duty CA.
A token signs with a lapsed or revoked certificate too, as a real one does: whoever receives the signature must look.
"""

from __future__ import annotations

from simulators.tokens.spec import TokenSpec

PROVIDER = TokenSpec(
    id="viettel-ca",
    name="Viettel-CA USB token",
    source="KBNN registration guide (Viettel Solutions), PKCS#11 2.40, certificates met in the field",
    subject={"C": "VN", "L": "Hà Nội", "O": "Viettel Group", "CN": "Viettel-CA (MO PHONG)"},
    label="VIETTEL-CA",
)
