"""pyHanko's opinion beside our own: coverage, changes after the signature, and whether it agrees on the rest."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from conformance.oracles.chain import MS_EXTENSIONS
from conformance.oracles.findings import Assertion
from conformance.oracles.revocation import SKEW, Status


@dataclass(frozen=True)
class Trust:
    """What it is given to decide: roots, other certificates, our verified status answers, and the instant."""

    roots: Sequence[x509.Certificate]
    others: Sequence[x509.Certificate]
    status: Status
    at: datetime


@dataclass(frozen=True)
class Opinion:
    assertions: tuple[Assertion, ...]
    coverage: str
    modification: str
    allowed: bool
    form_filling: bool
    filled: tuple[str, ...] = ()


def opinion_of(embedded: Any, signer: x509.Certificate | None, trust: Trust, stamp: Trust) -> Opinion:
    """It runs in a thread of its own: a caller may have a running loop (Playwright does)."""
    try:
        status = _asked(embedded, trust, stamp)
    except SignatureValidationError as error:
        refused = Assertion("pyhanko_intact", held=False, detail=f"pyHanko refuses: {error.failure_message}")
        return Opinion((refused,), "UNKNOWN", "UNKNOWN", allowed=False, form_filling=False)
    problem = status.trust_problem_indic
    assertions = (
        Assertion("pyhanko_intact", status.intact and status.valid, f"intact {status.intact}, valid {status.valid}"),
        _trusted(status, signer, "" if problem is None else str(problem)),
        Assertion("modifications", status.docmdp_ok, f"{status.coverage.name}, {_level(status)}"),
        *_stamped(status),
    )
    permission = embedded.docmdp_level
    return Opinion(
        assertions,
        coverage=status.coverage.name,
        modification=_level(status),
        allowed=bool(status.docmdp_ok),
        form_filling=permission is not None and permission.value >= 2,
        filled=_filled(embedded, status),
    )


def _filled(embedded: Any, status: Any) -> tuple[str, ...]:
    """Fields that changed after this signature and are no signatures themselves."""
    changed = getattr(status.diff_result, "changed_form_fields", ())
    signatures = {name for name, _, _ in enumerate_sig_fields(embedded.reader)}
    return tuple(sorted(set(changed) - signatures))


def _asked(embedded: Any, trust: Trust, stamp: Trust) -> Any:
    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    work = async_validate_pdf_signature(embedded, _context(trust), _context(stamp), key_usage_settings=usage)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _context(trust: Trust) -> ValidationContext:
    return ValidationContext(
        trust_roots=[_converted(one) for one in trust.roots],
        other_certs=[_converted(one) for one in trust.others],
        moment=trust.at,
        ocsps=list(trust.status.goods),
        revocation_mode="hard-fail" if trust.status.goods else "soft-fail",
        time_tolerance=SKEW,
        retroactive_revinfo=True,
    )


def _trusted(status: Any, signer: x509.Certificate | None, problem: str) -> Assertion:
    critical = {one.oid.dotted_string for one in signer.extensions if one.critical} if signer else set()
    if not status.trusted and critical & MS_EXTENSIONS:
        return Assertion("pyhanko_trusted", held=None, detail="pyHanko does not know the critical Microsoft extensions")
    return Assertion("pyhanko_trusted", bool(status.trusted), problem or "a path to our root")


def _stamped(status: Any) -> tuple[Assertion, ...]:
    stamp = status.timestamp_validity
    if stamp is None:
        return ()
    told = f"{stamp.timestamp.isoformat()} by {stamp.signing_cert.subject.human_friendly}: {stamp.summary()}"
    return (Assertion("pyhanko_timestamp", stamp.valid and stamp.intact and stamp.trusted, told),)


def _level(status: Any) -> str:
    return status.modification_level.name if status.modification_level is not None else "UNKNOWN"


def _converted(certificate: x509.Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
