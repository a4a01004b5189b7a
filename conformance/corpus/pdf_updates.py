"""What is done to a signed PDF afterwards: shadow attacks, filled forms, swapped appearances, reissued signatures."""

import re

from pyhanko.sign.fields import MDPPerm

from conformance.corpus import people
from conformance.corpus.authorities import CITIZEN_NAME
from conformance.corpus.by_pyhanko import LEGACY_CMS, ByPyhanko, turned, with_xref_stream
from conformance.corpus.case import bad, good, made_with
from conformance.corpus.pdf import body_of, declaration, overlaid, signed, updated, written
from conformance.corpus.pdf_places import without_xref
from conformance.forgeries import flip_covered_byte, stamp_only

FILL = MDPPerm.FILL_FORMS
_COVER, _FEE, _SHOWN, _HIDDEN = 7, 6, 8, 9


def _stream(data: bytes, extra: str = "") -> bytes:
    return f"<< {extra} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def form() -> bytes:
    """A declaration with a fee field, words under a cover, and a second catalog that nothing names yet."""
    box = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>"
    page = (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
        b" /Resources << /Font << /F1 5 0 R >> /XObject << /Cover 7 0 R >> >> /Annots [6 0 R]>>"
    )
    return written(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >>>>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: page % (2, 4),
            4: _stream(b"BT /F1 14 Tf 50 750 Td (Toi khong dong y) Tj ET /Cover Do"),
            5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            _FEE: _fee_field("50000"),
            _COVER: _stream(b"1 g 40 740 300 30 re f 0 g BT /F1 14 Tf 50 750 Td (Toi dong y) Tj ET", box),
            _SHOWN: _fee_shown("50000"),
            _HIDDEN: _stream(b"BT /F1 14 Tf 50 750 Td (Toi dong y voi moi dieu khac) Tj ET"),
            10: b"<< /Type /Catalog /Pages 11 0 R /AcroForm << /Fields [6 0 R 14 0 R] /SigFlags 3 >>>>",
            11: b"<< /Type /Pages /Kids [12 0 R] /Count 1 >>",
            12: page % (11, _HIDDEN),
        }
    )


def _fee_field(fee: str) -> bytes:
    return (
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (LePhi) /V ({fee}) /F 4 /Rect [50 600 300 620]"
        " /DA (/Helv 12 Tf 0 g) /AP << /N 8 0 R >> >>"
    ).encode()


def _fee_shown(fee: str) -> bytes:
    box = "/Type /XObject /Subtype /Form /BBox [0 0 250 20] /Resources << /Font << /F1 5 0 R >> >>"
    return _stream(f"/Tx BMC BT /F1 12 Tf 2 5 Td ({fee}) Tj ET EMC".encode(), box)


def filled(pdf: bytes, fee: str = "0") -> bytes:
    """The fee field says another number, value and appearance alike."""
    return updated(pdf, {_FEE: _fee_field(fee), _SHOWN: _fee_shown(fee)}, 1)


def uncovered(pdf: bytes) -> bytes:
    """Shadow attack "hide": the cover is taken from the words that lay under it."""
    box = "/Type /XObject /Subtype /Form /BBox [0 0 595 842]"
    return updated(pdf, {_COVER: _stream(b"", box)}, 1)


def hidden_catalog(pdf: bytes) -> bytes:
    """Shadow attack "hide and replace": the second catalog, signed as dead bytes, becomes the file's."""
    return updated(pdf, {_HIDDEN: body_of(pdf, _HIDDEN)}, 10)


def reissued(pdf: bytes) -> bytes:
    """The signature dictionary written once more, with another page beside it."""
    numbers = [int(n) for n in re.findall(rb"\n(\d+) 0 obj\n<< /Type /Sig ", pdf)]
    other = _stream(b"BT /F1 14 Tf 50 750 Td (Noi dung khac) Tj ET")
    return updated(pdf, {numbers[-1]: body_of(pdf, numbers[-1]), 4: other}, 1)


def dropped(pdf: bytes) -> bytes:
    """The form forgets its signature field; the bytes of the signature stay."""
    page = re.sub(rb"/Annots \[[^\]]*\]", b"/Annots [6 0 R]", body_of(pdf, 3))
    return updated(pdf, {1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >>>>", 3: page}, 1)


def other_appearance(pdf: bytes) -> bytes:
    """The picture of the signature's field is another one."""
    at = next(int(n) for n in re.findall(rb"\n(\d+) 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig", pdf))
    size = max(map(int, re.findall(rb"/Size (\d+)", pdf)))
    box = "/Type /XObject /Subtype /Form /BBox [0 0 250 20] /Resources << /Font << /F1 5 0 R >> >>"
    body = body_of(pdf, at).rstrip()[:-2] + f"/AP << /N {size} 0 R >> >>".encode()
    return updated(pdf, {at: body, size: _stream(b"BT /F1 12 Tf (Digitally signed by Tran Thi Man) Tj ET", box)}, 1)


def with_store(pdf: bytes) -> bytes:
    """A DSS added, as a long-term validation update does (its certificates may well be none)."""
    root = int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])
    catalog = body_of(pdf, root).rstrip()[:-2] + b" /DSS << /Type /DSS /Certs [] >> >>"
    return updated(pdf, {root: catalog}, root)


