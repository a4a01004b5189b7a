"""What a certificate says: its holder by the identity number in UID (never by name), its serial, its chain."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

IDENTITY_PREFIXES = ("CCCD", "PID", "CMND", "HC", "MST")
"""Who the holder is, the strongest first: one subject may hold several (a person in an organisation)."""
LONGEST_CHAIN = 5
DOCUMENT_PURPOSES = frozenset(
    {"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0", "1.3.6.1.4.1.311.10.3.12", "1.3.6.1.5.5.7.3.36"}
)
"""E-mail protection, client authentication, any; document signing in Microsoft's number and in RFC 9336's."""


def common_name(certificate: x509.Certificate) -> str:
    return _first(certificate.subject, NameOID.COMMON_NAME)


def issuer_name(certificate: x509.Certificate) -> str:
    return _first(certificate.issuer, NameOID.COMMON_NAME)


def personal_id(certificate: x509.Certificate) -> str:
    """The number behind CCCD:, MST: … in UID; "" when there is none or two that disagree."""
    uids = [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(NameOID.USER_ID)]
    pairs = [(prefix.strip().upper(), number.strip()) for prefix, _, number in (uid.partition(":") for uid in uids)]
    for wanted in IDENTITY_PREFIXES:
        if numbers := {number for prefix, number in pairs if prefix == wanted and number}:
            return numbers.pop() if len(numbers) == 1 else ""
    return ""


def serial(certificate: x509.Certificate) -> str:
    """Lower-case hex of whole bytes, as the CAs print it."""
    digits = f"{certificate.serial_number:x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def same_serial(one: str, other: str) -> bool:
    """Providers differ in case, separators and leading zeros."""
    return _bare(one) == _bare(other)


def complete_chain(certificate: bytes, known: Iterable[bytes]) -> tuple[bytes, ...]:
    """DER of the issuers above `certificate` found in `known`, nearest first, up to and without the root."""
    candidates = [x509.load_der_x509_certificate(der) for der in known]
    chain: list[x509.Certificate] = []
    below = x509.load_der_x509_certificate(certificate)
    while len(chain) < LONGEST_CHAIN:
        above = next((candidate for candidate in candidates if issued(below, candidate)), None)
        if above is None or above.subject == above.issuer:
            break
        chain.append(above)
        below = above
    return tuple(each.public_bytes(Encoding.DER) for each in chain)


def issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Names agree and the issuer's key made the signature; nothing else is said."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def signs_documents(certificate: x509.Certificate) -> bool:
    """By key usage, and by extended key usage where there is any."""
    usages = [one.value for one in certificate.extensions if isinstance(one.value, x509.KeyUsage)]
    purposes = [one.value for one in certificate.extensions if isinstance(one.value, x509.ExtendedKeyUsage)]
    allowed = all(usage.digital_signature or usage.content_commitment for usage in usages)
    return allowed and all(any(one.dotted_string in DOCUMENT_PURPOSES for one in named) for named in purposes)


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    return next((str(attribute.value) for attribute in name.get_attributes_for_oid(oid)), "")


def _bare(text: str) -> str:
    return "".join(character for character in text.lower() if character in "0123456789abcdef").lstrip("0")
