"""MISA eSign's words: {error, errorCode, devMsg, userMsg} for a call that is refused, a status for a request that ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.ca.reasons import Reason
from simulators.ca.wires.dialect import NEVER, Mark

SECOND_FACTOR = 122
"""errorCode of a login that waits for the code (CONFIRMED)."""


@dataclass(frozen=True)
class MisaWord:
    """HTTP status, error, errorCode, and what is told to a developer and to the user."""

    code: int
    error: str
    error_code: str
    message: str
    mark: Mark = "UNKNOWN"

    @property
    def text(self) -> str:
        return f"{self.error_code} {self.error}: {self.message}"


def _bad(error: str, message: str) -> MisaWord:
    return MisaWord(400, error, error, message)


NO_SAD = NEVER("the signature follows the phone's yes: there is no SAD")
INACTIVE = "Chứng thư số không ở trạng thái hoạt động"
WORDS: Mapping[Reason, MisaWord | NEVER] = {
    Reason.UNREADABLE: _bad("InvalidRequest", "Dữ liệu yêu cầu không hợp lệ"),
    Reason.WRONG_METHOD: NEVER("each operation has one method; another meets the server's own 405"),
    Reason.SP_UNKNOWN: MisaWord(401, "InvalidClient", "InvalidClient", "x-clientid không hợp lệ"),
    Reason.SP_PASSWORD: MisaWord(401, "InvalidClient", "InvalidClient", "x-clientkey không hợp lệ"),
    Reason.CA_UNKNOWN: NEVER("a CA serves its own subscribers; only the hub is told a ca_name"),
    Reason.USER_UNKNOWN: _bad("UserNotFound", "Tài khoản không tồn tại"),
    Reason.PASSWORD_WRONG: _bad("InvalidPassword", "Tên đăng nhập hoặc mật khẩu không đúng"),
    Reason.PASSWORD_LOCKED: _bad("AccountLocked", "Tài khoản tạm khoá vì nhập sai mật khẩu quá số lần cho phép"),
    Reason.NOT_CONNECTED: _bad("UserNotConnected", "Tài khoản chưa kết nối MISA eSign"),
    Reason.OTP_WRONG: _bad("InvalidOtp", "Mã xác thực không đúng"),
    Reason.OTP_EXPIRED: _bad("ExpiredOtp", "Mã xác thực đã hết hạn"),
    Reason.ACCOUNT_LOCKED: _bad("ExhaustedOtp", "Nhập sai mã xác thực quá số lần cho phép"),
    Reason.OTPS_TOO_OFTEN: _bad("OtpTooOften", "Gửi lại mã xác thực quá số lần cho phép"),
    Reason.SERIAL_NEEDED: _bad("InvalidCertAlias", "Thiếu CertAlias"),
    Reason.SERIAL_UNKNOWN: _bad("InvalidCertAlias", "Không tìm thấy chứng thư số"),
    Reason.SUSPENDED: _bad("CertificateInactive", INACTIVE),
    Reason.REVOKED: _bad("CertificateInactive", INACTIVE),
    Reason.LAPSED: _bad("CertificateInactive", INACTIVE),
    Reason.TRANSACTION_MISSING: NEVER("the CA makes the transaction"),
    Reason.TRANSACTION_REPEATED: NEVER("the CA makes the transaction"),
    Reason.TRANSACTION_UNKNOWN: _bad("TransactionNotFound", "Không tìm thấy giao dịch"),
    Reason.BAD_FILES: _bad("InvalidDocuments", "Documents không hợp lệ"),
    Reason.BAD_DIGEST: _bad("InvalidHash", "FileToSign không hợp lệ"),
    Reason.BAD_ALGORITHM: NEVER("no algorithm is named: a digest is SHA-256, a key RSA"),
    Reason.TURNS_USED: _bad("OutOfTurns", "Tài khoản đã hết lượt ký"),
    Reason.REFUSED: _bad("UserRejected", "Người dùng từ chối ký"),
    Reason.EXPIRED: _bad("TransactionExpired", "Giao dịch hết hạn"),
    Reason.NOT_VERIFIED: NEVER("a CA does not verify what its own key signed"),
    Reason.CA_FAILED: NEVER("its own failure is an HTTP answer without a word"),
    Reason.TOKEN_UNKNOWN: MisaWord(401, "access_token_invalid", "e2001", "Access token không hợp lệ", "CONFIRMED"),
    Reason.SAD_UNKNOWN: NO_SAD,
    Reason.SAD_EXPIRED: NO_SAD,
    Reason.NOT_AUTHORIZED: NO_SAD,
}


@dataclass(frozen=True)
class MisaDialect:
    """One provider speaks it."""

    words: Mapping[Reason, MisaWord | NEVER] = field(default_factory=lambda: WORDS)

    @property
    def forms(self) -> Mapping[str, tuple[str, ...]]:
        return {"document_id": ("documentId and signature", "signature alone")}

    def word(self, reason: Reason) -> MisaWord:
        word = self.words[reason]
        assert isinstance(word, MisaWord), f"{reason.value}: {word.why}"
        return word
