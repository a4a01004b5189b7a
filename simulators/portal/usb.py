"""A login by USB token: a challenge that is signed once, by a certificate of a public CA; pure."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from simulators.kernel.citizens import Citizen
from simulators.kernel.pki import Certificate
from simulators.kernel.records import Change, Instant
from simulators.portal.attempts import Reason, alive, event, turned_back
from simulators.portal.records import Attempt, Stage

PERSON = "CCCD:"


@dataclass(frozen=True, kw_only=True)
class Presented:
    """What a form brought: the challenge that it was verified against, and why it proves nothing, if it does not."""

    challenge: str
    failure: Reason | None
    citizen: Citizen | None
    """Whom the certificate names (UID=CCCD)."""
    next_challenge: str
    token: str


def enter(attempt: Attempt | None, presented: Presented, certificate: Certificate | None, now: Instant) -> Change:
    """A right signature passes without a code; whatever was presented, the challenge is used up."""
    attempt = alive(attempt, now, Stage.PASSWORD)
    again = replace(attempt, challenge=presented.next_challenge)
    serial = certificate.id if certificate else ""
    reason = _failure(attempt, presented, certificate, now)
    if reason:
        return turned_back(again, reason, event(again, "certificate_refused", reason=reason.value, serial=serial))
    assert presented.citizen is not None, "without a citizen there is no account"
    known = replace(again, username=presented.citizen.id, citizen=presented.citizen.id, captcha="")
    passed = replace(known, stage=Stage.PASSED, ticket=presented.token)
    return Change((passed,), (event(passed, "certificate_accepted", serial=serial),))


def proves(certificate: x509.Certificate, signature: bytes, challenge: str) -> bool:
    """RSA PKCS#1 v1.5 over SHA-256 of the challenge's characters."""
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, challenge.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def is_vouched_for(certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> bool:
    """Each certificate is signed by the next; the last is the national root."""
    try:
        for own, issuer in zip((certificate, *chain), chain, strict=False):
            own.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def personal_id(certificate: x509.Certificate) -> str:
    """UID=CCCD:…, wherever it stands among several UIDs; empty where no person is named."""
    named = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.USER_ID)]
    return next((uid.removeprefix(PERSON) for uid in named if uid.startswith(PERSON)), "")


def _failure(attempt: Attempt, presented: Presented, certificate: Certificate | None, now: Instant) -> Reason | None:
    if certificate is None or presented.failure is Reason.CERTIFICATE_UNKNOWN:
        return Reason.CERTIFICATE_UNKNOWN
    if presented.failure or not attempt.challenge or presented.challenge != attempt.challenge:
        return presented.failure or Reason.WRONG_SIGNATURE
    if not certificate.not_before <= now < certificate.not_after:
        return Reason.CERTIFICATE_LAPSED
    if certificate.status != "good":
        return Reason.CERTIFICATE_REVOKED
    return None if presented.citizen else Reason.NO_ACCOUNT
