"""Signed XML before xmlsec1: the corpus, where what it misses is named, and a form signed remotely through VNPT."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.corpus.authorities import CA, NOW, ROOT, Held, key_of
from conformance.corpus.case import Case
from conformance.corpus.markup import Recipe, signed
from conformance.corpus.xml_cases import XML_CASES
from conformance.oracles import ask_over_http, expecting, judge_xml, xmlsec1_verifies
from tests.interop.live import Live
from tests.needs import needs

SP769 = "/ca/vnpt/sca/sp769"

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


def signed_remotely(ca: Live) -> tuple[bytes, dict[str, str], tuple[bytes, bytes]]:
    """A form signed as a portal does it: the digest of canonical SignedInfo out to VNPT, the raw value in, XML made here."""
    sheet = ca.post("/control/contracts", {"name": "Cổng thử"})
    citizen = ca.post("/control/citizens", {})["citizens"][0]
    caller = {name: sheet["vnpt"][name] for name in ("sp_id", "sp_password")}
    asked = {**caller, "user_id": citizen["id"], "transaction_id": ""}
    (row,) = ca.post(f"{SP769}/v1/credentials/get_certificate", asked)["data"]["user_certificates"]
    authority, root = (ca.http.get(path).content for path in ("/pki/ca/vnpt.crt", "/pki/root.crt"))
    held, issuer = (
        Held(x509.load_der_x509_certificate(der), key_of("stranger"))
        for der in (base64.b64decode("".join(row["cert_data"].split())), authority)
    )

    def remote(_: Held, info: bytes, __: bytes) -> bytes:
        digest = hashlib.sha256(info).hexdigest()
        file = {"data_to_be_signed": digest, "doc_id": "88626142", "file_type": "xml", "sign_type": "hash"}
        transaction = f"xml-{citizen['id']}"
        ca.post(f"{SP769}/v1/signatures/sign", {**asked, "transaction_id": transaction, "sign_files": [file]})
        ca.approve(citizen)
        done = ca.post(f"{SP769}/v1/signatures/sign/{transaction}/status")
        return base64.b64decode(done["data"]["signatures"][0]["signature_value"])

    return signed(Recipe(signer=held, chain=(issuer,), sign=remote)), citizen, (authority, root)


def test_a_form_signed_remotely_is_valid_and_its_digest_is_the_journals(ca: Live) -> None:
    xml, citizen, (authority, root) = signed_remotely(ca)

    judgement = judge_xml(
        xml, roots=[root], intermediates=[authority], revocation=ask_over_http, moment=datetime.now(UTC)
    )

    assert judgement.verdict == "valid", str(judgement)
    (finding,) = judgement.findings
    assert expecting(judgement, f"CCCD:{citizen['id']}").verdict == "valid"
    rows = ca.http.get("/control/journal", params={"word": "signing_approved"}).json()["rows"]
    approved = {document["digest"] for row in rows for document in row["body"]["docs"]}
    assert finding.recovered_digest == finding.digest_of_attrs
    assert finding.recovered_digest in approved


@needs("xmlsec1")
def test_xmlsec1_verifies_a_form_signed_remotely(ca: Live) -> None:
    xml, _, authorities = signed_remotely(ca)
    pems = b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in reversed(authorities))

    said = xmlsec1_verifies(xml, pems, at=datetime.now(UTC))

    assert said.held is True, said.detail
