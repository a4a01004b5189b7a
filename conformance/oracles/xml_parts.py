"""An XML signature taken apart by hand over lxml: what it says, what its references really cover, what they leave out."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
ENVELOPED = f"{DS}enveloped-signature"
IDS = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")
NAMESPACES = {"ds": DS, "xades": XADES}

# algorithm -> lxml's (exclusive, with comments)
CANONICAL = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": (False, False),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (False, True),
    "http://www.w3.org/2006/12/xml-c14n11": (False, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
}
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


class UnreadableError(ValueError):
    """The file is no XML that may be read, or its signature no signature."""


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


def tree_of(xml: bytes) -> Any:
    """The document, with nothing fetched and nothing expanded; a DOCTYPE is refused, since whoever writes one decides
    what others read. Raises UnreadableError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(xml, parser).getroottree()
    except (etree.XMLSyntaxError, ValueError) as error:
        what = "a DOCTYPE" if b"<!DOCTYPE" in xml else "no XML"
        raise UnreadableError(f"{what}: {error}") from error
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise UnreadableError("a DOCTYPE: entities are neither expanded nor fetched")
    return tree


def signatures_of(tree: Any) -> list[Any]:
    """Signature elements in the document's order, but those inside another one's objects."""
    found = list(tree.iter(f"{{{DS}}}Signature"))
    return [one for one in found if not any(above.tag == one.tag for above in one.iterancestors())]


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


def canonicalized(element: Any, algorithm: str, prefixes: Sequence[str] = ()) -> bytes:
    """The subtree is read anew first: canonicalized in its place, lxml may write an empty xmlns that nobody else writes."""
    exclusive, comments = CANONICAL[algorithm]
    alone = etree.fromstring(etree.tostring(element, with_tail=False), etree.XMLParser(resolve_entities=False))
    known = [one for one in prefixes if one in alone.nsmap] or None
    written = etree.tostring(
        alone, method="c14n", exclusive=exclusive, with_comments=comments, inclusive_ns_prefixes=known
    )
    return bytes(written)


def elements_with_id(tree: Any, wanted: str) -> list[Any]:
    return [one for one in tree.iter(etree.Element) if any(one.get(name) == wanted for name in IDS)]


def doubled_ids(tree: Any) -> list[str]:
    """Ids that two elements bear: what one reader finds, another does not."""
    every = [one.get(name) for one in tree.iter(etree.Element) for name in IDS if one.get(name) is not None]
    return sorted({one for one in every if every.count(one) > 1})


def unsigned_elements(tree: Any, targets: Sequence[str]) -> list[str]:
    """Paths of what carries data outside of everything signed: neither signed, nor a signature, nor an empty wrapping."""
    covered = [element_at(tree, path) for path in targets]
    inside = {each for one in covered for each in one.iter()}
    signatures = {each for one in signatures_of(tree) for each in one.iter()}
    return [
        tree.getpath(one)
        for one in tree.getroot().iter(etree.Element)
        if one not in inside and one not in signatures and (_speaks(one) or not _wraps(one, inside | signatures))
    ]


def element_at(tree: Any, path: str) -> Any:
    """By a path of `Reference.target`; "." is the root."""
    return tree.getroot().find(path)


def decoded(text: str | None) -> bytes:
    """Base64 as written over lines; raises UnreadableError."""
    try:
        return base64.b64decode(re.sub(r"\s", "", text or ""), validate=True)
    except ValueError as error:
        raise UnreadableError(f"no base64: {error}") from error


def _speaks(element: Any) -> bool:
    """Attributes, or words between its children."""
    words = [element.text or "", *(child.tail or "" for child in element)]
    return bool(element.attrib) or bool("".join(words).strip())


def _wraps(element: Any, known: set[Any]) -> bool:
    return any(each in known for each in element.iter())


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
