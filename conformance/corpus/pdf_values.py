"""Signed PDFs made by hand whose value, attributes or algorithms are wrong; and the right ones beside them."""

import base64
import hashlib
from dataclasses import replace

from cryptography.hazmat.primitives import hashes

from conformance.corpus import people
from conformance.corpus.authorities import CA, CITIZEN, DAY, NOW, Held
from conformance.corpus.case import Case, bad, good, unreadable
from conformance.corpus.cms import (
    Recipe,
    over_attrs,
    over_attrs_pss,
    over_attrs_with,
    over_digest,
    sha256,
    without_digest_info,
)
from conformance.corpus.pdf import declaration, signed

LEGACY = Recipe(subfilter="adbe.pkcs7.detached", signing_certificate=None)
SHA512 = Recipe(digest="sha512", scheme="sha512_rsa", sign=over_attrs_with(hashes.SHA512()))


def by(held: Held, *chain: Held) -> bytes:
    """The declaration, rightly signed by somebody."""
    return signed(Recipe(signer=held, signing_certificate=held, chain=chain or (CA,)))


def curve(held: Held, digest: str) -> bytes:
    algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}[digest]
    recipe = Recipe(signer=held, signing_certificate=held, digest=digest, scheme=f"{digest}_ecdsa")
    return signed(replace(recipe, sign=over_attrs_with(algorithm)))


def edwards() -> bytes:
    held = people.EDWARDS
    return signed(Recipe(signer=held, signing_certificate=held, digest="sha512"))


def damaged(held: Held, attrs: bytes, covered: bytes) -> bytes:
    value = over_attrs(held, attrs, covered)
    return bytes([value[0] ^ 1]) + value[1:]


def _unrecoverable(case: Case) -> Case:
    return replace(case, diagnosis="not_recoverable")


GOOD = (
    good("pades", "PAdES, RSA with SHA-256", signed),
    good("legacy-cms", "adbe.pkcs7.detached without signingCertificateV2, as iText makes it", lambda: signed(LEGACY)),
    good("sha512", "SHA-512", lambda: signed(SHA512)),
    good(
        "rsa-encryption",
        "the algorithm named rsaEncryption, as many libraries do",
        lambda: signed(Recipe(scheme="rsassa_pkcs1v15")),
    ),
    good("by-key-id", "the signer named by key identifier", lambda: signed(Recipe(by_key_id=True))),
    _unrecoverable(good("ecdsa-p256", "ECDSA on P-256", lambda: curve(people.CURVE, "sha256"))),
    _unrecoverable(good("ecdsa-p384", "ECDSA on P-384 with SHA-384", lambda: curve(people.CURVE_384, "sha384"))),
    _unrecoverable(
        good(
            "pss",
            "RSASSA-PSS, the algorithm that the circular's annex names",
            lambda: signed(Recipe(scheme="rsassa_pss", sign=over_attrs_pss)),
        )
    ),
    good("two-signers", "two signers, one profile each", lambda: signed(LEGACY, signed())),
    good("claimed-time", "a signing time of now", lambda: signed(Recipe(claimed=NOW))),
    good("microsoft-extension", "a critical Microsoft extension, as in the field", lambda: by(people.MICROSOFT)),
    good("no-purpose", "a certificate without extended key usage", lambda: by(people.NO_PURPOSE)),
    good("in-organisation", "a person in an organisation: two numbers in UID", lambda: by(people.IN_ORGANISATION)),
)

# what was sent to be signed -> (what is wrong, the digest made of attributes and covered bytes, assertion, diagnosis)
SENT = {
    "byte-range-hashed": (
        "the ByteRange's hash was sent",
        lambda _, covered: sha256(covered),
        "signature_value",
        "byte_range_hashed",
    ),
    "hashed-twice": (
        "the attributes' hash was hashed again",
        lambda attrs, _: sha256(sha256(attrs)),
        "digest_link",
        "hashed_twice",
    ),
    "hex-text-hashed": (
        "the hex text of the hash was hashed",
        lambda attrs, _: sha256(sha256(attrs).hex().encode()),
        "signature_value",
        "hex_text_hashed",
    ),
    "base64-text-hashed": (
        "the base64 text of the hash was hashed",
        lambda attrs, _: sha256(base64.b64encode(sha256(attrs))),
        "signature_value",
        "base64_text_hashed",
    ),
    "byte-range-hex-hashed": (
        "the hex text of the ByteRange's hash was hashed",
        lambda _, covered: sha256(sha256(covered).hex().encode()),
        "signature_value",
        "hex_text_hashed",
    ),
    "implicit-tag-hashed": (
        "the attributes were hashed with the tag [0]",
        lambda attrs, _: sha256(b"\xa0" + attrs[1:]),
        "signature_value",
        "implicit_tag_hashed",
    ),
    "file-hashed": (
        "the file as it was before signing was hashed",
        lambda *_: sha256(declaration()),
        "signature_value",
        "file_hashed",
    ),
    "other-document": ("another document was signed", lambda *_: sha256(b"another"), "digest_link", "unknown_digest"),
}


