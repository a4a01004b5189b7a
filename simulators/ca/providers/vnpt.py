"""VNPT SmartCA, the "sp769" API: version 1 (the citizen confirms in the app) and 2 (TH, "tích hợp": password and one-time code).

CONFIRMED: paths, POST alone, names of fields, sp_id and sp_password in each body, hex digests, raw PKCS#1 values in base64,
`sig_wait_for_user_confirm`, codes 200 400 401 403 500, the body of the webhook, issuer name, shape of sp_id, which fields
are required (get_certificate too has a transaction_id, which may be empty; each file has a file_type).
LIKELY: 300 s, texts of refusal and expiry, `expired_in`, an empty list for an unknown person, five PIN tries and five minutes.
UNKNOWN, hence fields of the spec: whether an error's code is the HTTP status too, whether and when a webhook is repeated, how
many files a request may have, whether a transaction_id must differ from those of other service providers too (it must here:
the status call names nobody), other values of cert_status_code than VALID, code and text when the turns of a package are
used up, a webhook after a refusal or expiry (none here).

TH: CONFIRMED: v2/signatures/sign with password, otp and serial_number, all required, answers `sad` (JWT, RS256) and
expired_in 299, v2/signatures/confirm with password and sad answers "Success" and the values; TOTP by HMAC-SHA1, 30 s, six
digits, its secret the base64 of bytes that are the key as they stand; an account that is none of these gets the same answer
without `sad`, and the phone asks. LIKELY: 1003 and "OTP" for a wrong code, five wrong passwords and five minutes (so the older
API). UNKNOWN: how many steps a code may be off, whether one is taken twice, whether wrong codes are counted, a second confirm,
claims of the SAD, codes and texts for a wrong or old SAD and for a locked account, what a status call says of such a request
(as of any). Whose account is one is set at POST /control/smartca, where password and secret are read; nobody's is at first.

DESIGN: a further door on the same desk, `/csc/v1/…`, speaks the standard of the Cloud Signature Consortium (API 1.0.4.0), which
VNPT does not document: for clients that speak the standard alone. Its words are the standard's; auth/login takes sp_id and
sp_password, authorize waits for the phone (implicit authorization, SCAL 2), a SAD lets each approved digest out once.

Not simulated: the change of a password and the QR code of a secret, the OAuth API, calculateHash, `tran_code` as a key of the
status call, tax codes, old identity cards and passports as user_id, several devices, the PIN's change in the app.
"""

from __future__ import annotations

from dataclasses import replace

from simulators.ca.reasons import Reason
from simulators.ca.spec import Door, IntegratedSpec
from simulators.ca.wires import csc_v1, integrated, qd769
from simulators.ca.wires.csc_words import CscDialect
from simulators.ca.wires.dialect import NEVER, NOT_THIS_WIRE, Dialect, Word

