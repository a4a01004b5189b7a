"""RFC 3161 timestamps, on a signature or over a whole document: whose they are, of what, and when."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from conformance.oracles.case import Case
from conformance.oracles.chain import path_of
from conformance.oracles.cms import HASHES, Cms, parse, signature_value_of, stamp_of
from conformance.oracles.findings import Assertion
from conformance.oracles.places import place_of
from conformance.oracles.revocation import SKEW, status_of
from conformance.oracles.second import Trust
from conformance.oracles.signers import NO_PATH


@dataclass(frozen=True)
class Stamp:
    """The time that a timestamp proves, and what was found about it."""

    time: datetime | None
    assertions: tuple[Assertion, ...]
    trust: Trust | None


def stamp_on(case: Case, cms: Cms) -> Stamp:
    """A token must speak of this value, by a time-stamping authority of our roots, within its lifetime."""
    found = stamp_of(cms)
    if found is None:
        return Stamp(None, (Assertion("timestamp", held=None, detail="no timestamp"),), None)
    info, token = found
    assertion, trust = _judged(case, info, token, cms.signature)
    return Stamp(info["gen_time"].native if assertion.held else None, (assertion,), trust)


def document_stamp_of(case: Case, embedded: Any) -> Assertion:
    """A DocTimeStamp must be sound where it stands, whatever it is good for (circular, annex II: a timestamp that is
    attached must itself verify)."""
    name = "document_timestamp"
    try:
        token = parse(embedded.pkcs7_content)
        numbers = [int(number) for number in embedded.byte_range]
        place = place_of(case.pdf, numbers, embedded.pkcs7_content)
        info = tsp.ContentInfo.load(embedded.pkcs7_content)["content"]["encap_content_info"]["content"]
        assertion, _ = _judged(case, info.parsed, token, place.covered)
        digest = token.values["message_digest"].native
        own = digest == hashlib.new(token.digest, info.parsed.dump()).digest()
        value = signature_value_of(token, b"")
    except Exception as error:  # noqa: BLE001 -- a hostile token dies in every way: it proves nothing
        return Assertion(name, held=False, detail=f"it cannot be read: {type(error).__name__}: {error}"[:300])
    reasons = (
        (place.sound.detail, not place.sound.held),
        (assertion.detail, not assertion.held),
        ("its attributes speak of another token", not own),
        (value.detail, not value.held),
    )
    why = next((why for why, holds in reasons if holds), "")
    return Assertion(name, not why, why or assertion.detail)


def _judged(case: Case, info: Any, token: Cms, stamped: bytes) -> tuple[Assertion, Trust]:
    time: datetime = info["gen_time"].native
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    mine = algorithm in HASHES and imprint["hashed_message"].native == hashlib.new(algorithm, stamped).digest()
    path = path_of(token.signer, (*token.others, *case.known), case.roots, time) if token.signer else NO_PATH
    status = status_of(path, case.ask, case.moment, time)
    reasons = (
        ("it speaks of another value", not mine),
        (path.broken, bool(path.broken)),
        (status.assertion.detail, status.assertion.held is not True),
        (
            "its certificate is not for time stamping",
            ExtendedKeyUsageOID.TIME_STAMPING not in _purposes(token.signer),
        ),
        ("it is of the future", time > case.moment + SKEW),
    )
    why = next((why for why, holds in reasons if holds), "")
    told = why or f"{time.isoformat()} by {path.certificates[0].subject.rfc4514_string()}"
    return (
        Assertion("timestamp", not why, told),
        Trust(case.roots, (*token.others, *case.known), status, case.moment),
    )


def _purposes(certificate: x509.Certificate | None) -> list[x509.ObjectIdentifier]:
    if certificate is None:
        return []
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []
