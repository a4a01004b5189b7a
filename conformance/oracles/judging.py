"""The judge of signed PDFs: assertions made by hand, pyHanko's opinion beside them, one verdict that never guesses."""

import base64
import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from conformance.oracles.appearance import appearance_of
from conformance.oracles.case import Case
from conformance.oracles.chain import certificates_of, path_of
from conformance.oracles.cms import (
    HASHES,
    PADES,
    Cms,
    message_digest_of,
    parse,
    shape_of,
    signature_value_of,
)
from conformance.oracles.diagnosis import diagnose, diagnosis_of, recover
from conformance.oracles.findings import Assertion, Finding, Judgement, judgement_of
from conformance.oracles.places import (
    Place,
    ending_of,
    ends_with_its_cross_references,
    padding_of,
    place_of,
    unlisted_signatures,
    why_unreadable,
)
from conformance.oracles.revocation import Ask, AskFailedError, guarded, status_of
from conformance.oracles.second import Opinion, Trust, opinion_of
from conformance.oracles.signers import NO_PATH, claimed_time_of, signer_of, signer_rules_of
from conformance.oracles.stamps import document_stamp_of, stamp_on

PROFILES = {PADES: "PAdES", "adbe.pkcs7.detached": "legacy CMS"}


def judge(
    pdf: bytes, *, roots: Iterable[bytes], intermediates: Iterable[bytes] = (), revocation: Ask, moment: datetime
) -> Judgement:
    """Roots and intermediates as PEM or DER; `moment` (aware) is the world's now; `revocation` asks status services."""
    case = Case(pdf, certificates_of(roots), certificates_of(intermediates), guarded(revocation), moment)
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        listed = list(reader.embedded_signatures)
        regular = [one for one in listed if str(one.sig_object_type) != "/DocTimeStamp"]
    except Exception as error:  # noqa: BLE001 -- readers die of hostile files in every way; that is this verdict
        return Judgement("unparsable", problem=_told(pdf, error))
    hidden = unlisted_signatures(pdf, len(listed))
    if not regular:
        claimed = hidden or re.search(rb"/Type\s*/Sig\b", pdf)
        problem = f"a signature dictionary that no reader lists; {why_unreadable(pdf)}" if claimed else "no signature"
        return Judgement("unparsable" if claimed else "unsigned", problem=problem)
    case = replace(case, last=max(_end_of(one) for one in regular))
    stamps = tuple(document_stamp_of(case, one) for one in listed if one not in regular)
    findings = (_finding(case, one) for one in regular)
    judgement = judgement_of(tuple(replace(one, assertions=(*one.assertions, *stamps)) for one in findings))
    if hidden and judgement.verdict == "valid":
        return replace(judgement, verdict="invalid", problem=f"{hidden} signature dictionaries that no reader lists")
    return judgement


def _finding(case: Case, embedded: Any) -> Finding:
    try:
        return _read(case, embedded)
    except AskFailedError:
        raise
    except Exception as error:  # noqa: BLE001 -- as above: not a pass, a verdict of its own
        unreadable = Assertion("readable", held=False, detail=_told(case.pdf, error))
        return Finding(str(embedded.field_name), (unreadable,), diagnosis_of("unreadable"))


def _told(pdf: bytes, error: Exception) -> str:
    return f"{why_unreadable(pdf)}; {type(error).__name__}: {error}".removeprefix("; ")[:500]


def _read(case: Case, embedded: Any) -> Finding:
    cms = parse(embedded.pkcs7_content)
    subfilter = str(embedded.sig_object.get("/SubFilter", "")).removeprefix("/")
    place = place_of(case.pdf, [int(number) for number in embedded.byte_range], embedded.pkcs7_content)
    stamp, claimed = stamp_on(case, cms), cms.claimed_time or _date_of(embedded)
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
        _filled_between(opinion),
        *shape_of(cms, subfilter),
        message_digest_of(cms, place.covered),
        signature_value_of(cms, place.covered),
        _digest_link(cms),
        *signer_rules_of(cms.signer, path, at),
        status.assertion,
        claimed_time_of(cms.signer, claimed, case.moment, stamp.time),
        *stamp.assertions,
        *opinion.assertions,
        appearance_of(embedded, cms.signer),
    )
    profile = PROFILES.get(subfilter, subfilter)
    finding = _evidence(
        case, cms, place, Finding(str(embedded.field_name), assertions, diagnosis_of("right"), profile=profile)
    )
    opened = replace(finding, coverage=opinion.coverage, modification=opinion.modification)
    return replace(opened, claimed_time=claimed, stamped_time=stamp.time)


def _evidence(case: Case, cms: Cms, place: Place, finding: Finding) -> Finding:
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


def _file_end(case: Case, place: Place, opinion: Opinion) -> Assertion:
    """What may follow: an LTA update, a further signature, or what a certifying signature allowed to be filled."""
    ending = ending_of(case.pdf, place.end)
    if ending.held or opinion.coverage != "ENTIRE_REVISION" or not ends_with_its_cross_references(case.pdf):
        return ending
    if opinion.modification == "LTA_UPDATES":
        return replace(ending, held=True, detail=f"{ending.detail}: updates for long-term validation")
    filled = opinion.modification == "FORM_FILLING" and opinion.allowed
    if filled and (place.end < case.last or opinion.form_filling):
        return replace(ending, held=True, detail=f"{ending.detail}: a further signature or allowed form filling")
    return ending


def _filled_between(opinion: Opinion) -> Assertion:
    """Readers let a form be filled behind any signature; only a certifying one can have allowed it."""
    wrong = opinion.filled and not opinion.form_filling
    told = f"filled after it: {', '.join(opinion.filled)}" if opinion.filled else "no field was filled after it"
    return Assertion("filled_between", not wrong, told)


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
