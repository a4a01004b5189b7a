"""The NEAC eSign hub, variant A: one door to all public CAs, chosen by ca_name.

CONFIRMED: POST alone, paths, names of the request's fields, the values of ca_name, that the citizen confirms in the CA's own
app, that the hub verifies the signature before it answers; one live portal sends the digest in base64 where Decision 769
says hex (both are taken, and the journal says which came).
LIKELY: an error message where a CA's certificate is not usable, an empty list for one that is suspended or revoked.
UNKNOWN, hence fields: the reply (that of Decision 769: `signed_files`, chain_data as an array), codes of errors, whether
an error's code is the HTTP status too, time-outs; how a call is taken up again whose connection broke: no transaction_id is
seen in its request and no status call, so its outcome is told to nobody. The CA's request lives on here, through a restart
too: the phone still asks, it ends approved, refused or expired, the journal says which, and a portal that asks anew is served.

MobiFone's ca_name is UNKNOWN: `MobiFone-CA` is ours.

Not simulated: an asynchronous mode (variant B, whole files by token, is `neacfiles`), TrustCA.
"""

from __future__ import annotations

from simulators.ca.spec import Door, HubSpec
from simulators.ca.wires import hub
from simulators.ca.wires.hub_words import CA_NAMES, VARIANT_A

PROVIDER = HubSpec(
    id="neac",
    name="NEAC eSign",
    source="Hướng dẫn 936/BTTTT-NEAC (22/03/2023); client code of a public-service portal",
    door=Door(hub.WIRE, VARIANT_A, "/ca/neac"),
    routes=CA_NAMES,
    hosts=("esign.neac.gov.vn",),
)
