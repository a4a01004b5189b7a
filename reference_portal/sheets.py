"""A4 pages with a pen, from the top down: words, rules, paragraphs, and the PDF that they make."""

import zlib
from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from reference_portal.typeface import Face, dictionary, embedded, face

WIDTH, HEIGHT = 210.0, 297.0
_POINT = 25.4 / 72
_NAMES = {"Regular": "/R", "Bold": "/B"}
Colour = tuple[float, float, float]
BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True)
class Pen:
    """A weight, a size in points, a colour; all lengths are in mm."""

    size: float
    weight: str = "Regular"
    colour: Colour = BLACK

    @property
    def face(self) -> Face:
        return face(self.weight)

    def width(self, text: str) -> float:
        return self.face.width(text) * self._em / 1000

    def fitting(self, text: str, room: float) -> tuple[str, str]:
        """As many words as fit into `room`, or as many letters of a longer word; and the rest."""
        left = room * 1000 / self._em
        for at, glyph in enumerate(self.face.drawn(text)):
            left -= self.face.widths[glyph]
            if left < 0:
                head, space, _ = text[: at + 1].rpartition(" ")
                cut = len(head) if head else max(at, 1)
                return text[:cut], text[cut + len(space) if head else cut :]
        return text, ""

    def baseline(self, height: float) -> float:
        """How far below the top of a line of this height its letters stand."""
        return height / 2 + 0.3 * self._em

    @property
    def _em(self) -> float:
        return self.size * _POINT


class Sheet:
    """Where the pen is (`x`, `y` from the page's upper left corner), and the pages that it has written."""

    def __init__(self, *, margin: float, top: float, bottom: float) -> None:
        self.margin = margin
        self.right = WIDTH - margin
        self._top, self._lowest = top, HEIGHT - bottom
        self._pages: list[list[str]] = []
        self.page()

    @property
    def pages(self) -> int:
        return len(self._pages)

    def page(self) -> None:
        self._pages.append([])
        self.x, self.y = self.margin, self._top

    def down(self, height: float) -> None:
        """To the left edge of the next line."""
        self.x, self.y = self.margin, self.y + height

    def room_for(self, height: float) -> None:
        """Goes on to a new page where a line of this height has no room."""
        if self.y + height > self._lowest:
            self.page()

    def words(self, text: str, pen: Pen, height: float, *, stretched: float = 0.0) -> None:
        """Text in a line of this height; each of its spaces `stretched` by so much."""
        words = text.split(" ") if stretched else [text]
        wider = -stretched / (pen.size * _POINT) * 1000
        parts = f" {wider:.1f} ".join(pen.face.shown(word + " ") for word in words[:-1])
        shown = f"[{parts} {wider:.1f} {pen.face.shown(words[-1])}] TJ" if parts else f"{pen.face.shown(text)} Tj"
        x, y = self._at(self.x, self.y + pen.baseline(height))
        ink = " ".join(f"{part:g}" for part in pen.colour)
        self._draw(f"BT {ink} rg {_NAMES[pen.weight]} {pen.size:g} Tf {x} {y} Td {shown} ET")
        self.x += pen.width(text)

    def rule(self, y: float, across: tuple[float, float], style: str = "") -> None:
        """A level line; `style` is operators of its colour, width and dashes."""
        (left, level), (right, _) = (self._at(x, y) for x in across)
        self._draw(f"q {style} {left} {level} m {right} {level} l S Q")

    def paragraph(self, text: str, pen: Pen, height: float) -> None:
        """From the pen's place to the right edge, both edges even."""
        left = self.x
        while text:
            self.room_for(height)
            self.x = left
            line, text = pen.fitting(text, self.right - left)
            spaces = line.count(" ")
            free = self.right - left - pen.width(line)
            self.words(line, pen, height, stretched=free / spaces if text and spaces else 0.0)
            self.down(height)

    def centred(self, text: str, pen: Pen, height: float) -> None:
        """In the middle between the pen's place and the right edge."""
        left = self.x
        while text:
            self.room_for(height)
            line, text = pen.fitting(text, self.right - left)
            self.x = (left + self.right - pen.width(line)) / 2
            self.words(line, pen, height)
            self.down(height)

    def pdf(self, *, title: str, author: str, subject: str) -> bytes:
        writer = PdfFileWriter(stream_xrefs=False)
        writer.output_version = (1, 7)
        writer.root[pdf_name("/Lang")] = generic.pdf_string("vi-VN")
        about = writer.document_meta
        about.title, about.author, about.subject, about.created = title, author, subject, "now"
        fonts = {name[1:]: embedded(writer, face(weight)) for weight, name in _NAMES.items()}
        resources = dictionary(Font=dictionary(**fonts))
        for drawn in self._pages:
            stream = generic.StreamObject(encoded_data=zlib.compress("\n".join(drawn).encode()))
            stream[pdf_name("/Filter")] = pdf_name("/FlateDecode")
            size = (0, 0, WIDTH / _POINT, HEIGHT / _POINT)
            writer.insert_page(PageObject(writer.add_object(stream), size, resources))
        output = BytesIO()
        writer.write(output)
        return output.getvalue()

    def _draw(self, operators: str) -> None:
        self._pages[-1].append(operators)

    def _at(self, x: float, y: float) -> tuple[str, str]:
        return f"{x / _POINT:.2f}", f"{(HEIGHT - y) / _POINT:.2f}"
