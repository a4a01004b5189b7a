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

from dataclasses import replace

from simulators.ca.providers import neac
from simulators.ca.reasons import Reason
from simulators.ca.spec import Door, FileHubSpec
from simulators.ca.wires import hub_files
from simulators.ca.wires.dialect import NEVER, Word

BY_TOKEN = NEVER("the token names the service provider")
VARIANT_B = replace(
    neac.VARIANT_A,
    list_paths=("/get_certificate",),
    sign_path="/sign_file",
    row=("cert_id", "cert_data", "serial_number", "transaction_id"),
    arrays=("signFiles",),
    words={
        **neac.VARIANT_A.words,
        Reason.SP_UNKNOWN: BY_TOKEN,
        Reason.SP_PASSWORD: BY_TOKEN,
        Reason.TOKEN_UNKNOWN: Word(401, "Token không hợp lệ", "UNKNOWN"),
        Reason.TRANSACTION_UNKNOWN: Word(400, "transaction_id không hợp lệ", "UNKNOWN"),
        Reason.BAD_FILES: Word(400, "sign_files không hợp lệ", "UNKNOWN"),
        Reason.BAD_DIGEST: NEVER("the hub makes the digest itself"),
    },
)

PROVIDER = FileHubSpec(
    id="neacfiles",
    name="NEAC eSign (tệp)",
    source="Client code of an administrative system",
    door=Door(hub_files.WIRE, VARIANT_B, "/ca/neacfiles"),
    routes=neac.PROVIDER.routes,
    http_status="body",
)
