"""What a signature value was really made over, recovered from the RSA value, and what the portal probably did wrong."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import algos
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from conformance.oracles.cms import Cms
from conformance.oracles.findings import Diagnosis
from conformance.oracles.places import earlier_revisions

# What the value was made over, or why that cannot be told: (Vietnamese, English); {0} names what.
WORDS = {
    "right": ("Giá trị ký đúng là trên băm của signedAttrs.", "The value was made over the hash of signedAttrs."),
    "content_changed": (
        "Chữ ký đúng, nhưng nội dung tệp đã đổi sau khi ký (messageDigest khác băm của ByteRange).",
        "The signature is right, but the content changed after it (messageDigest is not the ByteRange's hash).",
    ),
    "byte_range_hashed": (
        "Đã ký băm của ByteRange thay vì băm của signedAttrs.",
        "The hash of the ByteRange was signed, not that of signedAttrs.",
    ),
    "hashed_twice": ("Băm hai lần ({0}).", "Hashed twice ({0})."),
    "hex_text_hashed": ("Đã băm chuỗi hex của băm ({0}).", "The hex text of the hash was hashed ({0})."),
    "base64_text_hashed": ("Đã băm chuỗi base64 của băm ({0}).", "The base64 text of the hash was hashed ({0})."),
    "implicit_tag_hashed": (
        "Đã băm signedAttrs với thẻ [0] (A0) thay vì SET OF (31).",
        "signedAttrs were hashed with the tag [0] (A0) instead of SET OF (31).",
    ),
    "other_hash": ("signedAttrs bị băm bằng {0}.", "signedAttrs were hashed with {0}, not with what the CMS names."),
    "file_hashed": ("Đã băm cả tệp PDF trước khi ký.", "The whole PDF as it was before signing was hashed."),
    "no_digest_info": (
        "Băm được đệm trần, thiếu DigestInfo của PKCS#1 v1.5. {0}",
        "The bare hash was padded, without the DigestInfo of PKCS#1 v1.5. {0}",
    ),
    "no_signed_attributes": (
        "CMS không có signedAttrs; ByteRange bị ký thẳng.",
        "The CMS has no signedAttrs; the ByteRange was signed directly.",
    ),
    "wrong_key": (
        "Khóa của chứng thư trong tệp không tạo ra giá trị này: khóa khác ký, hoặc giá trị bị hỏng. {0}",
        "The key of the certificate in the file did not make this value: another key did, or the value was damaged. {0}",
    ),
    "unknown_digest": (
        "Đã ký một băm khác, không liên quan đến tệp này (nhầm tài liệu?).",
        "Another digest was signed, of nothing in this file (documents swapped?).",
    ),
    "not_recoverable": (
        "Không phục hồi được băm từ ECDSA hoặc PSS; so giá trị ký với nhật ký.",
        "No digest can be recovered from ECDSA or PSS; compare the value with the journal.",
    ),
    "unreadable": ("Không đọc được chữ ký này.", "This signature cannot be read."),
}


def diagnosis_of(code: str, vi: str = "", en: str = "") -> Diagnosis:
    words = WORDS[code]
    return Diagnosis(code, words[0].format(vi).strip(), words[1].format(en or vi).strip())


@dataclass(frozen=True)
class Recovered:
    """The digest inside the RSA value; `bare` = padded without DigestInfo; `algorithm` as DigestInfo names it."""

    digest: bytes
    algorithm: str
    bare: bool


def recover(signature: bytes, certificate: x509.Certificate | None) -> Recovered | None:
    """None where there is no RSA key, or where the key did not make the value."""
    key = certificate.public_key() if certificate else None
    if not isinstance(key, rsa.RSAPublicKey):
        return None
    try:
        inside = key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
    except (InvalidSignature, ValueError):
        return None
    try:
        info = algos.DigestInfo.load(inside, strict=True)
        return Recovered(info["digest"].native, info["digest_algorithm"]["algorithm"].native, bare=False)
    except (ValueError, TypeError, KeyError):
        return Recovered(inside, "", bare=True)


def diagnose(cms: Cms, covered: bytes, pdf: bytes, *, intact: bool) -> Diagnosis:
    """In words: which of the usual mistakes gives exactly this value."""
    if (
        cms.signer is None
        or cms.scheme != "rsassa_pkcs1v15"
        or not isinstance(cms.signer.public_key(), rsa.RSAPublicKey)
    ):
        return diagnosis_of("not_recoverable")
    recovered = recover(cms.signature, cms.signer)
    if recovered is None:
        other = next((one for one in cms.others if recover(cms.signature, one) is not None), None)
        return diagnosis_of("wrong_key", f"({other.subject.rfc4514_string()})" if other else "")
    if cms.attrs is None:
        return diagnosis_of("no_signed_attributes")
    made_over = _source(recovered.digest, cms, covered, pdf)
    if recovered.bare:
        return diagnosis_of("no_digest_info", made_over.vi, made_over.en)
    return diagnosis_of("content_changed") if made_over.code == "right" and not intact else made_over


def _source(digest: bytes, cms: Cms, covered: bytes, pdf: bytes) -> Diagnosis:
    if digest == cms.digest_of_attrs:
        return diagnosis_of("right")
    mistakes = (diagnosis_of(code, what) for made, code, what in _mistakes(cms, covered, pdf) if made == digest)
    return next(mistakes, diagnosis_of("unknown_digest"))


def _mistakes(cms: Cms, covered: bytes, pdf: bytes) -> Iterator[tuple[bytes, str, str]]:
    """Each usual mistake done again on this file: (what would have been signed, its code, what of)."""
    assert cms.attrs is not None
    for name in dict.fromkeys((cms.digest, cms.scheme_digest, "sha256", "sha1")):
        yield _hash(name, cms.attrs), "other_hash", name
        yield _hash(name, covered), "byte_range_hashed", ""
        for what, data in (("signedAttrs", cms.attrs), ("ByteRange", covered)):
            digest = _hash(name, data)
            yield _hash(name, digest), "hashed_twice", what
            yield _hash(name, digest.hex().encode()), "hex_text_hashed", what
            yield _hash(name, digest.hex().upper().encode()), "hex_text_hashed", what
            yield _hash(name, base64.b64encode(digest)), "base64_text_hashed", what
    yield _hash("sha256", b"\xa0" + cms.attrs[1:]), "implicit_tag_hashed", ""
    for revision in earlier_revisions(pdf):
        yield _hash("sha256", revision), "file_hashed", ""


def _hash(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest()
