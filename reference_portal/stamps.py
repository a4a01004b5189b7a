"""The visible signature: four lines of text in the portal's own Vietnamese font, as a PDF form object."""

import functools
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

WIDTH, HEIGHT = 190.0, 46.0
VIETNAM = timezone(timedelta(hours=7))
_FONT = Path(__file__).with_name("fonts") / "NotoSans-Regular.ttf"
_PADDING = 5.0
_LARGEST, _SMALLEST = 8.5, 4.0
_FONT_FLAGS = 32  # nonsymbolic
_NAME = "NotoSans"


@dataclass(frozen=True)
class _Font:
    """What a PDF needs of the font; widths are in 1/1000 em because the font has 1000 units an em."""

    glyphs: dict[str, int]
    widths: tuple[int, ...]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    packed: bytes
    length: int


def lines(name: str, at: datetime, reason: str, location: str) -> tuple[str, ...]:
    """As a stamp on a signed dossier reads; `at` in Vietnam's time."""
    return (
        f"Digitally signed by {name}",
        f"Date: {at.astimezone(VIETNAM):%Y.%m.%d %H:%M:%S} +07:00",
        f"Reason: {reason}",
        f"Location: {location}",
    )


def appearance(writer: IncrementalPdfFileWriter, texts: Sequence[str]) -> generic.IndirectObject:
    """A form XObject of WIDTH x HEIGHT in `writer`, which shows `texts` one below the other."""
    font = _font()
    shown = [_known(font, text) for text in texts]
    stream = generic.StreamObject(stream_data=_content(font, shown))
    used = sorted(set("".join(shown)))
    fonts = generic.DictionaryObject({pdf_name("/F"): _embedded(writer, font, used)})
    stream.update(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): _numbers((0, 0, WIDTH, HEIGHT)),
            pdf_name("/Resources"): generic.DictionaryObject({pdf_name("/Font"): fonts}),
        }
    )
    return writer.add_object(stream)


def _content(font: _Font, texts: Sequence[str]) -> bytes:
    widest = max(sum(font.widths[font.glyphs[c]] for c in text) for text in texts) / 1000
    size = max(_SMALLEST, min(_LARGEST, (WIDTH - 2 * _PADDING) / max(widest, 1)))
    leading = (HEIGHT - 2 * _PADDING) / len(texts)
    first = HEIGHT - _PADDING - leading * 0.78
    rows = [
        f"1 0 0 1 {_PADDING} {first - leading * row:.2f} Tm <{''.join(f'{font.glyphs[c]:04x}' for c in text)}> Tj"
        for row, text in enumerate(texts)
    ]
    frame = f"0.98 0.99 1 rg 0.10 0.29 0.55 RG 0.8 w 0.4 0.4 {WIDTH - 0.8} {HEIGHT - 0.8} re B"
    return f"q {frame} BT 0.06 0.16 0.33 rg /F {size:.2f} Tf {' '.join(rows)} ET Q".encode()


def _embedded(writer: IncrementalPdfFileWriter, font: _Font, used: Sequence[str]) -> generic.IndirectObject:
    widths = generic.ArrayObject()
    for glyph in sorted(font.glyphs[c] for c in used):
        widths += [generic.NumberObject(glyph), _numbers((font.widths[glyph],))]
    system = _dictionary(
        Registry=generic.pdf_string("Adobe"),
        Ordering=generic.pdf_string("Identity"),
        Supplement=generic.NumberObject(0),
    )
    descendant = _dictionary(
        Type=pdf_name("/Font"),
        Subtype=pdf_name("/CIDFontType2"),
        BaseFont=pdf_name(f"/{_NAME}"),
        CIDSystemInfo=system,
        CIDToGIDMap=pdf_name("/Identity"),
        FontDescriptor=_descriptor(writer, font),
        W=widths,
    )
    whole = _dictionary(
        Type=pdf_name("/Font"),
        Subtype=pdf_name("/Type0"),
        BaseFont=pdf_name(f"/{_NAME}"),
        Encoding=pdf_name("/Identity-H"),
        DescendantFonts=generic.ArrayObject([writer.add_object(descendant)]),
        ToUnicode=writer.add_object(generic.StreamObject(stream_data=_to_unicode(font, used))),
    )
    return writer.add_object(whole)


def _descriptor(writer: IncrementalPdfFileWriter, font: _Font) -> generic.IndirectObject:
    file = generic.StreamObject(encoded_data=font.packed)
    file.update(
        {
            pdf_name("/Filter"): pdf_name("/FlateDecode"),
            pdf_name("/Length1"): generic.NumberObject(font.length),
        }
    )
    descriptor = _dictionary(
        Type=pdf_name("/FontDescriptor"),
        FontName=pdf_name(f"/{_NAME}"),
        Flags=generic.NumberObject(_FONT_FLAGS),
        FontBBox=_numbers(font.box),
        ItalicAngle=generic.NumberObject(0),
        Ascent=generic.NumberObject(font.ascent),
        Descent=generic.NumberObject(font.descent),
        CapHeight=generic.NumberObject(714),
        StemV=generic.NumberObject(80),
        FontFile2=writer.add_object(file),
    )
    return writer.add_object(descriptor)


def _to_unicode(font: _Font, used: Sequence[str]) -> bytes:
    """So that the text can be searched and read aloud."""
    pairs = [f"<{font.glyphs[c]:04x}> <{c.encode('utf-16-be').hex()}>" for c in used]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    listed = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{listed}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


@functools.cache
def _font() -> _Font:
    data = _FONT.read_bytes()
    with TTFont(_FONT, lazy=True) as font:
        assert font["head"].unitsPerEm == 1000, "the widths below are in 1/1000 em"
        order = {name: index for index, name in enumerate(font.getGlyphOrder())}
        head, vertical = font["head"], font["hhea"]
        return _Font(
            glyphs={chr(code): order[name] for code, name in font.getBestCmap().items()},
            widths=tuple(font["hmtx"][name][0] for name in font.getGlyphOrder()),
            box=(head.xMin, head.yMin, head.xMax, head.yMax),
            ascent=vertical.ascent,
            descent=vertical.descent,
            packed=zlib.compress(data, 9),
            length=len(data),
        )


def _known(font: _Font, text: str) -> str:
    """Composed, and a question mark for what the font cannot show."""
    return "".join(c if c in font.glyphs else "?" for c in unicodedata.normalize("NFC", text))


def _dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{key}"): value for key, value in entries.items()})


def _numbers(values: Sequence[float]) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(value) for value in values])
