"""Where a signature lies in the file's bytes, read by hand: the gap, what follows the CMS, what follows the signature."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.oracles.findings import Assertion


@dataclass(frozen=True)
class Place:
    """The ByteRange with what it leaves out; `sound` says whether the rest may be relied on."""

    covered: bytes
    hole: bytes
    end: int
    sound: Assertion


def place_of(pdf: bytes, numbers: Sequence[int], contents: bytes) -> Place:
    """The hole must be the hexadecimal /Contents and nothing else."""
    if why := _why_unsound(pdf, numbers):
        return Place(b"", b"", -1, Assertion("byte_range", held=False, detail=f"{list(numbers)}: {why}"))
    _, first, second, length = numbers
    hole = pdf[first:second]
    covered, end = pdf[:first] + pdf[second : second + length], second + length
    inside = re.sub(rb"\s", b"", hole[1:-1])
    if not (hole.startswith(b"<") and hole.endswith(b">") and re.fullmatch(rb"[0-9A-Fa-f]*", inside)):
        wrong = Assertion(
            "byte_range", held=False, detail=f"the bytes {first} to {second} that it leaves out are no hex"
        )
        return Place(covered, b"", end, wrong)
    value = bytes.fromhex((inside + b"0" * (len(inside) % 2)).decode())
    same = value == contents
    told = f"{list(numbers)} leaves out /Contents" if same else "it leaves out something else than /Contents"
    return Place(covered, value, end, Assertion("byte_range", same, told))


def _why_unsound(pdf: bytes, numbers: Sequence[int]) -> str:
    if len(numbers) != 4:
        return "not four numbers"
    start, first, second, length = numbers
    reasons = (
        ("a negative number", min(numbers) < 0),
        ("it does not begin at the first byte", start != 0),
        ("its parts overlap or leave no room", not 0 < first < second),
        ("it goes beyond the file", second + length > len(pdf)),
        ("the second part is empty", length == 0),
    )
    return next((why for why, holds in reasons if holds), "")


def padding_of(hole: bytes, cms: bytes) -> Assertion:
    """After the CMS only zeros may stand in /Contents."""
    rest = hole[len(cms) :]
    told = f"{len(rest)} bytes after the CMS"
    if not hole.startswith(cms):
        return Assertion("zero_padding", held=False, detail="the CMS is not what stands in /Contents")
    return Assertion("zero_padding", not rest.strip(b"\0"), told)


def ending_of(pdf: bytes, end: int) -> Assertion:
    """Is the end of the signature the end of the file?"""
    left = len(pdf) - end
    return Assertion(
        "file_end", left == 0, "ends with the file" if left == 0 else f"{left} bytes follow the signed part"
    )


def unlisted_signatures(pdf: bytes, listed: int) -> int:
    """Signature dictionaries that stand in the bytes beyond those that a reader lists."""
    return max(0, len(re.findall(rb"/ByteRange\s*\[", pdf)) - listed)


def ends_with_its_cross_references(pdf: bytes) -> bool:
    """Behind the newest cross-references stands their startxref and nothing more: no object that only a repair finds."""
    told = re.findall(rb"startxref\s+(\d+)", pdf)
    if not told or not pdf.rstrip(b"\r\n").endswith(b"%%EOF"):
        return False
    newest = pdf[int(told[-1]) :]
    return newest.count(b"startxref") == 1 and newest.count(b"%%EOF") == 1


def why_unreadable(pdf: bytes) -> str:
    """What the bytes alone say to somebody whose reader gave up; "" when they say nothing."""
    signature = re.search(rb"/Type\s*/Sig\b", pdf)
    numbers = re.findall(rb"/ByteRange\s*\[([^\]]*)\]", pdf)
    contents = re.findall(rb"/Contents\s*(<[^<>]*>|null)", pdf)
    reasons = (
        ("it is no PDF", not pdf[:1024].lstrip().startswith(b"%PDF")),
        ("it is encrypted: nobody can read what was signed", bool(re.search(rb"/Encrypt\b", pdf))),
        ("it is cut off: %%EOF is not its last line", not pdf.rstrip().endswith(b"%%EOF")),
        ("a signature has no /ByteRange", bool(signature) and not numbers),
        ("a /ByteRange is no row of four numbers of this file", not all(_is_row(row, len(pdf)) for row in numbers)),
        ("a signature has no /Contents", bool(signature) and not contents),
        ("/Contents holds nothing", any(not re.sub(rb"[<>0\s]|null", b"", one) for one in contents)),
    )
    return next((why for why, holds in reasons if holds), "")


def _is_row(text: bytes, size: int) -> bool:
    return len(words := text.split()) == 4 and all(word.isdigit() and int(word) <= size for word in words)


def earlier_revisions(pdf: bytes) -> tuple[bytes, ...]:
    """The file as it was at each %%EOF, with the line end that may follow; the last is the file itself."""
    ends = [match.end() for match in re.finditer(rb"%%EOF(\r\n|\r|\n)?", pdf)]
    cuts = {end for at in ends for end in (at, len(pdf[:at].rstrip(b"\r\n")))}
    return tuple(pdf[:end] for end in sorted(cuts))
