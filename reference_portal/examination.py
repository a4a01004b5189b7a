"""What the signatures in a PDF are worth: integrity, the whole file covered, a chain to our root, nothing revoked."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, ValidationError

from reference_portal import certificates, revocation, timestamps, updates

_PADES = "/ETSI.CAdES.detached"
_SUBFILTERS = {_PADES, "/adbe.pkcs7.detached"}
_DIGESTS = {"sha256", "sha384", "sha512"}
_SMALLEST_RSA = 2048
_SMALLEST_CURVE = 256
_LEEWAY = timedelta(minutes=5)
_VIETNAM = timezone(timedelta(hours=7))
_UNREADABLE = "Không đọc được chữ ký số trong tệp; tệp có thể đã bị hỏng hoặc bị sửa."
_CHANGED = "Nội dung tệp đã bị thay đổi sau khi ký số."
_UNTRUSTED = "Chứng thư số không thuộc tổ chức chứng thực chữ ký số được công nhận."


@dataclass(frozen=True)
class Strictness:
    """What is checked."""

    integrity: bool = True
    chain: bool = True
    revocation: bool = True
    additions: bool = True
    content: bool = True


ALL = Strictness()


@dataclass(frozen=True)
class Seal:
    """One signature of a file; `digest` is SHA-256 of the DER of its signed attributes, `at` only what it claims."""

    valid: bool
    problem_vi: str | None
    signer: str
    personal_id: str
    serial: str
    issuer: str
    at: datetime | None
    covers_whole: bool
    digest: bytes


_BROKEN = Seal(False, _UNREADABLE, "", "", "", "", None, False, b"")  # noqa: FBT003  # a constant, not a call's switch


@dataclass(frozen=True)
class _Trust:
    roots: tuple[asn1_x509.Certificate, ...]
    intermediates: tuple[asn1_x509.Certificate, ...]
    now: datetime
    strictness: Strictness


def examine(
    pdf: bytes, *, roots: Sequence[bytes], intermediates: Sequence[bytes], now: datetime, strictness: Strictness = ALL
) -> tuple[Seal, ...]:
    """The seals in the order of their making; () for a file without any; certificates as DER."""
    trust = _Trust(
        roots=tuple(map(asn1_x509.Certificate.load, roots)),
        intermediates=tuple(map(asn1_x509.Certificate.load, intermediates)),
        now=now,
        strictness=strictness,
    )
    try:
        reader = PdfFileReader(BytesIO(pdf))
        embedded = reader.embedded_regular_signatures
        hidden = updates.unlisted(pdf, reader)
        stamped = timestamps.documents_hold(reader, timestamps.context(trust.roots, trust.intermediates, trust.now))
    except Exception:  # noqa: BLE001  # a hostile file may raise anything in the parser: it becomes an invalid seal
        return (_BROKEN,)
    seals = tuple(_seal(pdf, each, trust) for each in embedded)
    if strictness.chain and seals and not stamped:
        seals = tuple(replace(each, valid=False, problem_vi=each.problem_vi or timestamps.UNSOUND) for each in seals)
    return (*seals, _BROKEN) if seals and hidden and strictness.additions else seals


def _seal(pdf: bytes, embedded: EmbeddedPdfSignature, trust: _Trust) -> Seal:
    try:
        certificate = x509.load_der_x509_certificate(embedded.signer_cert.dump())
        at = _claimed_time(embedded)
        changed = tuple(_integrity_problems(pdf, embedded, trust.strictness))
        if trust.strictness.additions and not changed and not updates.only_signed_since(pdf, embedded):
            changed = (_CHANGED,)
        problems = changed if trust.strictness.integrity else ()
        wrong = next(iter(problems), None) or _certificate_problem(embedded, certificate, at, trust)
    except Exception:  # noqa: BLE001  # as above
        return _BROKEN
    return Seal(
        valid=wrong is None,
        problem_vi=wrong,
        signer=certificates.common_name(certificate),
        personal_id=certificates.personal_id(certificate),
        serial=certificates.serial(certificate),
        issuer=certificates.issuer_name(certificate),
        at=at,
        covers_whole=not changed,
        digest=_digest(embedded),
    )


def _integrity_problems(pdf: bytes, embedded: EmbeddedPdfSignature, strictness: Strictness) -> Iterator[str]:
    """Each rule that a verifier's overall verdict leaves out, then the verdict itself."""
    info = embedded.signer_info
    attributes = {attribute["type"].native for attribute in info["signed_attrs"]}
    subfilter = str(embedded.sig_object.get("/SubFilter"))
    if subfilter not in _SUBFILTERS or not {"content_type", "message_digest"} <= attributes:
        yield "Chữ ký số không có các thuộc tính được ký theo chuẩn CMS."
        return
    if subfilter == _PADES and "signing_certificate_v2" not in attributes:
        yield "Chữ ký số không đúng chuẩn PAdES: thiếu signingCertificateV2."
    if embedded.signed_data["encap_content_info"]["content"].native is not None or not _algorithms_agree(info):
        yield "Chữ ký số dùng cấu trúc hoặc thuật toán không được chấp nhận."
    if not _hole_is_tight(pdf, embedded):
        yield _CHANGED
        return
    embedded.compute_integrity_info()
    intact, valid = validate_sig_integrity(
        info, embedded.signer_cert, expected_content_type="data", actual_digest=embedded.compute_digest()
    )
    if not intact and strictness.content:
        yield _CHANGED
    if not valid:
        yield "Giá trị chữ ký số không khớp với chứng thư số."


