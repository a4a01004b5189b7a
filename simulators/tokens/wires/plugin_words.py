"""VNPT-CA Plugin's words: the codes of its results, for each reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from simulators.tokens.reasons import Reason
from simulators.tokens.wires.words import NEVER


@dataclass(frozen=True)
class Word:
    """`mark` is of the code; every text is UNKNOWN."""

    code: int
    text: str
    mark: Literal["CONFIRMED", "LIKELY", "UNKNOWN"]


WORDS: Mapping[Reason, Word | NEVER] = {
    Reason.UNREADABLE: Word(1, "Dữ liệu đầu vào không hợp lệ", "CONFIRMED"),
    Reason.NO_COMPUTER: NEVER("who sits at a port is a citizen"),
    Reason.BAD_DIGEST: NEVER("it makes the digests itself"),
    Reason.KEY_UNKNOWN: Word(2, "Không tìm thấy chứng thư số", "CONFIRMED"),
    Reason.NOT_PRESENT: Word(2, "Không tìm thấy chứng thư số: chưa cắm USB token", "LIKELY"),
    Reason.REMOVED: Word(4, "Không tìm thấy khoá bí mật: USB token đã bị rút", "UNKNOWN"),
    Reason.BUSY: Word(3, "Ký không thành công: USB token đang bận", "UNKNOWN"),
    Reason.WRONG_PIN: Word(3, "Ký không thành công: mã PIN không đúng", "UNKNOWN"),
    Reason.PIN_LENGTH: Word(3, "Ký không thành công: mã PIN không đúng độ dài", "UNKNOWN"),
    Reason.PIN_LOCKED: Word(3, "Ký không thành công: USB token đã bị khoá", "UNKNOWN"),
    Reason.CANCELLED: Word(11, "Người dùng huỷ bỏ", "CONFIRMED"),
    Reason.EXPIRED: Word(11, "Người dùng huỷ bỏ: hộp thoại đã đóng", "UNKNOWN"),
    Reason.UNLICENSED: Word(5, "Giấy phép không hợp lệ với tên miền này", "UNKNOWN"),
    Reason.NOT_SIMULATED: Word(5, "Chức năng này chưa được mô phỏng", "UNKNOWN"),
    Reason.NO_PAGE: Word(7, "Trang đặt chữ ký không hợp lệ", "CONFIRMED"),
}


def word(reason: Reason) -> Word:
    found = WORDS[reason]
    assert isinstance(found, Word), f"{reason.value}: {found.why}"
    return found
