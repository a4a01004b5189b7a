"""Signed e-forms whose value or whose signer is wrong."""

import hashlib
import re

from conformance.corpus import people
from conformance.corpus.authorities import CA, CITIZEN, DAY, NOW, OFFICIAL_CA, Held
from conformance.corpus.case import bad, made_with, unreadable
from conformance.corpus.markup import DS, Recipe, declaration, document, key_value, over_digest, public_der, signed
from conformance.corpus.xml_by_signxml import hmac_by


def by(held: Held, *chain: Held) -> bytes:
    """The right declaration, signed by somebody."""
    return signed(Recipe(signer=held, chain=chain or (CA,)))


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


VALUES = (
    bad(
        "hashed-twice",
        "SignedInfo hashed twice",
        lambda: signed(Recipe(sign=over_digest(lambda info, _: sha256(sha256(info))))),
        reason="digest_link",
        diagnosis="hashed_twice",
    ),
    bad(
        "hex-text-hashed",
        "the hex text of the digest hashed",
        lambda: signed(Recipe(sign=over_digest(lambda info, _: sha256(sha256(info).hex().encode())))),
        reason="signature_value",
        diagnosis="hex_text_hashed",
    ),
    bad(
        "content-hashed",
        "the content's digest signed in place of SignedInfo's",
        lambda: signed(Recipe(sign=over_digest(lambda _, covered: sha256(covered)))),
        reason="digest_link",
        diagnosis="content_hashed",
    ),
    bad(
        "not-canonicalized",
        "SignedInfo hashed as it stands in the file",
        lambda: signed(Recipe(sign=over_digest(lambda info, _: sha256(info.replace(f' xmlns="{DS}"'.encode(), b""))))),
        reason="digest_link",
        diagnosis="not_canonicalized",
    ),
    bad(
        "wrong-key",
        "another key under the citizen's certificate",
        lambda: signed(Recipe(signer=people.STRANGER, named=CITIZEN)),
        reason="signature_value",
        diagnosis="wrong_key",
    ),
    bad(
        "value-damaged",
        "a bit of the value changed",
        lambda: re.sub(rb"(<SignatureValue>)(.)", lambda m: m[1] + (b"B" if m[2] != b"B" else b"C"), signed()),
        reason="signature_value",
        diagnosis="wrong_key",
    ),
    bad(
        "sha1",
        "RSA with SHA-1, the default of old libraries",
        lambda: signed(Recipe(digest="sha1", hashed="sha1")),
        reason="algorithms",
    ),
    bad(
        "sha1-reference",
        "a reference with SHA-1 under a signature with SHA-256",
        lambda: signed(Recipe(digest="sha1")),
        reason="algorithms",
    ),
    bad(
        "bare-key",
        "a key that no certificate names",
        lambda: signed(Recipe(key_info="key value")),
        reason="signer_certificate",
        diagnosis="not_recoverable",
    ),
    bad(
        "another-key-beside",
        "a bare key beside the certificate that is not its key",
        lambda: signed(Recipe(key_info=key_value(people.STRANGER))),
        reason="signxml",
    ),
    bad(
        "claimed-future",
        "a SigningTime of next month",
        lambda: signed(Recipe(claimed=NOW + 30 * DAY)),
        reason="claimed_time",
    ),
    *made_with(
        "signxml",
        unreadable(
            "hmac",
            "HMAC with the citizen's public key as the secret, which everybody knows",
            lambda: hmac_by(document(declaration()), public_der(CITIZEN)),
            reason="not of a key pair",
        ),
    ),
)

SIGNERS = (
    bad(
        "look-alike",
        "authorities of the same names, with other keys",
        lambda: by(people.FALSE_CITIZEN, people.FALSE_CA, people.FALSE_ROOT),
        reason="chain",
    ),
    bad("self-signed", "a certificate that the citizen made", lambda: by(people.SELF_SIGNED), reason="chain"),
    bad("expired", "an expired certificate", lambda: by(people.EXPIRED), reason="lifetime"),
    bad("suspended", "a suspended certificate", lambda: by(people.SUSPENDED), reason="not_revoked"),
    bad("may-not-sign", "a certificate for encryption only", lambda: by(people.NO_SIGNING), reason="key_usage"),
    bad("namesake", "a namesake with another number", lambda: by(people.NAMESAKE), reason="expected_signer"),
    bad(
        "official-certificate",
        "an official's certificate in a citizen's form",
        lambda: by(people.OFFICIAL_CITIZEN, OFFICIAL_CA),
        reason="chain",
    ),
)
