"""What the value of an XML signature was really made over, and what the portal probably did wrong."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from conformance.oracles.diagnosis import diagnosis_of, recover
from conformance.oracles.findings import Diagnosis
from conformance.oracles.xml_parts import Signature

WORDS = {
    "right": (
        "Giá trị ký đúng là trên băm của SignedInfo đã chuẩn tắc.",
        "The value was made over canonical SignedInfo.",
    ),
    "content_changed": (
        "Chữ ký đúng, nhưng nội dung được tham chiếu đã đổi sau khi ký.",
        "The signature is right, but what it refers to changed after it.",
    ),
    "hashed_twice": ("Băm SignedInfo hai lần.", "SignedInfo was hashed twice."),
    "hex_text_hashed": ("Đã băm chuỗi hex của băm.", "The hex text of the digest was hashed."),
    "base64_text_hashed": ("Đã băm chuỗi base64 của băm.", "The base64 text of the digest was hashed."),
    "not_canonicalized": (
        "Đã băm SignedInfo như nó được viết, chưa chuẩn tắc (C14N).",
        "SignedInfo was hashed as it is written, without canonicalization.",
    ),
    "content_hashed": (
        "Đã ký băm của nội dung (DigestValue) thay vì băm của SignedInfo.",
        "The digest of the content (DigestValue) was signed instead of that of SignedInfo.",
    ),
    "file_hashed": ("Đã băm cả tệp XML.", "The whole XML file was hashed."),
}


def xml_diagnosis_of(code: str) -> Diagnosis:
    """In the words of XML where it has its own."""
    return Diagnosis(code, *WORDS[code]) if code in WORDS else diagnosis_of(code)


def diagnose_xml(
    signature: Signature, signer: x509.Certificate | None, others: Sequence[x509.Certificate], xml: bytes
) -> Diagnosis:
    """Which of the usual mistakes gives exactly this value."""
    if signer is None or signature.method[0] != "rsa" or not isinstance(signer.public_key(), rsa.RSAPublicKey):
        return xml_diagnosis_of("not_recoverable")
    recovered = recover(signature.value, signer)
    if recovered is None:
        other = next((one for one in others if recover(signature.value, one) is not None), None)
        return diagnosis_of("wrong_key", f"({other.subject.rfc4514_string()})" if other else "")
    code = (
        "right"
        if recovered.digest == signature.digest
        else next((code for made, code in _mistakes(signature, xml) if made == recovered.digest), "unknown_digest")
    )
    if recovered.bare:
        words = xml_diagnosis_of(code)
        return diagnosis_of("no_digest_info", words.vi, words.en)
    changed = any(not one.held and not one.wrong for one in signature.references)
    return xml_diagnosis_of("content_changed" if code == "right" and changed else code)


def _mistakes(signature: Signature, xml: bytes) -> Iterator[tuple[bytes, str]]:
    for reference in signature.references:
        yield reference.digest, "content_hashed"
    for name in dict.fromkeys((signature.method[1], "sha256", "sha1")):
        digest = _hash(name, signature.signed_info)
        yield _hash(name, digest), "hashed_twice"
        yield _hash(name, digest.hex().encode()), "hex_text_hashed"
        yield _hash(name, base64.b64encode(digest)), "base64_text_hashed"
        for written in re.findall(rb"<(?:\w+:)?SignedInfo\b.*?</(?:\w+:)?SignedInfo>", xml, re.DOTALL):
            yield _hash(name, written), "not_canonicalized"
        yield _hash(name, xml), "file_hashed"


def _hash(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()
