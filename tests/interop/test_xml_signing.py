"""Signed XML before xmlsec1: it accepts what the judge accepts, and what it misses is named here."""

from __future__ import annotations

import pytest

from conformance.corpus.authorities import CA, NOW, ROOT
from conformance.corpus.case import Case
from conformance.corpus.xml_cases import XML_CASES
from conformance.oracles import xmlsec1_verifies
from tests.needs import needs

# It asks nobody about revocation, knows no signer by number, sees no data beside what is signed, lets the file's writer
# choose hash and transform, and expands what a DOCTYPE defines.
ACCEPTS = frozenset(
    {
        "xml/added-beside.xml",
        "xml/another-key-beside.xml",
        "xml/claimed-future.xml",
        "xml/comment.xml",
        "xml/may-not-sign.xml",
        "xml/moved.xml",
        "xml/namesake.xml",
        "xml/sha1-reference.xml",
        "xml/sha1.xml",
        "xml/suspended.xml",
        "xml/wrapped.xml",
    }
)

# Version 1.2 knows no RSASSA-PSS.
REFUSES = frozenset({"xml/pss.xml"})


@needs("xmlsec1")
@pytest.mark.parametrize("case", XML_CASES, ids=lambda case: case.file)
def test_xmlsec1_agrees_but_for_what_is_named(case: Case) -> None:
    said = xmlsec1_verifies(case.make(), ROOT.pem + CA.pem, at=NOW)

    expected = case.file in ACCEPTS if not case.good else case.file not in REFUSES
    assert said.held is expected, said.detail
