"""Signed XML changed at random: no crash escapes the judge, and nothing that was signed changes unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from conformance.corpus.authorities import CA, ROOT
from conformance.corpus.status import StatusService
from conformance.corpus.xml_cases import XML_CASES
from conformance.oracles import judge_xml

FILES = {case.file: case for case in XML_CASES}
MADE = ("xml/signing-data.xml", "xml/enveloped.xml", "xml/xades-signxml.xml")
STEADY = settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
SERVICE = StatusService()
AT = st.floats(0, 1, exclude_max=True)


@cache
def made(name: str) -> bytes:
    return FILES[name].make()


def verdict_of(xml: bytes) -> str:
    return judge_xml(
        xml, roots=[ROOT.pem], intermediates=[CA.der], revocation=SERVICE.ask, moment=datetime.now(UTC)
    ).verdict


def content(xml: bytes) -> bytes:
    """Everything but the signatures, canonical."""
    tree = etree.fromstring(xml)
    for signature in list(tree.iter("{http://www.w3.org/2000/09/xmldsig#}Signature")):
        signature.getparent().remove(signature)
    return bytes(etree.tostring(tree, method="c14n"))


@pytest.mark.parametrize("name", MADE)
@STEADY
@given(where=AT, change=st.integers(1, 255))
def test_another_byte_is_refused_or_says_the_same(name: str, where: float, change: int) -> None:
    xml = made(name)
    at = int(where * len(xml))
    other = xml[:at] + bytes([xml[at] ^ change]) + xml[at + 1 :]

    if verdict_of(other) == "valid":
        assert content(other) == content(xml), f"byte {at}: {xml[at]:#x} became {xml[at] ^ change:#x}"


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_cut_off_or_doubled_never_passes(name: str) -> None:
    xml = made(name)
    for part in (xml[: len(xml) // 2], xml[:-1], xml + xml, xml[1:], b"\xff\xfe" + xml, xml.replace(b"</", b"<//")):
        assert verdict_of(part) != "valid"


@pytest.mark.parametrize("name", MADE)
def test_an_element_said_twice_never_passes(name: str) -> None:
    count = len(list(etree.fromstring(made(name)).find("NoiDung").iter(etree.Element)))
    for at in range(count):
        doubled = etree.fromstring(made(name))
        element = list(doubled.find("NoiDung").iter(etree.Element))[at]
        element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))
        assert verdict_of(etree.tostring(doubled)) != "valid", element.tag


@pytest.mark.parametrize(
    "junk", [b"", b"<", b"<a/>", b"\x00", b"<a xmlns:x='y'/>" * 2, "<?xml version='1.0'?>".encode("utf-16")]
)
def test_what_is_no_signed_xml_is_told_so(junk: bytes) -> None:
    assert verdict_of(junk) in {"unsigned", "unparsable"}
