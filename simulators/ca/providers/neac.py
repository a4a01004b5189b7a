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

from simulators.ca.reasons import Reason
from simulators.ca.spec import Door, HubSpec
from simulators.ca.wires import hub
from simulators.ca.wires.dialect import NEVER, NOT_THIS_WIRE, Dialect, Word

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

PROVIDER = HubSpec(
    id="neac",
    name="NEAC eSign",
    source="Hướng dẫn 936/BTTTT-NEAC (22/03/2023); client code of a public-service portal",
    door=Door(hub.WIRE, VARIANT_A, "/ca/neac"),
    routes={
        "VNPT-CA": "vnpt",
        "CA2": "ca2",
        "Viettel-CA": "mysign",
        "FPT-CA": "fpt",
        "BkavCA": "bkav",
        "MobiFone-CA": "mobifone",
        "MISA-CA": "misa",
    },
    hosts=("esign.neac.gov.vn",),
)
