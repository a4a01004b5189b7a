"""The registration as a PDF, from what was declared: the file that the account owner signs."""

from collections.abc import Mapping

from reference_portal.sheets import Pen, Sheet

_PEN, _BOLD = Pen(11.5), Pen(11.5, "Bold")
_LINE = 6.5


def printed(code: str, parts: Mapping[str, Mapping[str, str]]) -> bytes:
    """`parts`: title -> label -> value, in their order."""
    sheet = Sheet(margin=23.0, top=25.0, bottom=15.0)  # a visible signature stands above the first line
    sheet.centred("HỒ SƠ ĐĂNG KÝ THAM GIA DỊCH VỤ CÔNG CỦA KBNN", Pen(14, "Bold"), 8)
    sheet.centred(f"Mã hồ sơ: {code}", _PEN, _LINE)
    for title, rows in parts.items():
        sheet.down(3)
        sheet.paragraph(title, _BOLD, _LINE)
        for label, value in rows.items():
            sheet.paragraph(f"{label}: {value}", _PEN, _LINE)
    return sheet.pdf(title=f"Hồ sơ {code}", author="Kho bạc Nhà nước (mô phỏng)", subject="Đăng ký dịch vụ công")
