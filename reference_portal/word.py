"""A Word file as a PDF of the same words: a plain docx by ourselves, anything else by LibreOffice where it is installed."""

import contextlib
import os
import shutil
import signal
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document
from docx.document import Document as Read
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from reference_portal.sheets import Pen, Sheet
from reference_portal.typeface import face

DOC = "application/msword"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OFFICE = "soffice"
PATIENCE = 60.0
"""Seconds that LibreOffice may take."""
LARGEST = 32 * 1024 * 1024
"""Bytes of all that is in a package: a small file can unfold to gigabytes."""
LONGEST = 2 * 1024 * 1024
"""Bytes of its text, with all marks of the format: some three hundred pages."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BODY = "word/document.xml"
_CARRIED = frozenset(
    qn(f"w:{name}")
    for name in (
        "body", "p", "r", "t", "tab", "br", "cr", "tbl", "tr", "tc", "tblGrid", "bookmarkStart", "bookmarkEnd", "proofErr",
        "lastRenderedPageBreak", "hyperlink",
    )
)  # fmt: skip
"""What our pages show; their properties (…Pr) only shape it."""
_SHAPES_WORDS = tuple(map(qn, ("w:numPr", "w:vanish")))
"""Properties that add words, or take them away."""
_NO_LINKS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_LINE = 6.4
_GAP = 2.0
_BETWEEN_CELLS = "    "


class Unconvertible(Exception):
    """The file cannot be turned into a PDF without loss."""

    def __init__(self, message_vi: str) -> None:
        super().__init__(message_vi)
        self.message_vi = message_vi


@dataclass(frozen=True)
class Line:
    text: str
    bold: bool = False
    centred: bool = False


def media(content: bytes) -> str:
    """DOCX, DOC or nothing, told by what is in the file, not by its name."""
    if content.startswith(_OLE):
        return DOC
    if not content.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            return DOCX if _BODY in package.namelist() else ""
    except (zipfile.BadZipFile, ValueError):
        return ""


def as_pdf(content: bytes, title: str) -> bytes:
    """The same words on A4; raises Unconvertible where some would be lost."""
    if lines := lines_of(content):
        return drawn(lines, title)
    if (office := shutil.which(OFFICE)) is None:
        raise Unconvertible(
            "Cổng không chuyển được nguyên vẹn tập tin Word này sang PDF. Vui lòng lưu thành PDF rồi đính kèm."
        )
    return _by_office(office, content)


def lines_of(content: bytes) -> tuple[Line, ...]:
    """The document's lines when they are all that it has, otherwise none."""
    if media(content) != DOCX:
        return ()
    with zipfile.ZipFile(BytesIO(content)) as package:
        sizes = {entry.filename: entry.file_size for entry in package.infolist()}
    if sum(sizes.values()) > LARGEST or sizes[_BODY] > LONGEST:
        raise Unconvertible("Tập tin Word quá lớn khi mở ra. Vui lòng lưu thành PDF rồi đính kèm.")
    try:
        read = Document(BytesIO(content))
        lines = tuple(_lines(read)) if _is_plain(read) else ()
        reaches_out = any(_is_foreign(part) for part in read.part.package.iter_parts())
    except Exception as error:  # a foreign file may raise anything in a parser; the citizen gets one sentence
        raise Unconvertible("Không đọc được tập tin Word này. Vui lòng lưu thành PDF rồi đính kèm.") from error
    if reaches_out:  # whoever opens it fetches what it names: the portal's server does not
        raise Unconvertible("Tập tin Word lấy nội dung từ nơi khác. Vui lòng lưu thành PDF rồi đính kèm.")
    known = face().glyphs
    return lines if all(letter in known for line in lines for letter in line.text) else ()


def _is_foreign(part: Part) -> bool:
    return any(each.is_external and not each.reltype.endswith("/hyperlink") for each in part.rels.values())


def _is_plain(read: Read) -> bool:
    edges = [
        edge
        for section in read.sections
        for kind in ("", "first_page_", "even_page_")
        for edge in (getattr(section, f"{kind}header"), getattr(section, f"{kind}footer"))
    ]
    written = any(
        paragraph.text.strip() for edge in edges if not edge.is_linked_to_previous for paragraph in edge.paragraphs
    )
    listed = any(_numbers(paragraph.style) for paragraph in read.paragraphs)
    return not written and not listed and _is_carried(read.element.body)


def _is_carried(element: Any) -> bool:
    if str(element.tag).endswith("Pr"):
        return next(element.iter(*_SHAPES_WORDS), None) is None
    nested = element.tag == qn("w:tc") and element.find(qn("w:tbl")) is not None
    known = element.tag in _CARRIED or element.tag == qn("w:gridCol")
    return known and not nested and all(_is_carried(child) for child in element)


def _numbers(style: Any) -> bool:
    """A list's style, or one that is made after a list's."""
    while style is not None:
        if next(style.element.iter(qn("w:numPr")), None) is not None:
            return True
        style = style.base_style
    return False


def _lines(read: Read) -> Iterator[Line]:
    for block in read.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = {id(cell._tc): _clean(cell.text) for cell in row.cells}  # noqa: SLF001 -- a merged cell comes once for each place
                yield Line(_BETWEEN_CELLS.join(cells.values()))
        else:
            yield from _paragraph(block)


def _paragraph(block: Paragraph) -> Iterator[Line]:
    spoken = [run for run in block.runs if run.text.strip()]
    bold = bool(spoken) and all(run.bold for run in spoken)
    for text in block.text.split("\n"):
        yield Line(_clean(text), bold, block.alignment is WD_ALIGN_PARAGRAPH.CENTER)


def _clean(text: str) -> str:
    """One line of composed letters: marks typed apart would stand beside their letter."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def drawn(lines: Sequence[Line], title: str) -> bytes:
    sheet = Sheet(margin=23.0, top=25.0, bottom=20.0)
    for line in lines:
        pen = Pen(12.0, "Bold" if line.bold else "Regular")
        draw = sheet.centred if line.centred else sheet.paragraph
        draw(line.text, pen, _LINE)
        sheet.down(_GAP if line.text else _LINE)
    return sheet.pdf(title=title, author="", subject="")


def _by_office(office: str, content: bytes) -> bytes:
    """In a session of its own, so that all of it ends with its time; links are not followed."""
    with TemporaryDirectory(prefix="word-") as name:
        folder = Path(name)
        (folder / "paper").write_bytes(content)
        (folder / "profile/user").mkdir(parents=True)
        (folder / "profile/user/registrymodifications.xcu").write_text(_NO_LINKS, encoding="utf-8")
        own = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [office, own, "--headless", "--convert-to", "pdf", "--outdir", name, str(folder / "paper")]
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(  # noqa: S603 -- ours, found on PATH
            command, start_new_session=True, stdin=nowhere, stdout=nowhere, stderr=nowhere
        )
        try:
            process.wait(PATIENCE)
            return (folder / "paper.pdf").read_bytes()
        except (subprocess.TimeoutExpired, OSError) as error:
            raise Unconvertible("Không chuyển được tập tin Word này sang PDF. Vui lòng tự lưu thành PDF.") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
