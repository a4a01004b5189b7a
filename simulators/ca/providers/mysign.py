"""Viettel MySign (Viettel-CA Cloud), remote signing.

CONFIRMED: paths under /vtss/service, the older /adss/service/ras; a token for each user from client_id, client_secret,
profile_id and user_id; numbers as strings, `expires_in` too, an empty refresh_token; certificates/info answers a bare list
with credential_id, signHash takes credentialID; description and document_name in base64; hashes in base64; certificates
and, sometimes, signatures with CRLF; async 0 waits for the phone, 1 and 2 are polled; status "1" with the raw values.
LIKELY: 4000, 4001, 4002, 4005, 13004; 58007, 58008, 86024; about 120 s; 401 for a token that is too old.
UNKNOWN: every text, how an error of login carries its number, the field description of a status, whether a transaction is
told to another user's token, whether 4005 ends a request that waited (so here) or turns it away, whether a document_id may
stand twice in a request (not here), the older prefix before the other three calls.

CONFIRMED (in clients): the variant shaped as CSC under ras/csc/v1 of both prefixes, with credentials/list, info, authorize
(documents with names; one asks for ten signatures more than it sends hashes) and signatures/signHash with the SAD. LIKELY: the
list's userID, authorize waits for the phone. UNKNOWN: its login (that of the other calls), life of a SAD, its errors' texts,
whether its documents' names are held to the rule of signHash's (so here) and its description is base64 (taken as it is).
Through faults of `status`: 6000 and 50000; of `answer`: 4004.

async 3 (LIKELY, one source at second hand): before each delivery a token is asked of the portal with a client id and secret
that the portal made, at addresses which the contract names (webhook_token_url, webhook_url); each answers status_code "00".
A planned forgery comes straight to webhook_url, once, without a token; the journal tells no secret and no token of the first.
UNKNOWN: the verb, repetitions, what the two timestamps are (the approval's instant in ms), a word about what nobody signed
(none here).

Not simulated: a 504 after a minute of authorize, /ras/v1/authenticate, file mode (external/upload), 0 for a request under way,
59033, organisations (MST_…). certificates, certInfo and authInfo of certificates/info are taken as chain, true and true. Of
the fields below, http_status changes nothing at this wire.
"""

from __future__ import annotations

from simulators.ca.spec import Door, MysignSpec
from simulators.ca.wires import mysign, mysign_csc
from simulators.ca.wires.mysign_words import MysignDialect
from simulators.kernel.clock import SECOND

PROVIDER = MysignSpec(
    id="mysign",
    name="Viettel MySign",
    source="Mysign Integration Document 1.8/1.9 (02/2025), client code",
    doors=(
        Door(mysign.WIRE, MysignDialect(), "/ca/mysign/vtss/service"),
        Door(mysign.WIRE, MysignDialect(), "/ca/mysign/adss/service"),
        Door(mysign_csc.WIRE, mysign_csc.DIALECT, "/ca/mysign/vtss/service/ras"),
        Door(mysign_csc.WIRE, mysign_csc.DIALECT, "/ca/mysign/adss/service/ras"),
    ),
    subject={"C": "VN", "L": "Hà Nội", "O": "Viettel Group", "CN": "Viettel-CA RS (MO PHONG)"},
    service_name="MYSIGN CÁ NHÂN",
    hosts=("remotesigning.viettel.vn",),
    request_ttl=120 * SECOND,
    transactions="one_for_all",
    turns_told="at_approval",
    webhook="contract",
)
