"""The visible signature: four lines of text in the portal's own Vietnamese font, as a PDF form object."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reference_portal.typeface import Face, dictionary, embedded, face, numbers

WIDTH, HEIGHT = 190.0, 46.0
VIETNAM = timezone(timedelta(hours=7))
_PADDING = 5.0
_LARGEST, _SMALLEST = 8.5, 4.0


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
    font = face()
    composed = [unicodedata.normalize("NFC", text) for text in texts]
    stream = generic.StreamObject(stream_data=_content(font, composed))
    fonts = dictionary(F=embedded(writer, font))
    stream.update(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): numbers((0, 0, WIDTH, HEIGHT)),
            pdf_name("/Resources"): dictionary(Font=fonts),
        }
    )
    return writer.add_object(stream)


def _content(font: Face, texts: Sequence[str]) -> bytes:
    widest = max(font.width(text) for text in texts) / 1000
    size = max(_SMALLEST, min(_LARGEST, (WIDTH - 2 * _PADDING) / max(widest, 1)))
    leading = (HEIGHT - 2 * _PADDING) / len(texts)
    first = HEIGHT - _PADDING - leading * 0.78
    rows = [
        f"1 0 0 1 {_PADDING} {first - leading * row:.2f} Tm {font.shown(text)} Tj" for row, text in enumerate(texts)
    ]
    frame = f"0.98 0.99 1 rg 0.10 0.29 0.55 RG 0.8 w 0.4 0.4 {WIDTH - 0.8} {HEIGHT - 0.8} re B"
    return f"q {frame} BT 0.06 0.16 0.33 rg /F {size:.2f} Tf {' '.join(rows)} ET Q".encode()
