"""A PDF signed in two phases through the VNPT routes, as a portal does it, judged by pyHanko, OpenSSL and poppler."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fpdf import FPDF
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.interop.live import Live
from tests.needs import needs

SP769 = "/ca/vnpt/sca/sp769"


@dataclass(frozen=True)
class Signed:
    """A signed file with the certificate that signed it and the root above."""

    pdf: bytes
    serial: str
    root: asn1_x509.Certificate


def paper() -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(text="To khai dang ky khai sinh (MO PHONG)")
    return bytes(pdf.output())


async def signed_through(ca: Live, *, stamped: bool = False) -> Signed:
    """What a portal does: digest of the signed attributes out, raw value in, CMS made here."""
    sheet = ca.post("/control/contracts", {"name": "Cổng thử"})
    citizen = ca.post("/control/citizens", {})["citizens"][0]
    caller = {name: sheet["vnpt"][name] for name in ("sp_id", "sp_password")}
    asked = {**caller, "user_id": citizen["id"], "transaction_id": ""}
    (row,) = ca.post(f"{SP769}/v1/credentials/get_certificate", asked)["data"]["user_certificates"]
    leaf = asn1_x509.Certificate.load(base64.b64decode("".join(row["cert_data"].split())))
    above = [asn1_x509.Certificate.load(ca.http.get(path).content) for path in ("/pki/ca/vnpt.crt", "/pki/root.crt")]

    def external(value: bytes) -> signers.ExternalSigner:
        store = SimpleCertificateStore.from_certs(above)
        mechanism = SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
        return signers.ExternalSigner(leaf, store, signature_value=value, signature_mechanism=mechanism)

    metadata = signers.PdfSignatureMetadata("Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    signer = external(bytes(256))
    preparing = signers.PdfSigner(metadata, signer=signer)
    prepared, to_sign, out = await preparing.async_digest_doc_for_signing(
        IncrementalPdfFileWriter(io.BytesIO(paper())), bytes_reserved=16384
    )
    attributes = await signer.signed_attrs(prepared.document_digest, "sha256", use_pades=True)
    files = [
        {
            "data_to_be_signed": hashlib.sha256(attributes.dump()).hexdigest(),
            "doc_id": "88626142",
            "file_type": "pdf",
            "sign_type": "hash",
        }
    ]
    transaction = f"pdf-{citizen['id']}"
    ca.post(f"{SP769}/v1/signatures/sign", {**asked, "transaction_id": transaction, "sign_files": files})
    ca.approve(citizen)
    done = ca.post(f"{SP769}/v1/signatures/sign/{transaction}/status")
    value = base64.b64decode(done["data"]["signatures"][0]["signature_value"])
    stamper = HTTPTimeStamper(sheet["pki"]["tsa_url"]) if stamped else None
    cms = await external(value).async_sign_prescribed_attributes("sha256", attributes, timestamper=stamper)
    await PdfTBSDocument.async_finish_signing(out, prepared, cms, post_sign_instr=to_sign.post_sign_instructions)
    return Signed(out.getvalue(), row["serial_number"], above[1])


async def judged(signed: Signed) -> Any:
    (embedded,) = PdfFileReader(io.BytesIO(signed.pdf)).embedded_signatures
    async with aiohttp.ClientSession() as session:
        context = ValidationContext(
            trust_roots=[signed.root],
            allow_fetching=True,
            revocation_mode="require",
            fetcher_backend=AIOHttpFetcherBackend(session),
        )
        return await async_validate_pdf_signature(embedded, context)


@pytest.mark.parametrize("stamped", [False, True])
def test_pyhanko_trusts_it_with_revocation_required_until_it_is_revoked(ca: Live, stamped: bool) -> None:
    async def story() -> None:
        signed = await signed_through(ca, stamped=stamped)
        verdict = await judged(signed)
        assert (verdict.intact, verdict.valid, verdict.trusted, verdict.bottom_line) == (True, True, True, True)
        assert (verdict.timestamp_validity is not None) == stamped
        ca.post(f"/control/certificates/{signed.serial}/revoke")
        assert not (await judged(signed)).trusted

    asyncio.run(story())


@needs("openssl")
def test_openssl_verifies_its_cms(ca: Live, tmp_path: Path) -> None:
    signed = asyncio.run(signed_through(ca))
    (embedded,) = PdfFileReader(io.BytesIO(signed.pdf)).embedded_signatures
    start, length, rest, tail = (int(number) for number in embedded.byte_range)
    (tmp_path / "covered").write_bytes(signed.pdf[start : start + length] + signed.pdf[rest : rest + tail])
    (tmp_path / "cms.der").write_bytes(embedded.pkcs7_content)
    root = x509.load_der_x509_certificate(signed.root.dump())
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "covered"]
    command += ["-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert "successful" in done.stderr, done.stderr


@needs("pdfsig")
def test_poppler_finds_a_valid_signature_over_the_whole_file(ca: Live, tmp_path: Path) -> None:
    signed = asyncio.run(signed_through(ca))
    (tmp_path / "signed.pdf").write_bytes(signed.pdf)
    command = ["pdfsig", "-nocert", "signed.pdf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
    assert "Signature is Valid" in done.stdout
    assert "Total document signed" in done.stdout
