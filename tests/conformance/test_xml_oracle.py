"""The judge of signed XML against its corpus: right files accepted, wrong ones refused for the planted reason."""

import hashlib
import re
from datetime import UTC, datetime

import pytest

from conformance.corpus import people
from conformance.corpus.authorities import CA, CITIZEN_UID, ROOT
from conformance.corpus.case import Case
from conformance.corpus.people import REVOKED_SINCE
from conformance.corpus.status import StatusService
from conformance.corpus.xml_cases import XML_CASES
from conformance.corpus.xml_values import by
from conformance.oracles import Judgement, expecting, judge_xml

FILES = {case.file: case for case in XML_CASES}
SERVICE = StatusService(revoked=REVOKED_SINCE)


def judged(case: Case, xml: bytes | None = None) -> Judgement:
    return expecting(
        judge_xml(
            case.make() if xml is None else xml,
            roots=[ROOT.pem],
            intermediates=[CA.der],
            revocation=SERVICE.ask,
            moment=datetime.now(UTC),
        ),
        case.expects,
    )


@pytest.mark.parametrize("case", XML_CASES, ids=lambda case: case.file)
def test_each_file_gets_its_verdict_for_the_planted_reason(case: Case) -> None:
    judgement = judged(case)

    assert judgement.verdict == case.verdict, str(judgement)
    failed = [one for finding in judgement.findings for one in finding.failed]
    if case.verdict == "invalid":
        assert case.reason in {one.name for one in failed}, str(judgement)
    if case.verdict == "unparsable":
        assert case.reason in judgement.problem + "".join(one.detail for one in failed), str(judgement)
    if case.diagnosis:
        assert judgement.findings[0].diagnosis.code == case.diagnosis, str(judgement)


def test_the_corpus_is_large_enough_and_half_of_the_bad_is_made_without_signxml() -> None:
    wrong = [case for case in XML_CASES if not case.good]
    assert len(XML_CASES) >= 40
    assert sum(case.by == "hand" for case in wrong) >= len(wrong) / 2
    assert len({case.file for case in XML_CASES}) == len(XML_CASES)


def test_a_finding_links_the_form_to_the_journal() -> None:
    """What a provider must have been sent is SHA-256 of the bytes between SignedInfo's tags, canonical as they stand."""
    xml = FILES["xml/signing-data.xml"].make()
    info = re.search(rb"<SignedInfo>.*</SignedInfo>", xml, re.DOTALL)
    assert info is not None
    canonical = info[0].replace(b"<SignedInfo>", b'<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#">', 1)

    finding = judged(FILES["xml/signing-data.xml"], xml).findings[0]

    assert finding.recovered_digest == finding.digest_of_attrs == hashlib.sha256(canonical).hexdigest()
    assert (finding.profile, finding.coverage) == ("XMLDSig", "NoiDung (#SigningData)")
    assert finding.signer is not None
    assert finding.signer.has("001201000123")


def test_nothing_is_fetched_for_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the judge opened a connection")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert judged(FILES["xml/outside.xml"]).verdict == "invalid"
    assert judged(FILES["xml/external-entity.xml"]).verdict == "unparsable"


def test_an_organisations_signature_is_none_of_the_person() -> None:
    signed_by = judge_xml(
        by(people.ORGANISATION),
        roots=[ROOT.pem],
        intermediates=[CA.der],
        revocation=SERVICE.ask,
        moment=datetime.now(UTC),
    )
    assert signed_by.verdict == "valid"
    assert expecting(signed_by, CITIZEN_UID).verdict == "invalid"
    assert expecting(signed_by, "MST:0100109106").verdict == "valid"
    assert expecting(judged(FILES["xml/unsigned.xml"]), CITIZEN_UID).verdict == "unsigned"
