"""Signed files made by hand: what the judge must refuse, and why."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ObjectIdentifier

from conformance.corpus.authorities import (
    CA,
    CITIZEN,
    CITIZEN_UID,
    DAY,
    NOW,
    ROOT,
    Held,
    Wish,
    issue,
    key_of,
    name,
)
from tests.conformance.handmade import (
    Recipe,
    declaration,
    over_attrs,
    over_attrs_with,
    over_digest,
    overlaid,
    sha256,
    signed,
    without_digest_info,
)

LEGACY = Recipe(subfilter="adbe.pkcs7.detached", signing_certificate=None)


def of(wish: Wish, *, key: str = "citizen", issuer: Held = CA) -> Recipe:
    held = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of(key), issuer, wish)
    return Recipe(signer=held, signing_certificate=held)


EXPIRED = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("citizen"), CA, Wish(ends=NOW - DAY))


def changed(pdf: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in pdf
    return pdf.replace(old, new)


def with_byte_range(numbers: str) -> bytes:
    pdf = signed()
    old = re.search(rb"/ByteRange \[([^\]]*)\]", pdf)[1]
    return changed(pdf, old, numbers.encode().ljust(len(old)))


def swapped_hole() -> bytes:
    """The range leaves out more than /Contents: the byte before it may change."""
    pdf = signed()
    old = re.search(rb"/ByteRange \[([^\]]*)\]", pdf)[1]
    _, first, second, length = (int(number) for number in old.split())
    return changed(pdf, old, f"0 {first - 1} {second} {length}".encode().ljust(len(old)))


PLAIN = declaration()
STRANGER = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("stranger"), CA)
FALSE_ROOT = issue(name("Vietnam National Root CA"), key_of("false root"), None, Wish(path_length=1, ca=True))
FALSE_CA = issue(name("VNPT-CA", organisation="VNPT GROUP"), key_of("false ca"), FALSE_ROOT, Wish(ca=True))
FALSE_CITIZEN = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("citizen"), FALSE_CA)
BELOW = issue(name("CA cap duoi"), key_of("below"), CA, Wish(ca=True))
BELOW_CITIZEN = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("citizen"), BELOW)
NO_AUTHORITY = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("citizen"), CITIZEN)
OLD_CA = issue(name("CA cu"), key_of("old ca"), ROOT, Wish(begins=NOW - 800 * DAY, ends=NOW - DAY, ca=True))
OLD_CAS_CITIZEN = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("citizen"), OLD_CA)
WEAK = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("weak", 1024), CA)


def by(held: Held, *chain: Held) -> bytes:
    return signed(Recipe(signer=held, signing_certificate=held, chain=chain or (CA,)))


Bad = tuple[Callable[[], bytes], str, str]

# name -> (file, an assertion that must fail, diagnosis)
BAD_BY_HAND: dict[str, Bad] = {
    "byte range hashed": (
        lambda: signed(Recipe(sign=over_digest(lambda _, c: sha256(c)))),
        "signature_value",
        "byte_range_hashed",
    ),
    "hashed twice": (
        lambda: signed(Recipe(sign=over_digest(lambda a, _: sha256(sha256(a))))),
        "digest_link",
        "hashed_twice",
    ),
    "hex text hashed": (
        lambda: signed(Recipe(sign=over_digest(lambda a, _: sha256(sha256(a).hex().encode())))),
        "signature_value",
        "hex_text_hashed",
    ),
    "base64 text hashed": (
        lambda: signed(Recipe(sign=over_digest(lambda a, _: sha256(base64.b64encode(sha256(a)))))),
        "signature_value",
        "base64_text_hashed",
    ),
    "hex text of the byte range hashed": (
        lambda: signed(Recipe(sign=over_digest(lambda _, c: sha256(sha256(c).hex().encode())))),
        "signature_value",
        "hex_text_hashed",
    ),
    "tag [0] hashed": (
        lambda: signed(Recipe(sign=over_digest(lambda a, _: sha256(b"\xa0" + a[1:])))),
        "signature_value",
        "implicit_tag_hashed",
    ),
    "file hashed": (
        lambda: signed(Recipe(sign=over_digest(lambda *_: sha256(PLAIN))), PLAIN),
        "signature_value",
        "file_hashed",
    ),
    "other document": (
        lambda: signed(Recipe(sign=over_digest(lambda *_: sha256(b"another")))),
        "digest_link",
        "unknown_digest",
    ),
    "no DigestInfo": (lambda: signed(Recipe(sign=without_digest_info)), "signature_value", "no_digest_info"),
    "another key": (lambda: signed(Recipe(signer=STRANGER, named=CITIZEN)), "signature_value", "wrong_key"),
    "value damaged": (
        lambda: signed(Recipe(sign=lambda *of: bytes([over_attrs(*of)[0] ^ 1]) + over_attrs(*of)[1:])),
        "signature_value",
        "wrong_key",
    ),
    "no signed attributes": (lambda: signed(Recipe(attributes=False)), "signed_attributes", "no_signed_attributes"),
    "no messageDigest": (lambda: signed(Recipe(message_digest=None)), "message_digest", "content_changed"),
    "messageDigest of something else": (
        lambda: signed(Recipe(message_digest=sha256(b"x"))),
        "message_digest",
        "content_changed",
    ),
    "PAdES without signingCertificateV2": (
        lambda: signed(Recipe(signing_certificate=None)),
        "signing_certificate",
        "right",
    ),
    "signingCertificateV2 of another": (lambda: signed(Recipe(signing_certificate=CA)), "signing_certificate", "right"),
    "legacy with signingCertificateV2 of another": (
        lambda: signed(replace(LEGACY, signing_certificate=CA)),
        "signing_certificate",
        "right",
    ),
    "claimed time of the future": (lambda: signed(Recipe(claimed=NOW + 30 * DAY)), "claimed_time", "right"),
    "content inside": (lambda: signed(Recipe(encapsulated=b"inside")), "detached", "right"),
    "bytes after the CMS": (lambda: signed(Recipe(after_cms=b"\x00hidden")), "zero_padding", "right"),
    "bytes after the end": (lambda: signed() + b"% more\n", "file_end", "right"),
    "update after the signature": (lambda: overlaid(signed()), "file_end", "right"),
    "hole larger than /Contents": (swapped_hole, "byte_range", "content_changed"),
    "byte range of the first part": (lambda: with_byte_range("0 100 200 100"), "byte_range", "content_changed"),
    "1024-bit key": (lambda: by(WEAK), "key_strength", "right"),
    "SHA-1": (
        lambda: signed(Recipe(digest="sha1", scheme="sha1_rsa", sign=over_attrs_with(hashes.SHA1()))),
        "algorithms",
        "right",
    ),
    "digest and signature algorithm differ": (
        lambda: signed(Recipe(scheme="sha512_rsa", sign=over_attrs_with(hashes.SHA512()))),
        "algorithms",
        "other_hash",
    ),
    "look-alike root": (lambda: by(FALSE_CITIZEN, FALSE_CA, FALSE_ROOT), "chain", "right"),
    "issuer is no CA": (lambda: by(NO_AUTHORITY, CITIZEN, CA), "chain", "right"),
    "path too long": (lambda: by(BELOW_CITIZEN, BELOW, CA), "chain", "right"),
    "authority expired": (lambda: by(OLD_CAS_CITIZEN, OLD_CA), "chain", "right"),
    "expired": (lambda: by(EXPIRED), "lifetime", "right"),
    "not yet valid": (lambda: signed(of(Wish(begins=NOW + DAY))), "lifetime", "right"),
    "may not sign": (lambda: signed(of(Wish(signs=False))), "key_usage", "right"),
    "unknown critical extension": (lambda: signed(of(Wish(critical=ObjectIdentifier("1.2.3.4")))), "chain", "right"),
}


UNREADABLE: dict[str, Callable[[], bytes]] = {
    "no PDF": lambda: b"hello",
    "truncated": lambda: signed()[:2000],
    "/Contents all zero": lambda: re.sub(
        rb"/Contents <[0-9a-f]*>", lambda m: b"/Contents <" + b"0" * (len(m[0]) - 12) + b">", signed()
    ),
    "no ByteRange": lambda: changed(signed(), b"/ByteRange", b"/ByteRanje"),
    "negative ByteRange": lambda: with_byte_range("0 -10 200 100"),
    "ByteRange of words": lambda: with_byte_range("/a /b /c /d"),
    "no signer's certificate": lambda: signed(Recipe(embeds_signer=False)),
    "unknown SubFilter": lambda: signed(Recipe(subfilter="MoPhong.detached")),
    "dictionary that no field names": lambda: changed(signed(), b"/FT /Sig", b"/FT /Btn"),
}
