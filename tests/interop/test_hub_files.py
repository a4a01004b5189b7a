"""A file that the hub signed (variant B), before foreign judges: pyHanko with revocation, OpenSSL, poppler."""

from __future__ import annotations

import asyncio
import base64
import io
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.interop.live import Live
from tests.interop.test_pdf_signing import Signed, judged, paper
from tests.needs import needs


def signed_by_hub(ca: Live) -> Signed:
    sheet = ca.post("/control/contracts", {"name": "Cổng thử"})["neacfiles"]
    citizen = ca.post("/control/citizens", {})["citizens"][0]
    bearer = {"Authorization": f"Bearer {sheet['token']}"}
    asked = {"user_id": citizen["id"], "ca_name": "CA2"}
    told = ca.http.post("/ca/neacfiles/get_certificate", json=asked, headers=bearer).json()
    (row,) = told["data"]["user_certificates"]
    file = {"doc_id": "D1", "file_name": "to-khai.pdf", "file_base64": base64.b64encode(paper()).decode()}
    order = {**asked, "sign_files": [file]} | {name: row[name] for name in ("cert_data", "serial_number")}
    order |= {"transaction_id": told["data"]["transaction_id"]}
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(ca.http.post, "/ca/neacfiles/sign_file", json=order, headers=bearer)
        path = f"/phone/api/{citizen['id']}/prompts"
        (prompt,) = ca.http.get(path, params={"wait": 10}).json()["prompts"]
        ca.post(f"{path}/{prompt['id']}", {"choice": "approve", "secret": citizen["pin"]})
        (done,) = call.result(20).json()["data"]["signFiles"]
    root = asn1_x509.Certificate.load(ca.http.get("/pki/root.crt").content)
    return Signed(base64.b64decode(done["file_base64"]), row["serial_number"], root)


def test_pyhanko_trusts_it_until_the_certificate_is_revoked(ca: Live) -> None:
    async def story() -> None:
        signed = await asyncio.to_thread(signed_by_hub, ca)
        verdict = await judged(signed)
        assert (verdict.intact, verdict.valid, verdict.trusted, verdict.bottom_line) == (True, True, True, True)
        ca.post(f"/control/certificates/{signed.serial}/revoke")
        assert not (await judged(signed)).trusted

    asyncio.run(story())


@needs("openssl")
def test_openssl_verifies_its_cms(ca: Live, tmp_path: Path) -> None:
    signed = signed_by_hub(ca)
    (embedded,) = PdfFileReader(io.BytesIO(signed.pdf)).embedded_signatures
    start, length, rest, tail = (int(number) for number in embedded.byte_range)
    (tmp_path / "covered").write_bytes(signed.pdf[start : start + length] + signed.pdf[rest : rest + tail])
    (tmp_path / "cms.der").write_bytes(embedded.pkcs7_content)
    (tmp_path / "root.pem").write_bytes(x509.load_der_x509_certificate(signed.root.dump()).public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "covered"]
    command += ["-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert "successful" in done.stderr, done.stderr


@needs("pdfsig")
def test_poppler_finds_a_valid_signature_over_the_whole_file(ca: Live, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed_by_hub(ca).pdf)
    command = ["pdfsig", "-nocert", "signed.pdf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert "Signature is Valid" in done.stdout
    assert "Total document signed" in done.stdout
