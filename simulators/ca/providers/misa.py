"""MISA eSign (MISA-CA RemoteSigning), remote signing.

CONFIRMED: headers x-clientid, x-clientkey and `AuthorizationRM: Bearer` with remoteSigningAccessToken; paths under
/external/esrm/service, refreshtoken and resend-otp-auth under /webdev; login-api with errorCode 122 where a code is needed,
two-factor-auth (its document names the headers clientId and clientKey: both are taken); tokens at top level after a refresh;
names and capitals of fields, certiticateChain; keyStatus and certStatus; PENDING, SUCCESS, FAILED; a batch is signed whole or
not at all, its signatures in the order of the question; access_token_invalid e2001 with 401 for another or an old token;
3600 s; the body of the webhook; an account that is not connected is refused.
LIKELY: login-api and two-factor-auth at the root answer 405 in the test environment (field `root_login`); a services' path
under /webdev answers 200 text/html; CANCELLED for a refusal (field `refused_status`); the webhook's acknowledgement
{errorCode: "0"}, repetition with another messageId; raw PKCS#1 values in base64; documentId missing in `signatures`.
UNKNOWN, hence fields or words marked so: how long a request lives, life, tries and repetition of the code, the life of a
refresh token and that it is used up by its use, how long a login waits for its code (so long resend-otp-auth, which has no
password, sends another), how many wrong passwords lock an account and for how long (counted for the citizen, together with
those of the app), how often the webhook is repeated, every errorCode but 122 and e2001, HTTP
statuses of refusals but 401, the form of a token and of x-clientid, how many documents a request may have, what the app shows.
UNKNOWN too: a webhook after a refusal or an expiry (none here).

DESIGN: userName and password are the citizen's `username` and `password` at /control/citizens/{id} (a real account is named by
phone number or e-mail address); the code comes by SMS, or by e-mail to who has no phone. `remember` spares this service provider
the code for this citizen. POST /control/expire {"ref": "misa/<personal id>"} ends the citizen's code and access tokens now; the
fault `misa.account` `not_connected` has Signing/hash refused.

Not simulated: documents/hash and documents/attachment (a portal builds its PDF itself and sends the digest), an authenticator
(otpType 1), automatic signing (isAutoSign), certificates on USB tokens, registration and payment of an account. Of the fields
below, unknown_user changes nothing at this wire.
"""

from __future__ import annotations

from simulators.ca.coded import MisaSpec
from simulators.ca.spec import Door
from simulators.ca.wires import misa
from simulators.ca.wires.misa_words import MisaDialect

PROVIDER = MisaSpec(
    id="misa",
    name="MISA eSign",
    source="Tài liệu hướng dẫn tích hợp MISA eSign RemoteSigning V2 (27/10/2025), client code",
    doors=(Door(misa.WIRE, MisaDialect(), "/ca/misa"),),
    subject={"C": "VN", "ST": "Hà Nội", "O": "MISA JSC", "CN": "MISA-CA RS (MO PHONG)"},
    service_name="MISA eSign",
    hosts=("testesignappv1.misa.vn", "esignapp.misa.vn"),
    transactions="one_for_all",
    webhook="contract",
    webhook_attempts=3,
)