def _algorithms_agree(info: Any) -> bool:
    digest = info["digest_algorithm"]["algorithm"].native
    signature = info["signature_algorithm"]
    named = signature["algorithm"].native
    return digest in _DIGESTS and (named == "rsassa_pkcs1v15" or signature.hash_algo == digest)


def _hole_is_tight(pdf: bytes, embedded: EmbeddedPdfSignature) -> bool:
    """The ByteRange leaves out exactly <contents>, and behind the CMS there are only zeros."""
    if len(embedded.byte_range) != 4:
        return False
    start, length, rest, tail = (int(number) for number in embedded.byte_range)
    hole, contents = pdf[length:rest], embedded.pkcs7_content
    if start != 0 or min(length, rest, tail) < 0 or rest + tail > len(pdf):
        return False
    behind = contents[len(cms.ContentInfo.load(contents).dump()) :]
    framed = hole[:1] == b"<" and hole[-1:] == b">"
    return framed and bytes.fromhex(hole[1:-1].decode()) == contents and not any(behind)


def _certificate_problem(
    embedded: EmbeddedPdfSignature, certificate: x509.Certificate, at: datetime | None, trust: _Trust
) -> str | None:
    if trust.strictness.chain and (wrong := _unfit(certificate, at, trust.now)):
        return wrong
    context = timestamps.context(trust.roots, trust.intermediates, trust.now)
    if trust.strictness.chain and (wrong := timestamps.problem(embedded, certificate, context)):
        return wrong
    path = asyncio.run(_path(embedded, trust))
    if path is None:
        return _UNTRUSTED if trust.strictness.chain else None
    return revocation.problem(path, trust.now) if trust.strictness.revocation else None


def _unfit(certificate: x509.Certificate, at: datetime | None, now: datetime) -> str | None:
    if at is None or at > now + _LEEWAY:
        return "Thời điểm ký không được ghi hoặc nằm trong tương lai."
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return "Chứng thư số không có hiệu lực tại thời điểm ký."
    if not may_sign(certificate):
        return "Chứng thư số không được cấp để ký số hoặc khóa quá yếu."
    return None


async def _path(embedded: EmbeddedPdfSignature, trust: _Trust) -> tuple[x509.Certificate, ...] | None:
    """From the signer up to one of our roots, valid now; None when there is no such path."""
    context = ValidationContext(trust_roots=list(trust.roots), moment=trust.now, allow_fetching=False)
    known = [*trust.intermediates, *embedded.other_embedded_certs]
    validator = CertificateValidator(embedded.signer_cert, intermediate_certs=known, validation_context=context)
    try:
        found = await validator.async_validate_path()
    except (PathBuildingError, PathValidationError, ValidationError):
        return None
    return tuple(
        x509.load_der_x509_certificate(each.dump()) for each in reversed(list(found.iter_certs(include_root=True)))
    )


def may_sign(certificate: x509.Certificate) -> bool:
    """By the mandatory standards: RSA or ECDSA, long enough; and issued for signing documents."""
    key = certificate.public_key()
    enough = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= _SMALLEST_CURVE
    )
    return enough and certificates.signs_documents(certificate)


def _claimed_time(embedded: EmbeddedPdfSignature) -> datetime | None:
    claimed: datetime | None = embedded.self_reported_timestamp
    return claimed.replace(tzinfo=_VIETNAM) if claimed is not None and claimed.tzinfo is None else claimed


def _digest(embedded: EmbeddedPdfSignature) -> bytes:
    """Only the outer tag is changed from [0] to SET OF; the bytes stay those that were signed."""
    attributes = embedded.signer_info["signed_attrs"]
    return hashlib.sha256(b"\x31" + attributes.dump()[1:]).digest() if len(attributes) else b""
