"""Signed PDFs made by hand, right and wrong: bytes, asn1crypto and cryptography, no PDF library that also judges."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, core, tsp, x509
from asn1crypto import cms as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from fpdf import FPDF

from conformance.corpus.authorities import CA, CITIZEN, Held

RESERVED = 12_000  # hex characters


def declaration(pages: int = 2) -> bytes:
    pdf = FPDF()
    for page in range(pages):
        pdf.add_page()
        pdf.set_font("helvetica", size=14)
        pdf.cell(text=f"To khai dang ky khai sinh, trang {page + 1}")
    return bytes(pdf.output())


Signs = Callable[[Held, bytes, bytes], bytes]
"""(signer, signedAttrs as SET OF, covered bytes) -> the value"""


def over_attrs(held: Held, attrs: bytes, covered: bytes) -> bytes:
    return over_attrs_with(hashes.SHA256())(held, attrs, covered)


def over_attrs_with(algorithm: hashes.HashAlgorithm) -> Signs:
    def sign(held: Held, attrs: bytes, covered: bytes) -> bytes:
        del covered
        if isinstance(held.key, rsa.RSAPrivateKey):
            return held.key.sign(attrs, padding.PKCS1v15(), algorithm)
        return held.key.sign(attrs, ec.ECDSA(algorithm))

    return sign


def over_digest(digest_of: Callable[[bytes, bytes], bytes]) -> Signs:
    def sign(held: Held, attrs: bytes, covered: bytes) -> bytes:
        assert isinstance(held.key, rsa.RSAPrivateKey)
        return held.key.sign(digest_of(attrs, covered), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))

    return sign


def without_digest_info(held: Held, attrs: bytes, covered: bytes) -> bytes:
    del covered
    assert isinstance(held.key, rsa.RSAPrivateKey)
    numbers = held.key.private_numbers()
    modulus, digest = numbers.public_numbers.n, hashlib.sha256(attrs).digest()
    block = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
    return pow(int.from_bytes(block), numbers.d, modulus).to_bytes(256)


@dataclass(frozen=True)
class Recipe:
    """A right PAdES signature of the citizen, and what is wrong with it."""

    signer: Held = CITIZEN
    named: Held | None = None
    chain: Sequence[Held] = (CA,)
    sign: Signs = over_attrs
    subfilter: str = "ETSI.CAdES.detached"
    attributes: bool = True
    signing_certificate: Held | None = CITIZEN
    message_digest: bytes | None = b""
    claimed: datetime | None = None
    digest: str = "sha256"
    scheme: str = ""
    embeds_signer: bool = True
    encapsulated: bytes | None = None
    after_cms: bytes = b""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def cms_of(recipe: Recipe, covered: bytes) -> bytes:
    named = recipe.named or recipe.signer
    certificate = x509.Certificate.load(named.der)
    attrs = asn1.CMSAttributes(list(_attributes(recipe, covered)))
    signed = attrs.dump() if recipe.attributes else covered
    scheme = recipe.scheme or ("sha256_rsa" if isinstance(recipe.signer.key, rsa.RSAPrivateKey) else "sha256_ecdsa")
    signer_info = {
        "version": "v1",
        "sid": asn1.SignerIdentifier(
            {
                "issuer_and_serial_number": asn1.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                )
            }
        ),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": recipe.digest}),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": scheme}),
        "signature": recipe.sign(recipe.signer, signed, covered),
    }
    if recipe.attributes:
        signer_info["signed_attrs"] = attrs
    embedded = [named, *recipe.chain] if recipe.embeds_signer else list(recipe.chain)
    content = {"content_type": "data"} | ({"content": recipe.encapsulated} if recipe.encapsulated else {})
    data = asn1.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": recipe.digest})],
            "encap_content_info": content,
            "certificates": [x509.Certificate.load(held.der) for held in embedded],
            "signer_infos": [signer_info],
        }
    )
    return asn1.ContentInfo({"content_type": "signed_data", "content": data}).dump()


def _attributes(recipe: Recipe, covered: bytes):
    yield asn1.CMSAttribute({"type": "content_type", "values": ["data"]})
    if recipe.message_digest is not None:
        digest = recipe.message_digest or hashlib.new(recipe.digest, covered).digest()
        yield asn1.CMSAttribute({"type": "message_digest", "values": [digest]})
    if recipe.claimed:
        time = asn1.Time({"utc_time": core.UTCTime(recipe.claimed)})
        yield asn1.CMSAttribute({"type": "signing_time", "values": [time]})
    if recipe.signing_certificate:
        first = tsp.ESSCertIDv2({"cert_hash": sha256(recipe.signing_certificate.der)})
        value = tsp.SigningCertificateV2({"certs": [first]})
        yield asn1.CMSAttribute({"type": "signing_certificate_v2", "values": [value]})


def signed(recipe: Recipe = Recipe(), pdf: bytes | None = None) -> bytes:
    """An incremental update with a signature field, its dictionary and a value over everything else."""
    prepared, hole = prepare(pdf or declaration(), recipe.subfilter)
    covered = prepared[: hole[0]] + prepared[hole[1] :]
    value = (cms_of(recipe, covered) + recipe.after_cms).hex()
    assert len(value) <= RESERVED
    return prepared[: hole[0] + 1] + value.ljust(RESERVED, "0").encode() + prepared[hole[1] - 1 :]


def prepare(pdf: bytes, subfilter: str) -> tuple[bytes, tuple[int, int]]:
    """The file with an empty signature, and where the hole lies."""
    root = int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    catalog = body_of(pdf, root)
    pages = int(re.search(rb"/Pages (\d+) 0 R", catalog)[1])
    page = int(re.search(rb"/Kids\s*\[\s*(\d+) 0 R", body_of(pdf, pages))[1])
    signature, widget = size, size + 1
    fields = [f"{n} 0 R" for n in _widgets(pdf)] + [f"{widget} 0 R"]
    listed = f"[{' '.join(fields)}]"
    plain_catalog = re.sub(rb"/AcroForm\s*<<.*?>>", b"", catalog, flags=re.DOTALL)
    plain_page = re.sub(rb"/Annots\s*\[.*?\]", b"", body_of(pdf, page), flags=re.DOTALL)
    acroform = f"/AcroForm << /Fields {listed} /SigFlags 3 >>".encode()
    placeholder = "0 ********** ********** **********"
    objects = {
        root: plain_catalog.rstrip()[:-2] + acroform + b">>",
        page: plain_page.rstrip()[:-2] + f"/Annots {listed}>>".encode(),
        signature: f"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /{subfilter} /ByteRange [{placeholder}] ".encode()
        + b"/Contents <"
        + b"0" * RESERVED
        + b"> >>",
        widget: f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig{widget}) /V {signature} 0 R /F 132 "
        f"/Rect [0 0 0 0] /P {page} 0 R >>".encode(),
    }
    out = updated(pdf, objects, root)
    first = out.rindex(b"/Contents <") + len(b"/Contents ")
    second = first + RESERVED + 2
    numbers = f"0 {first:<10} {second:<10} {len(out) - second:<10}"
    return out.replace(placeholder.encode(), numbers.encode()), (first, second)


def updated(pdf: bytes, objects: dict[int, bytes], root: int) -> bytes:
    """An incremental update with these objects, in the classic way."""
    before = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    size = max(*map(int, re.findall(rb"/Size (\d+)", pdf)), *(number + 1 for number in objects))
    out = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    rows = []
    for number, body in sorted(objects.items()):
        rows.append(f"{number} 1\n{len(out):010} 00000 n \n")
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    at = len(out)
    trailer = f"trailer\n<< /Size {size} /Root {root} 0 R /Prev {before} >>\nstartxref\n{at}\n%%EOF\n"
    return out + f"xref\n{''.join(rows)}{trailer}".encode()


def body_of(pdf: bytes, number: int) -> bytes:
    return re.findall(rb"(?:^|\n)%d 0 obj\s*(.*?)\s*endobj" % number, pdf, re.DOTALL)[-1]


def _widgets(pdf: bytes) -> list[int]:
    return [int(n) for n in re.findall(rb"\n(\d+) 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig", pdf)]


def overlaid(pdf: bytes) -> bytes:
    """A text laid over the page in an update after the signature."""
    root = int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])
    size = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    pages = int(re.search(rb"/Pages (\d+) 0 R", body_of(pdf, root))[1])
    page = int(re.search(rb"/Kids\s*\[\s*(\d+) 0 R", body_of(pdf, pages))[1])
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [50 700 400 760] /Contents (Dong y) /DA (/Helv 20 Tf 0 g) >>"
    with_note = body_of(pdf, page).replace(b"/Annots [", f"/Annots [{size} 0 R ".encode())
    return updated(pdf, {page: with_note, size: note}, root)
