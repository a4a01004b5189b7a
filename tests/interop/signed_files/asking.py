"""What each program that judges signatures says of one file of the corpus: "accepts", "refuses" or "cannot read"."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import respx
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from signxml import SignatureConfiguration, XMLVerifier

from conformance.corpus.authorities import STATUS_URL, Held
from conformance.corpus.case import Case
from conformance.corpus.files import SERVICE, TREES
from conformance.oracles import expecting, judge, judge_xml, openssl_verifies, pdfsig_agrees, xmlsec1_verifies
from reference_portal.examination import examine

ACCEPTS, REFUSES, UNREADABLE = "accepts", "refuses", "cannot read"
Ask = Callable[[Case, bytes], str]


def now() -> datetime:
    """A file that is made at its first need bears the time of then: whoever judged at the corpus's own would be too early."""
    return datetime.now(UTC)


def oracle(case: Case, content: bytes) -> str:
    root, authority = TREES[case.tree]
    judged = judge if case.file.startswith("pdf/") else judge_xml
    found = judged(content, roots=[root.pem], intermediates=[authority.der], revocation=SERVICE.ask, moment=now())
    return expecting(found, case.expects).verdict


def pyhanko(case: Case, content: bytes) -> str:
    """`bottom_line` of every signature, roots and authorities given; nobody is asked about revocation."""
    try:
        listed = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
        with ThreadPoolExecutor(1) as thread:
            lines = [thread.submit(asyncio.run, _bottom_line(each, case)).result() for each in listed]
    except Exception:  # noqa: BLE001 -- readers die of hostile files in every way
        return UNREADABLE
    return ACCEPTS if lines and all(lines) else REFUSES


async def _bottom_line(embedded: Any, case: Case) -> bool:
    root, authority = map(_asn1, TREES[case.tree])
    context = ValidationContext(trust_roots=[root], other_certs=[authority], moment=now())
    return bool((await async_validate_pdf_signature(embedded, context)).bottom_line)


def pdfsig(_: Case, content: bytes) -> str:
    """Every signature valid, the last over the total document; it knows none of these roots, as nobody's machine does."""
    return ACCEPTS if pdfsig_agrees(content).held else REFUSES


def openssl(case: Case, content: bytes) -> str:
    """`openssl cms -verify` of each CMS over the bytes that its ByteRange names, roots and authorities given."""
    try:
        listed = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
        parts = [(each.pkcs7_content, _covered(content, each.byte_range)) for each in listed]
    except Exception:  # noqa: BLE001 -- readers die of hostile files in every way
        return UNREADABLE
    said = [openssl_verifies(cms.rstrip(b"\0"), covered, _pems(case)).held for cms, covered in parts]
    return ACCEPTS if said and all(said) else REFUSES


def xmlsec1(case: Case, content: bytes) -> str:
    return ACCEPTS if xmlsec1_verifies(content, _pems(case), at=now()).held else REFUSES


def signxml(_: Case, content: bytes) -> str:
    """Given the first certificate that lies in the file, since its own building of chains wants certificates of web
    servers; asked once more with its switch against the empty xmlns that its C14N writes."""
    found = re.search(rb"X509Certificate>([^<]+)</", content)
    return ACCEPTS if found and any(_signxml(content, found[1], excised=flag) for flag in (False, True)) else REFUSES


def _signxml(content: bytes, certificate: bytes, *, excised: bool) -> bool:
    verifier = XMLVerifier()
    verifier.excise_empty_xmlns_declarations = excised
    config = SignatureConfiguration(expect_references=True, verification_time=now())
    try:
        verifier.verify(
            content, x509_cert=x509.load_der_x509_certificate(base64.b64decode(certificate)), expect_config=config
        )
    except Exception:  # noqa: BLE001 -- it refuses with many kinds of exceptions
        return False
    return True


def portal(case: Case, content: bytes) -> str:
    """The reference portal's own examination, as it looks at an upload: seals valid, and one of them the applicant's."""
    root, authority = TREES[case.tree]
    seals = examine(content, roots=[root.der], intermediates=[authority.der], now=now())
    number = case.expects.partition(":")[2]
    # It knows citizens and organisations; whose an office's seal is, is no question that it asks.
    theirs = any(seal.personal_id in {number, "" if case.tree == "official" else number} for seal in seals)
    return ACCEPTS if seals and all(seal.valid for seal in seals) and theirs else REFUSES


PDF: dict[str, Ask] = {
    "oracle": oracle,
    "pyHanko": pyhanko,
    "pdfsig": pdfsig,
    "openssl": openssl,
    "portal": portal,
}
XML: dict[str, Ask] = {"oracle": oracle, "signxml": signxml, "xmlsec1": xmlsec1}
TOOLS = ("pdfsig", "openssl", "xmlsec1")


@contextmanager
def status_services() -> Any:
    """The corpus's OCSP and CRLs where its certificates name them; pyHanko's log is still."""
    logging.disable(logging.CRITICAL)
    with respx.mock(assert_all_called=False) as router:
        router.route(url__startswith=STATUS_URL).mock(side_effect=_answer)
        yield
    logging.disable(logging.NOTSET)


def answers(case: Case) -> dict[str, str]:
    """Of everybody who reads such files; one making of the file for all."""
    content = case.make()
    return {name: ask(case, content) for name, ask in (PDF if case.file.startswith("pdf/") else XML).items()}


def _answer(request: httpx.Request) -> httpx.Response:
    body = SERVICE.ask(str(request.url), request.content or None)
    return httpx.Response(200, content=body) if body else httpx.Response(503)


def _covered(content: bytes, numbers: Any) -> bytes:
    start, length, rest, tail = (int(number) for number in numbers)
    return content[start : start + length] + content[rest : rest + tail]


def _pems(case: Case) -> bytes:
    return b"".join(held.pem for held in TREES[case.tree])


def _asn1(held: Held) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(held.der)
