"""Flaws of remote signing and of looking at signatures."""

import hashlib
import json
import re
import zlib
from dataclasses import replace
from io import BytesIO
from typing import Any

from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

from reference_portal import seals
from reference_portal.calls import hub
from reference_portal.calls.smartca import Offered, Outcome
from reference_portal.catalogue import ComponentRule, Procedure
from reference_portal.components import Mark, Signature, Version
from reference_portal.dossiers import Dossier
from reference_portal.flaws.row import Flaw, both, called, ids, lax, ruled, sealed
from reference_portal.parts import RIGHT
from reference_portal.rules.signing import Signed
from reference_portal.seals import Prepared, WrongAnswer

_ANY_CA = "VNPT-CA"
_STAMP = re.compile(rb"Digitally signed by|" + "Digitally signed by".encode("utf-16-be"))
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


async def _certificates_of_one_ca(http: Any, told: Any, _ca_name: str, user_id: str) -> tuple[Offered, ...]:
    return await hub.certificates(http, told, _ANY_CA, user_id)


async def _signed_at_one_ca(http: Any, told: Any, _ca_name: str, order: Any) -> Outcome:
    return await hub.sign(http, told, _ANY_CA, order)


def _over_means_done(outcome: Outcome, content: bytes) -> Signed:
    if outcome.state == "failed":
        return RIGHT.rules.signing.unsigned(outcome, content)
    return Signed("signed", content)


def _byte_range_hashed(pdf: bytes, **named: Any) -> Prepared:
    """The digest of the document goes to the CA in place of the digest of the signed attributes."""
    prepared = seals.prepare(pdf, **named)
    kept = json.loads(prepared.state.partition(b"\n")[0])
    return replace(prepared, digest=bytes.fromhex(kept["byte_range_digest"]))


def _unverified(prepared: Prepared, value: bytes) -> bytes:
    """Whatever value came is put into the file."""
    try:
        return seals.finish(prepared, value)
    except WrongAnswer:
        head, _, document = prepared.state.partition(b"\n")
        kept = json.loads(head)
        hole = PreparedByteRangeDigest(bytes.fromhex(kept["byte_range_digest"]), kept["start"], kept["end"])
        ders = tuple(bytes.fromhex(der) for der in kept["certificates"])
        output = BytesIO(document)
        made = seals._signed_data(bytes.fromhex(kept["attributes"]), ders, value)  # noqa: SLF001  # finish() without its first line is the flaw
        hole.fill_with_cms(output, made)
        return output.getvalue()


def _stamp_counts(content: bytes, found: tuple[Signature, ...], dossier: Dossier) -> tuple[Signature, ...]:
    if found or not _STAMP.search(content + b"".join(_inflated(content))):
        return found
    return (
        Signature(
            valid=True,
            signer=dossier.applicant,
            personal_id=dossier.personal_id,
            serial="",
            issuer="",
            at="",
            digest=hashlib.sha256(content).hexdigest(),
        ),
    )


def _inflated(content: bytes) -> list[bytes]:
    texts = []
    for stream in _STREAM.findall(content):
        try:
            texts.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return texts


def _of_that_name(signature: Signature, dossier: Dossier) -> bool:
    """In small letters: some CAs write names in capitals."""
    return signature.signer.casefold() == dossier.applicant.casefold()


def _mark_survives(old: Version | None, examined: Mark) -> Mark:
    return "signed" if old is not None and old.mark == "signed" else examined


def _only_broken(dossier: Dossier, procedure: Procedure) -> tuple[ComponentRule, ...]:
    return tuple(rule for rule in procedure.components if rule.sign and dossier.component(rule.id).state() == "broken")


