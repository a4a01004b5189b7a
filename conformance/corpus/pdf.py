"""Signed PDFs made by hand: bytes and incremental updates, no PDF library that also judges."""

import re
from functools import cache

from fpdf import FPDF

from conformance.corpus.authorities import NOW
from conformance.corpus.cms import Recipe, cms_of

RESERVED = 12_000  # hex characters
RIGHT = Recipe()


@cache
def declaration(pages: int = 2) -> bytes:
    pdf = FPDF()
    for page in range(pages):
        pdf.add_page()
        pdf.set_font("helvetica", size=14)
        pdf.cell(text=f"To khai dang ky khai sinh, trang {page + 1}")
    return bytes(pdf.output())


def signed(recipe: Recipe = RIGHT, pdf: bytes | None = None) -> bytes:
    """An incremental update with a signature field, its dictionary and a value over everything else."""
    prepared, hole = prepare(pdf or declaration(), recipe.subfilter)
    covered = prepared[: hole[0]] + prepared[hole[1] :]
    value = (cms_of(recipe, covered) + recipe.after_cms).hex()
    assert len(value) <= RESERVED
    return prepared[: hole[0] + 1] + value.ljust(RESERVED, "0").encode() + prepared[hole[1] - 1 :]


def prepare(pdf: bytes, subfilter: str) -> tuple[bytes, tuple[int, int]]:
    """The file with an empty signature, and where the hole lies."""
    root = int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    catalog = body_of(pdf, root)
    pages = int(_found(rb"/Pages (\d+) 0 R", catalog)[1])
    page = int(_found(rb"/Kids\s*\[\s*(\d+) 0 R", body_of(pdf, pages))[1])
    signature, widget = size, size + 1
    catalog_fields, annotations = (
        _listed(body, key, widget) for body, key in ((catalog, b"Fields"), (body_of(pdf, page), b"Annots"))
    )
    plain_catalog = re.sub(rb"/AcroForm\s*<<.*?>>", b"", catalog, flags=re.DOTALL)
    plain_page = re.sub(rb"/Annots\s*\[.*?\]", b"", body_of(pdf, page), flags=re.DOTALL)
    acroform = f"/AcroForm << /Fields {catalog_fields} /SigFlags 3 >>".encode()
    placeholder = "0 ********** ********** **********"
    objects = {
        root: plain_catalog.rstrip()[:-2] + acroform + b">>",
        page: plain_page.rstrip()[:-2] + f"/Annots {annotations}>>".encode(),
        signature: f"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /{subfilter} /M (D:{NOW:%Y%m%d%H%M%S}Z)".encode()
        + f" /ByteRange [{placeholder}] ".encode()
        + b"/Contents <"
        + b"0" * RESERVED
        + b"> >>",
        widget: f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig{widget}) /V {signature} 0 R /F 132 "
        f"/Rect [0 0 0 0] /P {page} 0 R >>".encode(),
    }
    out = updated(pdf, objects, root)
    first = out.rindex(b"/Contents <") + len(b"/Contents ")
    second = first + RESERVED + 2
    numbers = f"0 {first:<10} {second:<10} {len(out) - second:<10}"
    return out.replace(placeholder.encode(), numbers.encode()), (first, second)


def updated(pdf: bytes, objects: dict[int, bytes], root: int) -> bytes:
    """An incremental update with these objects, in the classic way."""
    before = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    size = max(*map(int, re.findall(rb"/Size (\d+)", pdf)), *(number + 1 for number in objects))
    out = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    rows = []
    for number, body in sorted(objects.items()):
        rows.append(f"{number} 1\n{len(out):010} 00000 n \n")
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    at = len(out)
    trailer = f"trailer\n<< /Size {size} /Root {root} 0 R /Prev {before} >>\nstartxref\n{at}\n%%EOF\n"
    return out + f"xref\n{''.join(rows)}{trailer}".encode()


def written(objects: dict[int, bytes]) -> bytes:
    """A whole file with these objects, 1 being the catalog."""
    out, rows = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", [f"{0:010} 65535 f \n"]
    for number, body in sorted(objects.items()):
        rows.append(f"{len(out):010} 00000 n \n")
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    trailer = f"trailer\n<< /Size {len(rows)} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(rows)}\n{''.join(rows)}{trailer}".encode()


def body_of(pdf: bytes, number: int) -> bytes:
    """The newest version of an object."""
    return list[bytes](re.findall(rb"(?:^|\n)%d 0 obj\s*(.*?)\s*endobj" % number, pdf, re.DOTALL))[-1]


def _listed(body: bytes, key: bytes, added: int) -> str:
    """The references that stand in the array, and one more."""
    found = re.search(rb"/%s\s*\[([^\]]*)\]" % key, body)
    return f"[{found[1].decode().strip() if found else ''} {added} 0 R]"


def overlaid(pdf: bytes) -> bytes:
    """A text laid over the page in an update after the signature."""
    root = int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    pages = int(_found(rb"/Pages (\d+) 0 R", body_of(pdf, root))[1])
    page = int(_found(rb"/Kids\s*\[\s*(\d+) 0 R", body_of(pdf, pages))[1])
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [50 700 400 760] /Contents (Dong y) /DA (/Helv 20 Tf 0 g) >>"
    with_note = body_of(pdf, page).replace(b"/Annots [", f"/Annots [{size} 0 R ".encode())
    return updated(pdf, {page: with_note, size: note}, root)


def _found(pattern: bytes, data: bytes) -> re.Match[bytes]:
    match = re.search(pattern, data)
    assert match is not None, pattern
    return match
