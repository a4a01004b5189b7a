"""The judge of signed XML (XMLDSig, XAdES): assertions made by hand, signxml's opinion beside them, one verdict."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from conformance.oracles.chain import certificates_of, path_of
from conformance.oracles.cms import ACCEPTED, HASHES
from conformance.oracles.diagnosis import diagnosis_of, recover
from conformance.oracles.findings import Assertion, Finding, Judgement, judgement_of
from conformance.oracles.revocation import Ask, AskFailedError, guarded, status_of
from conformance.oracles.signers import NO_PATH, claimed_time_of, signer_of, signer_rules_of
from conformance.oracles.xml_diagnosis import diagnose_xml
from conformance.oracles.xml_parts import (
    DIGESTS,
    NAMESPACES,
    SIGNED_PROPERTIES,
    XADES,
    Reference,
    Signature,
    decoded,
    parse,
)
from conformance.oracles.xml_second import signxml_says
from conformance.oracles.xml_tree import (
    IDS,
    UnreadableError,
    doubled_ids,
    element_at,
    signatures_of,
    tree_of,
    unsigned_elements,
)


@dataclass(frozen=True)
class _Case:
    xml: bytes
    tree: Any
    roots: Sequence[x509.Certificate]
    known: Sequence[x509.Certificate]
    ask: Ask
    moment: datetime


def judge_xml(
    xml: bytes, *, roots: Iterable[bytes], intermediates: Iterable[bytes] = (), revocation: Ask, moment: datetime
) -> Judgement:
    """As `judge` for PDF. What counts is only what a reference names: `Finding.coverage` says which element that is, and
    data beside it make the file invalid."""
    try:
        tree = tree_of(xml)
    except UnreadableError as error:
        return Judgement("unparsable", problem=str(error)[:500])
    found = signatures_of(tree)
    if not found:
        return Judgement("unsigned", problem="no signature in the file")
    case = _Case(xml, tree, certificates_of(roots), certificates_of(intermediates), guarded(revocation), moment)
    return judgement_of(tuple(_finding(case, which) for which in range(len(found))))


def _finding(case: _Case, which: int) -> Finding:
    name = f"Signature {which + 1}"
    try:
        return _read(case, which, name)
    except AskFailedError:
        raise
    except Exception as error:  # noqa: BLE001 -- readers die of hostile files in every way; that is this verdict
        told = str(error) if isinstance(error, UnreadableError) else f"{type(error).__name__}: {error}"
        return Finding(name, (Assertion("readable", held=False, detail=told[:500]),), diagnosis_of("unreadable"))


def _read(case: _Case, which: int, name: str) -> Finding:
    signature = parse(case.tree, which)
    certificates = certificates_of(signature.certificates)
    signer = _signer_among(certificates)
    others = tuple(one for one in certificates if one is not signer)
    path = path_of(signer, (*others, *case.known), case.roots, case.moment) if signer else NO_PATH
    claimed = _signing_time(signature)
    recovered = recover(signature.value, signer)
    targets = [one for one in signature.references if one.kind != SIGNED_PROPERTIES and not _is_own(case, which, one)]
    assertions = (
        *_coverage(case, targets),
        _references(signature),
        _algorithms(signature),
        _certificate(signature, signer),
        _signature_value(signature, signer),
        _digest_link(signature, signer),
        *_properties(signature, signer),
        *signer_rules_of(signer, path, case.moment),
        status_of(path, case.ask, case.moment, case.moment).assertion,
        claimed_time_of(signer, claimed, case.moment, None),
        signxml_says(case.xml, signer, signature, case.moment),
    )
    return Finding(
        name,
        assertions,
        diagnose_xml(signature, signer, others, case.xml),
        signer=signer_of(signer) if signer else None,
        profile="XAdES" if _properties(signature, signer) else "XMLDSig",
        coverage=", ".join(f"{_tag(case, one)} ({one.uri or 'the document'})" for one in targets),
        digest_of_attrs=signature.digest.hex(),
        recovered_digest=recovered.digest.hex() if recovered else None,
        signature_value=base64.b64encode(signature.value).decode(),
        claimed_time=claimed,
    )


def _is_own(case: _Case, which: int, reference: Reference) -> bool:
    """It names a part of the signature itself, which is no business of the citizen's."""
    if reference.target is None:
        return False
    element = element_at(case.tree, reference.target)
    signature = signatures_of(case.tree)[which]
    return any(one is signature for one in (element, *element.iterancestors()))


def _coverage(case: _Case, targets: Sequence[Reference]) -> tuple[Assertion, ...]:
    """The root or the business node under it, whole; nothing that speaks stands beside it (signature wrapping)."""
    paths = [one.target for one in targets if one.target is not None]
    beside = unsigned_elements(case.tree, paths)
    deep = [path for path in paths if element_at(case.tree, path).getparent() not in (None, case.tree.getroot())]
    told = f"unsigned: {', '.join(beside[:5])}" if beside else f"{len(paths)} signed elements, nothing beside them"
    told = f"{deep[0]} is neither the root nor a child of it" if deep else told
    doubled = doubled_ids(case.tree)
    comments = [one for path in paths for one in element_at(case.tree, path).iter(etree.Comment)]
    return (
        Assertion(
            "coverage", bool(paths) and not beside and not deep, told if paths else "nothing of the document is signed"
        ),
        Assertion("unique_ids", not doubled, f"twice: {', '.join(doubled)}" if doubled else "each id once"),
        Assertion("comments", not comments, f"{len(comments)} comments in the signed part, which no signature covers"),
    )


