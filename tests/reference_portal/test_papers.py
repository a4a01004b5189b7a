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


@needs("pdffonts")
def test_both_fonts_are_embedded_subsets_whose_text_can_be_read(tmp_path):
    (tmp_path / "paper.pdf").write_bytes(made())

    told = subprocess.run(["pdffonts", tmp_path / "paper.pdf"], check=True, capture_output=True, text=True).stdout

    rows = [line.split() for line in told.splitlines()[2:]]
    assert [row[0].partition("+")[2] for row in rows] == ["NotoSans-Regular", "NotoSans-Bold"]
    assert {(embedded, subset, unicode) for *_, embedded, subset, unicode, _, _ in rows} == {("yes", "yes", "yes")}


@needs("pdfinfo")
def test_the_document_says_what_it_is_and_whose_on_paper_of_a4(tmp_path):
    (tmp_path / "paper.pdf").write_bytes(made())

    told = subprocess.run(["pdfinfo", tmp_path / "paper.pdf"], check=True, capture_output=True, text=True).stdout

    said = {name: value.strip() for name, _, value in (line.partition(":") for line in told.splitlines())}
    wanted = {"Title": f"Tờ khai đăng ký khai sinh - {APPLICANT}", "Author": APPLICANT, "Subject": PROCEDURE}
    assert said | wanted == said
    assert said["Page size"].endswith("(A4)")


@needs("pdftotext")
def test_what_the_font_cannot_show_is_a_question_mark(tmp_path):
    assert "Y Čhĭng ? Niê" in words(made(child_name="Y Čhĭng 黃 Niê"), tmp_path)


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


@needs("pdftotext")
def test_the_longest_values_in_every_field_go_on_over_as_many_pages_as_they_need(tmp_path):
    value = " ".join(["Mỹ Dưỡng"] * 33)
    assert len(value) <= 300

    text = words(made(**dict.fromkeys(papers.FIELDS, value)), tmp_path)

    assert text.count("Dưỡng") == 33 * len(papers.FIELDS)
    assert text.count("\f") > 2
