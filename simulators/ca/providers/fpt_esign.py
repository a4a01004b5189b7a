"""FPT.eSign eSignCloud (run by Mobile-ID): a certificate for a day, whole files signed by the provider on a code.

CONFIRMED (in client code of several relying parties): POST of JSON at base/functionName; relyingParty, agreementUUID and
credentialData with pkcs1Signature by the relying party's key over username + password + signature + timestamp (milliseconds);
names of fields; profile PERS.1D; {AuthorizeCode} in notificationTemplate; authorizeMethod 1 SMS and 2 e-mail, messagingMode 1
to 3; multipleSigningFileData; 0, 1007 and 1010 are accepted, 1004 wrong code, 1005 wrong too often, 1006 too old, 1039 sent too
often; the billCode that a renewed code answers is none to authorize with (here it is that of the bill that waits, which
serves); a failure other than HTTP 200 throws.
LIKELY: SHA-1 under pkcs1Signature (field `credential_hash`), five minutes of a code, when 0, 1007 or 1010 comes.
UNKNOWN: host and base path (here /eSignCloud/restapi), the mimeType of a digest (here application/sha256-binary), that it is
hexadecimal and its signatureValue base64, what a renewal answers when the last bill is over (1006 here).
UNKNOWN, hence fields or words marked so: tries of a code, how often it is sent and how long one is blocked, how far a timestamp
may be off, how long a bill waits, responseCodes of all other refusals (9001 and on are ours), every text, the form of a
billCode, names and forms of certificateSerialNumber, validFrom and validTo (milliseconds here), whether a signed file is PAdES
(adbe.pkcs7.detached here), whether a bill may be authorized again (not here), whether photos are needed (not looked at here).

DESIGN: private_key of the settings sheet is PEM (PKCS#8), where the real one is handed over as a .p12; contracts get such keys
from a ring (field `relying_keys`). citizenID must be a citizen of this world; the name in the certificate is what is told.
A PDF's signing time is that at which it was prepared. POST /control/expire {"ref": billCode} ends code and bill now.

Not simulated: authorizeCounterSigningForSignCloud (what it countersigns, and with whose certificate, is UNKNOWN), the visible
signature of signCloudMetaData (it is taken, and the signature is invisible), authorizeMethod 3 to 5 (app, passcode, UAF),
messagingMode 2, XML and office files, other profiles, SOAP, the bank's variant in AES, the refusal of a citizen (who types no
code lets the bill expire). Of the fields below, webhook and what begins with it, pin_tries, pin_lock, http_status,
unknown_user, upper_names, ms_extensions, variance, held_answer, transactions and turns_told `at_approval` are of no use here.
"""

from __future__ import annotations

from simulators.ca.coded import EsignSpec
from simulators.ca.spec import Door
from simulators.ca.wires import esign
from simulators.ca.wires.esign_words import EsignDialect
from simulators.kernel.clock import MINUTE

PROVIDER = EsignSpec(
    id="fpt_esign",
    name="FPT.eSign",
    source="Client code of relying parties of eSignCloud; no document of the provider's was read",
    doors=(Door(esign.WIRE, EsignDialect(), "/ca/fpt_esign/eSignCloud/restapi"),),
    subject={
        "C": "VN",
        "O": "FPT Corporation",
        "OU": "FPT Information System",
        "CN": "FPT Certification Authority (MO PHONG)",
    },
    service_name="FPT.eSign",
    code_sender="FPT-CA",
    request_ttl=15 * MINUTE,
    certificate_days=1,
)
