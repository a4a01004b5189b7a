"""What the generic agent says: PKCS#11's names of errors (CKR_…), each with its number and an HTTP status of this lab's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.tokens.reasons import Reason


@dataclass(frozen=True)
class Ckr:
    """`status` is this lab's: PKCS#11 knows no HTTP."""

    name: str
    number: int
    text: str
    status: int = 409


@dataclass(frozen=True)
class NEVER:  # reads as it is meant: NEVER("because")
    """A reason that cannot come up at this wire, and why."""

    why: str


CKR: Mapping[Reason, Ckr | NEVER] = {
    Reason.UNREADABLE: Ckr("CKR_ARGUMENTS_BAD", 0x07, "Yêu cầu không hợp lệ.", 422),
    Reason.NO_COMPUTER: Ckr("CKR_SLOT_ID_INVALID", 0x03, "Không có máy tính của công dân này.", 404),
    Reason.BAD_DIGEST: Ckr("CKR_DATA_LEN_RANGE", 0x21, "Giá trị băm không phải SHA-256.", 422),
    Reason.KEY_UNKNOWN: Ckr("CKR_KEY_HANDLE_INVALID", 0x60, "Không tìm thấy chứng thư số có số sê-ri này.", 404),
    Reason.NOT_PRESENT: Ckr("CKR_TOKEN_NOT_PRESENT", 0xE0, "Chưa cắm USB token."),
    Reason.REMOVED: Ckr("CKR_DEVICE_REMOVED", 0x32, "USB token đã bị rút trong khi ký."),
    Reason.BUSY: Ckr("CKR_OPERATION_ACTIVE", 0x90, "USB token đang thực hiện một lần ký khác."),
    Reason.WRONG_PIN: Ckr("CKR_PIN_INCORRECT", 0xA0, "Mã PIN không đúng."),
    Reason.PIN_LENGTH: Ckr("CKR_PIN_LEN_RANGE", 0xA2, "Mã PIN có độ dài không hợp lệ."),
    Reason.PIN_LOCKED: Ckr("CKR_PIN_LOCKED", 0xA4, "USB token đã bị khoá do nhập sai mã PIN nhiều lần."),
    Reason.CANCELLED: Ckr("CKR_FUNCTION_CANCELED", 0x50, "Người dùng đã huỷ nhập mã PIN."),
    Reason.EXPIRED: Ckr("CKR_FUNCTION_CANCELED", 0x50, "Hộp thoại nhập mã PIN đã đóng vì quá thời gian."),
    Reason.UNLICENSED: NEVER("this agent asks no page for a licence"),
    Reason.NOT_SIMULATED: NEVER("an op that is not simulated is unreadable"),
    Reason.NO_PAGE: NEVER("it signs digests and sees no file"),
}
"""Names and numbers are PKCS#11's; the Vietnamese texts and the statuses are this lab's."""


def ckr(reason: Reason) -> Ckr:
    word = CKR[reason]
    assert isinstance(word, Ckr), f"{reason.value}: {word.why}"
    return word