def _sent(name: str) -> Case:
    what, digest_of, reason, diagnosis = SENT[name]
    return bad(name, what, lambda: signed(Recipe(sign=over_digest(digest_of))), reason=reason, diagnosis=diagnosis)


VALUES = (
    *map(_sent, SENT),
    bad(
        "no-digest-info",
        "a bare hash padded, without DigestInfo",
        lambda: signed(Recipe(sign=without_digest_info)),
        reason="signature_value",
        diagnosis="no_digest_info",
    ),
    bad(
        "wrong-key",
        "another key signed under the citizen's certificate",
        lambda: signed(Recipe(signer=people.STRANGER, named=CITIZEN)),
        reason="signature_value",
        diagnosis="wrong_key",
    ),
    bad(
        "value-damaged",
        "one bit of the value changed",
        lambda: signed(Recipe(sign=damaged)),
        reason="signature_value",
        diagnosis="wrong_key",
    ),
    bad(
        "sha1",
        "SHA-1",
        lambda: signed(Recipe(digest="sha1", scheme="sha1_rsa", sign=over_attrs_with(hashes.SHA1()))),  # noqa: S303 -- planted
        reason="algorithms",
    ),
    bad(
        "algorithms-differ",
        "digest SHA-256, signature with SHA-512",
        lambda: signed(Recipe(scheme="sha512_rsa", sign=over_attrs_with(hashes.SHA512()))),
        reason="algorithms",
        diagnosis="other_hash",
    ),
    _unrecoverable(
        bad(
            "pss-named-pkcs1-made",
            "named RSASSA-PSS, made as PKCS#1 v1.5",
            lambda: signed(Recipe(scheme="rsassa_pss")),
            reason="signature_value",
        )
    ),
    bad("rsa-1024", "a key of 1024 bits", lambda: by(people.WEAK), reason="key_strength"),
    _unrecoverable(
        bad("ecdsa-p192", "a curve of 192 bits", lambda: curve(people.SMALL_CURVE, "sha256"), reason="key_strength")
    ),
    _unrecoverable(
        bad("ed25519", "Ed25519, which the mandatory standards do not list", edwards, reason="key_strength")
    ),
)

ATTRIBUTES = (
    bad(
        "no-signed-attributes",
        "no signed attributes",
        lambda: signed(Recipe(attributes=False)),
        reason="signed_attributes",
        diagnosis="no_signed_attributes",
    ),
    bad(
        "no-message-digest",
        "no messageDigest",
        lambda: signed(Recipe(message_digest=None)),
        reason="message_digest",
        diagnosis="content_changed",
    ),
    bad(
        "message-digest-of-another",
        "messageDigest of something else",
        lambda: signed(Recipe(message_digest=hashlib.sha256(b"x").digest())),
        reason="message_digest",
        diagnosis="content_changed",
    ),
    bad(
        "message-digest-twice",
        "two messageDigest attributes: some read the first, some the last",
        lambda: signed(Recipe(repeats="digest")),
        reason="signed_attributes",
    ),
    bad(
        "message-digest-two-values",
        "one messageDigest attribute with two values",
        lambda: signed(Recipe(repeats="value")),
        reason="signed_attributes",
        diagnosis="content_changed",
    ),
    unreadable(
        "two-signer-infos",
        "one CMS with two SignerInfos",
        lambda: signed(Recipe(repeats="signer")),
        reason="exactly one entry",
    ),
    bad(
        "pades-without-certificate-attribute",
        "PAdES without signingCertificateV2",
        lambda: signed(Recipe(signing_certificate=None)),
        reason="signing_certificate",
    ),
    bad(
        "certificate-attribute-of-another",
        "signingCertificateV2 of another certificate",
        lambda: signed(Recipe(signing_certificate=CA)),
        reason="signing_certificate",
    ),
    bad(
        "legacy-certificate-attribute-of-another",
        "legacy CMS, signingCertificateV2 of another certificate",
        lambda: signed(replace(LEGACY, signing_certificate=CA)),
        reason="signing_certificate",
    ),
    bad(
        "claimed-future",
        "a signing time of next month",
        lambda: signed(Recipe(claimed=NOW + 30 * DAY)),
        reason="claimed_time",
    ),
    bad(
        "claimed-before-certificate",
        "a signing time before the certificate began",
        lambda: signed(Recipe(claimed=NOW - 90 * DAY)),
        reason="claimed_time",
    ),
    bad(
        "content-inside",
        "the CMS carries content of its own",
        lambda: signed(Recipe(encapsulated=b"inside")),
        reason="detached",
    ),
)

VALUE_CASES = (*GOOD, *VALUES, *ATTRIBUTES)
