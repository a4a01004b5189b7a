"""The pen and its sheets: what fits where."""

import subprocess
from pathlib import Path

import pytest

from reference_portal.sheets import HEIGHT, WIDTH, Pen, Sheet
from tests.needs import needs

PEN = Pen(10)
LINE = 5.0


def sheet() -> Sheet:
    return Sheet(margin=20, top=20, bottom=20)


def printed(written: Sheet, folder: Path, *how: str) -> str:
    file = folder / "sheet.pdf"
    file.write_bytes(written.pdf(title="", author="", subject=""))
    return subprocess.run(["pdftotext", *how, file, "-"], check=True, capture_output=True, text=True).stdout


def test_bold_letters_are_wider_and_larger_ones_in_proportion():
    assert Pen(10, "Bold").width("Dưỡng") > PEN.width("Dưỡng")
    assert Pen(20).width("Dưỡng") == pytest.approx(2 * PEN.width("Dưỡng"))


@pytest.mark.parametrize(
    ("room_of", "parts"),
    [
        ("Đặng Thị Ưởng", ("Đặng Thị Ưởng", "")),
        ("Đặng Thị Ưởn", ("Đặng Thị", "Ưởng")),
        ("Đặng Thị", ("Đặng Thị", "Ưởng")),
        ("Đặng Th", ("Đặng", "Thị Ưởng")),
        ("Đặn", ("Đặn", "g Thị Ưởng")),
        ("", ("Đ", "ặng Thị Ưởng")),
    ],
)
def test_whole_words_fit_or_else_letters_and_always_one(room_of, parts):
    assert PEN.fitting("Đặng Thị Ưởng", PEN.width(room_of) + 0.001) == parts


def test_a_line_that_just_has_room_stays_and_one_that_has_none_begins_a_page():
    fits, not_quite = sheet(), sheet()
    fits.down(HEIGHT - 20 - 20 - LINE)
    not_quite.down(HEIGHT - 20 - 20 - LINE + 0.01)

    for each in (fits, not_quite):
        each.room_for(LINE)

    assert (fits.pages, not_quite.pages) == (1, 2)
    assert not_quite.y == 20


@needs("pdftotext")
def test_a_paragraph_has_even_edges_but_for_its_last_line(tmp_path):
    written = sheet()

    written.paragraph("Ghi theo nơi đăng ký thường trú " * 8, PEN, LINE)

    rows = printed(written, tmp_path, "-bbox-layout").split("<line ")[1:]
    *ends, last = (float(row.split('xMax="')[1].split('"')[0]) for row in rows)
    edge = (WIDTH - 20) / 25.4 * 72
    assert ends == [pytest.approx(edge, abs=0.5)] * len(ends)
    assert last < edge - 20


@needs("pdftotext")
def test_what_is_centred_stands_as_far_from_the_left_as_from_the_right(tmp_path):
    written = sheet()

    written.centred("Độc lập - Tự do - Hạnh phúc", PEN, LINE)

    (row,) = printed(written, tmp_path, "-bbox-layout").split("<line ")[1:]
    left, right = (float(row.split(f'{name}="')[1].split('"')[0]) for name in ("xMin", "xMax"))
    assert left + right == pytest.approx(WIDTH / 25.4 * 72, abs=0.5)
