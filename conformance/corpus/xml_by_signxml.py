"""Signed XML made with signxml, as a portal in Python makes it."""

from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from signxml import SignatureMethod, XMLSigner
from signxml.xades import XAdESSigner

from conformance.corpus.authorities import CA, CITIZEN, Held


def by_signxml(xml: bytes, held: Held = CITIZEN) -> bytes:
    """Enveloped, over the whole document."""
    return _signed(XMLSigner(), xml, held)


def xades(xml: bytes, held: Held = CITIZEN) -> bytes:
    """XAdES-B: document, signed properties and key information under one signature."""
    return _signed(XAdESSigner(), xml, held)


def hmac_by(xml: bytes, secret: bytes) -> bytes:
    signer = XMLSigner(signature_algorithm=SignatureMethod.HMAC_SHA256)
    return bytes(etree.tostring(signer.sign(etree.fromstring(xml), key=secret)))


def _signed(signer: Any, xml: bytes, held: Held) -> bytes:
    key = held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificates = (held.pem + CA.pem).decode()
    return bytes(etree.tostring(signer.sign(etree.fromstring(xml), key=key, cert=certificates)))
