"""What became of a signed file afterwards: only further signatures and validation data may follow a signature."""

import re

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel


def only_signed_since(pdf: bytes, embedded: EmbeddedPdfSignature) -> bool:
    """The file ends where this signature ends, or what follows is validation data or further signatures to its end."""
    if embedded.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    change = embedded.diff_result
    if embedded.coverage is not SignatureCoverageLevel.ENTIRE_REVISION or not isinstance(change, DiffResult):
        return False
    if _filled(embedded, change) or not _ends_with_its_references(pdf):
        return False
    if change.modification_level is ModificationLevel.LTA_UPDATES:
        return True
    last = embedded.reader.embedded_signatures[-1]
    sealed = last.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
    return sealed and embedded.summarise_integrity_info()["docmdp_ok"] is True


def unlisted(pdf: bytes, reader: PdfFileReader) -> bool:
    """A signature stands in the bytes that the file's form does not know (any more)."""
    return len(re.findall(rb"/ByteRange\s*\[", pdf)) > len(reader.embedded_signatures)


def _filled(embedded: EmbeddedPdfSignature, change: DiffResult) -> bool:
    """A field that is no signature says something else than when this signature was made."""
    signatures = {name for name, _, _ in enumerate_sig_fields(embedded.reader)}
    return bool(set(change.changed_form_fields) - signatures)


def _ends_with_its_references(pdf: bytes) -> bool:
    """Behind the newest cross-references nothing stands that only a reader's repair would find."""
    told = re.findall(rb"startxref\s+(\d+)", pdf)
    newest = pdf[int(told[-1]) :] if told else b""
    return newest.count(b"startxref") == 1 and newest.count(b"%%EOF") == 1
