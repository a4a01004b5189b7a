"""An XML document that may carry signatures: read safely, canonicalized, searched for what no signature covers."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
IDS = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id")

# algorithm -> lxml's (exclusive, with comments)
CANONICAL = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": (False, False),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (False, True),
    "http://www.w3.org/2006/12/xml-c14n11": (False, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
}


class UnreadableError(ValueError):
    """The file is no XML that may be read, or its signature no signature."""


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


def element_at(tree: Any, path: str) -> Any:
    """By a path of `Reference.target`; "." is the root."""
    return tree.getroot().find(path)


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


def canonicalized(element: Any, algorithm: str, prefixes: Sequence[str] = ()) -> bytes:
    """The subtree is read anew first: canonicalized in its place, lxml may write an empty xmlns that nobody else writes."""
    exclusive, comments = CANONICAL[algorithm]
    alone = etree.fromstring(etree.tostring(element, with_tail=False), etree.XMLParser(resolve_entities=False))
    known = [one for one in prefixes if one in alone.nsmap] or None
    written = etree.tostring(
        alone, method="c14n", exclusive=exclusive, with_comments=comments, inclusive_ns_prefixes=known
    )
    return bytes(written)


def _speaks(element: Any) -> bool:
    """Attributes, or words between its children."""
    words = [element.text or "", *(child.tail or "" for child in element)]
    return bool(element.attrib) or bool("".join(words).strip())


def _wraps(element: Any, known: set[Any]) -> bool:
    return any(each in known for each in element.iter())