def _tag(case: _Case, reference: Reference) -> str:
    return etree.QName(element_at(case.tree, reference.target)).localname if reference.target else "nothing"


def _references(signature: Signature) -> Assertion:
    wrong = [f"{one.uri}: {one.wrong or 'its digest is another'}" for one in signature.references if not one.held]
    held = bool(signature.references) and not wrong
    return Assertion("message_digest", held, "; ".join(wrong) or f"{len(signature.references)} references hold")


def _algorithms(signature: Signature) -> Assertion:
    digests = {one.algorithm for one in signature.references}
    told = f"{signature.method_uri}, references with {', '.join(sorted(digests))}"
    return Assertion("algorithms", {signature.method[1], *digests} <= ACCEPTED, told)


def _signer_among(certificates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """The one that issued none of the others; KeyInfo has no order."""
    issuers = {one.issuer for one in certificates if one.issuer != one.subject}
    return next((one for one in certificates if one.subject not in issuers), None)


def _certificate(signature: Signature, signer: x509.Certificate | None) -> Assertion:
    if signer is None:
        return Assertion("signer_certificate", held=False, detail="no certificate in KeyInfo: a bare key names nobody")
    told = f"{signature.key_values} bare keys beside it" if signature.key_values else "named by its certificate alone"
    return Assertion("signer_certificate", held=True, detail=told)


def _signature_value(signature: Signature, signer: x509.Certificate | None) -> Assertion:
    if signer is None:
        return Assertion("signature_value", held=None, detail="NOT CHECKED: no certificate")
    key, (kind, name) = signer.public_key(), signature.method
    algorithm, signed, value = HASHES[name], signature.signed_info, signature.value
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind == "rsa":
            key.verify(value, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, rsa.RSAPublicKey) and kind == "pss":
            key.verify(value, signed, padding.PSS(padding.MGF1(algorithm), algorithm.digest_size), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
            half = len(value) // 2
            der = encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))
            key.verify(der, signed, ec.ECDSA(algorithm))
        else:
            return Assertion("signature_value", held=False, detail=f"the key is no key for {signature.method_uri}")
    except InvalidSignature:
        return Assertion("signature_value", held=False, detail="the certificate's key did not make it over SignedInfo")
    return Assertion("signature_value", held=True, detail=signature.method_uri)


def _digest_link(signature: Signature, signer: x509.Certificate | None) -> Assertion:
    """SHA-256 of canonical SignedInfo is what the RSA value holds: the digest that the journal must know."""
    if signature.method[0] != "rsa":
        return Assertion("digest_link", held=None, detail=f"nothing can be recovered from {signature.method_uri}")
    recovered = recover(signature.value, signer)
    if recovered is None:
        return Assertion("digest_link", held=False, detail="no digest can be recovered")
    same = recovered.digest == signature.digest and recovered.algorithm == signature.method[1] and not recovered.bare
    return Assertion("digest_link", same, f"recovered {recovered.digest.hex()}, SignedInfo {signature.digest.hex()}")


def _properties(signature: Signature, signer: x509.Certificate | None) -> tuple[Assertion, ...]:
    """XAdES: its properties are signed, and name the signer's certificate."""
    find = signature.element.findall
    found = find(f".//{{{XADES}}}SignedProperties")
    if not found:
        return ()
    signed = [one for one in signature.references if one.kind == SIGNED_PROPERTIES and one.held]
    named = [f"#{found[0].get(name)}" for name in IDS if found[0].get(name)]
    covered = len(found) == 1 and any(one.uri in named for one in signed)
    digests = [
        (one.find("ds:DigestMethod", NAMESPACES), one.find("ds:DigestValue", NAMESPACES))
        for one in found[0].iter(f"{{{XADES}}}CertDigest")
    ]
    same = bool(digests) and signer is not None and _is_digest_of(signer, *digests[0])
    return (
        Assertion("signed_properties", covered, "covered by a reference" if covered else "no reference covers them"),
        Assertion("signing_certificate", same, "of the signer" if same else "absent, or of another certificate"),
    )


def _is_digest_of(signer: x509.Certificate, method: Any, value: Any) -> bool:
    name = DIGESTS.get(method.get("Algorithm"), "") if method is not None else ""
    der = signer.public_bytes(Encoding.DER)
    return bool(name) and value is not None and hashlib.new(name, der).digest() == decoded(value.text)


def _signing_time(signature: Signature) -> datetime | None:
    """XAdES's own, or the element SigningTime that Vietnamese software puts into an Object."""
    found = signature.element.xpath(".//*[local-name()='SigningTime']/text()")
    try:
        time = datetime.fromisoformat(str(found[0]).strip()) if found else None
    except ValueError:
        return None
    return time if time and time.tzinfo else None
