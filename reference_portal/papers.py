"""The declaration of birth (Tờ khai đăng ký khai sinh) as a PDF, from the fields of the e-form."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fpdf import FPDF

FIELDS: Mapping[str, str] = {
    "requester_name": "Họ, chữ đệm, tên người yêu cầu",
    "requester_residence": "Nơi cư trú của người yêu cầu",
    "requester_papers": "Giấy tờ tùy thân của người yêu cầu",
    "relation": "Quan hệ với người được khai sinh",
    "child_name": "Họ, chữ đệm, tên người được khai sinh",
    "child_birth": "Ngày, tháng, năm sinh",
    "child_birth_words": "Ngày, tháng, năm sinh ghi bằng chữ",
    "child_sex": "Giới tính",
    "child_ethnicity": "Dân tộc",
    "child_nationality": "Quốc tịch",
    "birth_place": "Nơi sinh",
    "home_place": "Quê quán",
    "mother_name": "Họ, chữ đệm, tên người mẹ",
    "mother_birth": "Năm sinh của người mẹ",
    "mother_ethnicity": "Dân tộc của người mẹ",
    "mother_nationality": "Quốc tịch của người mẹ",
    "mother_residence": "Nơi cư trú của người mẹ",
    "father_name": "Họ, chữ đệm, tên người cha",
    "father_birth": "Năm sinh của người cha",
    "father_ethnicity": "Dân tộc của người cha",
    "father_nationality": "Quốc tịch của người cha",
    "father_residence": "Nơi cư trú của người cha",
    "made_at": "Làm tại",
    "made_on": "Ngày làm tờ khai",
}
"""The e-form's fields, in the order of the paper: name -> label."""

_FONTS = Path(__file__).with_name("fonts")
_LONGEST_VALUE = 300
_MARGIN = 22.0
_TOP = 25.0  # a visible signature stands above the motto
_LINE = 8.0
_SIZE = 11.5
_MARK_SIZE = 7.0
_SIGNATURE_ROOM = 52.0


@dataclass(frozen=True)
class _Blank:
    """One label of a line, its note mark, and the field that is written on the dots behind it."""

    label: str
    field: str
    mark: str = ""
    share: float = 1.0


_REQUESTER: tuple[tuple[_Blank, ...], ...] = (
    (_Blank("Họ, chữ đệm, tên người yêu cầu:", "requester_name"),),
    (_Blank("Nơi cư trú:", "requester_residence", "(2)"),),
    (_Blank("Giấy tờ tùy thân:", "requester_papers", "(3)"),),
    (_Blank("Quan hệ với người được khai sinh:", "relation"),),
)
_CHILD: tuple[tuple[_Blank, ...], ...] = (
    (_Blank("Họ, chữ đệm, tên:", "child_name"),),
    (_Blank("Ngày, tháng, năm sinh:", "child_birth", share=0.47), _Blank("ghi bằng chữ:", "child_birth_words")),
    (
        _Blank("Giới tính:", "child_sex", share=0.3),
        _Blank("Dân tộc:", "child_ethnicity", share=0.5),
        _Blank("Quốc tịch:", "child_nationality"),
    ),
    (_Blank("Nơi sinh:", "birth_place", "(4)"),),
    (_Blank("Quê quán:", "home_place"),),
)


def declaration(form: Mapping[str, str], *, procedure: str, agency: str, applicant: str) -> bytes:
    """Two pages A4: the declaration itself, then the notes (1) to (5)."""
    sheet = _Sheet(form)
    sheet.pdf.set_title(f"Tờ khai đăng ký khai sinh - {_clean(applicant)}")
    sheet.pdf.set_author(_clean(applicant))
    sheet.pdf.set_subject(_clean(procedure))
    sheet.pdf.set_lang("vi-VN")
    _head(sheet, agency)
    for line in _REQUESTER:
        sheet.blanks(line)
    sheet.text("Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:", bold=True)
    for line in _CHILD:
        sheet.blanks(line)
    _parent(sheet, "mother", "mẹ")
    _parent(sheet, "father", "cha")
    _promise(sheet, applicant)
    _notes(sheet, procedure)
    return bytes(sheet.pdf.output())


