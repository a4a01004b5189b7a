"""The judge of signed PDFs: assertions made by hand, pyHanko's opinion beside them, one verdict that never guesses."""

import base64
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from conformance.oracles.chain import certificates_of, path_of
from conformance.oracles.cms import (
    HASHES,
    PADES,
    Cms,
    message_digest_of,
    parse,
    shape_of,
    signature_value_of,
    stamp_of,
)
from conformance.oracles.diagnosis import diagnose, diagnosis_of, recover
from conformance.oracles.findings import Assertion, Finding, Judgement, judgement_of
from conformance.oracles.places import Place, ending_of, padding_of, place_of, unlisted_signatures
from conformance.oracles.revocation import SKEW, Ask, AskFailedError, guarded, status_of
from conformance.oracles.second import Opinion, Trust, opinion_of
from conformance.oracles.signers import NO_PATH, claimed_time_of, signer_of, signer_rules_of

PROFILES = {PADES: "PAdES", "adbe.pkcs7.detached": "legacy CMS"}


@dataclass(frozen=True)
class _Case:
    pdf: bytes
    roots: Sequence[x509.Certificate]
    known: Sequence[x509.Certificate]
    ask: Ask
    moment: datetime
    last: int = 0


@dataclass(frozen=True)
class _Stamp:
    """The time that a timestamp proves, and what was found about it."""

    time: datetime | None
    assertions: tuple[Assertion, ...]
    trust: Trust | None


def judge(
    pdf: bytes, *, roots: Iterable[bytes], intermediates: Iterable[bytes] = (), revocation: Ask, moment: datetime
) -> Judgement:
    """Roots and intermediates as PEM or DER; `moment` (aware) is the world's now; `revocation` asks status services."""
    case = _Case(pdf, certificates_of(roots), certificates_of(intermediates), guarded(revocation), moment)
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        listed = list(reader.embedded_signatures)
        regular = [one for one in listed if str(one.sig_object_type) != "/DocTimeStamp"]
    except Exception as error:  # noqa: BLE001 -- readers die of hostile files in every way; that is this verdict
        return Judgement("unparsable", problem=f"{type(error).__name__}: {error}"[:500])
    hidden = unlisted_signatures(pdf, len(listed))
    if not regular:
        claimed = hidden or re.search(rb"/Type\s*/Sig\b", pdf)
        problem = "a signature dictionary that no reader lists" if claimed else "no signature in the file"
        return Judgement("unparsable" if claimed else "unsigned", problem=problem)
    case = replace(case, last=max(_end_of(one) for one in regular))
    judgement = judgement_of(tuple(_finding(case, one) for one in regular))
    if hidden and judgement.verdict == "valid":
        return replace(judgement, verdict="invalid", problem=f"{hidden} signature dictionaries that no reader lists")
    return judgement


def _finding(case: _Case, embedded: Any) -> Finding:
    try:
        return _read(case, embedded)
    except AskFailedError:
        raise
    except Exception as error:  # noqa: BLE001 -- as above: not a pass, a verdict of its own
        told = f"{type(error).__name__}: {error}"[:500]
        return Finding(
            str(embedded.field_name), (Assertion("readable", held=False, detail=told),), diagnosis_of("unreadable")
        )


def _read(case: _Case, embedded: Any) -> Finding:
    cms = parse(embedded.pkcs7_content)
    subfilter = str(embedded.sig_object.get("/SubFilter", "")).removeprefix("/")
    place = place_of(case.pdf, [int(number) for number in embedded.byte_range], embedded.pkcs7_content)
    stamp, claimed = _stamp(case, cms), cms.claimed_time or _date_of(embedded)
    at = stamp.time or case.moment
    path = path_of(cms.signer, (*cms.others, *case.known), case.roots, at) if cms.signer else NO_PATH
    status = status_of(path, case.ask, case.moment, at)
    trust = Trust(case.roots, (*cms.others, *case.known), status, at)
    opinion = opinion_of(embedded, cms.signer, trust, stamp.trust or trust)
    assertions = (
        Assertion("subfilter", subfilter in PROFILES, subfilter or "none"),
        place.sound,
        padding_of(place.hole, cms.der),
        _file_end(case, place, opinion),
        *shape_of(cms, subfilter),
        message_digest_of(cms, place.covered),
        signature_value_of(cms, place.covered),
        _digest_link(cms),
        *signer_rules_of(cms.signer, path, at),
        status.assertion,
        claimed_time_of(cms.signer, claimed, case.moment, stamp.time),
        *stamp.assertions,
        *opinion.assertions,
    )
    profile = PROFILES.get(subfilter, subfilter)
    finding = _evidence(
        case, cms, place, Finding(str(embedded.field_name), assertions, diagnosis_of("right"), profile=profile)
    )
    opened = replace(finding, coverage=opinion.coverage, modification=opinion.modification)
    return replace(opened, claimed_time=claimed, stamped_time=stamp.time)


