"""The CMS of a signature made by hand, right or wrong: asn1crypto and cryptography, no library that also judges."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, core, tsp, x509
from asn1crypto import cms as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from conformance.corpus.authorities import CA, CITIZEN, Held

Signs = Callable[[Held, bytes, bytes], bytes]
"""(signer, signedAttrs as SET OF, covered bytes) -> the value"""


def over_attrs(held: Held, attrs: bytes, covered: bytes) -> bytes:
    return over_attrs_with(hashes.SHA256())(held, attrs, covered)


def over_attrs_with(algorithm: hashes.HashAlgorithm) -> Signs:
    def sign(held: Held, attrs: bytes, covered: bytes) -> bytes:
        del covered
        if isinstance(held.key, rsa.RSAPrivateKey):
            return held.key.sign(attrs, padding.PKCS1v15(), algorithm)
        if isinstance(held.key, ec.EllipticCurvePrivateKey):
            return held.key.sign(attrs, ec.ECDSA(algorithm))
        return held.key.sign(attrs)

    return sign


def over_attrs_pss(held: Held, attrs: bytes, covered: bytes) -> bytes:
    """RSASSA-PSS as the circular's annex names it (specs/ca.md 14): SHA-256, a salt of as many bytes."""
    del covered
    assert isinstance(held.key, rsa.RSAPrivateKey)
    return held.key.sign(attrs, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


def over_digest(digest_of: Callable[[bytes, bytes], bytes]) -> Signs:
    def sign(held: Held, attrs: bytes, covered: bytes) -> bytes:
        assert isinstance(held.key, rsa.RSAPrivateKey)
        return held.key.sign(digest_of(attrs, covered), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

    return sign


def without_digest_info(held: Held, attrs: bytes, covered: bytes) -> bytes:
    del covered
    assert isinstance(held.key, rsa.RSAPrivateKey)
    numbers = held.key.private_numbers()
    modulus, digest = numbers.public_numbers.n, hashlib.sha256(attrs).digest()
    block = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
    return pow(int.from_bytes(block), numbers.d, modulus).to_bytes(256)


@dataclass(frozen=True)
class Recipe:
    """A right PAdES signature of the citizen, and what is wrong with it."""

    signer: Held = CITIZEN
    named: Held | None = None
    chain: Sequence[Held] = (CA,)
    sign: Signs = over_attrs
    subfilter: str = "ETSI.CAdES.detached"
    attributes: bool = True
    signing_certificate: Held | None = CITIZEN
    message_digest: bytes | None = b""
    claimed: datetime | None = None
    digest: str = "sha256"
    scheme: str = ""
    embeds_signer: bool = True
    encapsulated: bytes | None = None
    after_cms: bytes = b""
    repeats: str = ""
    by_key_id: bool = False


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def cms_of(recipe: Recipe, covered: bytes) -> bytes:
    """ContentInfo over these bytes."""
    named = recipe.named or recipe.signer
    embedded = [named, *recipe.chain] if recipe.embeds_signer else list(recipe.chain)
    content = {"content_type": "data"} | ({"content": recipe.encapsulated} if recipe.encapsulated else {})
    info = _signer_info(recipe, covered)
    data = asn1.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": recipe.digest})],
            "encap_content_info": content,
            "certificates": [x509.Certificate.load(held.der) for held in embedded],
            "signer_infos": [info, info] if recipe.repeats == "signer" else [info],
        }
    )
    return bytes(asn1.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def _signer_info(recipe: Recipe, covered: bytes) -> dict[str, Any]:
    attrs = asn1.CMSAttributes(list(_attributes(recipe, covered)))
    signed = attrs.dump() if recipe.attributes else covered
    info = {
        "version": "v1",
        "sid": _identifier(recipe),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": recipe.digest}),
        "signature_algorithm": _algorithm(recipe),
        "signature": recipe.sign(recipe.signer, signed, covered),
    }
    return info | ({"signed_attrs": attrs} if recipe.attributes else {})


def _identifier(recipe: Recipe) -> Any:
    certificate = x509.Certificate.load((recipe.named or recipe.signer).der)
    if recipe.by_key_id:
        return asn1.SignerIdentifier({"subject_key_identifier": certificate.key_identifier})
    named = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return asn1.SignerIdentifier({"issuer_and_serial_number": asn1.IssuerAndSerialNumber(named)})


def _algorithm(recipe: Recipe) -> Any:
    kinds = {rsa.RSAPrivateKey: "sha256_rsa", ec.EllipticCurvePrivateKey: "sha256_ecdsa"}
    usual = next((name for kind, name in kinds.items() if isinstance(recipe.signer.key, kind)), "ed25519")
    if recipe.scheme != "rsassa_pss":
        return algos.SignedDigestAlgorithm({"algorithm": recipe.scheme or usual})
    parameters = {"hash_algorithm": {"algorithm": "sha256"}, "salt_length": 32}
    parameters["mask_gen_algorithm"] = {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}}
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(parameters)})


def _attributes(recipe: Recipe, covered: bytes) -> Iterator[Any]:
    yield asn1.CMSAttribute({"type": "content_type", "values": ["data"]})
    if recipe.message_digest is not None:
        digest = recipe.message_digest or hashlib.new(recipe.digest, covered).digest()
        several = [b"\0" * 32, digest] if recipe.repeats == "digest" else [digest]
        for one in several if recipe.repeats != "value" else ():
            yield asn1.CMSAttribute({"type": "message_digest", "values": [one]})
        if recipe.repeats == "value":
            yield asn1.CMSAttribute({"type": "message_digest", "values": [digest, b"\0" * 32]})
    if recipe.claimed:
        time = asn1.Time({"utc_time": core.UTCTime(recipe.claimed)})
        yield asn1.CMSAttribute({"type": "signing_time", "values": [time]})
    if recipe.signing_certificate:
        first = tsp.ESSCertIDv2({"cert_hash": sha256(recipe.signing_certificate.der)})
        value = tsp.SigningCertificateV2({"certs": [first]})
        yield asn1.CMSAttribute({"type": "signing_certificate_v2", "values": [value]})
