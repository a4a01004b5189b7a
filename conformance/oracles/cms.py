"""The CMS of a signature, taken apart by hand: attributes as they were signed, the signature value, its own verification."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, core, tsp
from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from conformance.oracles.findings import Assertion

ACCEPTED = frozenset({"sha256", "sha384", "sha512"})

# What can be computed; SHA-1 only to say what else is right or wrong with such a file.
HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 -- never accepted
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
PADES = "ETSI.CAdES.detached"


@dataclass(frozen=True)
class Cms:
    """`attrs` is the DER of signedAttrs as SET OF, the bytes that are hashed and signed; None where there are none."""

    der: bytes
    signer: x509.Certificate | None
    others: tuple[x509.Certificate, ...]
    attrs: bytes | None
    values: Mapping[str, Any]
    unsigned: Mapping[str, Any]
    digest: str
    scheme: str
    scheme_digest: str
    salt: int
    signature: bytes
    encapsulates: bool
    signers: int
    repeated: tuple[str, ...]

    @property
    def digest_of_attrs(self) -> bytes | None:
        return None if self.attrs is None else hashlib.new(self.digest, self.attrs).digest()

    @property
    def claimed_time(self) -> datetime | None:
        claimed = self.values.get("signing_time")
        return claimed.native if claimed is not None else None


def parse(contents: bytes) -> Cms:
    """Raises ValueError (or what asn1crypto raises) for what is no CMS SignedData with a signer."""
    info = asn1.ContentInfo.load(contents)
    der = info.dump()  # before anything of it is read: what was read is encoded anew
    if info["content_type"].native != "signed_data":
        raise ValueError(f"the CMS is {info['content_type'].native}, not SignedData")
    data = info["content"]
    if not len(data["signer_infos"]):
        raise ValueError("the CMS has no SignerInfo")
    one = data["signer_infos"][0]
    raw = [] if isinstance(data["certificates"], core.Void) else [choice.chosen for choice in data["certificates"]]
    signer = next((certificate for certificate in raw if _is_meant(certificate, one["sid"])), None)
    attrs = None if isinstance(one["signed_attrs"], core.Void) else one["signed_attrs"].untag().dump()
    algorithm: algos.SignedDigestAlgorithm = one["signature_algorithm"]
    pss = algorithm.signature_algo == "rsassa_pss"
    named = "_" in algorithm["algorithm"].native and algorithm["algorithm"].native != "rsassa_pkcs1v15"
    return Cms(
        der=der,
        signer=_loaded(signer) if signer else None,
        others=tuple(_loaded(certificate) for certificate in raw if certificate is not signer),
        attrs=attrs,
        values=_values(one["signed_attrs"]),
        unsigned=_values(one["unsigned_attrs"]),
        digest=one["digest_algorithm"]["algorithm"].native,
        scheme=algorithm.signature_algo,
        scheme_digest=algorithm.hash_algo if named else one["digest_algorithm"]["algorithm"].native,
        salt=algorithm["parameters"]["salt_length"].native if pss else 0,
        signature=one["signature"].native,
        encapsulates=data["encap_content_info"]["content"].native is not None,
        signers=len(data["signer_infos"]),
        repeated=_repeated(one["signed_attrs"]),
    )


def shape_of(cms: Cms, subfilter: str) -> tuple[Assertion, ...]:
    """What the CMS must look like, whatever its numbers."""
    own = cms.signer.fingerprint(hashes.SHA256()) if cms.signer else b""
    return (
        Assertion("one_signer", cms.signers == 1, f"{cms.signers} SignerInfo"),
        Assertion(
            "detached", not cms.encapsulates, "content inside the CMS" if cms.encapsulates else "no content inside"
        ),
        _attributes(cms),
        Assertion(
            "signer_certificate", cms.signer is not None, own.hex() or "the signer's certificate is not in the CMS"
        ),
        Assertion(
            "algorithms",
            cms.digest in ACCEPTED and cms.scheme_digest == cms.digest,
            f"digest {cms.digest}, signature {cms.scheme} with {cms.scheme_digest}",
        ),
        _signing_certificate(cms, subfilter),
    )


def message_digest_of(cms: Cms, covered: bytes) -> Assertion:
    """Does the signed attribute speak of these bytes?"""
    if cms.digest not in HASHES:
        return Assertion("message_digest", held=False, detail=f"{cms.digest} is unknown")
    computed = hashlib.new(cms.digest, covered).digest()
    if cms.attrs is None:
        return Assertion("message_digest", held=None, detail="no signed attributes")
    named, kind = cms.values.get("message_digest"), cms.values.get("content_type")
    if named is None or kind is None:
        return Assertion("message_digest", held=False, detail="the attribute messageDigest or contentType is absent")
    told = f"attribute {named.native.hex()}, ByteRange {computed.hex()}, contentType {kind.native}"
    return Assertion("message_digest", named.native == computed and kind.native == "data", told)


def signature_value_of(cms: Cms, covered: bytes) -> Assertion:
    """The arithmetic alone, with the key of the certificate that the CMS names."""
    if cms.signer is None or cms.scheme_digest not in HASHES:
        return Assertion("signature_value", held=None, detail="NOT CHECKED: no certificate, or an unknown hash")
    key, algorithm = cms.signer.public_key(), HASHES[cms.scheme_digest]
    signed = covered if cms.attrs is None else cms.attrs
    try:
        if isinstance(key, rsa.RSAPublicKey) and cms.scheme == "rsassa_pss":
            key.verify(cms.signature, signed, padding.PSS(padding.MGF1(algorithm), cms.salt), algorithm)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(cms.signature, signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(cms.signature, signed, ec.ECDSA(algorithm))
        else:
            return Assertion("signature_value", held=None, detail=f"NOT CHECKED: a key of kind {type(key).__name__}")
    except InvalidSignature:
        return Assertion(
            "signature_value", held=False, detail="the certificate's key did not make it over these attributes"
        )
    return Assertion("signature_value", held=True, detail=f"{cms.scheme} with {cms.scheme_digest}")


def stamp_of(cms: Cms) -> tuple[tsp.TSTInfo, Cms] | None:
    """The RFC 3161 token among the unsigned attributes, and its own CMS; raises as `parse` for what is none."""
    if (token := cms.unsigned.get("signature_time_stamp_token")) is None:
        return None
    inner: tsp.TSTInfo = token["content"]["encap_content_info"]["content"].parsed
    return inner, parse(token.dump())


def _attributes(cms: Cms) -> Assertion:
    """Present, and each once with one value (RFC 5652, 11): of two, one reader takes the first and another the last."""
    if cms.attrs is None:
        return Assertion("signed_attributes", held=False, detail="absent: refused by policy")
    told = f"said twice: {', '.join(cms.repeated)}" if cms.repeated else "present"
    return Assertion("signed_attributes", not cms.repeated, told)


def _signing_certificate(cms: Cms, subfilter: str) -> Assertion:
    attribute = cms.values.get("signing_certificate_v2")
    if attribute is None:
        legacy = subfilter != PADES
        return Assertion(
            "signing_certificate", legacy, "absent" + (", as legacy CMS may" if legacy else ", PAdES wants it")
        )
    first = attribute["certs"][0]
    algorithm = HASHES.get(first["hash_algorithm"]["algorithm"].native)
    if cms.signer is None or algorithm is None:
        return Assertion("signing_certificate", held=False, detail="it speaks of a certificate that is not there")
    same = cms.signer.fingerprint(algorithm) == first["cert_hash"].native
    return Assertion("signing_certificate", same, "of the signer" if same else "of another certificate")


def _is_meant(certificate: Any, sid: Any) -> bool:
    if sid.name == "issuer_and_serial_number":
        named = sid.chosen
        return bool(
            certificate.issuer == named["issuer"] and certificate.serial_number == named["serial_number"].native
        )
    return bool(certificate.key_identifier == sid.chosen.native)


def _values(attributes: Any) -> dict[str, Any]:
    return {one["type"].native: one["values"][0] for one in attributes or () if len(one["values"])}


def _repeated(attributes: Any) -> tuple[str, ...]:
    kinds = [one["type"].native for one in attributes or ()]
    several = {one["type"].native for one in attributes or () if len(one["values"]) != 1}
    return tuple(sorted(several | {kind for kind in kinds if kinds.count(kind) > 1}))


def _loaded(certificate: Any) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())