def _evidence(case: _Case, cms: Cms, place: Place, finding: Finding) -> Finding:
    """The numbers that link the file to the journal, and the diagnosis from them."""
    recovered = recover(cms.signature, cms.signer)
    intact = all(finding.assertion(name).held for name in ("message_digest", "byte_range"))
    return replace(
        finding,
        diagnosis=diagnose(cms, place.covered, case.pdf, intact=intact),
        signer=signer_of(cms.signer) if cms.signer else None,
        digest_of_attrs=cms.digest_of_attrs.hex() if cms.digest_of_attrs else None,
        recovered_digest=recovered.digest.hex() if recovered else None,
        byterange_digest=hashlib.new(cms.digest, place.covered).hexdigest() if cms.digest in HASHES else None,
        signature_value=base64.b64encode(cms.signature).decode(),
    )


def _end_of(embedded: Any) -> int:
    try:
        return sum(int(number) for number in list(embedded.byte_range)[2:4])
    except (ValueError, TypeError):
        return -1


def _file_end(case: _Case, place: Place, opinion: Opinion) -> Assertion:
    """What may follow: an LTA update, a further signature, or what a certifying signature allowed to be filled."""
    ending = ending_of(case.pdf, place.end)
    if ending.held or opinion.coverage != "ENTIRE_REVISION" or not case.pdf.rstrip(b"\r\n").endswith(b"%%EOF"):
        return ending
    if opinion.modification == "LTA_UPDATES":
        return replace(ending, held=True, detail=f"{ending.detail}: updates for long-term validation")
    filled = opinion.modification == "FORM_FILLING" and opinion.allowed
    if filled and (place.end < case.last or opinion.form_filling):
        return replace(ending, held=True, detail=f"{ending.detail}: a further signature or allowed form filling")
    return ending


def _digest_link(cms: Cms) -> Assertion:
    """The digest that the RSA value holds is the digest of the attributes in the file."""
    recovered = recover(cms.signature, cms.signer) if cms.scheme == "rsassa_pkcs1v15" else None
    if cms.scheme != "rsassa_pkcs1v15":
        return Assertion("digest_link", held=None, detail=f"nothing can be recovered from {cms.scheme}")
    if recovered is None or cms.digest_of_attrs is None:
        return Assertion("digest_link", held=False, detail="no digest can be recovered, or no signed attributes")
    same = recovered.digest == cms.digest_of_attrs and recovered.algorithm == cms.digest and not recovered.bare
    told = f"recovered {recovered.algorithm or 'bare'} {recovered.digest.hex()}, attributes {cms.digest_of_attrs.hex()}"
    return Assertion("digest_link", same, told)


def _date_of(embedded: Any) -> datetime | None:
    """/M of the dictionary, where it can be read."""
    try:
        date: datetime | None = embedded.self_reported_timestamp
    except (ValueError, PdfReadError):
        return None
    return date if date and date.tzinfo else None


def _stamp(case: _Case, cms: Cms) -> _Stamp:
    """An RFC 3161 token must speak of this value, by a time-stamping authority of our roots, within its lifetime."""
    found = stamp_of(cms)
    if found is None:
        return _Stamp(None, (Assertion("timestamp", held=None, detail="no timestamp"),), None)
    info, token = found
    time: datetime = info["gen_time"].native
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    mine = algorithm in HASHES and imprint["hashed_message"].native == hashlib.new(algorithm, cms.signature).digest()
    path = path_of(token.signer, (*token.others, *case.known), case.roots, time) if token.signer else NO_PATH
    status = status_of(path, case.ask, case.moment, time)
    purposes = _purposes(token.signer)
    reasons = (
        ("it speaks of another value", not mine),
        (path.broken, bool(path.broken)),
        (status.assertion.detail, status.assertion.held is not True),
        ("its certificate is not for time stamping", ExtendedKeyUsageOID.TIME_STAMPING not in purposes),
        ("it is of the future", time > case.moment + SKEW),
    )
    why = next((why for why, holds in reasons if holds), "")
    assertion = Assertion(
        "timestamp", not why, why or f"{time.isoformat()} by {path.certificates[0].subject.rfc4514_string()}"
    )
    trust = Trust(case.roots, (*token.others, *case.known), status, case.moment)
    return _Stamp(None if why else time, (assertion,), trust)


def _purposes(certificate: x509.Certificate | None) -> list[x509.ObjectIdentifier]:
    if certificate is None:
        return []
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []
