"""What a person reads in a PDF: the words of its pages, and those of the stamps that its signatures show (read by pypdf)."""

import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject

UNREADABLE = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
"""What a foreign file makes a parser raise."""


def words(pdf: bytes) -> str:
    """Of all pages, in their order; nothing where the file cannot be read."""
    try:
        return _composed("\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))
    except UNREADABLE:
        return ""


def stamps(pdf: bytes) -> tuple[str, ...]:
    """The words in the appearance of each signed field, in the file's order; "" where one shows none."""
    try:
        return tuple(_shown(field) for field in _signed_fields(PdfReader(BytesIO(pdf))))
    except UNREADABLE:
        return ()


def unspaced(text: str) -> str:
    """For comparison: where a renderer broke lines and set spaces is its own business."""
    return "".join(_composed(text).split())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _signed_fields(reader: PdfReader) -> Iterator[Any]:
    for page in reader.pages:
        for annotation in page.get("/Annots") or ():
            widget = annotation.get_object()
            field = widget if "/FT" in widget else widget.get("/Parent", widget).get_object()
            if field.get("/FT") == "/Sig" and "/V" in field:
                yield widget


def _shown(widget: Any) -> str:
    """The appearance read as if it were a page; what it draws by further forms is read too."""
    appearance = widget.get("/AP", {}).get("/N")
    return "" if appearance is None else _composed("\n".join(_layers(appearance.get_object())))


def _layers(form: Any, depth: int = 0) -> Iterator[str]:
    page = PageObject.create_blank_page(width=600, height=600)
    resources = form.get("/Resources", {}).get_object() if "/Resources" in form else {}
    page[NameObject("/Contents")] = form
    page[NameObject("/Resources")] = resources
    yield page.extract_text()
    inner = (each.get_object() for each in resources.get("/XObject", {}).values()) if depth < 4 else ()
    for each in inner:
        if each.get("/Subtype") == "/Form":
            yield from _layers(each, depth + 1)
