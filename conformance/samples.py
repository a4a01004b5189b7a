"""Attachments and form values that any portal accepts: real PDF, PNG, JPEG and Word bytes, words with all Vietnamese marks."""

import base64
import io
import struct
import zipfile
import zlib
from html import escape

FILE_NAME = "Giấy xác nhận – Nguyễn Thị Ưu Ái.pdf"
WORD_NAME = "Tờ khai – Nguyễn Thị Ưu Ái.docx"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORDS = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Tôi là Nguyễn Thị Ưu Ái, sinh ngày 15/07/2001, trú tại xã Thanh Lương, thị xã Bình Long, tỉnh Bình Phước.",
    "ăằắẳẵặ âầấẩẫậ đ êềếểễệ ôồốổỗộ ơờớởỡợ ưừứửữự ỳýỷỹỵ ĂÂĐÊÔƠƯ",
    "Tôi cam đoan những lời khai trên đây là đúng sự thật.",
)
"""Paragraphs of a Word file, with all Vietnamese marks; none is a part of another."""

_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP////////////////////////////////////////////////////////////////////////////////"
    "//////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
)
# By words in the field's name; what no word fits gets a plain name.
_VALUES = (
    (("words",), "Ngày mười lăm tháng bảy năm hai nghìn không trăm lẻ một"),
    (("mother_birth", "father_birth", "year", "nam_sinh"), "1975"),
    (("birth_place", "residence", "address", "place", "made_at", "noi", "dia_chi"), "Xã Thanh Lương, tỉnh Bình Phước"),
    (("birth", "date", "made_on", "ngay"), "15/07/2001"),
    (("sex", "gioi_tinh"), "Nữ"),
    (("ethnicity", "dan_toc"), "Kinh"),
    (("nationality", "quoc_tich"), "Việt Nam"),
    (("relation", "quan_he"), "Bản thân"),
    (("papers", "giay_to"), "Căn cước công dân"),
    (("phone", "dien_thoai"), "0900000000"),
)


def form_value(field: str) -> str:
    name = field.lower()
    return next((value for words, value in _VALUES if any(word in name for word in words)), "Nguyễn Thị Ưu Ái")


def attachment(media: tuple[str, ...], text: str = "ban sao") -> tuple[bytes, str]:
    """Bytes and file name of the first kind that is accepted; PDF where nothing is said."""
    if not media or "application/pdf" in media:
        return pdf(text), FILE_NAME
    if "image/png" not in media and "image/jpeg" in media:
        return jpeg(text), "Ảnh chụp giấy tờ.jpg"
    return png(text), "Ảnh chụp giấy tờ.png"


def pdf(text: str) -> bytes:
    """One page with this ASCII text; two texts make two files."""
    shown = text.encode("ascii", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    content = b"BT /F1 14 Tf 72 770 Td (" + shown + b") Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(made)


def docx(paragraphs: tuple[str, ...]) -> bytes:
    """A Word file of these paragraphs and nothing else (ECMA-376: the smallest package)."""
    space = "http://schemas.openxmlformats.org"
    kinds = "application/vnd.openxmlformats-package.relationships+xml"
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" '
        f'ContentType="{kinds}"/><Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{space}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{space}/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return made.getvalue()


def jpeg(text: str = "") -> bytes:
    """A grey square of 8 by 8 with this ASCII comment in the file; two texts make two files."""
    comment = text.encode("ascii", "replace")[: 0xFFFF - 2]
    return _JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + _JPEG[2:]


def png(text: str = "", side: int = 8) -> bytes:
    """A grey square with this ASCII comment in the file; two texts make two files."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    lines = b"".join(b"\x00" + b"\x80" * side for _ in range(side))
    comment = chunk(b"tEXt", b"Comment\x00" + text.encode("ascii", "replace"))
    drawn = chunk(b"IHDR", head) + comment + chunk(b"IDAT", zlib.compress(lines))
    return b"\x89PNG\r\n\x1a\n" + drawn + chunk(b"IEND", b"")
