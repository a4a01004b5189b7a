"""A Word file as a PDF of the same words: a plain docx by ourselves, anything else by LibreOffice where it is installed."""

import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from docx import Document
from docx.document import Document as Read
from docx.enum.text import WD_ALIGN_PARAGRAPH
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
LARGEST = 64 * 1024 * 1024
"""Bytes of all that is in a package: a small file can unfold to gigabytes."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BODY = "word/document.xml"
_UNCARRIED = tuple(
    qn(name)
    for name in (
        "w:drawing", "w:pict", "w:object", "w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:footnoteReference",
        "w:endnoteReference", "w:commentReference", "w:altChunk", "w:sdt", "w:fldSimple", "w:fldChar", "w:sym",
        "w:numPr", "m:oMath",
    )
)  # fmt: skip
"""What has words, numbers or pictures that would be missing from our pages."""
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
        if sum(entry.file_size for entry in package.infolist()) > LARGEST:
            raise Unconvertible("Tập tin Word quá lớn khi mở ra.")
    try:
        read = Document(BytesIO(content))
        lines = () if _holds_more(read) else tuple(_lines(read))
    except Exception as error:  # a foreign file may raise anything in a parser; the citizen gets one sentence
        raise Unconvertible("Không đọc được tập tin Word này. Vui lòng lưu thành PDF rồi đính kèm.") from error
    known = face().glyphs
    return lines if all(letter in known for line in lines for letter in line.text) else ()


def _holds_more(read: Read) -> bool:
    edges = [part for section in read.sections for part in (section.header, section.footer)]
    own = [edge for edge in edges if not edge.is_linked_to_previous]
    written = any(paragraph.text.strip() for edge in own for paragraph in edge.paragraphs)
    return written or next(read.element.body.iter(*_UNCARRIED), None) is not None


def _lines(read: Read) -> Iterator[Line]:
    for block in read.iter_inner_content():
        if isinstance(block, Table):
            yield from (Line(_BETWEEN_CELLS.join(_clean(cell.text) for cell in row.cells)) for row in block.rows)
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
    with TemporaryDirectory(prefix="word-") as name:
        folder = Path(name)
        (folder / "paper").write_bytes(content)
        own = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [office, own, "--headless", "--convert-to", "pdf", "--outdir", name, str(folder / "paper")]
        try:
            subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603 -- ours, found on PATH
            return (folder / "paper.pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise Unconvertible("Không chuyển được tập tin Word này sang PDF. Vui lòng tự lưu thành PDF.") from error