class _Sheet:
    """An A4 page with a pen: lines of labels and dotted blanks, paragraphs, and the page's foot."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.form = form
        self.pdf: Any = FPDF(format="A4")
        self.pdf.add_font("Noto", "", _FONTS / "NotoSans-Regular.ttf")
        self.pdf.add_font("Noto", "B", _FONTS / "NotoSans-Bold.ttf")
        self.pdf.set_margins(_MARGIN, _TOP, _MARGIN)
        self.pdf.set_auto_page_break(auto=True, margin=12)
        self.page()

    def page(self) -> None:
        self.pdf.add_page()
        self.pen()

    def pen(self, *, bold: bool = False, size: float = _SIZE) -> None:
        self.pdf.set_font("Noto", "B" if bold else "", size)

    def centred(self, text: str, *, size: float = _SIZE, bold: bool = True) -> None:
        self.pen(bold=bold, size=size)
        self.pdf.cell(w=0, h=size * 0.52, text=text, align="C", new_x="LMARGIN", new_y="NEXT")
        self.pen()

    def text(self, text: str, *, bold: bool = False, size: float = _SIZE) -> None:
        self.pen(bold=bold, size=size)
        self.pdf.multi_cell(w=0, h=size * 0.56, text=text, align="J", new_x="LMARGIN", new_y="NEXT")
        self.pdf.ln(1.6)
        self.pen()

    def blanks(self, line: Sequence[_Blank]) -> None:
        """Labels with the written value over dots; a value longer than its dots goes on below, over full lines."""
        right = self.pdf.w - _MARGIN
        for blank in line:
            end = _MARGIN + (right - _MARGIN) * blank.share if blank is not line[-1] else right
            self._label(blank)
            rest = self._write(_clean(self.form.get(blank.field, "")), end)
            wrapped = bool(rest)
            while rest:
                self.pdf.ln(_LINE)
                rest = self._write(rest, right)
            if wrapped and blank is not line[-1]:
                self.pdf.ln(_LINE)
        self.pdf.ln(_LINE)

    def _label(self, blank: _Blank) -> None:
        self.pdf.cell(w=self.pdf.get_string_width(blank.label) + 1, h=_LINE, text=blank.label)
        if blank.mark:
            self.pen(size=_MARK_SIZE)
            self.pdf.cell(w=self.pdf.get_string_width(blank.mark) + 1, h=_LINE * 0.72, text=blank.mark)
            self.pen()

    def _write(self, value: str, end: float) -> str:
        """As many words as fit before `end`, dots behind them up to `end`; the words that did not fit."""
        start, top = self.pdf.get_x(), self.pdf.get_y()
        shown, rest = self._fitting(value, end - start - 3)
        self.pdf.set_draw_color(150, 158, 170)
        self.pdf.set_dash_pattern(dash=0.3, gap=0.7)
        self.pdf.line(start + 0.5, top + _LINE * 0.77, end - 1, top + _LINE * 0.77)
        self.pdf.set_text_color(16, 40, 96)
        self.pdf.set_xy(start + 1, top - 0.2)
        self.pdf.cell(w=end - start, h=_LINE, text=shown)
        self.pdf.set_text_color(0, 0, 0)
        self.pdf.set_xy(end, top)
        return rest

    def _fitting(self, value: str, room: float) -> tuple[str, str]:
        if self.pdf.get_string_width(value) <= room:
            return value, ""
        words = value.split(" ")
        count = len(words)
        while count and self.pdf.get_string_width(" ".join(words[:count])) > room:
            count -= 1
        if count:
            return " ".join(words[:count]), " ".join(words[count:])
        cut = len(value)
        while cut > 1 and self.pdf.get_string_width(value[:cut]) > room:
            cut -= 1
        return value[:cut], value[cut:]


def _head(sheet: _Sheet, agency: str) -> None:
    sheet.centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12.5)
    sheet.centred("Độc lập - Tự do - Hạnh phúc", size=12)
    pdf = sheet.pdf
    half = 29
    pdf.set_line_width(0.25)
    pdf.line(pdf.w / 2 - half, pdf.get_y() + 1, pdf.w / 2 + half, pdf.get_y() + 1)
    pdf.ln(9)
    sheet.centred("TỜ KHAI ĐĂNG KÝ KHAI SINH", size=15)
    pdf.ln(3.5)
    pdf.set_x(_MARGIN + 24)
    sheet.form = {**sheet.form, "agency": agency}
    sheet.blanks((_Blank("Kính gửi:", "agency", "(1)"),))
    pdf.ln(1.5)


def _parent(sheet: _Sheet, who: str, title: str) -> None:
    sheet.blanks((_Blank(f"Họ, chữ đệm, tên người {title}:", f"{who}_name"),))
    sheet.blanks(
        (
            _Blank("Năm sinh:", f"{who}_birth", "(5)", share=0.3),
            _Blank("Dân tộc:", f"{who}_ethnicity", share=0.55),
            _Blank("Quốc tịch:", f"{who}_nationality"),
        )
    )
    sheet.blanks((_Blank("Nơi cư trú:", f"{who}_residence", "(2)"),))


def _promise(sheet: _Sheet, applicant: str) -> None:
    sheet.pdf.ln(1)
    sheet.text(
        "Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thỏa thuận nhất trí của "
        "các bên liên quan theo quy định pháp luật. Tôi chịu hoàn toàn trách nhiệm trước pháp luật về nội dung cam "
        "đoan của mình."
    )
    pdf = sheet.pdf
    left = pdf.w / 2 - 12
    if pdf.get_y() > pdf.h - _SIGNATURE_ROOM:
        sheet.page()
    place, day = (_clean(sheet.form.get(name, "")) or "……………" for name in ("made_at", "made_on"))
    for text, bold in ((f"Làm tại: {place}, ngày {day}", False), ("Người yêu cầu", True)):
        sheet.pen(bold=bold)
        pdf.set_x(left)
        pdf.multi_cell(w=0, h=6.2, text=text, align="C", new_x="LMARGIN", new_y="NEXT")
    sheet.pen(size=9)
    pdf.set_x(left)
    pdf.cell(w=0, h=5, text="(Ký, ghi rõ họ, chữ đệm, tên)", align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(13)
    sheet.pen(bold=True)
    pdf.set_x(left)
    pdf.multi_cell(w=0, h=6.2, text=_clean(applicant), align="C")


_NOTES = (
    ("(1)", "Ghi rõ tên cơ quan đăng ký khai sinh."),
    (
        "(2)",
        (
            "Ghi theo nơi đăng ký thường trú; nếu không có nơi đăng ký thường trú thì ghi theo nơi đăng ký tạm trú; trường "
            "hợp không có nơi đăng ký thường trú và nơi đăng ký tạm trú thì ghi theo nơi đang sinh sống."
        ),
    ),
    (
        "(3)",
        (
            "Ghi thông tin về giấy tờ tùy thân của người đi đăng ký: loại giấy tờ, số, cơ quan cấp, ngày cấp (ví dụ: thẻ "
            "căn cước số … do … cấp ngày …)."
        ),
    ),
    (
        "(4)",
        (
            "Trường hợp sinh tại cơ sở y tế thì ghi tên cơ sở y tế và địa chỉ trụ sở của cơ sở đó. Trường hợp sinh ra ngoài "
            "cơ sở y tế thì ghi địa danh của ba cấp hành chính hiện có, nơi trẻ sinh ra."
        ),
    ),
    ("(5)", "Ghi đầy đủ ngày, tháng, năm sinh (nếu có); nếu không rõ thì ghi năm sinh."),
)


def _notes(sheet: _Sheet, procedure: str) -> None:
    if sheet.pdf.page_no() == 1:
        sheet.page()
    else:
        sheet.pdf.ln(22)
    sheet.centred("HƯỚNG DẪN CÁCH GHI", size=12.5)
    sheet.pdf.ln(5)
    for mark, note in _NOTES:
        sheet.pdf.cell(w=11, h=_SIZE * 0.56, text=mark)
        sheet.pdf.multi_cell(w=0, h=_SIZE * 0.56, text=note, align="J", new_x="LMARGIN", new_y="NEXT")
        sheet.pdf.ln(2.6)
    sheet.pdf.ln(5)
    sheet.text(f"Thủ tục hành chính: {_clean(procedure)}", size=9)


def _clean(text: str) -> str:
    """One line of composed letters: marks typed apart would stand beside their letter."""
    return " ".join(unicodedata.normalize("NFC", text).split())[:_LONGEST_VALUE]
