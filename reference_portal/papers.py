"""The declaration of birth (Tờ khai đăng ký khai sinh) as a PDF, from the fields of the e-form."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reference_portal.sheets import HEIGHT, WIDTH, Pen, Sheet

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

_LONGEST_VALUE = 300
_MARGIN = 23.0
_TOP = 25.0  # a visible signature stands above the motto
_BOTTOM = 12.0
_LINE = 8.0
_SIGNATURE_ROOM = 52.0
_PEN = Pen(11.5)
_BOLD = Pen(11.5, "Bold")
_MARK = Pen(7.0)
_SMALL = Pen(9.0)
_HAND = Pen(11.5, colour=(0.063, 0.157, 0.376))
_TEXT_LINE = 6.44
_DOTS = "0.588 0.620 0.667 RG 0.71 w [0.85 1.98] 0 d"


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
    sheet = Sheet(margin=_MARGIN, top=_TOP, bottom=_BOTTOM)
    _head(sheet, agency)
    for line in _REQUESTER:
        _blanks(sheet, line, form)
    sheet.paragraph("Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:", _BOLD, _TEXT_LINE)
    sheet.down(1.6)
    for line in _CHILD:
        _blanks(sheet, line, form)
    _parent(sheet, form, "mother", "mẹ")
    _parent(sheet, form, "father", "cha")
    _promise(sheet, form, applicant)
    _notes(sheet, procedure)
    person = _clean(applicant)
    return sheet.pdf(title=f"Tờ khai đăng ký khai sinh - {person}", author=person, subject=_clean(procedure))


def _blanks(sheet: Sheet, line: Sequence[_Blank], form: Mapping[str, str]) -> None:
    """Labels with the written value over dots; a value longer than its dots goes on below, over full lines."""
    for blank in line:
        last = blank is line[-1]
        sheet.room_for(_LINE)
        sheet.words(blank.label, _PEN, _LINE)
        if blank.mark:
            sheet.x += 1
            sheet.words(blank.mark, _MARK, _LINE * 0.72)
        end = sheet.right if last else _MARGIN + (sheet.right - _MARGIN) * blank.share
        rest = _written(sheet, _clean(form.get(blank.field, "")), end)
        wrapped = bool(rest)
        while rest:
            sheet.down(_LINE)
            sheet.room_for(_LINE)
            rest = _written(sheet, rest, sheet.right)
        if wrapped and not last:
            sheet.down(_LINE)
    sheet.down(_LINE)


def _written(sheet: Sheet, value: str, end: float) -> str:
    """As many words as fit before `end`, dots behind them up to `end`; the words that did not fit."""
    start = sheet.x
    shown, rest = _HAND.fitting(value, end - start - 3)
    sheet.rule(sheet.y + _LINE * 0.77, (start + 0.5, end - 1), _DOTS)
    sheet.x = start + 1.5
    sheet.words(shown, _HAND, _LINE - 0.4)
    sheet.x = end
    return rest


def _head(sheet: Sheet, agency: str) -> None:
    sheet.centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", replace(_BOLD, size=12.5), 6.5)
    sheet.centred("Độc lập - Tự do - Hạnh phúc", replace(_BOLD, size=12), 6.24)
    half = 29
    sheet.rule(sheet.y + 1, (WIDTH / 2 - half, WIDTH / 2 + half), "0.71 w")
    sheet.down(9)
    sheet.centred("TỜ KHAI ĐĂNG KÝ KHAI SINH", replace(_BOLD, size=15), 7.8)
    sheet.down(3.5)
    sheet.x += 24
    _blanks(sheet, (_Blank("Kính gửi:", "agency", "(1)"),), {"agency": agency})
    sheet.down(1.5)


def _parent(sheet: Sheet, form: Mapping[str, str], who: str, title: str) -> None:
    lines = (
        (_Blank(f"Họ, chữ đệm, tên người {title}:", f"{who}_name"),),
        (
            _Blank("Năm sinh:", f"{who}_birth", "(5)", share=0.3),
            _Blank("Dân tộc:", f"{who}_ethnicity", share=0.55),
            _Blank("Quốc tịch:", f"{who}_nationality"),
        ),
        (_Blank("Nơi cư trú:", f"{who}_residence", "(2)"),),
    )
    for line in lines:
        _blanks(sheet, line, form)


def _promise(sheet: Sheet, form: Mapping[str, str], applicant: str) -> None:
    sheet.down(1)
    sheet.paragraph(
        "Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật, được sự thỏa thuận nhất trí của "
        "các bên liên quan theo quy định pháp luật. Tôi chịu hoàn toàn trách nhiệm trước pháp luật về nội dung cam "
        "đoan của mình.",
        _PEN,
        _TEXT_LINE,
    )
    sheet.down(1.6)
    if sheet.y > HEIGHT - _SIGNATURE_ROOM:
        sheet.page()
    place, day = (_clean(form.get(name, "")) or "……………" for name in ("made_at", "made_on"))
    _signer(sheet, f"Làm tại: {place}, ngày {day}", _PEN)
    _signer(sheet, "Người yêu cầu", _BOLD)
    _signer(sheet, "(Ký, ghi rõ họ, chữ đệm, tên)", _SMALL, 5)
    sheet.down(13)
    _signer(sheet, _clean(applicant), _BOLD)


def _signer(sheet: Sheet, text: str, pen: Pen, height: float = 6.2) -> None:
    """In the middle of the right half."""
    sheet.x = WIDTH / 2 - 12
    sheet.centred(text, pen, height)


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


def _notes(sheet: Sheet, procedure: str) -> None:
    if sheet.pages == 1:
        sheet.page()
    else:
        sheet.down(22)
    sheet.centred("HƯỚNG DẪN CÁCH GHI", replace(_BOLD, size=12.5), 6.5)
    sheet.down(5)
    for mark, note in _NOTES:
        sheet.room_for(_TEXT_LINE)
        sheet.words(mark, _PEN, _TEXT_LINE)
        sheet.x = _MARGIN + 11
        sheet.paragraph(note, _PEN, _TEXT_LINE)
        sheet.down(2.6)
    sheet.down(5)
    sheet.paragraph(f"Thủ tục hành chính: {_clean(procedure)}", _SMALL, 5.04)


def _clean(text: str) -> str:
    """One line of composed letters: marks typed apart would stand beside their letter."""
    return " ".join(unicodedata.normalize("NFC", text).split())[:_LONGEST_VALUE]