def by(certify: MDPPerm | None = None, field: str = "Sig1") -> ByPyhanko:
    return ByPyhanko(certify=certify, field=field)


GOOD = (
    *made_with(
        "pyHanko",
        good("pades-pyhanko", "PAdES", lambda: by().sign(declaration())),
        good("legacy-cms-pyhanko", "legacy CMS", lambda: ByPyhanko(subfilter=LEGACY_CMS).sign(declaration())),
        good(
            "xref-stream", "cross-references and objects in streams", lambda: by().sign(with_xref_stream(declaration()))
        ),
        good(
            "two-signers-two-makers", "two signers, each with other software", lambda: by(field="Sig2").sign(signed())
        ),
        good(
            "certified-then-signed",
            "certified with form filling allowed, then signed",
            lambda: by(field="Sig2").sign(by(FILL).sign(declaration())),
        ),
        good(
            "certified-then-filled",
            "certified with form filling allowed, then filled",
            lambda: filled(by(FILL).sign(form())),
        ),
        good(
            "visible",
            "a visible stamp with the signer's name",
            lambda: ByPyhanko(says="Digitally signed by To Kien Thanh").sign(declaration()),
        ),
    ),
    good("validation-data-added", "a DSS added after signing", lambda: with_store(signed())),
)

UPDATED = (
    bad(
        "shadow-hide",
        "shadow attack: a cover taken from hidden words",
        lambda: uncovered(signed(pdf=form())),
        reason="file_end",
    ),
    bad(
        "shadow-replace",
        "shadow attack: a form field says another number",
        lambda: filled(signed(pdf=form())),
        reason="file_end",
    ),
    bad(
        "shadow-hide-and-replace",
        "shadow attack: a hidden catalog becomes the file's",
        lambda: hidden_catalog(signed(pdf=form())),
        reason="file_end",
    ),
    bad(
        "filled-then-signed-again",
        "a field changed between the first signature and the second",
        lambda: signed(pdf=filled(signed(pdf=form()))),
        reason="filled_between",
    ),
    bad(
        "first-signature-dropped",
        "a second signer's update leaves the first signature out of the form",
        lambda: signed(pdf=dropped(signed(pdf=form()))),
        reason="no reader lists",
    ),
    bad(
        "objects-after-update",
        "an object that no xref names behind an update that is allowed",
        lambda: without_xref(with_store(signed())),
        reason="file_end",
    ),
    bad(
        "reissued",
        "the signature dictionary written again, with another page",
        lambda: reissued(signed(pdf=form())),
        reason="file_end",
    ),
    bad(
        "appearance-swapped",
        "another picture in the signature's field",
        lambda: other_appearance(signed(pdf=form())),
        reason="file_end",
    ),
    bad(
        "stamp-after",
        "a stamp drawn on after signing",
        lambda: stamp_only(signed(), CITIZEN_NAME),
        reason="modifications",
    ),
    bad(
        "overlaid-then-signed-again",
        "a stamp drawn on, then signed by somebody else",
        lambda: signed(pdf=overlaid(signed())),
        reason="modifications",
    ),
    *made_with(
        "pyHanko",
        bad(
            "flipped-pyhanko",
            "a covered byte changed",
            lambda: flip_covered_byte(by().sign(declaration())),
            reason="message_digest",
            diagnosis="content_changed",
        ),
        bad(
            "flipped-legacy",
            "a covered byte changed under a legacy CMS",
            lambda: flip_covered_byte(ByPyhanko(subfilter=LEGACY_CMS).sign(declaration())),
            reason="pyhanko_intact",
            diagnosis="content_changed",
        ),
        bad(
            "filled-between",
            "a field changed between the first signature and the second",
            lambda: by(field="Sig2").sign(filled(by().sign(form()))),
            reason="filled_between",
        ),
        bad(
            "first-of-two-broken",
            "the first of two signatures broken, the second over all of it",
            lambda: by(field="Sig2").sign(flip_covered_byte(signed())),
            reason="message_digest",
            diagnosis="content_changed",
        ),
        bad(
            "turned",
            "a page turned around after signing",
            lambda: turned(by().sign(declaration())),
            reason="modifications",
        ),
        bad(
            "certified-then-stamped",
            "certified with form filling allowed, then drawn on",
            lambda: stamp_only(by(FILL).sign(declaration())),
            reason="file_end",
        ),
        bad(
            "certified-final-then-filled",
            "certified against every change, then filled",
            lambda: filled(by(MDPPerm.NO_CHANGES).sign(form())),
            reason="modifications",
        ),
        bad(
            "certified-final-then-signed",
            "certified against every change, then signed",
            lambda: signed(pdf=by(MDPPerm.NO_CHANGES).sign(form())),
            reason="modifications",
        ),
        bad(
            "appearance-lies",
            "the visible stamp names somebody else",
            lambda: ByPyhanko(says="Digitally signed by Tran Thi Man").sign(declaration()),
            reason="appearance",
        ),
        bad(
            "wrong-signer-in-stamp",
            "another citizen's signature under a stamp with the right name",
            lambda: ByPyhanko(people.OTHER, says="Digitally signed by To Kien Thanh").sign(declaration()),
            reason="expected_signer",
        ),
    ),
)


UPDATE_CASES = (*GOOD, *UPDATED)
