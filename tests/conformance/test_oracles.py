"""The judge of signed PDFs against good files, bad files made by hand, and bad files made with pyHanko."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from conformance.corpus.authorities import (
    CA,
    CITIZEN,
    CITIZEN_UID,
    DAY,
    NOW,
    OCSP_URL,
    ROOT,
    STATUS_URL,
    Held,
    issue,
    key_of,
    name,
)
from conformance.corpus.by_pyhanko import ByPyhanko
from conformance.corpus.case import Case
from conformance.corpus.cms import Recipe, cms_of, over_attrs
from conformance.corpus.files import PDF_CASES, SERVICE, TREES
from conformance.corpus.pdf import declaration, signed, updated
from conformance.corpus.pdf_values import LEGACY, by
from conformance.corpus.people import TSA
from conformance.corpus.status import StatusService
from conformance.forgeries import flip_covered_byte, stamp_only
from conformance.oracles import (
    Judgement,
    ask_over_http,
    expecting,
    judge,
    openssl_verifies,
    outside,
    pdfsig_agrees,
    pdfsig_says,
)
from conformance.oracles.revocation import AskFailedError
from tests.needs import needs


def judged(pdf: bytes, status: StatusService | None = None, moment: datetime | None = None) -> Judgement:
    """Judged when it was made: pyHanko writes the machine's time into a file, and NOW is when the tests were collected."""
    service = status or StatusService()
    moment = moment or datetime.now(UTC)
    return judge(pdf, roots=[ROOT.pem], intermediates=[CA.der], revocation=service.ask, moment=moment)


FILES = {case.file: case for case in PDF_CASES}


def made(name: str) -> bytes:
    return FILES[f"pdf/{name}.pdf"].make()


def told(case: Case) -> Judgement:
    """As a receiver judges it who trusts the tree that such a file must come from, and waits for that signer."""
    root, authority = TREES[case.tree]
    found = judge(
        case.make(), roots=[root.pem], intermediates=[authority.der], revocation=SERVICE.ask, moment=datetime.now(UTC)
    )
    return expecting(found, case.expects)


@pytest.mark.parametrize("case", PDF_CASES, ids=lambda case: case.file)
def test_each_file_gets_its_verdict_for_the_planted_reason(case: Case) -> None:
    judgement = told(case)

    assert judgement.verdict == case.verdict, str(judgement)
    failed = [one for finding in judgement.findings for one in finding.failed]
    open_ones = [one for finding in judgement.findings for one in finding.unchecked]
    if case.verdict in {"invalid", "inconclusive"}:
        named = {one.name for one in (failed if case.verdict == "invalid" else open_ones)}
        assert case.reason in named or case.reason in judgement.problem, str(judgement)
    if case.verdict == "unparsable":
        assert case.reason in judgement.problem + "".join(one.detail for one in failed), str(judgement)
    if case.diagnosis:
        assert judgement.findings[0].diagnosis.code == case.diagnosis, str(judgement)


def test_the_corpus_is_large_and_half_of_the_bad_is_made_without_pyhanko() -> None:
    wrong = [case for case in PDF_CASES if not case.good]
    assert len(PDF_CASES) >= 100
    assert sum(case.good for case in PDF_CASES) >= 20
    assert sum(case.by == "hand" for case in wrong) >= len(wrong) / 2
    assert len(FILES) == len(PDF_CASES)


def test_a_finding_links_the_file_to_the_journal() -> None:
    pdf = signed()
    finding = judged(pdf).findings[0]

    numbers = [int(number) for number in re.search(rb"/ByteRange \[([^\]]*)\]", pdf)[1].split()]
    covered = pdf[: numbers[1]] + pdf[numbers[2] :]
    assert finding.byterange_digest == hashlib.sha256(covered).hexdigest()
    assert finding.recovered_digest == finding.digest_of_attrs
    assert finding.digest_of_attrs != finding.byterange_digest
    assert base64.b64encode(over_attrs(CITIZEN, signed_attributes(pdf), b"")).decode() == finding.signature_value
    assert hashlib.sha256(signed_attributes(pdf)).hexdigest() == finding.digest_of_attrs
    assert (finding.profile, finding.coverage, finding.modification) == ("PAdES", "ENTIRE_FILE", "NONE")
    assert finding.signer.identities == (CITIZEN_UID,)
    assert finding.signer.serial == f"{CITIZEN.certificate.serial_number:x}"
    assert finding.diagnosis.code == "right"


def signed_attributes(pdf: bytes) -> bytes:
    """Found in the bytes: the [0] that begins with the attribute contentType, its tag put back to SET."""
    raw = bytes.fromhex(re.search(rb"/Contents <([0-9a-f]*)>", pdf)[1].decode())
    at = raw.index(bytes.fromhex("301806092a864886f70d010903"))
    head = next(at - size for size in (2, 3, 4) if raw[at - size] == 0xA0)
    return b"\x31" + raw[head + 1 : at] + raw[at : at + length_of(raw[head + 1 : at])]


def length_of(der_length: bytes) -> int:
    return der_length[0] if der_length[0] < 0x80 else int.from_bytes(der_length[1:])


@pytest.mark.parametrize("pdf", [stamp_only(declaration(), "Đặng Thị Ánh")])
def test_a_drawing_is_no_signature(pdf: bytes) -> None:
    assert judged(pdf).verdict == "unsigned"


def test_a_signature_removed_by_rewriting_is_none() -> None:
    pdf = declaration()
    assert judged(updated(pdf, {3: re.search(rb"\n3 0 obj\s*(.*?)\s*endobj", pdf, re.DOTALL)[1]}, 1)).verdict != "valid"


