"""The NEAC hub's words: variant A (hashes, credentials in the body) and variant B (whole files, a token); the names of the CAs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simulators.ca.reasons import Reason
from simulators.ca.wires.dialect import NEVER, NOT_THIS_WIRE, Dialect, Word

CA_NAMES: Mapping[str, str] = {
    "VNPT-CA": "vnpt",
    "CA2": "ca2",
    "Viettel-CA": "mysign",
    "FPT-CA": "fpt",
    "BkavCA": "bkav",
    "MobiFone-CA": "mobifone",
    "MISA-CA": "misa",
}
"""ca_name -> id of the CA; as a live portal has them, but for MobiFone's, which is ours."""
VARIANT_A = Dialect(
    list_paths=("/sign_v2/get_certificate",),
    sign_path="/sign_v2/sign",
    encodings=("hex", "base64"),
    only_usable=True,
    chain="array",
    arrays=("signed_files",),
    words={
        **NOT_THIS_WIRE,
        Reason.UNREADABLE: Word(400, "Dữ liệu yêu cầu không hợp lệ", "UNKNOWN"),
        Reason.WRONG_METHOD: NEVER("each operation of the hub has one method; another meets the server's own 405"),
        Reason.SP_UNKNOWN: Word(401, "Thông tin xác thực không hợp lệ", "UNKNOWN"),
        Reason.SP_PASSWORD: Word(401, "Thông tin xác thực không hợp lệ", "UNKNOWN"),
        Reason.CA_UNKNOWN: Word(400, "ca_name không hợp lệ", "UNKNOWN"),
        Reason.USER_UNKNOWN: Word(404, "Không tìm thấy thuê bao", "UNKNOWN"),
        Reason.SERIAL_NEEDED: Word(400, "serial_number không hợp lệ", "UNKNOWN"),
        Reason.SERIAL_UNKNOWN: Word(404, "Không tìm thấy chứng thư số", "UNKNOWN"),
        Reason.SUSPENDED: Word(403, "Chứng thư số đang tạm dừng", "UNKNOWN"),
        Reason.REVOKED: Word(403, "Chứng thư số đã thu hồi", "UNKNOWN"),
        Reason.LAPSED: Word(403, "Chứng thư số hết hiệu lực", "UNKNOWN"),
        Reason.TRANSACTION_MISSING: NEVER("the hub makes its own transaction_id"),
        Reason.TRANSACTION_REPEATED: NEVER("the hub makes its own transaction_id"),
        Reason.TRANSACTION_UNKNOWN: NEVER("nothing is asked by transaction: sign answers after the phone"),
        Reason.BAD_FILES: Word(400, "sign_files không hợp lệ", "UNKNOWN"),
        Reason.BAD_DIGEST: Word(400, "data_to_be_signed không hợp lệ", "UNKNOWN"),
        Reason.TURNS_USED: Word(403, "Thuê bao đã hết lượt ký", "UNKNOWN"),
        Reason.REFUSED: Word(400, "Người dùng từ chối ký (REJECTED)", "UNKNOWN"),
        Reason.EXPIRED: Word(400, "Giao dịch hết hạn (EXPIRED)", "UNKNOWN"),
        Reason.NOT_VERIFIED: Word(500, "Chữ ký số không hợp lệ", "UNKNOWN"),
        Reason.CA_FAILED: Word(500, "Không kết nối được tổ chức chứng thực", "UNKNOWN"),
    },
)

BY_TOKEN = NEVER("the token names the service provider")
VARIANT_B = replace(
    VARIANT_A,
    list_paths=("/get_certificate",),
    sign_path="/sign_file",
    row=("cert_id", "cert_data", "serial_number", "transaction_id"),
    arrays=("signFiles",),
    words={
        **VARIANT_A.words,
        Reason.SP_UNKNOWN: BY_TOKEN,
        Reason.SP_PASSWORD: BY_TOKEN,
        Reason.TOKEN_UNKNOWN: Word(401, "Token không hợp lệ", "UNKNOWN"),
        Reason.TRANSACTION_UNKNOWN: Word(400, "transaction_id không hợp lệ", "UNKNOWN"),
        Reason.BAD_FILES: Word(400, "sign_files không hợp lệ", "UNKNOWN"),
        Reason.BAD_DIGEST: NEVER("the hub makes the digest itself"),
    },
)
