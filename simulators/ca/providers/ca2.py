"""CA2 RS (NACENCOMM), the doors that follow Decision 769.

CONFIRMED (in a client): paths, names of fields, status asked with credentials in the body, the three names of the list of
signatures, pending codes 102, 1001, 1002, the text for an unknown person, issuer name, profile of the certificates.
LIKELY: codes of errors, texts of refusal and expiry. UNKNOWN: the encoding of the digest (hex, as Decision 769 says), the
body of a webhook (that of VNPT is used), life of a request, PIN tries, whether an error's code is the HTTP status too.

Not simulated: the legacy "APISigncore", the Mobile-ID RSSP underneath, enrolment, the PIN's change in the app.
"""

from __future__ import annotations

from simulators.ca.reasons import Reason
from simulators.ca.spec import CaSpec, Door
from simulators.ca.wires import qd769
from simulators.ca.wires.dialect import NEVER, NOT_THIS_WIRE, Dialect, Word

CA2_RS = Dialect(
    list_paths=("/rssp/v2/neac/get_certificate",),
    sign_path="/api/data/sign",
    status_path="/api/data/status",
    pending=Word(1001, "Đang chờ người dùng xác nhận", "LIKELY"),
    success=("Success",),
    nothing_found="Không có dữ liệu trong hệ thống",
    row=("cert_id", "cert_data", "chain_data", "serial_number"),
    arrays=("signatures", "sign_files", "signed_files"),
    values=("signature_value", "signature"),
    words={
        **NOT_THIS_WIRE,
        Reason.UNREADABLE: Word(400, "Dữ liệu không hợp lệ", "LIKELY"),
        Reason.WRONG_METHOD: Word(405, "Method Not Allowed", "UNKNOWN"),
        Reason.SP_UNKNOWN: Word(401, "Thông tin sp_id hoặc sp_password không hợp lệ", "LIKELY"),
        Reason.SP_PASSWORD: Word(401, "Thông tin sp_id hoặc sp_password không hợp lệ", "LIKELY"),
        Reason.CA_UNKNOWN: NEVER("a CA serves its own subscribers; only the hub is told a ca_name"),
        Reason.USER_UNKNOWN: Word(404, "Không có dữ liệu trong hệ thống", "LIKELY"),
        Reason.SERIAL_NEEDED: Word(400, "serial_number không hợp lệ", "UNKNOWN"),
        Reason.SERIAL_UNKNOWN: Word(404, "Chứng thư số không hợp lệ", "LIKELY"),
        Reason.SUSPENDED: Word(403, "Chứng thư số không hợp lệ: tạm dừng", "LIKELY"),
        Reason.REVOKED: Word(403, "Chứng thư số không hợp lệ: đã thu hồi", "LIKELY"),
        Reason.LAPSED: Word(403, "Chứng thư số không hợp lệ: hết hạn", "LIKELY"),
        Reason.TRANSACTION_MISSING: Word(400, "transaction_id không hợp lệ", "UNKNOWN"),
        Reason.TRANSACTION_REPEATED: Word(400, "transaction_id không hợp lệ: đã tồn tại", "UNKNOWN"),
        Reason.TRANSACTION_UNKNOWN: Word(404, "Giao dịch không hợp lệ: không tồn tại", "UNKNOWN"),
        Reason.BAD_FILES: Word(400, "sign_files không hợp lệ", "LIKELY"),
        Reason.BAD_DIGEST: Word(400, "data_to_be_signed không hợp lệ", "LIKELY"),
        Reason.TURNS_USED: Word(403, "Gói dịch vụ đã hết lượt ký", "UNKNOWN"),
        Reason.REFUSED: Word(400, "Người dùng từ chối ký", "LIKELY"),
        Reason.EXPIRED: Word(400, "Giao dịch đã hết hạn", "LIKELY"),
        Reason.NOT_VERIFIED: NEVER("a CA does not verify what its own key signed"),
        Reason.CA_FAILED: NEVER("its own failure is an HTTP answer without a word"),
    },
)

PROVIDER = CaSpec(
    id="ca2",
    name="CA2 RS",
    source="Client code of CA2 RS (QĐ 769/QĐ-BTTTT paths)",
    doors=(Door(qd769.WIRE, CA2_RS, "/ca/ca2"),),
    subject={"C": "VN", "O": "NACENCOMM SCT", "CN": "CA2 RS (MO PHONG)"},
    service_name="CA2 RS CÁ NHÂN",
    hosts=("rmsca2.nacencomm.vn",),
    upper_names=True,
    http_status="body",
    webhook="request",
)
