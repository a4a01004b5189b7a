"""Signed e-forms (XMLDSig, XAdES): right ones, and those that must be refused."""

import re
from dataclasses import replace

from conformance.corpus import people
from conformance.corpus.authorities import CITIZEN, NOW
from conformance.corpus.case import Case, bad, good, made_with, unreadable
from conformance.corpus.markup import (
    C14N,
    ENVELOPED,
    EXCLUSIVE,
    Recipe,
    declaration,
    document,
    key_value,
    over_info,
    signature,
    signed,
)
from conformance.corpus.xml_by_signxml import by_signxml, xades
from conformance.corpus.xml_values import SIGNERS, VALUES, by

WHOLE = Recipe(uri="", transforms=(ENVELOPED, C14N))
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
FEE, NO_FEE = "<LePhi>50000</LePhi>", "<LePhi>0</LePhi>"


def changed(xml: bytes, old: str, new: str) -> bytes:
    assert old.encode() in xml
    return xml.replace(old.encode(), new.encode(), 1)


def twice_signed() -> bytes:
    """Two people over the same node, side by side."""
    content = declaration()
    other = Recipe(signer=people.OTHER)
    return document(content, signature(Recipe(), content.encode()), signature(other, content.encode()))


def wrapped() -> bytes:
    """The signed node is pushed aside under a root that says something else."""
    inside = signed().decode()
    return f"<ToKhai><NoiDung><HoTen>Nguoi khac</HoTen>{NO_FEE}</NoiDung><Cu>{inside}</Cu></ToKhai>".encode()


def shadowed() -> bytes:
    """A second node with the signed one's id stands before it: some readers find the first, some the last."""
    return changed(signed(), "<ToKhai>", f"<ToKhai>{declaration(fee='0')}")


def moved() -> bytes:
    """The signed node moves into the signature's Object; what stands in its place is another."""
    content, false = declaration(), declaration(fee="0").replace(' Id="SigningData"', "")
    made = signature(Recipe(), content.encode()).replace("</KeyInfo>", f"</KeyInfo><Object>{content}</Object>")
    return document(false, made.replace("<NoiDung ", '<NoiDung xmlns="" '))


def of_another_document() -> bytes:
    """The signature of one declaration pasted beside the content of another."""
    taken = re.search(rb"<Signature.*</Signature>", signed(), re.DOTALL)
    assert taken is not None
    return document(declaration(fee="0"), taken[0].decode())


def laughing() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE ToKhai [<!ENTITY l0 "ha">{entities}]>'.encode() + changed(signed(), FEE, "<LePhi>&l9;</LePhi>")


def external_entity() -> bytes:
    head = b'<!DOCTYPE ToKhai [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return head + changed(signed(), FEE, "<LePhi>&x;</LePhi>")


GOOD = (
    good("signing-data", "the node #SigningData, RSA with SHA-256", signed),
    good("enveloped", "the whole document, the signature within it cut out", lambda: signed(WHOLE)),
    good(
        "exclusive",
        "exclusive canonicalization",
        lambda: signed(Recipe(transforms=(EXCLUSIVE,), canonical=EXCLUSIVE)),
    ),
    good("sha512", "SHA-512", lambda: signed(Recipe(digest="sha512", hashed="sha512"))),
    replace(good("ecdsa", "ECDSA on P-256", lambda: by(people.CURVE)), diagnosis="not_recoverable"),
    replace(
        good(
            "pss",
            "RSASSA-PSS, the algorithm that the circular's annex names",
            lambda: signed(
                Recipe(
                    method="http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", sign=over_info("sha256", pss=True)
                )
            ),
        ),
        diagnosis="not_recoverable",
    ),
    good("two-signers", "two signatures over the same node", twice_signed),
    good("signing-time", "an unsigned SigningTime in an Object", lambda: signed(Recipe(claimed=NOW))),
    good("key-beside", "the certificate's own key beside it", lambda: signed(Recipe(key_info=key_value(CITIZEN)))),
    *made_with(
        "signxml",
        good("enveloped-signxml", "the whole document", lambda: by_signxml(document(declaration()))),
        good("xades-signxml", "XAdES-B", lambda: xades(document(declaration()))),
    ),
)