@pytest.mark.parametrize("since", [NOW - 2 * DAY, NOW], ids=["before", "just now"])
@pytest.mark.parametrize("held", [CITIZEN, CA], ids=["signer", "authority"])
def test_a_suspended_signer_or_authority_is_refused(since: datetime, held: Held) -> None:
    judgement = judged(signed(), StatusService(revoked={held.certificate.serial_number: since}))

    assert judgement.verdict == "invalid"
    assert "not_revoked" in {one.name for one in judgement.findings[0].failed}


@pytest.mark.parametrize(("stamped", "verdict"), [(NOW - 10 * DAY, "valid"), (NOW - DAY, "invalid")])
def test_a_timestamp_proves_that_it_was_signed_before_the_revocation(stamped: datetime, verdict: str) -> None:
    pdf = ByPyhanko(authority=TSA, stamped=stamped).sign(declaration())
    revoked = StatusService(revoked={CITIZEN.certificate.serial_number: NOW - 2 * DAY})

    assert judged(pdf, revoked).verdict == verdict


def test_a_claimed_time_proves_nothing_against_a_revocation() -> None:
    pdf = signed(Recipe(claimed=NOW - 10 * DAY))
    revoked = StatusService(revoked={CITIZEN.certificate.serial_number: NOW - 2 * DAY})

    assert judged(pdf, revoked).verdict == "invalid"


@pytest.mark.parametrize("oddity", ["silent", "stale", "future", "wrong-key", "nonce"])
def test_without_a_believable_status_the_word_is_inconclusive(oddity: str) -> None:
    judgement = judged(signed(), StatusService(oddity=oddity, crl=False))

    assert judgement.verdict == "inconclusive"
    assert judgement.findings[0].assertion("not_revoked").detail.startswith("NOT CHECKED")


class StatusDesk(BaseHTTPRequestHandler):
    """The status service over real HTTP; what it was not asked rightly is refused."""

    def do_POST(self) -> None:
        right = self.headers["Content-Type"] == "application/ocsp-request"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(StatusService().ask(OCSP_URL, body) if right else None)

    def do_GET(self) -> None:
        self._answer(StatusService().ask(f"{STATUS_URL}{self.path}", None))

    def _answer(self, body: bytes | None) -> None:
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        return


def test_status_is_asked_over_http() -> None:
    server = HTTPServer(("127.0.0.1", 0), StatusDesk)
    thread = Thread(target=server.serve_forever)
    thread.start()
    base = f"http://127.0.0.1:{server.server_address[1]}"

    def here(url: str, request: bytes | None) -> bytes | None:
        return ask_over_http(url.replace(STATUS_URL, base), request)

    try:
        judgement = judge(signed(), roots=[ROOT.pem], intermediates=[CA.der], revocation=here, moment=NOW)
        nothing = ask_over_http(f"{base}/elsewhere", None)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

    assert judgement.verdict == "valid", str(judgement)
    assert nothing is None
    assert ask_over_http(base, None) is None


def test_a_broken_ask_is_our_error_and_no_word_about_the_file() -> None:
    def broken(url: str, request: bytes | None) -> bytes | None:
        raise RuntimeError("ours")

    with pytest.raises(AskFailedError, match="ours"):
        judge(signed(), roots=[ROOT.pem], intermediates=[CA.der], revocation=broken, moment=NOW)


def test_a_status_that_the_issuer_does_not_know_is_refused() -> None:
    assert judged(signed(), StatusService(oddity="unknown")).verdict == "invalid"


def test_the_crl_speaks_where_ocsp_is_silent() -> None:
    silent = StatusService(oddity="silent")
    leaf_only = judge(signed(), roots=[CA.pem, ROOT.pem], revocation=silent.ask, moment=NOW)
    assert leaf_only.verdict == "valid", str(leaf_only)

    silent.revoked[CITIZEN.certificate.serial_number] = NOW - DAY
    assert judge(signed(), roots=[CA.pem, ROOT.pem], revocation=silent.ask, moment=NOW).verdict == "invalid"


def test_a_namesake_is_another_person() -> None:
    namesake = issue(name("Tô Kiến Thanh", "CCCD:001201000999", "MST:0100109106"), key_of("stranger"), CA)
    signer = judged(by(namesake)).findings[0].signer

    assert signer.name == "Tô Kiến Thanh"
    assert not signer.has("001201000123")
    assert signer.has("001201000999")
    assert not signer.has("0100109106")


def test_a_digest_without_a_signature_has_nothing_to_flip() -> None:
    with pytest.raises(ValueError, match="no signature"):
        flip_covered_byte(declaration())


@needs("pdfsig")
@pytest.mark.parametrize("made", [signed, lambda: signed(LEGACY), lambda: ByPyhanko().sign(declaration())])
def test_pdfsig_agrees_on_good_files(made: Callable[[], bytes]) -> None:
    assert pdfsig_agrees(made()).held is True


@needs("pdfsig")
@pytest.mark.parametrize(
    "made", [lambda: flip_covered_byte(signed()), FILES["pdf/byte-range-hashed.pdf"].make, stamp_only]
)
def test_pdfsig_agrees_on_bad_files(made: Callable[[], bytes]) -> None:
    assert pdfsig_agrees(made()).held is False


def test_a_missing_pdfsig_is_not_checked_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outside.shutil, "which", lambda _: None)

    assert pdfsig_says(signed()) is None
    assert pdfsig_agrees(signed()).held is None
    assert "NOT CHECKED: pdfsig" in caplog.text


@needs("openssl")
@pytest.mark.parametrize(("content", "held"), [(b"covered", True), (b"other", False)])
def test_openssl_agrees(content: bytes, held: bool) -> None:
    cms = cms_of(LEGACY, b"covered")

    assert openssl_verifies(cms, content, ROOT.pem + CA.pem).held is held