ROWS = (
    Flaw(
        "signer_not_compared",
        ruled("signing", is_signer=lambda _signature, _dossier: True),
        ids("D01"),
        "specs/ca.md 16.7: certificate not matched to the citizen who is logged in",
        "Không so sánh người ký với người nộp hồ sơ.",
        "Whoever signed counts as the applicant.",
        also=ids("D11"),
    ),
    Flaw(
        "ownership_by_name",
        ruled("signing", is_signer=_of_that_name),
        ids("D01"),
        "specs/ca.md 16.7: certificate matched by name, not by the number in UID",
        "So sánh người ký với người nộp theo họ tên.",
        "The signer is compared by name.",
    ),
    Flaw(
        "ca_name_ignored",
        called(hub_certificates=_certificates_of_one_ca, hub_sign=_signed_at_one_ca),
        ids("D02"),
        "specs/ca.md 16.7: the first certificate is taken; seed 003: “Chọn CA”",
        "Bỏ qua CA mà công dân chọn.",
        "The CA that the citizen chose is ignored.",
    ),
    Flaw(
        "doc_id_shown_is_another",
        ruled("signing", doc_id_shown=lambda doc_id: f"{(int(doc_id) + 1) % 10**8:08d}"),
        ids("D04"),
        "specs/portal.md 2.12: doc_id must be the same on the portal and in the app",
        "Mã tài liệu trên cổng khác mã trên điện thoại.",
        "The doc_id shown is not the one on the phone.",
        also=ids("D23"),
    ),
    Flaw(
        "refusal_counts_as_done",
        ruled("signing", unsigned=_over_means_done),
        ids("D06"),
        "specs/ca.md 16.3: status words read wrongly",
        "Công dân bấm Hủy nhưng tập tin vẫn được coi là đã ký.",
        "A refusal on the phone marks the file as signed.",
        also=ids("D07"),
    ),
    Flaw(
        "late_answer_applied",
        ruled("signing", same_file=lambda _component, _signing: True),
        ids("D07"),
        "specs/ca.md 16.5: a late confirmation is applied",
        "Kết quả ký đến muộn được áp dụng dù tập tin đã thay.",
        "A late answer is applied although the file was replaced.",
    ),
    Flaw(
        "byterange_hashed",
        both(sealed(prepare=_byte_range_hashed), lax("answer", "submission", integrity=False)),
        ids("D08"),
        "specs/ca.md 16.1: hash of the ByteRange sent instead of the signed attributes",
        "Gửi đi ký giá trị băm của ByteRange.",
        "The ByteRange's hash is signed instead of the signed attributes.",
        also=ids("D17", "D23"),
    ),
    Flaw(
        "integrity_not_checked",
        lax("upload", "submission", integrity=False),
        ids("D10"),
        "specs/ca.md 16.9: a signature is trusted without being verified",
        "Không kiểm tra tính toàn vẹn của tập tin đã ký.",
        "A changed file still counts as signed.",
        also=ids("D11", "D14"),
    ),
    Flaw(
        "additions_not_seen",
        lax("upload", "submission", additions=False),
        ids("D10"),
        "specs/ca.md 16.9: a signature is trusted without verifying that it covers the whole file",
        "Không thấy nội dung vẽ thêm sau chữ ký số.",
        "What was drawn into a file behind its signature goes unseen.",
    ),
    Flaw(
        "chain_not_checked",
        lax("upload", "answer", "submission", chain=False),
        ids("D12"),
        "specs/ca.md 16.18: roots unknown to the verifier",
        "Chấp nhận chứng thư số không thuộc CA được công nhận.",
        "A certificate of an unknown authority is accepted.",
    ),
    Flaw(
        "stamp_text_counts",
        ruled("signing", found=_stamp_counts),
        ids("D13"),
        "specs/portal.md 2.12: the visible text taken for the signature",
        "Dòng chữ “Digitally signed by” được coi là chữ ký số.",
        "The words of a stamp count as a signature.",
    ),
    Flaw(
        "signing_marks_all",
        ruled("signing", marked=lambda dossier, _component: tuple(one.id for one in dossier.components)),
        ids("D16"),
        "specs/portal.md 2.14.3: signCheck kept for the dossier, not for the file",
        "Ký một thành phần thì mọi thành phần đều thành đã ký.",
        "Signing one component marks all.",
    ),
    Flaw(
        "mark_survives_replacement",
        ruled("signing", replaced=_mark_survives),
        ids("D18"),
        "specs/portal.md 2.14.3: signCheck not reset with fileVersion",
        "Thay tập tin nhưng dấu “đã ký” vẫn còn.",
        "A replaced file keeps its signed mark.",
    ),
    Flaw(
        "signature_not_enforced",
        ruled("signing", unsigned_components=_only_broken),
        ids("D11", "D19"),
        "specs/portal.md 2.14.1: a precondition that is never applied",
        "Máy chủ không đòi chữ ký số khi nộp hồ sơ.",
        "Submission does not demand the signature.",
        also=ids("D01", "D13"),
    ),
    Flaw(
        "answer_not_verified",
        both(sealed(finish=_unverified), lax("answer", integrity=False)),
        ids("D24"),
        "specs/ca.md 16.9: what comes back is trusted without verification",
        "Không kiểm tra giá trị chữ ký mà CA trả về.",
        "Whatever value comes back is put into the file.",
    ),
    Flaw(
        "revocation_not_checked",
        both(
            lax("upload", "answer", "submission", revocation=False),
            ruled("signing", offered=lambda found, user_id, _now: tuple(c for c in found if c.personal_id == user_id)),
        ),
        ids("D03"),
        "specs/ca.md 16.7: a certificate that is no longer valid is taken",
        "Không kiểm tra chứng thư số đã bị tạm dừng hoặc thu hồi.",
        "Suspended and revoked certificates are accepted.",
    ),
)
