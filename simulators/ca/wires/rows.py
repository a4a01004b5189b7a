"""Certificates and signatures as QD-769 replies show them, with the legal variance of the field."""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography import x509

from simulators.ca import orders
from simulators.ca.desk.requests import Desk
from simulators.ca.reasons import Reason
from simulators.ca.signing import SigningRequest
from simulators.ca.spec import CaSpec
from simulators.ca.wires.dialect import Dialect
from simulators.kernel.clock import in_utc
from simulators.kernel.entropy import Entropy
from simulators.kernel.pki import Certificate
from simulators.kernel.profiles import FIELDS
from simulators.kernel.records import Instant

STATUSES = {
    None: ("Đang hoạt động", "VALID"),
    Reason.SUSPENDED: ("Tạm dừng", "SUSPENDED"),
    Reason.REVOKED: ("Đã thu hồi", "REVOKED"),
    Reason.LAPSED: ("Hết hạn", "EXPIRED"),
}
"""Only VALID is known of the real ones."""
PERSONAL = ("CCCD:", "CMND:", "HC:", "BHXH:", "PID:", "PPID:")
SHORT = {oid: short for short, oid in FIELDS.items()}
CRLF_EVERY = 76
KEPT = 2_000
"""Rows kept in memory, about 6 KB each."""


def variances(spec: CaSpec) -> dict[str, tuple[str, ...]]:
    """What may come otherwise at this CA, by label; what has one form alone is none."""
    if not spec.variance:
        return {}
    forms: Mapping[str, tuple[str, ...]] = spec.front.dialect.forms
    return {f"{spec.id}.{what}": names for what, names in forms.items() if len(set(names)) > 1}


class Variance:
    """What a provider may do otherwise, the same for the same seed and thing; switched off it does the usual."""

    def __init__(self, entropy: Entropy, spec: CaSpec) -> None:
        self._entropy = entropy
        self._spec = spec

    def choose(self, what: str, thing: str, among: int = 2) -> int:
        return self._entropy.choose(f"{self._spec.id}.{what}", thing, among) if self._spec.variance else 0

    def pick(self, what: str, thing: str, among: tuple[str, ...]) -> str:
        return among[self.choose(what, thing, len(among))] if len(set(among)) > 1 else among[0]

    def ordered(self, thing: str, fields: dict[str, Any]) -> dict[str, Any]:
        """In their order or the other way round: JSON knows none."""
        return dict(reversed(fields.items())) if self.choose("order", thing) else fields


class Lister:
    """Rows of user_certificates; what never changes of a certificate is written once."""

    def __init__(self, desk: Desk, dialect: Dialect) -> None:
        self._desk = desk
        self._dialect = dialect
        self._variance = Variance(desk.world.entropy, desk.spec)
        self._written: OrderedDict[str, dict[str, Any]] = OrderedDict()

    async def rows(self, certificates: Sequence[Certificate], transaction: str) -> list[dict[str, Any]]:
        now = self._desk.world.store.now()
        shown = [one for one in certificates if not self._dialect.only_usable or orders.unusable(one, now) is None]
        return [await self._row(one) | self._changing(one, now, transaction) for one in shown]

    async def _row(self, certificate: Certificate) -> dict[str, Any]:
        if certificate.id not in self._written:
            chain = await self._desk.world.pki.chain(certificate.ca)
            self._written[certificate.id] = self._fixed(certificate, chain)
            if len(self._written) > KEPT:
                self._written.popitem(last=False)
        return self._written[certificate.id]

    def _fixed(self, certificate: Certificate, chain: tuple[bytes, bytes]) -> dict[str, Any]:
        parsed = x509.load_der_x509_certificate(certificate.der_bytes)
        wrapped = self._variance.choose("crlf", certificate.id) == 1
        rootless = self._dialect.chain == "object" and self._variance.choose("root_null", certificate.id) == 1
        ca_cert, root_cert = (base64_lines(der, wrapped=wrapped) for der in chain)
        known: dict[str, Any] = {
            "cert_id": _uuid(certificate.id),
            "service_type": _service_type(parsed.subject),
            "service_name": self._desk.spec.service_name,
            "serial_number": certificate.id,
            "cert_subject": _printed(parsed.subject),
            "cert_valid_from": _iso(certificate.not_before),
            "cert_valid_to": _iso(certificate.not_after),
            "cert_data": base64_lines(certificate.der_bytes, wrapped=wrapped),
            "chain_data": [ca_cert, root_cert],
        }
        if self._dialect.chain == "object":
            known["chain_data"] = {"ca_cert": ca_cert, "root_cert": None if rootless else root_cert}
        row: dict[str, Any] = {name: known[name] for name in self._dialect.row if name in known}
        if self._variance.choose("extra", certificate.id) == 1:
            row |= {"service_pricingcode": "MO_PHONG", "device": None}
        return self._variance.ordered(certificate.id, row)

    def _changing(self, certificate: Certificate, now: Instant, transaction: str) -> dict[str, str]:
        text, code = STATUSES[orders.unusable(certificate, now)]
        known = {"cert_status": text, "cert_status_code": code, "transaction_id": transaction}
        return {name: known[name] for name in self._dialect.row if name in known}


def signature_rows(request: SigningRequest, value_name: str) -> list[dict[str, Any]]:
    return [
        {"doc_id": document.doc_id, value_name: document.signature, "timestamp_signature": None}
        for document in request.documents
    ]


def base64_lines(der: bytes, *, wrapped: bool) -> str:
    """In one line, or with CRLF after each CRLF_EVERY characters."""
    text = base64.b64encode(der).decode()
    if not wrapped:
        return text
    return "\r\n".join(text[start : start + CRLF_EVERY] for start in range(0, len(text), CRLF_EVERY)) + "\r\n"


def _iso(instant: Instant) -> str:
    return f"{in_utc(instant):%Y-%m-%dT%H:%M:%SZ}"


def _uuid(serial: str) -> str:
    digest = hashlib.sha256(serial.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def _service_type(subject: x509.Name) -> str:
    """As in the field: a subject without a person's number is an organisation's seal."""
    uids = [str(attribute.value) for attribute in subject.get_attributes_for_oid(FIELDS["UID"])]
    return "SMARTCA" if any(uid.startswith(PERSONAL) for uid in uids) else "ESEAL"


def _printed(subject: x509.Name) -> str:
    """Forward, as the CAs print it."""
    return ",".join(f"{SHORT.get(each.oid, each.oid.dotted_string)}={each.value!s}" for each in subject)
