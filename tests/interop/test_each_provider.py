"""A PDF signed through each provider's own wire, as a portal does it, judged by OpenSSL, poppler and our oracle's reasons."""

from __future__ import annotations

import hashlib
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko_certvalidator.registry import SimpleCertificateStore

from conformance.samples import pdf
from tests.needs import needs
from tests.places import Place, Running, running
from tests.simulators.ca.test_life_cycles import LIVES, Life


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    with running("ca") as made:
        yield made


async def signed(place: Place, life: Life) -> tuple[bytes, bytes]:
    """The file, and PEM of the chain above the signer: digest of the signed attributes out, raw value in, CMS made here."""
    citizen = await place.citizen()
    speaker = await life.speaker(place, citizen, "")
    leaf = asn1_x509.Certificate.load((await speaker.leaf()).public_bytes(Encoding.DER))
    ders = await place.world.pki.chain(life.ca)
    above = [asn1_x509.Certificate.load(der) for der in ders]

    def external(value: bytes) -> signers.ExternalSigner:
        mechanism = SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
        store = SimpleCertificateStore.from_certs(above)
        return signers.ExternalSigner(leaf, store, signature_value=value, signature_mechanism=mechanism)

    metadata = signers.PdfSignatureMetadata("Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    signer = external(bytes(256))
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf("To khai (MO PHONG)")))
    prepared, to_sign, out = await signers.PdfSigner(metadata, signer=signer).async_digest_doc_for_signing(
        writer, bytes_reserved=16384
    )
    attributes = await signer.signed_attrs(prepared.document_digest, "sha256", use_pades=True)
    asked = await speaker.ask(f"pdf-{citizen.id}", [hashlib.sha256(attributes.dump()).hexdigest()])
    assert asked.ref, asked.no
    assert await place.approve(citizen) == ""
    (value,) = (await speaker.told(asked.ref)).values
    cms = await external(value).async_sign_prescribed_attributes("sha256", attributes)
    await PdfTBSDocument.async_finish_signing(out, prepared, cms, post_sign_instr=to_sign.post_sign_instructions)
    pem = [x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in ders]
    return out.getvalue(), b"".join(pem)


@needs("openssl", "pdfsig")
@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.ca)
def test_openssl_and_poppler_accept_a_file_of_each_provider(lab: Running, life: Life, tmp_path: Path) -> None:
    files: list[tuple[bytes, bytes]] = []

    async def story() -> None:
        files.append(await signed(lab.place, life))

    lab.run(story())
    ((content, chain),) = files
    (embedded,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    start, length, rest, tail = (int(number) for number in embedded.byte_range)
    covered = content[start : start + length] + content[rest : rest + tail]
    parts = {"covered": covered, "cms.der": embedded.pkcs7_content, "chain.pem": chain, "signed.pdf": content}
    for name, part in parts.items():
        (tmp_path / name).write_bytes(part)
    verify = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "covered"]
    verify += ["-CAfile", "chain.pem", "-purpose", "any", "-out", "/dev/null"]
    assert "successful" in said(verify, tmp_path)
    seen = said(["pdfsig", "-nocert", "signed.pdf"], tmp_path)
    assert "Signature is Valid" in seen
    assert "Total document signed" in seen
    (tmp_path / "covered").write_bytes(covered.replace(b"MO PHONG", b"MO PHONX"))
    assert "successful" not in said(verify, tmp_path), "another document under the same signature"


def said(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=30)
    return done.stdout + done.stderr
