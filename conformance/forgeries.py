"""Bad files that a check hands to a portal: a changed byte, a chain that only looks right, a stamp without a signature."""

import asyncio
import io
import os
import re
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from fpdf import FPDF
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.stamp import TextStamp, TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from conformance.oracles.chain import certificates_of

AUTHORITY_NAMES = (
    "CN=VNPT SmartCA RS,O=VIETNAM POSTS AND TELECOMMUNICATIONS GROUP,C=VN",
    "CN=Vietnam National Root CA,C=VN",
)
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]


@dataclass(frozen=True)
class _Wanted:
    subject: x509.Name
    extensions: Extensions
    days: int = 365
    serial: int | None = None
    period: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class _Held:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def flip_covered_byte(pdf: bytes) -> bytes:
    """One bit of a byte that the signature covers; a page's content where there is one, so that the file still opens."""
    ranges = re.search(rb"/ByteRange\s*\[\s*0\s+(\d+)", pdf)
    if ranges is None:
        raise ValueError("the file carries no signature whose covered bytes could be changed")
    covered = int(ranges[1])
    at = len(b"%PDF-1.")
    for begin in re.finditer(rb"(?<!end)stream\r?\n", pdf[:covered]):
        ends = pdf.find(b"endstream", begin.end(), covered)
        dictionary = pdf[pdf.rfind(b" obj", 0, begin.start()) : begin.start()]
        if ends > begin.end() + 8 and not re.search(rb"/(XRef|ObjStm)\b", dictionary):
            at = (begin.end() + ends) // 2
            break
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def look_alike(pdf: bytes, name: str, personal_id: str, *, authorities: Sequence[bytes] = ()) -> bytes:
    """Signed under authorities of the same names and dates but other keys; give the real ones (issuer, then root)."""
    root, issuer = _authorities(certificates_of(authorities))
    return _signed(pdf, _citizen(name, personal_id, issuer), (issuer.certificate, root.certificate))


def borrowed(pdf: bytes, name: str, personal_id: str, authority: bytes) -> bytes:
    """Signed under a certificate that names the real authority (PEM) as its issuer and never saw its key; the real
    authority's certificate lies beside it."""
    (real,) = certificates_of((authority,))
    citizen = _citizen(name, personal_id, _Held(real, rsa.generate_private_key(65537, 2048)))
    return _signed(pdf, citizen, (real,))


def pasted(signed: bytes, into: bytes) -> bytes:
    """The newest signature of one file in a new field of another."""
    taken = PdfFileReader(io.BytesIO(signed)).embedded_signatures[-1]
    field = f"ChuKy{os.urandom(3).hex()}"
    writer = IncrementalPdfFileWriter(io.BytesIO(into))
    steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(field, on_page=0)).write_cms(field, writer)
    next(steps)
    signature = SignatureObject(
        timestamp=taken.self_reported_timestamp or datetime.now(UTC),
        subfilter=SigSeedSubFilter(str(taken.sig_object["/SubFilter"])),
        bytes_reserved=2 * len(taken.pkcs7_content),
    )
    steps.send(SigObjSetup(sig_placeholder=signature))
    hole, output = steps.send(SigIOSetup(md_algorithm="sha256", output=io.BytesIO()))
    hole.fill_with_cms(output, taken.pkcs7_content)
    return bytes(output.getvalue())


def _signed(pdf: bytes, citizen: _Held, chain: Sequence[x509.Certificate]) -> bytes:
    signer = signers.SimpleSigner(
        signing_cert=_converted(citizen.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(
            citizen.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        cert_registry=SimpleCertificateStore.from_certs([_converted(one) for one in chain]),
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=f"ChuKy{os.urandom(3).hex()}", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    with ThreadPoolExecutor(1) as thread:  # a caller may have a running loop
        work = signers.PdfSigner(metadata, signer).async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        return bytes(thread.submit(asyncio.run, work).result().getvalue())


def stamp_only(pdf: bytes | None = None, name: str = "Tô Kiến Thanh") -> bytes:
    """What a signature looks like on paper, and no signature: a frame with "Digitally signed by …" drawn on page one."""
    out = io.BytesIO(pdf or _empty_page())
    writer = IncrementalPdfFileWriter(out)
    plain = "".join(one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one))
    text = f"Digitally signed by {plain.replace('đ', 'd').replace('Đ', 'D').upper()}\nReason: ky so\nDate: %(ts)s"
    TextStamp(writer, TextStampStyle(stamp_text=text, border_width=2)).apply(0, 320, 60)
    writer.write_in_place()
    return out.getvalue()


def _empty_page() -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=14)
    pdf.cell(text="TO KHAI")
    return bytes(pdf.output())


def _citizen(name: str, personal_id: str, issuer: _Held) -> _Held:
    attributes = ((NameOID.COUNTRY_NAME, "VN"), (NameOID.COMMON_NAME, name), (NameOID.USER_ID, f"CCCD:{personal_id}"))
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    return _made(_Wanted(subject, ((_usage(authority=False), True), (purposes, True))), issuer)


def _authorities(real: Sequence[x509.Certificate]) -> tuple[_Held, _Held]:
    """Root and issuer, with keys made here; of the real ones everything is copied but what names their keys."""
    if len(real) >= 2:
        issuer_wanted, root_wanted = (_copy(one) for one in real[:2])
    else:
        extensions = ((x509.BasicConstraints(ca=True, path_length=None), True), (_usage(authority=True), True))
        names = (x509.Name.from_rfc4514_string(text) for text in AUTHORITY_NAMES)
        issuer_wanted, root_wanted = (_Wanted(name, extensions, days=3000) for name in names)
    root = _made(root_wanted, None)
    return root, _made(issuer_wanted, root)


def _copy(real: x509.Certificate) -> _Wanted:
    own = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)
    kept = tuple((one.value, one.critical) for one in real.extensions if not isinstance(one.value, own))
    return _Wanted(
        real.subject, kept, serial=real.serial_number, period=(real.not_valid_before_utc, real.not_valid_after_utc)
    )


def _made(wanted: _Wanted, issuer: _Held | None) -> _Held:
    key = rsa.generate_private_key(65537, 2048)
    now = datetime.now(UTC)
    begins, ends = wanted.period or (now - timedelta(hours=1), now + timedelta(days=wanted.days))
    signing = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(wanted.subject)
        .issuer_name(issuer.certificate.subject if issuer else wanted.subject)
        .public_key(key.public_key())
        .serial_number(wanted.serial or x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    for value, critical in wanted.extensions:
        builder = builder.add_extension(value, critical=critical)
    return _Held(builder.sign(signing, hashes.SHA256()), key)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _converted(certificate: x509.Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