CHANGED = (
    bad(
        "content-changed",
        "a fee changed after signing",
        lambda: changed(signed(), FEE, NO_FEE),
        reason="message_digest",
        diagnosis="content_changed",
    ),
    bad(
        "enveloped-added",
        "an element added to a document that is signed whole",
        lambda: changed(signed(WHOLE), FEE, FEE + NO_FEE),
        reason="message_digest",
        diagnosis="content_changed",
    ),
    bad(
        "added-beside",
        "an element added beside the node that is signed",
        lambda: changed(signed(), "<CKyDTu>", f"{NO_FEE}<CKyDTu>"),
        reason="coverage",
    ),
    bad(
        "comment",
        "a comment that cuts a signed number in two",
        lambda: changed(signed(), "50000", "50<!-- -->000"),
        reason="comments",
    ),
    bad("wrapped", "the signed node under a forged root", wrapped, reason="coverage"),
    bad("shadowed", "two nodes with the signed id", shadowed, reason="unique_ids", diagnosis="right"),
    bad("moved", "the signed node hidden in the signature's Object", moved, reason="coverage"),
    bad(
        "of-another-document",
        "the signature of another declaration pasted in",
        of_another_document,
        reason="message_digest",
        diagnosis="content_changed",
    ),
    bad(
        "empty-reference",
        "a signature over a node that says nothing",
        lambda: document(declaration().replace("SigningData", "Other"), signature(Recipe(), b"<x></x>")),
        reason="message_digest",
        diagnosis="right",
    ),
    bad(
        "transform-xpath",
        "an XPath transform decides what is signed",
        lambda: signed(Recipe(transforms=(XPATH, C14N))),
        reason="message_digest",
    ),
    bad(
        "transform-xslt",
        "an XSLT transform decides what is signed",
        lambda: signed(Recipe(transforms=(XSLT, C14N))),
        reason="message_digest",
    ),
    bad(
        "outside",
        "the reference points to a file elsewhere",
        lambda: document(declaration(), signature(Recipe(uri="http://127.0.0.1:1/to-khai.xml"), b"")),
        reason="message_digest",
    ),
    *made_with(
        "signxml",
        bad(
            "xades-changed",
            "XAdES, content changed",
            lambda: changed(xades(document(declaration())), FEE, NO_FEE),
            reason="message_digest",
            diagnosis="content_changed",
        ),
        bad(
            "xades-time-changed",
            "XAdES, its signed time changed",
            lambda: re.sub(rb"(SigningTime>)20(\d\d)", rb"\g<1>19\2", xades(document(declaration()))),
            reason="signed_properties",
            diagnosis="content_changed",
        ),
    ),
)

UNREADABLE = (
    unreadable("billion-laughs", "entities that expand to gigabytes", laughing, reason="DOCTYPE"),
    unreadable("external-entity", "an entity that reads a file of the verifier", external_entity, reason="DOCTYPE"),
    unreadable("truncated", "cut off in the middle", lambda: signed()[:700], reason="no XML"),
    unreadable(
        "no-value",
        "an empty SignatureValue element left out",
        lambda: re.sub(rb"<SignatureValue>.*</SignatureValue>", b"", signed()),
        reason="SignatureValue",
    ),
    unreadable(
        "certificate-of-words",
        "a certificate that is none",
        lambda: re.sub(rb"<X509Certificate>.*?</", b"<X509Certificate>AAAA</", signed()),
        reason="Error",
    ),
    Case("xml/unsigned.xml", "a form without any signature", lambda: document(declaration()), "unsigned", diagnosis=""),
)


def _filed(case: Case) -> Case:
    return case if "/" in case.file else replace(case, file=f"xml/{case.file}.xml")


XML_CASES = tuple(_filed(case) for case in (*GOOD, *CHANGED, *VALUES, *SIGNERS, *UNREADABLE))
