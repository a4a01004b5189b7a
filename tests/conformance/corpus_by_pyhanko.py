"""Signed files made with pyHanko, and the right ones of both makers."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import cms as asn1_cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from conformance.corpus.authorities import (
    CA,
    CITIZEN,
    CITIZEN_UID,
    DAY,
    NOW,
    ROOT,
    Held,
    Wish,
    issue,
    key_of,
    name,
)
from conformance.forgeries import flip_covered_byte, look_alike, stamp_only
from tests.conformance.corpus_by_hand import EXPIRED, LEGACY, Bad, changed, of
from tests.conformance.handmade import (
    Recipe,
    declaration,
    over_attrs_with,
    signed,
)


@dataclass(frozen=True)
class ByPyhanko:
    """A file as a portal makes it that builds its CMS with pyHanko."""

    held: Held = CITIZEN
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES
    certify: bool = False
    stamped: datetime | None = None
    authority: Held | None = None
    field: str = "Sig1"

    def sign(self, pdf: bytes) -> bytes:
        metadata = signers.PdfSignatureMetadata(
            field_name=self.field,
            md_algorithm="sha256",
            subfilter=self.subfilter,
            certify=self.certify,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        )
        stamper = None
        if self.authority:
            stamper = timestamps.DummyTimeStamper(
                asn1(self.authority), private(self.authority), store(CA, ROOT), fixed_dt=self.stamped
            )
        signer = signers.SimpleSigner(asn1(self.held), private(self.held), store(CA))
        out = signers.PdfSigner(metadata, signer, timestamper=stamper).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=16_384
        )
        return bytes(out.getvalue())


def asn1(held: Held) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(held.der)


def private(held: Held) -> asn1_keys.PrivateKeyInfo:
    return asn1_keys.PrivateKeyInfo.load(held.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def store(*helds: Held) -> SimpleCertificateStore:
    return SimpleCertificateStore.from_certs([asn1(held) for held in helds])


TSA_WISH = Wish(purposes=(ExtendedKeyUsageOID.TIME_STAMPING,))
TSA = issue(name("Dau thoi gian"), key_of("tsa"), CA, TSA_WISH)
PLAIN_TSA = issue(name("Dau thoi gian"), key_of("tsa"), CA)
OLD_TSA = issue(name("Dau thoi gian"), key_of("tsa"), CA, replace(TSA_WISH, ends=NOW - 20 * DAY))
CURVE = issue(name("Lê Tiến Thanh", CITIZEN_UID), key_of("p256"), CA)
MICROSOFT = of(Wish(critical=ObjectIdentifier("1.3.6.1.4.1.311.21.10")))
SHA512 = Recipe(digest="sha512", scheme="sha512_rsa", sign=over_attrs_with(hashes.SHA512()))

GOOD: dict[str, Callable[[], bytes]] = {
    "PAdES by hand": signed,
    "legacy CMS by hand": lambda: signed(LEGACY),
    "SHA-512": lambda: signed(SHA512),
    "ECDSA": lambda: signed(Recipe(signer=CURVE, signing_certificate=CURVE)),
    "two signers by hand": lambda: signed(LEGACY, signed()),
    "critical Microsoft extension": lambda: signed(MICROSOFT),
    "claimed time": lambda: signed(Recipe(claimed=NOW)),
    "PAdES by pyHanko": lambda: ByPyhanko().sign(declaration()),
    "legacy CMS by pyHanko": lambda: ByPyhanko(subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED).sign(declaration()),
    "two signers, one by each": lambda: ByPyhanko(field="Sig2").sign(signed()),
    "certified, then signed": lambda: ByPyhanko(field="Sig2").sign(ByPyhanko(certify=True).sign(declaration())),
    "timestamped": lambda: ByPyhanko(authority=TSA, stamped=NOW).sign(declaration()),
    "expired now, timestamped before": lambda: ByPyhanko(EXPIRED, authority=TSA, stamped=NOW - 10 * DAY).sign(
        declaration()
    ),
}


def tampered_stamp() -> bytes:
    """The timestamp of one signature put into another."""
    foreign = ByPyhanko(authority=TSA, stamped=NOW).sign(declaration(1))
    mine = ByPyhanko(authority=TSA, stamped=NOW).sign(declaration(3))
    take = re.compile(rb"/Contents ?<([0-9a-fA-F]*)>")
    other, own = (bytes.fromhex(take.search(pdf)[1].decode()) for pdf in (foreign, mine))
    return changed(mine, own.hex().upper().encode(), swap_token(own, other).hex().upper().encode())


def swap_token(own: bytes, other: bytes) -> bytes:
    mine, theirs = (asn1_cms.ContentInfo.load(raw) for raw in (own, other))
    mine["content"]["signer_infos"][0]["unsigned_attrs"] = theirs["content"]["signer_infos"][0]["unsigned_attrs"]
    return mine.dump(force=True).ljust(len(own), b"\0")


def overlaid_by_pyhanko(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


BAD_BY_PYHANKO: dict[str, Bad] = {
    "changed byte": (lambda: flip_covered_byte(ByPyhanko().sign(declaration())), "message_digest", "content_changed"),
    "changed byte, legacy": (
        lambda: flip_covered_byte(ByPyhanko(subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED).sign(declaration())),
        "pyhanko_intact",
        "content_changed",
    ),
    "first of two signatures broken": (
        lambda: ByPyhanko(field="Sig2").sign(flip_covered_byte(signed())),
        "message_digest",
        "content_changed",
    ),
    "look-alike chain": (lambda: look_alike(declaration(), "Lê Tiến Thanh", "001201000123"), "chain", "right"),
    "look-alike of the real authorities": (
        lambda: look_alike(declaration(), "Lê Tiến Thanh", "001201000123", authorities=[CA.pem, ROOT.pem]),
        "chain",
        "right",
    ),
    "overlaid": (lambda: overlaid_by_pyhanko(ByPyhanko().sign(declaration())), "modifications", "right"),
    "stamped on after signing": (lambda: stamp_only(ByPyhanko().sign(declaration())), "modifications", "right"),
    "certified, then stamped on": (
        lambda: stamp_only(ByPyhanko(certify=True).sign(declaration())),
        "file_end",
        "right",
    ),
    "expired": (lambda: ByPyhanko(EXPIRED).sign(declaration()), "lifetime", "right"),
    "timestamp by no time-stamping authority": (
        lambda: ByPyhanko(authority=PLAIN_TSA, stamped=NOW).sign(declaration()),
        "timestamp",
        "right",
    ),
    "timestamp after its authority expired": (
        lambda: ByPyhanko(authority=OLD_TSA, stamped=NOW - 10 * DAY).sign(declaration()),
        "timestamp",
        "right",
    ),
    "timestamp after the certificate expired": (
        lambda: ByPyhanko(EXPIRED, authority=TSA, stamped=NOW).sign(declaration()),
        "lifetime",
        "right",
    ),
    "timestamp before the certificate began": (
        lambda: ByPyhanko(of(Wish(begins=NOW - DAY)).signer, authority=TSA, stamped=NOW - 5 * DAY).sign(declaration()),
        "lifetime",
        "right",
    ),
    "timestamp of the future": (
        lambda: ByPyhanko(authority=TSA, stamped=NOW + DAY).sign(declaration()),
        "timestamp",
        "right",
    ),
    "timestamp of another value": (tampered_stamp, "timestamp", "right"),
}
