"""The words of notices: SMS without accents and within one part, e-mail with all that the law wants to be told."""

import unicodedata
from datetime import datetime

from reference_portal.catalogue import AGENCIES, CATALOGUE
from reference_portal.dossiers import STATES, Dossier, Step

SMS_LENGTH = 160

_SMS = (
    "",
    "Ho so {code} da duoc gui den {agency}. Ket qua tiep nhan se duoc thong bao trong 08 gio lam viec.",
    "Ho so {code} da duoc tiep nhan tai {agency}. Ngay hen tra: {due}.",
    "Ho so {code} khong duoc tiep nhan tai {agency}. Ly do: {reason}",
    "Ho so {code} dang duoc xu ly tai {agency}.",
    "Ho so {code} can bo sung giay to. Noi dung: {reason}",
    "Ho so {code} can nop phi, le phi. Vui long dang nhap Cong dich vu cong de thanh toan.",
    "Ho so {code} da duoc rut theo yeu cau cua ong/ba.",
    "Ho so {code} da dung xu ly tai {agency}. Ly do: {reason}",
    "Ho so {code} da xu ly xong. Moi ong/ba nhan ket qua tai {agency}.",
    "Ket qua ho so {code} da duoc tra. Cam on ong/ba.",
)

_OF_DEED = {
    "reschedule": "Ho so {code}: xin loi ong/ba vi cham tra. Ngay hen tra moi: {due}. Ly do: {reason}",
    "rollback": "Ho so {code} duoc chuyen lai buoc truoc. Ly do: {reason}",
}
"""What the new state alone would not tell."""


def plain(text: str) -> str:
    """The text without accents, in letters that fit one SMS alphabet."""
    spaced = " ".join(text.split()).replace("đ", "d").replace("Đ", "D")
    bare = unicodedata.normalize("NFD", spaced)
    return " ".join("".join(letter for letter in bare if " " <= letter <= "z" and letter not in "[]\\^`").split())


def sms_text(dossier: Dossier, step: Step) -> str:
    words = _OF_DEED.get(step.deed, _SMS[step.target]).format(
        code=dossier.code,
        agency=plain(AGENCIES[dossier.agency]),
        due=_day(dossier.due),
        reason=plain(step.reason or ""),
    )
    return words if len(words) <= SMS_LENGTH else words[: SMS_LENGTH - 3] + "..."


def mail_subject(dossier: Dossier) -> str:
    """Short enough for one encoded word (RFC 2047): Python's own folding loses a space between two."""
    return f"Hồ sơ {dossier.code}"


def mail_text(dossier: Dossier, step: Step, origin: str) -> str:
    """Agency, who handles it, times of receipt, handling and return (NĐ 224/2026 art. 15.1.g), and the reason in full."""
    rows = (
        ("Thủ tục", CATALOGUE[dossier.procedure].name),
        ("Cơ quan", AGENCIES[dossier.agency]),
        ("Trạng thái", STATES[step.target]),
        ("Người thực hiện", step.who),
        ("Thời điểm nộp", _moment(dossier.submitted)),
        ("Thời điểm tiếp nhận", _moment(dossier.received)),
        ("Thời điểm xử lý", _moment(step.at)),
        ("Ngày hẹn trả", _day(dossier.due)),
        ("Lý do, nội dung", step.reason or ""),
    )
    lines = [f"{label}: {value}" for label, value in rows if value]
    greeting = f"Kính gửi ông/bà {dossier.applicant},"
    link = f"Xem hồ sơ sau khi đăng nhập: {origin}/ho-so/{dossier.id}"
    return "\n".join((greeting, "", f"Hồ sơ {dossier.code} có thay đổi:", *lines, "", link, ""))


def _day(at: str | None) -> str:
    return "" if at is None else f"{datetime.fromisoformat(at):%d/%m/%Y}"


def _moment(at: str | None) -> str:
    return "" if at is None else f"{datetime.fromisoformat(at):%H:%M %d/%m/%Y}"
