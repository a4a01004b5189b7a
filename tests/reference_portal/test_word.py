"""Word files become PDFs of the same words, or are refused; LibreOffice takes what we do not carry, where it is installed."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from conformance.oracles.words import unspaced, words
from conformance.samples import WORDS, docx, png
from reference_portal import word
from tests.needs import needs
from tests.reference_portal.authority import Authority
from tests.reference_portal.stories import SIGNED, a_draft, play
from tests.reference_portal.world import Browser, Portal

PUT = {"content-type": "application/octet-stream", "x-file-name": "T%E1%BB%9D%20khai.docx"}


def made(fill: object = None) -> bytes:
    document = Document()
    document.add_paragraph("Tờ khai").alignment = WD_ALIGN_PARAGRAPH.CENTER
    if callable(fill):
        fill(document)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word.shutil, "which", lambda _name: None)


def test_paragraphs_and_tables_are_carried_over_with_all_marks() -> None:
    def fill(document: object) -> None:
        for text in WORDS:
            document.add_paragraph(text)  # type: ignore[attr-defined]
        row = document.add_table(1, 2).rows[0].cells  # type: ignore[attr-defined]
        row[0].text, row[1].text = "Họ tên", "Đặng Thị Ưởng"

    read = words(word.as_pdf(made(fill), "Tờ khai"))

    assert [text for text in WORDS if unspaced(text) not in unspaced(read)] == []
    assert unspaced("Họ tên Đặng Thị Ưởng") in unspaced(read)


def test_a_merged_cell_comes_once() -> None:
    def fill(document: object) -> None:
        table = document.add_table(1, 3)  # type: ignore[attr-defined]
        table.cell(0, 0).merge(table.cell(0, 2)).text = "Một lần"

    assert words(word.as_pdf(made(fill), "x")).count("Một lần") == 1


def test_many_paragraphs_go_on_over_pages() -> None:
    texts = tuple(f"Đoạn {number}: " + "chữ " * 40 for number in range(60))

    read = unspaced(words(word.as_pdf(docx(texts), "x")))

    assert all(unspaced(text) in read for text in texts)


@pytest.mark.parametrize(
    "fill",
    [
        lambda document: document.add_picture(BytesIO(png())),
        lambda document: document.add_paragraph("một", style="List Number")._p.get_or_add_pPr().get_or_add_numPr(),
        lambda document: document.add_paragraph("một", style="List Number"),
        lambda document: setattr(document.sections[0].header.paragraphs[0], "text", "Đầu trang"),
        lambda document: setattr(document.sections[0].first_page_header.paragraphs[0], "text", "Đầu trang một"),
        lambda document: document.add_table(1, 1).cell(0, 0).add_table(1, 1),
        lambda document: document.add_paragraph().add_run("ẩn").font.__setattr__("hidden", True),
        lambda document: document.add_paragraph("\u4eba"),
    ],
    ids=[
        "picture",
        "numbers that Word writes",
        "numbers of a list's style",
        "header",
        "header of the first page",
        "table in a table",
        "hidden words",
        "a letter that the font lacks",
    ],
)
def test_what_would_be_lost_is_not_carried(fill: object, monkeypatch: pytest.MonkeyPatch) -> None:
    without_office(monkeypatch)
    with pytest.raises(word.Unconvertible, match="lưu thành PDF"):
        word.as_pdf(made(fill), "x")


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100, b"%PDF-", b"", docx(())[:200]])
def test_what_is_no_word_file_is_told_by_its_bytes(content: bytes) -> None:
    assert word.media(content) == ""


def test_a_package_that_unfolds_to_too_much_is_refused() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (word.LARGEST + 1))
    with pytest.raises(word.Unconvertible, match="quá lớn"):
        word.as_pdf(packed.getvalue(), "x")


def test_a_text_is_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    content = docx(("x",))
    with zipfile.ZipFile(BytesIO(content)) as package:
        size = package.getinfo("word/document.xml").file_size
    monkeypatch.setattr(word, "LONGEST", size)
    assert word.lines_of(content) == (word.Line("x"),)
    monkeypatch.setattr(word, "LONGEST", size - 1)
    with pytest.raises(word.Unconvertible, match="quá lớn"):
        word.as_pdf(content, "x")


def test_what_names_another_place_is_not_opened_at_all() -> None:
    def outside(document: object) -> None:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
        document.part.relate_to("http://127.0.0.1:9/x.png", kind, is_external=True)  # type: ignore[attr-defined]

    with pytest.raises(word.Unconvertible, match="nơi khác"):
        word.as_pdf(made(outside), "x")


def test_a_spoilt_package_is_refused_in_words() -> None:
    with pytest.raises(word.Unconvertible, match="Không đọc được"):
        word.as_pdf(spoilt(), "x")


def spoilt() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("word/document.xml", "<w:document")
    return packed.getvalue()


@needs("soffice")
def test_libreoffice_takes_what_we_do_not_carry() -> None:
    read = words(word.as_pdf(made(lambda document: document.add_picture(BytesIO(png()))), "x"))
    assert "Tờ khai" in read


def test_a_word_file_is_a_pdf_with_its_original_behind_it(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        component = await put(browser, docx(WORDS))
        assert (component["media"], component["file_name"], component["state"]) == (
            "application/pdf",
            "Tờ khai.pdf",
            "attached",
        )
        assert len(component["versions"]) == 2

    play(authority, story)


def test_a_word_file_that_cannot_be_read_is_refused_and_changes_nothing(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
        reply = await browser.send("PUT", path, content=spoilt(), headers=PUT)
        assert (reply.status_code, reply.json()["error"], reply.json()["field"]) == (422, "unconvertible", "to-khai")
        assert (await browser.get(f"/pti/dossiers/{dossier['id']}")).json()["components"][0]["state"] == "empty"

    play(authority, story)


def test_a_photo_is_kept_and_not_signed(authority: Authority) -> None:
    async def story(world: Portal) -> None:
        browser = await world.citizen()
        dossier = await a_draft(browser, SIGNED)
        path = f"/pti/dossiers/{dossier['id']}/components/to-khai"
        assert (await browser.send("PUT", path, content=png(), headers=PUT)).status_code == 200
        choice = {"through": "direct", "ca": "VNPT-CA", "user_id": "001099000001"}
        (listed,) = (await browser.get("/pti/certificates", params=choice)).json()["certificates"]
        reply = await browser.post(f"{path}/sign", {**choice, "serial": listed["serial"]})
        assert (reply.status_code, reply.json()["error"]) == (415, "not_a_pdf")

    play(authority, story)


async def put(browser: Browser, content: bytes) -> dict[str, object]:
    dossier = await a_draft(browser, SIGNED)
    reply = await browser.send("PUT", f"/pti/dossiers/{dossier['id']}/components/to-khai", content=content, headers=PUT)
    assert reply.status_code == 200, reply.text
    found: dict[str, object] = reply.json()["components"][0]
    return found
