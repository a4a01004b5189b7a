"""An XML signature taken apart by hand over lxml: what it says, what its references really cover, what they leave out."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from conformance.oracles.xml_tree import (
    CANONICAL,
    DS,
    UnreadableError,
    canonicalized,
    element_at,
    elements_with_id,
    signatures_of,
)

XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
ENVELOPED = f"{DS}enveloped-signature"
NAMESPACES = {"ds": DS, "xades": XADES}

DIGESTS = {
    f"{DS}sha1": "sha1",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
METHODS = {
    f"{DS}rsa-sha1": ("rsa", "sha1"),
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1": ("pss", "sha256"),
}
METHODS |= {
    f"{_MORE}{kind}-{name}": (kind, name) for kind in ("rsa", "ecdsa") for name in ("sha256", "sha384", "sha512")
}


@dataclass(frozen=True)
class Reference:
    """`target` = the path of the element in the document (None = none, or not of this document); `wrong` = why it may
    not be followed; `held` = its digest is that of what it names."""

    uri: str
    kind: str
    algorithm: str
    target: str | None
    wrong: str
    held: bool
    digest: bytes


@dataclass(frozen=True)
class Signature:
    """`signed_info` is canonical: the bytes that are hashed and signed."""

    element: Any
    signed_info: bytes
    method: tuple[str, str]
    method_uri: str
    value: bytes
    references: tuple[Reference, ...]
    certificates: tuple[bytes, ...]
    key_values: int

    @property
    def digest(self) -> bytes:
        return hashlib.new(self.method[1], self.signed_info).digest()


def parse(tree: Any, which: int) -> Signature:
    """The signature at this place of `signatures_of`; raises UnreadableError."""
    element = signatures_of(tree)[which]
    info, method = _one(element, "ds:SignedInfo"), _one(element, "ds:SignedInfo/ds:SignatureMethod").get("Algorithm")
    canonical = _one(info, "ds:CanonicalizationMethod").get("Algorithm")
    if canonical not in CANONICAL:
        raise UnreadableError(f"the canonicalization {canonical} is unknown")
    if method not in METHODS:
        raise UnreadableError(f"the signature method {method} is unknown or not of a key pair")
    references = info.findall("ds:Reference", NAMESPACES)
    certificates = element.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMESPACES)
    keys = element.xpath(
        "ds:KeyInfo/*[local-name()='KeyValue' or local-name()='DEREncodedKeyValue']", namespaces=NAMESPACES
    )
    return Signature(
        element=element,
        signed_info=canonicalized(info, canonical),
        method=METHODS[method],
        method_uri=method,
        value=decoded(_one(element, "ds:SignatureValue").text),
        references=tuple(_followed(tree, which, one) for one in references),
        certificates=tuple(decoded(one.text) for one in certificates),
        key_values=len(keys),
    )


def decoded(text: str | None) -> bytes:
    """Base64 as written over lines; raises UnreadableError."""
    try:
        return base64.b64decode(re.sub(r"\s", "", text or ""), validate=True)
    except ValueError as error:
        raise UnreadableError(f"no base64: {error}") from error


def _one(element: Any, path: str) -> Any:
    found = element.findall(path, NAMESPACES)
    if len(found) != 1:
        raise UnreadableError(f"{len(found)} elements {path} in the signature")
    return found[0]


def _followed(tree: Any, which: int, reference: Any) -> Reference:
    """What the reference names, transformed as it says, hashed; all on a copy."""
    uri, kind = reference.get("URI"), reference.get("Type", "")
    algorithm = DIGESTS.get(_one(reference, "ds:DigestMethod").get("Algorithm"), "")
    steps = [one.get("Algorithm") for one in reference.findall("ds:Transforms/ds:Transform", NAMESPACES)]
    told = decoded(_one(reference, "ds:DigestValue").text)
    found = [tree.getroot()] if uri == "" else elements_with_id(tree, uri[1:]) if (uri or "").startswith("#") else []
    wrong = next(_objections(uri, found, steps, algorithm), "")
    path = tree.getelementpath(found[0]) if len(found) == 1 else None
    if wrong or path is None:
        return Reference(str(uri), kind, algorithm, path, wrong, held=False, digest=told)
    copy = etree.fromstring(etree.tostring(tree), etree.XMLParser(resolve_entities=False)).getroottree()
    target = element_at(copy, path)
    if ENVELOPED in steps:
        _cut(signatures_of(copy)[which])
    last = next((one for one in reversed(steps) if one in CANONICAL), next(iter(CANONICAL)))
    prefixes = " ".join(reference.xpath(".//*[local-name()='InclusiveNamespaces']/@PrefixList")).split()
    actual = hashlib.new(algorithm, canonicalized(target, last, prefixes)).digest()
    return Reference(str(uri), kind, algorithm, path, "", held=actual == told, digest=told)


def _objections(uri: str | None, found: Sequence[Any], steps: Sequence[str], algorithm: str) -> Iterator[str]:
    if uri is None or (uri and not uri.startswith("#")):
        yield f"it points out of the document, to {uri}: nothing is fetched"
    if len(found) != 1:
        yield f"{len(found)} elements bear the id of {uri}"
    if unknown := [one for one in steps if one != ENVELOPED and one not in CANONICAL]:
        yield f"the transform {unknown[0]} may leave out anything"
    if not algorithm:
        yield "its digest method is unknown"


def _cut(signature: Any) -> None:
    """Out of its parent; the words behind it stay."""
    parent, before = signature.getparent(), signature.getprevious()
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (signature.tail or "")
    else:
        parent.text = (parent.text or "") + (signature.tail or "")
    parent.remove(signature)
