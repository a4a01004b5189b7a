"""The portal's Vietnamese typeface in a PDF: the files are subsets already, so each is embedded as it is, packed once."""

import functools
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

_FOLDER = Path(__file__).with_name("fonts")
_SUBSET = "HCVNAA"  # six capitals before the name say that the font is a subset (ISO 32000-1, 9.6.4)
_FLAGS = 32  # nonsymbolic
_UNKNOWN = "?"


class _Glyphs(dict[str, int]):
    """A letter's glyph; a question mark's for what the font cannot show."""

    def __missing__(self, letter: str) -> int:
        return self[_UNKNOWN]


@dataclass(frozen=True)
class Face:
    """What a PDF needs of one weight; widths are in 1/1000 em because the font has 1000 units an em."""

    name: str
    glyphs: _Glyphs
    widths: tuple[int, ...]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    packed: bytes
    length: int
    packed_unicode: bytes

    def drawn(self, text: str) -> list[int]:
        """A glyph for each letter of a composed text."""
        return list(map(self.glyphs.__getitem__, text))

    def width(self, text: str) -> int:
        return sum(map(self.widths.__getitem__, self.drawn(text)))

    def shown(self, text: str) -> str:
        """The text as the string of a content stream."""
        glyphs = self.drawn(text)
        return f"<{struct.pack(f'>{len(glyphs)}H', *glyphs).hex()}>"


@functools.cache
def face(weight: str = "Regular") -> Face:
    """ "Regular" or "Bold", read once a process."""
    path = _FOLDER / f"NotoSans-{weight}.ttf"
    data = path.read_bytes()
    with TTFont(path, lazy=True) as font:
        assert font["head"].unitsPerEm == 1000, "widths are in 1/1000 em"
        order = {name: index for index, name in enumerate(font.getGlyphOrder())}
        glyphs = _Glyphs({chr(code): order[name] for code, name in font.getBestCmap().items()})
        head, vertical = font["head"], font["hhea"]
        return Face(
            name=f"/{_SUBSET}+NotoSans-{weight}",
            glyphs=glyphs,
            widths=tuple(font["hmtx"][name][0] for name in font.getGlyphOrder()),
            box=(head.xMin, head.yMin, head.xMax, head.yMax),
            ascent=vertical.ascent,
            descent=vertical.descent,
            packed=zlib.compress(data, 9),
            length=len(data),
            packed_unicode=zlib.compress(_to_unicode(glyphs), 9),
        )


def embedded(writer: BasePdfFileWriter, font: Face) -> generic.IndirectObject:
    """The font as `writer`'s text operators can name it."""
    system = dictionary(
        Registry=generic.pdf_string("Adobe"),
        Ordering=generic.pdf_string("Identity"),
        Supplement=generic.NumberObject(0),
    )
    descendant = dictionary(
        Type=pdf_name("/Font"),
        Subtype=pdf_name("/CIDFontType2"),
        BaseFont=pdf_name(font.name),
        CIDSystemInfo=system,
        CIDToGIDMap=pdf_name("/Identity"),
        FontDescriptor=writer.add_object(_descriptor(writer, font)),
        W=generic.ArrayObject([generic.NumberObject(0), numbers(font.widths)]),
    )
    whole = dictionary(
        Type=pdf_name("/Font"),
        Subtype=pdf_name("/Type0"),
        BaseFont=pdf_name(font.name),
        Encoding=pdf_name("/Identity-H"),
        DescendantFonts=generic.ArrayObject([writer.add_object(descendant)]),
        ToUnicode=writer.add_object(_deflated(font.packed_unicode)),
    )
    return writer.add_object(whole)


def dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{key}"): value for key, value in entries.items()})


def numbers(values: Sequence[float]) -> generic.ArrayObject:
    return generic.ArrayObject(
        generic.NumberObject(value) if isinstance(value, int) else generic.FloatObject(value) for value in values
    )


def _descriptor(writer: BasePdfFileWriter, font: Face) -> generic.DictionaryObject:
    file = _deflated(font.packed)
    file[pdf_name("/Length1")] = generic.NumberObject(font.length)
    return dictionary(
        Type=pdf_name("/FontDescriptor"),
        FontName=pdf_name(font.name),
        Flags=generic.NumberObject(_FLAGS),
        FontBBox=numbers(font.box),
        ItalicAngle=generic.NumberObject(0),
        Ascent=generic.NumberObject(font.ascent),
        Descent=generic.NumberObject(font.descent),
        CapHeight=generic.NumberObject(714),
        StemV=generic.NumberObject(80),
        FontFile2=writer.add_object(file),
    )


def _deflated(packed: bytes) -> generic.StreamObject:
    stream = generic.StreamObject(encoded_data=packed)
    stream[pdf_name("/Filter")] = pdf_name("/FlateDecode")
    return stream


def _to_unicode(glyphs: Mapping[str, int]) -> bytes:
    """So that the text can be searched and read aloud."""
    pairs = [f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, glyph in glyphs.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    listed = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{listed}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