SP769 = Dialect(
    list_paths=("/v1/credentials/get_certificate", "/v2/credentials/get_certificate"),
    sign_path="/v1/signatures/sign",
    status_path="/v1/signatures/sign/{transaction:path}/status",
    list_needs={"user_id": "filled", "transaction_id": "sent"},  # some integrators send an empty transaction_id
    file_needs={"file_type": "filled"},
    success=("SUCCESS", "Success"),
    row=(
        "cert_id",
        "service_type",
        "service_name",
        "cert_status",
        "cert_status_code",
        "serial_number",
        "cert_subject",
        "cert_valid_from",
        "cert_valid_to",
        "cert_data",
        "chain_data",
        "transaction_id",
    ),
    words={
        **NOT_THIS_WIRE,
        Reason.UNREADABLE: Word(400, "BAD_REQUEST", "CONFIRMED"),
        Reason.WRONG_METHOD: Word(405, "Method Not Allowed", "LIKELY"),
        Reason.SP_UNKNOWN: Word(401, "SP_CREDENTIAL_INVALID", "CONFIRMED"),
        Reason.SP_PASSWORD: Word(401, "SP_CREDENTIAL_INVALID", "CONFIRMED"),
        Reason.CA_UNKNOWN: NEVER("a CA serves its own subscribers; only the hub is told a ca_name"),
        Reason.USER_UNKNOWN: Word(401, "SP_CREDENTIAL_INVALID: user_id", "LIKELY"),
        Reason.SERIAL_NEEDED: Word(400, "BAD_REQUEST: serial_number", "UNKNOWN"),
        Reason.SERIAL_UNKNOWN: Word(403, "CREDENTIAL_STATUS_INVALID", "LIKELY"),
        Reason.SUSPENDED: Word(403, "CREDENTIAL_STATUS_INVALID", "CONFIRMED"),
        Reason.REVOKED: Word(403, "CREDENTIAL_STATUS_INVALID", "CONFIRMED"),
        Reason.LAPSED: Word(403, "CREDENTIAL_STATUS_INVALID", "CONFIRMED"),
        Reason.TRANSACTION_MISSING: Word(400, "BAD_REQUEST: transaction_id", "LIKELY"),
        Reason.TRANSACTION_REPEATED: Word(400, "BAD_REQUEST: transaction_id", "LIKELY"),
        Reason.TRANSACTION_UNKNOWN: Word(400, "BAD_REQUEST: transaction not found", "UNKNOWN"),
        Reason.BAD_FILES: Word(400, "BAD_REQUEST: sign_files", "CONFIRMED"),
        Reason.BAD_DIGEST: Word(400, "BAD_REQUEST: data_to_be_signed", "CONFIRMED"),
        Reason.TURNS_USED: Word(403, "CREDENTIAL_STATUS_INVALID: hết lượt ký", "UNKNOWN"),
        Reason.REFUSED: Word(400, "REJECTED", "LIKELY"),
        Reason.EXPIRED: Word(400, "EXPIRED", "LIKELY"),
        Reason.NOT_VERIFIED: NEVER("a CA does not verify what its own key signed"),
        Reason.CA_FAILED: NEVER("its own failure is an HTTP answer without a word"),
    },
)

TH = replace(
    SP769,
    list_paths=(),
    sign_path="/signatures/sign",
    status_path="/signatures/confirm",
    success=("Success",),
    words={
        **SP769.words,
        Reason.WRONG_METHOD: NEVER("each operation has one method; another meets the server's own 405"),
        Reason.PASSWORD_WRONG: Word(401, "SP_CREDENTIAL_INVALID: password", "LIKELY"),
        Reason.OTP_WRONG: Word(1003, "OTP không hợp lệ", "LIKELY"),
        Reason.ACCOUNT_LOCKED: Word(401, "SP_CREDENTIAL_INVALID: tài khoản tạm khoá", "UNKNOWN"),
        Reason.SAD_UNKNOWN: Word(400, "BAD_REQUEST: sad", "UNKNOWN"),
        Reason.SAD_EXPIRED: Word(400, "BAD_REQUEST: sad đã hết hạn", "UNKNOWN"),
        Reason.REFUSED: NEVER("no phone is asked; what the phone refused is told by the status call"),
    },
)

PROVIDER = IntegratedSpec(
    id="vnpt",
    name="VNPT SmartCA",
    source="Tài liệu tích hợp VNPT SMARTCA v4.x (05/2024); QĐ 769/QĐ-BTTTT",
    doors=(
        Door(qd769.WIRE, SP769, "/ca/vnpt/sca/sp769"),
        Door(integrated.WIRE, TH, "/ca/vnpt/sca/sp769/v2"),
        Door(csc_v1.WIRE, CscDialect(), "/ca/vnpt"),
    ),
    subject={"C": "VN", "O": "VIETNAM POSTS AND TELECOMMUNICATIONS GROUP", "CN": "VNPT SmartCA RS (MO PHONG)"},
    service_name="SMARTCA PERSONAL PRO",
    hosts=("rmgateway.vnptit.vn", "gwsca.vnpt.vn"),
    transactions="one_for_all",
    webhook="contract",
)
