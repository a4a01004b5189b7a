"""What stands in a certificate: subjects with identity numbers in UID, and the extensions of a Vietnamese public CA."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NATIONAL_ROOT = {"C": "VN", "O": "MÔ PHỎNG - Hợp Chuẩn", "CN": "Vietnam National Root CA (MO PHONG)"}
ROOT_DAYS = 25 * 365  # NĐ 23/2025: the national root 25 years, a public certificate at most 3
AUTHORITY_DAYS = 10 * 365
BACKDATED = 60 * 60 * 1000
"""A certificate begins an hour before it is made, so that no portal's clock is behind it."""

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.4.1.311.10.3.12")
MS_CERTIFICATE_TEMPLATE = ObjectIdentifier("1.3.6.1.4.1.311.21.7")
MS_APPLICATION_POLICIES = ObjectIdentifier("1.3.6.1.4.1.311.21.10")
FIELDS = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "UID": NameOID.USER_ID,
}


@dataclass(frozen=True)
class Urls:
    """Where status is asked: plain http, as in the field."""

    ocsp: str
    crl: str


@dataclass(frozen=True)
class Leaf:
    """A subscriber's certificate: `subject` by short names in their printed order, `uids` like "CCCD:001…" or "MST:…"."""

    subject: Mapping[str, str]
    uids: tuple[str, ...]
    days: int = 370
    ms_extensions: bool = False
    encipherment: bool = True
    """The citizens' certificates have it; a timestamp authority's may not."""
    begun_days_ago: int = 0
    """More than `days`: it has lapsed already."""
    purposes: tuple[ObjectIdentifier, ...] = field(default=(ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING))


def name(fields: Mapping[str, str], uids: tuple[str, ...] = ()) -> x509.Name:
    attributes = [x509.NameAttribute(FIELDS[short], value) for short, value in fields.items()]
    attributes += [x509.NameAttribute(NameOID.USER_ID, uid) for uid in uids]
    return x509.Name(attributes)


def unnameable(fields: Mapping[str, str]) -> str:
    """Why no certificate can have this subject; empty when one can."""
    if not fields or (unknown := sorted(set(fields) - set(FIELDS))):
        return f"a subject has some of {', '.join(FIELDS)}" + (f", not {unknown[0]}" if fields else "")
    if not re.fullmatch("[A-Z]{2}", fields.get("C", "VN")):
        return "C is two capital letters"
    try:
        name(fields).public_bytes()
    except ValueError as error:
        return str(error)
    return ""


def authority(subject: Mapping[str, str], public: rsa.RSAPublicKey, urls: Urls | None) -> x509.CertificateBuilder:
    """A CA's certificate; the root (`urls` None) names no status service."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if urls else 1), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return _status(builder, urls) if urls else builder


def leaf(wanted: Leaf, public: rsa.RSAPublicKey, urls: Urls) -> x509.CertificateBuilder:
    """The profile of specs/ca.md 13.3; the two Microsoft extensions only when asked (verifiers stumble over them)."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(wanted.subject, wanted.uids))
        .public_key(public)
        .add_extension(_usage(encipherment=wanted.encipherment), critical=True)
        .add_extension(x509.ExtendedKeyUsage(wanted.purposes), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if wanted.ms_extensions:
        template = x509.UnrecognizedExtension(
            MS_CERTIFICATE_TEMPLATE, bytes.fromhex("301106092b0601040182371508020164020100")
        )
        policies = x509.UnrecognizedExtension(MS_APPLICATION_POLICIES, bytes.fromhex("300c300a06082b06010505070304"))
        builder = builder.add_extension(template, critical=False).add_extension(policies, critical=True)
    return _status(builder, urls)


def signed(
    builder: x509.CertificateBuilder,
    *,
    serial: int,
    period: tuple[datetime, datetime],
    issuer: x509.Certificate | None,
    key: rsa.RSAPrivateKey,
) -> x509.Certificate:
    """Signed by the issuer, or by itself when there is none."""
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    subject = builder._subject_name  # noqa: SLF001  # the builder has no other way to be asked
    assert subject is not None
    return (
        builder.issuer_name(issuer.subject if issuer else subject)
        .serial_number(serial)
        .not_valid_before(period[0])
        .not_valid_after(period[1])
        .add_extension(authority_key, critical=False)
        .sign(key, hashes.SHA256())
    )


def _usage(*, signs_certificates: bool = False, encipherment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _status(builder: x509.CertificateBuilder, urls: Urls) -> x509.CertificateBuilder:
    ocsp = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(urls.ocsp))
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(urls.crl)], None, None, None)
    return builder.add_extension(x509.AuthorityInformationAccess([ocsp]), critical=False).add_extension(
        x509.CRLDistributionPoints([point]), critical=False
    )
