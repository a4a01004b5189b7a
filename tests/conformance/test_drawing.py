"""What pages draw: a stamp or a signature changes nothing, one line, one number or another picture does."""

import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from conformance.corpus.by_pyhanko import ByPyhanko, turned, with_xref_stream
from conformance.corpus.pdf import declaration, signed
from conformance.drawing import drawn
from conformance.forgeries import stamp_only
from conformance.samples import pdf
from conformance.shadows import revealed, shadow_form


def resourced(content: bytes) -> bytes:
    """The same content, the picture that it names another one."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Resources"] = generic.DictionaryObject()
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "made",
    [
        signed,
        lambda: ByPyhanko(says="Ky boi To Kien Thanh").sign(declaration()),
        lambda: with_xref_stream(declaration()),
    ],
)
def test_a_signature_or_another_packing_changes_no_page(made) -> None:
    assert drawn(made()) == drawn(declaration())
    assert len(drawn(declaration())) == 2


@pytest.mark.parametrize("changed", [stamp_only, turned, resourced, lambda _: declaration(3)])
def test_what_is_drawn_changes_its_page(changed) -> None:
    assert drawn(changed(declaration())) != drawn(declaration())


def test_words_tell_two_pages_apart() -> None:
    assert drawn(pdf("mot")) != drawn(pdf("hai"))


def test_a_shadow_reveals_another_number_and_keeps_the_page() -> None:
    form = shadow_form("to khai", "50000")
    later = revealed(form, "0")

    assert later.startswith(form)
    assert drawn(later) == drawn(form)
    assert b"(0)" in later.removeprefix(form)
