"""Signed PDFs made by hand whose ByteRange, /Contents or file structure is wrong, or that carry no signature at all."""

import re

from conformance.corpus.authorities import CITIZEN_NAME
from conformance.corpus.case import bad, unreadable, unsigned
from conformance.corpus.cms import Recipe
from conformance.corpus.pdf import declaration, overlaid, prepare, signed, written
from conformance.forgeries import flip_covered_byte, stamp_only


def changed(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """In place, of one length."""
    assert len(old) == len(new)
    assert old in pdf
    return pdf.replace(old, new)


def byte_range(pdf: bytes) -> tuple[bytes, list[int]]:
    told = re.search(rb"/ByteRange \[([^\]]*)\]", pdf)
    assert told is not None
    return told[1], [int(number) for number in told[1].split()]


def with_byte_range(numbers: str) -> bytes:
    pdf = signed()
    old, _ = byte_range(pdf)
    return changed(pdf, old, numbers.encode().ljust(len(old)))


def _larger_hole() -> bytes:
    """The range leaves out more than /Contents: the byte before it may change."""
    _, (_, first, second, length) = byte_range(signed())
    return with_byte_range(f"0 {first - 1} {second} {length}")


def _overlapping() -> bytes:
    _, (_, first, _, length) = byte_range(signed())
    return with_byte_range(f"0 {first} {first - 100} {length}")


def _beyond() -> bytes:
    _, (_, first, second, length) = byte_range(signed())
    return with_byte_range(f"0 {first} {second} {length + 1000}")


def _from_the_middle() -> bytes:
    _, (_, first, second, length) = byte_range(signed())
    return with_byte_range(f"9 {first - 9} {second} {length}")


def with_contents(value: bytes) -> bytes:
    return re.sub(rb"/Contents <[0-9a-f]*>", lambda m: b"/Contents " + value.ljust(len(m[0]) - 10), signed())


def pasted() -> bytes:
    """The CMS of one declaration in the hole of another."""
    prepared, (first, second) = prepare(declaration(3), "ETSI.CAdES.detached")
    _, (_, begins, ends, _) = byte_range(signed())
    return prepared[:first] + signed()[begins:ends] + prepared[second:]


def attached() -> bytes:
    """The signed file lies as an attachment in one that nobody signed."""
    inner = signed()
    name = b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(a.pdf) 4 0 R] >> >> >>"
    objects = {
        1: name,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        4: b"<< /Type /Filespec /F (a.pdf) /EF << /F 5 0 R >> >>",
        5: f"<< /Type /EmbeddedFile /Length {len(inner)} >>\nstream\n".encode() + inner + b"\nendstream",
    }
    return written(objects)


def _uncovered_bytes() -> bytes:
    """/Contents is shorter than its hole: something else stands in what the range leaves out."""
    pdf = signed()
    _, (_, _, second, _) = byte_range(pdf)
    return pdf[: second - 41] + b">" + b" /Reason (dong y voi moi noi dung khac)".ljust(40) + pdf[second:]


def without_xref(pdf: bytes) -> bytes:
    """Incremental saving without cross-references: an object, and the old startxref once more."""
    old = re.findall(rb"startxref\s+\d+\s+%%EOF\s*", pdf)[-1]
    return pdf + b"99 0 obj\n<< /Dong (y) >>\nendobj\n" + bytes(old)


def _cut_objects() -> bytes:
    """The xref table points nowhere."""
    return re.sub(rb"startxref\s+\d+\s+%%EOF\s*$", b"startxref\n99999999\n%%EOF\n", signed())


