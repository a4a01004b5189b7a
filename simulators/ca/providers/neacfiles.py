"""The NEAC eSign hub, variant B: bearer token, whole files, signed by the hub with what the CA signs on the citizen's phone.

CONFIRMED (in one portal's client): get_certificate with user_id and ca_name, its transaction_id, which sign_file must bring
back; sign_file with cert_data, serial_number and whole files in base64; the answer nested in `data`, signFiles in camel case,
an empty list for a failure; one call until the phone has answered; one file a call is what its client prefers.
LIKELY: that this is the hub's mode by token. UNKNOWN, hence fields: whether an error's code is the HTTP status too, how many
files a call may have, the kind of the signature in the file; and: how a token is got (the settings sheet has one that does not
grow old), its life, all codes and texts, paths above the two, a visible mark (none here), a timestamp (none), whether a
transaction_id is good for several calls (it is here), whether a file is kept.

Not simulated: files other than PDF, an asynchronous mode, TrustCA.
"""

from __future__ import annotations

from simulators.ca.spec import Door, FileHubSpec
from simulators.ca.wires import hub_files
from simulators.ca.wires.hub_words import CA_NAMES, VARIANT_B

PROVIDER = FileHubSpec(
    id="neacfiles",
    name="NEAC eSign (tệp)",
    source="Client code of an administrative system",
    door=Door(hub_files.WIRE, VARIANT_B, "/ca/neacfiles"),
    routes=CA_NAMES,
    http_status="body",
)
