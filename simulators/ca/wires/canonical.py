"""Decision 769/QĐ-BTTTT as one client of it (Methics) has it, for CAs of whose own wire nothing is known: generic.

CONFIRMED (in that client): /get_certificate and /sign, file_type and sign_type nested in file_options, chain_data as an array,
signed_files, errors as {code, message} with 400 (invalid document), 401 (invalid credentials), 403 (certificate revoked).
LIKELY: hex digests. UNKNOWN: the path of the status call (VNPT's is taken), every text (a mark below is the code's), the body
of a webhook (VNPT's), the decision's own words.
"""

from __future__ import annotations

from simulators.ca.reasons import Reason
from simulators.ca.wires.dialect import NEVER, NOT_THIS_WIRE, Dialect, Word

CANONICAL = Dialect(
    list_paths=("/get_certificate",),
    sign_path="/sign",
    status_path="/sign/{transaction:path}/status",
    file_options="nested",
    chain="array",
    arrays=("signed_files",),
    errors="code",
    words={
        **NOT_THIS_WIRE,
        Reason.UNREADABLE: Word(400, "Invalid request", "UNKNOWN"),
        Reason.WRONG_METHOD: Word(405, "Method not allowed", "UNKNOWN"),
        Reason.SP_UNKNOWN: Word(401, "Invalid credentials", "CONFIRMED"),
        Reason.SP_PASSWORD: Word(401, "Invalid credentials", "CONFIRMED"),
        Reason.CA_UNKNOWN: NEVER("a CA serves its own subscribers; only the hub is told a ca_name"),
        Reason.USER_UNKNOWN: Word(400, "Unknown user", "UNKNOWN"),
        Reason.SERIAL_NEEDED: Word(400, "Invalid serial_number", "UNKNOWN"),
        Reason.SERIAL_UNKNOWN: Word(400, "Unknown certificate", "UNKNOWN"),
        Reason.SUSPENDED: Word(403, "Certificate suspended", "LIKELY"),
        Reason.REVOKED: Word(403, "Certificate revoked", "CONFIRMED"),
        Reason.LAPSED: Word(403, "Certificate expired", "LIKELY"),
        Reason.TRANSACTION_MISSING: Word(400, "Invalid transaction_id", "UNKNOWN"),
        Reason.TRANSACTION_REPEATED: Word(400, "transaction_id was used before", "UNKNOWN"),
        Reason.TRANSACTION_UNKNOWN: Word(400, "Unknown transaction_id", "UNKNOWN"),
        Reason.BAD_FILES: Word(400, "Invalid document", "CONFIRMED"),
        Reason.BAD_DIGEST: Word(400, "Invalid document: data_to_be_signed", "LIKELY"),
        Reason.TURNS_USED: Word(403, "No signing turns are left", "UNKNOWN"),
        Reason.REFUSED: Word(400, "Rejected by the user", "UNKNOWN"),
        Reason.EXPIRED: Word(400, "Transaction expired", "UNKNOWN"),
        Reason.NOT_VERIFIED: NEVER("a CA does not verify what its own key signed"),
        Reason.CA_FAILED: NEVER("its own failure is an HTTP answer without a word"),
    },
)
