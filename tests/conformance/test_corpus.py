"""The corpus as a folder: files, roots and a manifest that says what is planted; its status services over HTTP."""

import json
from datetime import datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509

from conformance.corpus.__main__ import Desk
from conformance.corpus.authorities import CA, STATUS_URL
from conformance.corpus.files import CASES, SERVICE, write
from conformance.corpus.people import SUSPENDED
from conformance.oracles import ask_over_http, judge

SOME = [case for case in CASES if case.file in {"pdf/pades.pdf", "pdf/suspended.pdf", "pdf/no-pdf.pdf", "xml/sha1.xml"}]


def test_a_folder_has_each_file_the_roots_and_a_manifest(tmp_path: Path) -> None:
    write(tmp_path, SOME)

    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    rows = {row["file"]: row for row in told["files"]}
    assert set(rows) == {case.file for case in SOME}
    assert rows["pdf/suspended.pdf"]["reason"] == "not_revoked"
    assert [row["file"] for row in told["files"] if row["good"]] == ["pdf/pades.pdf"]
    for tree in told["trees"].values():
        x509.load_pem_x509_certificate((tmp_path / tree["root"]).read_bytes())
        x509.load_pem_x509_certificate((tmp_path / tree["authority"]).read_bytes())
    assert (tmp_path / "pdf/no-pdf.pdf").read_bytes() == b"hello"


def test_a_folder_is_judged_as_its_manifest_says_without_the_code_that_made_it(tmp_path: Path) -> None:
    write(tmp_path, SOME)
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = Thread(target=server.serve_forever)
    thread.start()
    here = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        for row in told["files"]:
            if row["file"].startswith("xml/"):
                continue
            tree = told["trees"][row["tree"]]
            found = judge(
                (tmp_path / row["file"]).read_bytes(),
                roots=[(tmp_path / tree["root"]).read_bytes()],
                intermediates=[(tmp_path / tree["authority"]).read_bytes()],
                revocation=lambda url, request: ask_over_http(url.replace(told["status"], here), request),
                moment=datetime.fromisoformat(told["moment"]),
            )
            assert found.verdict == row["verdict"], str(found)
        assert ask_over_http(f"{here}/crl/{CA.serial:x}", None) is not None
        assert ask_over_http(f"{here}/elsewhere", None) is None
        assert ask_over_http(f"{here}/ocsp", b"no request") is None
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_every_case_says_in_words_what_is_planted() -> None:
    assert len({case.file for case in CASES}) == len(CASES)
    for case in CASES:
        assert case.what, case.file
        assert bool(case.reason) == (case.verdict not in {"valid", "unsigned"}), case.file


@pytest.mark.parametrize("which", ["crl", "crl/stale"])
def test_the_crl_is_its_authoritys_and_names_the_suspended(which: str) -> None:
    answer = SERVICE.ask(f"{STATUS_URL}/{which}/{CA.serial:x}", None)
    assert answer is not None
    crl = x509.load_der_x509_crl(answer)
    assert crl.is_signature_valid(CA.certificate.public_key())
    assert crl.get_revoked_certificate_by_serial_number(SUSPENDED.serial) is not None
