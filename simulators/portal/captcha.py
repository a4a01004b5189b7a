"""A captcha drawn as strokes: the answer stands in no text of the picture; pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

WIDTH_OF_ONE = 34
HEIGHT = 56
MARGIN = 14

STROKES = {
    "A": "04 20 44|12 32",
    "C": "41 30 10 01 03 14 34 43",
    "E": "40 00 04 44|02 32",
    "F": "40 00 04|02 32",
    "H": "00 04|40 44|02 42",
    "K": "00 04|40 02 44",
    "L": "00 04 44",
    "M": "04 00 22 40 44",
    "N": "04 00 44 40",
    "P": "04 00 30 41 32 02",
    "R": "04 00 30 41 32 02|22 44",
    "T": "00 40|20 24",
    "U": "00 03 14 34 43 40",
    "V": "00 24 40",
    "W": "00 14 22 34 40",
    "X": "00 44|40 04",
    "Y": "00 22 40|22 24",
    "3": "00 40 22 43 34 03",
    "4": "34 30 03 43",
    "6": "40 10 02 03 14 34 43 32 02",
    "7": "00 40 14",
    "9": "41 30 10 01 12 42|41 42 34 04",
}
"""Glyphs on a grid of five by five: points are column and row, strokes are parted by a bar."""
ALPHABET = "".join(STROKES)
POINTS = {
    letter: [
        ("L" if number else "M", int(point[0]), int(point[1]))
        for stroke in strokes.split("|")
        for number, point in enumerate(stroke.split())
    ]
    for letter, strokes in STROKES.items()
}
"""Of each letter in their order: a stroke begins with M."""


def answer_of(chance: bytes) -> str:
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in chance)


def picture(answer: str, salt: str) -> str:
    """A data URI; the same answer and salt give the same picture."""
    return "data:image/svg+xml;base64," + base64.b64encode(_svg(answer, salt).encode()).decode()


def _svg(answer: str, salt: str) -> str:
    width = 2 * MARGIN + WIDTH_OF_ONE * len(answer)
    wobble = _wobble(f"{salt}|{answer}")
    lines = [
        f'<path d="{_glyph(letter, place, wobble)}" stroke-width="{2.6 + next(wobble) / 4:.1f}"/>'
        for place, letter in enumerate(answer)
    ]
    noise = [
        f'<path d="M{next(wobble) * 4 + 8:.1f} {HEIGHT / 2 + next(wobble) * 6:.1f} Q{width / 2:.1f} '
        f'{HEIGHT / 2 + next(wobble) * 9:.1f} {width - 8:.1f} {HEIGHT / 2 + next(wobble) * 6:.1f}" '
        'stroke-width="1.4" opacity="0.6"/>'
        for _ in range(3)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}">'
        f'<rect width="{width}" height="{HEIGHT}" fill="#f6efe4"/>'
        '<g fill="none" stroke="#7a3b2e" stroke-linecap="round" stroke-linejoin="round">'
        f"{''.join(lines + noise)}</g></svg>"
    )


def _glyph(letter: str, place: int, wobble: Iterator[float]) -> str:
    left, top = MARGIN + place * WIDTH_OF_ONE + next(wobble) * 2, 14 + next(wobble) * 3
    lean = next(wobble) * 0.8
    path = []
    for mark, column, row in POINTS[letter]:
        across = left + column * 5.4 + lean * (4 - row) + next(wobble)
        down = top + row * 7 + next(wobble)
        path.append(f"{mark}{across:.1f} {down:.1f}")
    return "".join(path)


def _wobble(seed: str) -> Iterator[float]:
    """Numbers from -1 to 1, the same for the same seed."""
    block = hashlib.sha256(seed.encode()).digest()
    while True:
        yield from [byte / 127.5 - 1 for byte in block]
        block = hashlib.sha256(block).digest()
