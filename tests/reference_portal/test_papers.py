import subprocess
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from reference_portal import papers
from tests.needs import needs

MARKS = "ăằắẳẵặ âầấẩẫậ đ êềếểễệ ôồốổỗộ ơờớởỡợ ưừứửữự ỳýỷỹỵ ĂÂĐÊÔƠƯ"
PROCEDURE, AGENCY, APPLICANT = "1.004772 - Đăng ký khai sinh", "UBND Xã Thanh Phú", "Đặng Thị Ưởng"


def made(**form: str) -> bytes:
    return papers.declaration(form, procedure=PROCEDURE, agency=AGENCY, applicant=APPLICANT)


def words(pdf: bytes, folder: Path) -> str:
    file = folder / "paper.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True).stdout


def test_the_declaration_has_two_pages_and_the_notes_stand_on_the_second():
    assert len(PdfFileReader(BytesIO(made())).root["/Pages"]["/Kids"]) == 2


def test_every_field_has_a_label_and_a_name_of_its_own():
    assert all(papers.FIELDS.values())
    assert len(set(papers.FIELDS.values())) == len(papers.FIELDS)


@needs("pdftotext")
def test_what_was_filled_in_can_be_read_with_all_marks(tmp_path):
    form = {name: f"{number}-Ưở" for number, name in enumerate(papers.FIELDS)}

    text = words(made(**form), tmp_path)

    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "TỜ KHAI ĐĂNG KÝ KHAI SINH" in text
    assert AGENCY in text
    assert all(f"{number}-Ưở" in text for number in range(len(papers.FIELDS)))


@needs("pdftotext")
def test_all_vietnamese_letters_are_in_the_font(tmp_path):
    assert MARKS in words(made(home_place=MARKS), tmp_path)


@needs("pdftotext")
def test_marks_typed_apart_are_put_together(tmp_path):
    assert "Mỹ Dưỡng" in words(made(child_name=unicodedata.normalize("NFD", "Mỹ Dưỡng")), tmp_path)


@needs("pdftotext")
def test_a_long_value_goes_on_in_the_next_line(tmp_path):
    place = "Tổ 5, ấp Thanh Bình, xã Thanh Lương, thị xã Bình Long, tỉnh Bình Phước, gần trường tiểu học và chợ xã"

    text = " ".join(words(made(birth_place=place), tmp_path).replace(".", "").split())

    assert place in text


@pytest.mark.parametrize("length", [300, 5000])
def test_a_value_of_any_length_still_makes_a_paper(length):
    assert made(birth_place="Ư" * length).startswith(b"%PDF-")
