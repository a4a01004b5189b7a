"""The path from a signer to a root that the contract names, by hand over cryptography: names prove nothing, keys do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conformance.oracles.findings import Assertion

RSA_BITS = 2048
CURVE_BITS = 256
PATH_LIMIT = 8

# Critical in certificates of a public CA of the field (CA2 RS), unknown to verifiers, and harmless.
MS_EXTENSIONS = frozenset({"1.3.6.1.4.1.311.21.7", "1.3.6.1.4.1.311.21.10"})
# What documents are signed under: emailProtection and clientAuth (in the field, specs/ca.md 13.3), any purpose, and
# document signing in Microsoft's number and in that of RFC 9336.
PURPOSES = frozenset(
    {"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0", "1.3.6.1.4.1.311.10.3.12", "1.3.6.1.5.5.7.3.36"}
)
_KNOWN = frozenset(
    {"2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32", "2.5.29.31", "2.5.29.17", "2.5.29.14", "2.5.29.35"}
)


@dataclass(frozen=True)
class Path:
    """Signer first, root last; `broken` says why there is none."""

    certificates: tuple[x509.Certificate, ...]
    broken: str = ""


def certificates_of(blobs: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    """PEM (one or many) or DER."""
    found: list[x509.Certificate] = []
    for blob in blobs:
        if b"-----BEGIN" in blob:
            found += x509.load_pem_x509_certificates(blob)
        else:
            found.append(x509.load_der_x509_certificate(blob))
    return tuple(found)


def path_of(
    signer: x509.Certificate, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> Path:
    """The first path whose every step holds at `at`; else the reason why the most promising one breaks."""
    reasons: list[str] = []
    waiting: list[tuple[x509.Certificate, ...]] = [(signer,)]
    while waiting:
        so_far = waiting.pop(0)
        issuers = [one for one in (*roots, *others) if one.subject == so_far[-1].issuer and one not in so_far]
        if not issuers:
            reasons.append(f"nobody known issued {_named(so_far[-1])}")
        for issuer in issuers:
            path = (*so_far, issuer)
            if why := _why_not_issued(path):
                reasons.append(why)
            elif issuer in roots:
                broken = next((why for one in path if (why := _why_not_usable(one, at))), "")
                if not broken:
                    return Path(path)
                reasons.append(broken)
            elif len(path) < PATH_LIMIT:
                waiting.append(path)
    return Path((signer,), "; ".join(dict.fromkeys(reasons)))


def key_is_strong(certificate: x509.Certificate) -> Assertion:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return Assertion("key_strength", key.key_size >= RSA_BITS, f"RSA {key.key_size}")
    if isinstance(key, ec.EllipticCurvePublicKey):
        return Assertion("key_strength", key.key_size >= CURVE_BITS, f"ECDSA {key.key_size}")
    return Assertion("key_strength", held=False, detail=type(key).__name__)


def key_usage_of(certificate: x509.Certificate) -> Assertion:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return Assertion("key_usage", held=False, detail="no key usage in the signer's certificate")
    names = [name for name in ("digital_signature", "content_commitment") if getattr(usage, name)]
    return Assertion("key_usage", bool(names), ", ".join(names) or "neither digitalSignature nor nonRepudiation")


def purpose_of(certificate: x509.Certificate) -> Assertion:
    """A certificate without extended purposes may sign documents; one with others than these was issued for others."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return Assertion("purpose", held=True, detail="no extended key usage")
    named = [one.dotted_string for one in purposes]
    return Assertion("purpose", bool(PURPOSES & set(named)), ", ".join(named))


def _why_not_issued(path: tuple[x509.Certificate, ...]) -> str:
    subject, issuer = path[-2], path[-1]
    try:
        subject.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError) as error:
        return f"{_named(subject)} was not signed by the key of {_named(issuer)} ({str(error) or type(error).__name__})"
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        return f"{_named(issuer)} may not issue certificates: {error}"
    if not constraints.ca or not usage.key_cert_sign:
        return f"{_named(issuer)} may not issue certificates"
    below = len(path) - 2
    if constraints.path_length is not None and below > constraints.path_length:
        return f"{_named(issuer)} allows {constraints.path_length} authorities below it, here are {below}"
    return ""


def _why_not_usable(certificate: x509.Certificate, at: datetime) -> str:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return f"{_named(certificate)} is valid {certificate.not_valid_before_utc} to {certificate.not_valid_after_utc}"
    critical = {one.oid.dotted_string for one in certificate.extensions if one.critical}
    if unknown := critical - _KNOWN - MS_EXTENSIONS:
        return f"{_named(certificate)} has unknown critical extensions {', '.join(sorted(unknown))}"
    algorithm = certificate.signature_hash_algorithm
    if algorithm is None or algorithm.name not in {"sha256", "sha384", "sha512"}:
        return f"{_named(certificate)} was signed with {algorithm.name if algorithm else 'an unknown algorithm'}"
    return ""


def _named(certificate: x509.Certificate) -> str:
    return f"{certificate.subject.rfc4514_string()} ({certificate.serial_number:x})"
