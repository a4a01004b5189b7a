"""A shadow attack's file: a form whose field says one thing when it is signed, and another afterwards."""

import io
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from conformance.samples import pdf

FIELD = "LePhi"
_BOX = (72.0, 600.0, 300.0, 620.0)


def shadow_form(text: str, shown: str) -> bytes:
    """One page with this ASCII text, and a field that shows a number."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf(text)))
    page = writer.root["/Pages"]["/Kids"][0]
    field = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): generic.pdf_string(FIELD),
            pdf_name("/V"): generic.pdf_string(shown),
            pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.FloatObject, _BOX)),
            pdf_name("/DA"): generic.pdf_string("/Helv 12 Tf 0 g"),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): _shown(writer, shown)}),
        }
    )
    reference = writer.add_object(field)
    page[pdf_name("/Annots")] = generic.ArrayObject([reference])
    writer.update_container(page)
    fields = generic.ArrayObject([reference])
    writer.root[pdf_name("/AcroForm")] = generic.DictionaryObject({pdf_name("/Fields"): fields})
    writer.update_root()
    return _written(writer)


def revealed(signed: bytes, shown: str) -> bytes:
    """The field filled anew in an update behind the signature: value and appearance say this now."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    fields = [field.get_object() for field in writer.root["/AcroForm"]["/Fields"]]
    for field in (one for one in fields if one["/T"] == FIELD):
        field[pdf_name("/V")] = generic.pdf_string(shown)
        field["/AP"][pdf_name("/N")] = _shown(writer, shown)
        writer.update_container(field)
    return _written(writer)


def _shown(writer: IncrementalPdfFileWriter, text: str) -> Any:
    form = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.FloatObject, (0, 0, 228, 20))),
        },
        stream_data=f"/Tx BMC BT /Helv 12 Tf 2 5 Td ({text}) Tj ET EMC".encode(),
    )
    return writer.add_object(form)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