PLACES = (
    bad(
        "byte-flipped",
        "a covered byte changed",
        lambda: flip_covered_byte(signed()),
        reason="message_digest",
        diagnosis="content_changed",
    ),
    bad(
        "bytes-after-cms",
        "bytes behind the CMS in /Contents",
        lambda: signed(Recipe(after_cms=b"\x00hidden")),
        reason="zero_padding",
    ),
    bad(
        "larger-hole",
        "the ByteRange leaves out more than /Contents",
        _larger_hole,
        reason="byte_range",
        diagnosis="content_changed",
    ),
    bad(
        "small-range",
        "the ByteRange covers two hundred bytes",
        lambda: with_byte_range("0 100 200 100"),
        reason="byte_range",
        diagnosis="content_changed",
    ),
    bad(
        "overlapping-range",
        "the ByteRange's parts overlap",
        _overlapping,
        reason="byte_range",
        diagnosis="content_changed",
    ),
    bad(
        "range-beyond", "the ByteRange goes beyond the file", _beyond, reason="byte_range", diagnosis="content_changed"
    ),
    bad(
        "range-from-the-middle",
        "the ByteRange begins at the tenth byte",
        _from_the_middle,
        reason="byte_range",
        diagnosis="content_changed",
    ),
    bad(
        "pasted",
        "the signature of another document pasted in",
        pasted,
        reason="message_digest",
        diagnosis="content_changed",
    ),
    bad(
        "uncovered-bytes",
        "words in the hole beside /Contents",
        _uncovered_bytes,
        reason="byte_range",
        diagnosis="content_changed",
    ),
    bad("words-after-end", "bytes behind the last %%EOF", lambda: signed() + b"% more\n", reason="file_end"),
    bad(
        "objects-after-end",
        "an object behind the last %%EOF that no xref names",
        lambda: without_xref(signed()),
        reason="file_end",
    ),
    bad("update-over-text", "a text laid over the page in an update", lambda: overlaid(signed()), reason="file_end"),
)

UNREADABLE = (
    unreadable("no-pdf", "no PDF at all", lambda: b"hello", reason="no PDF"),
    unreadable("empty", "an empty file", lambda: b"", reason="no PDF"),
    unreadable("truncated", "cut off within the first revision", lambda: signed()[:2000], reason="cut off"),
    unreadable("truncated-contents", "cut off within /Contents", lambda: signed()[:-4000], reason="cut off"),
    unreadable(
        "contents-zero",
        "/Contents all zero",
        lambda: with_contents(b"<" + b"0" * 12_000 + b">"),
        reason="/Contents holds nothing",
    ),
    unreadable("contents-null", "/Contents null", lambda: with_contents(b"null"), reason="/Contents holds nothing"),
    unreadable("contents-empty", "/Contents empty", lambda: with_contents(b"<>"), reason="/Contents holds nothing"),
    unreadable(
        "contents-of-words", "/Contents is no CMS", lambda: with_contents(b"<" + b"41" * 6_000 + b">"), reason="Error"
    ),
    unreadable(
        "contents-missing", "no /Contents", lambda: changed(signed(), b"/Contents", b"/Kontents"), reason="no /Contents"
    ),
    unreadable(
        "range-missing",
        "no /ByteRange",
        lambda: changed(signed(), b"/ByteRange", b"/ByteRanje"),
        reason="no /ByteRange",
    ),
    bad(
        "range-negative",
        "a negative number in /ByteRange",
        lambda: with_byte_range("0 -10 200 100"),
        reason="byte_range",
        diagnosis="content_changed",
    ),
    unreadable("range-of-words", "names in /ByteRange", lambda: with_byte_range("/a /b /c /d"), reason="/ByteRange"),
    bad(
        "range-empty",
        "an empty /ByteRange",
        lambda: with_byte_range(""),
        reason="byte_range",
        diagnosis="content_changed",
    ),
    unreadable(
        "range-of-three", "three numbers in /ByteRange", lambda: with_byte_range("0 100 200"), reason="/ByteRange"
    ),
    bad(
        "range-huge",
        "numbers of thirty digits in /ByteRange",
        lambda: with_byte_range(f"0 {10**12} {10**13} 9"),
        reason="byte_range",
        diagnosis="content_changed",
    ),
    bad(
        "no-certificates",
        "the signer's certificate is not in the CMS",
        lambda: signed(Recipe(embeds_signer=False)),
        reason="signer_certificate",
        diagnosis="not_recoverable",
    ),
    unreadable(
        "subfilter-unknown",
        "an unknown SubFilter",
        lambda: signed(Recipe(subfilter="MoPhong.detached")),
        reason="no reader lists",
    ),
    unreadable(
        "no-field",
        "a signature dictionary that no field names",
        lambda: changed(signed(), b"/FT /Sig", b"/FT /Btn"),
        reason="no reader lists",
    ),
    unreadable("attached", "a signed file attached to one that nobody signed", attached, reason="no reader lists"),
    unreadable("xref-nowhere", "an xref that points nowhere", _cut_objects, reason="Error"),
)

UNSIGNED = (
    unsigned("plain", "nothing was signed", declaration),
    unsigned("stamp-only", "the picture of a stamp", stamp_only),
    unsigned(
        "stamp-with-name",
        "the picture of a stamp with the citizen's name",
        lambda: stamp_only(declaration(), CITIZEN_NAME),
    ),
)

PLACE_CASES = (*PLACES, *UNREADABLE, *UNSIGNED)
