"""signxml's opinion beside our own: only what it returns as signed counts, and it must be what we say was signed."""

from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier

from conformance.oracles.findings import Assertion
from conformance.oracles.xml_parts import Signature
from conformance.oracles.xml_tree import DS, signatures_of

# Its own place of the signature among the document's: it looks at the first that its path finds.
_ANYWHERE = ".//"


def signxml_says(xml: bytes, signer: x509.Certificate | None, signature: Signature, at: datetime) -> Assertion:
    """With the signer's certificate given: it judges the arithmetic and the references, chain and status are ours. Where
    SignedInfo inherits a default namespace, its C14N writes an empty xmlns that nobody signed; it is asked again with
    its own switch against that."""
    if signer is None:
        return Assertion("signxml", held=None, detail="NOT CHECKED: no certificate to give it")
    first = signatures_of(signature.element.getroottree())[0]
    if first is not signature.element:
        return Assertion("signxml", held=None, detail="NOT CHECKED: it looks at a document's first signature only")
    root = signature.element.getroottree().getroot()
    config = SignatureConfiguration(
        location="./" if root.tag == f"{{{DS}}}Signature" else _ANYWHERE,
        expect_references=True,
        verification_time=at,
        ignore_ambiguous_key_info=False,
    )
    pem = signer.public_bytes(Encoding.PEM).decode()
    forgiving = XMLVerifier()
    forgiving.excise_empty_xmlns_declarations = True
    words = [_word(verifier, xml, pem, config) for verifier in (XMLVerifier(), forgiving)]
    return next((word for word in words if word.held), words[0])


def _word(verifier: Any, xml: bytes, pem: str, config: SignatureConfiguration) -> Assertion:
    try:
        results = verifier.verify(xml, x509_cert=pem, expect_config=config)
    except Exception as error:  # noqa: BLE001 -- it refuses with many kinds of exceptions
        return Assertion("signxml", held=False, detail=f"signxml refuses: {type(error).__name__}: {error}"[:300])
    listed = results if isinstance(results, list) else [results]
    names = [etree.QName(one.signed_xml).localname for one in listed if one.signed_xml is not None]
    return Assertion("signxml", bool(names), f"signed: {', '.join(names)}")
