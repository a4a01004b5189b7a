"""What the pages of a PDF draw: a fingerprint a page of its content and of all that the content uses, annotations apart."""

import hashlib
import io
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

_DEPTH = 12


def drawn(pdf: bytes) -> tuple[str, ...]:
    """SHA-256 a page, in their order; a signature's stamp, being an annotation, changes none of them."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return tuple(_page(page) for page in _pages(reader.root["/Pages"]))


def _pages(node: Any) -> list[Any]:
    if "/Kids" not in node:
        return [node]
    return [page for kid in node["/Kids"] for page in _pages(kid.get_object())]


def _page(page: Any) -> str:
    inherited = {key: _inherited(page, key) for key in ("/Resources", "/MediaBox", "/CropBox", "/Rotate")}
    contents = page["/Contents"] if "/Contents" in page else generic.ArrayObject()
    streams = contents if isinstance(contents, generic.ArrayObject) else [contents]
    text = b"\n".join(stream.get_object().data.strip() for stream in streams)
    told = [hashlib.sha256(text).hexdigest(), *(_told(inherited[key], _DEPTH) for key in sorted(inherited))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _inherited(node: Any, key: str) -> Any:
    while key not in node and "/Parent" in node:
        node = node["/Parent"]
    return node[key] if key in node else None  # noqa: SIM401 -- its `get` follows no reference


def _told(thing: Any, depth: int) -> str:
    """References followed, keys in order, streams by what they hold and not by how it is packed."""
    if not depth:
        return "…"
    if isinstance(thing, generic.DictionaryObject):
        packing = {"/Length", "/Filter", "/DecodeParms", "/Parent"}
        rows = [f"{key} {_told(thing[key], depth - 1)}" for key in sorted(thing) if key not in packing]
        data = hashlib.sha256(thing.data).hexdigest() if isinstance(thing, generic.StreamObject) else ""
        return f"<<{' '.join(rows)}>>{data}"
    if isinstance(thing, generic.ArrayObject):
        return f"[{' '.join(_told(one.get_object(), depth - 1) for one in thing)}]"
    return str(thing)
