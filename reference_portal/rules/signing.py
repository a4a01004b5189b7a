"""Decisions about who may sign what, and when a file counts as signed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from reference_portal.calls.smartca import Offered, Outcome
from reference_portal.catalogue import ComponentRule, Procedure
from reference_portal.components import Component, Mark, Signature, Signing, Version
from reference_portal.dossiers import Dossier
from reference_portal.seals import Strictness

Occasion = Literal["upload", "answer", "submission"]


@dataclass(frozen=True)
class Signed:
    """What became of a signing: only `state` signed brings content."""

    state: Literal["signed", "refused", "expired", "failed"]
    content: bytes | None = None
    signatures: tuple[Signature, ...] = ()
    message_vi: str | None = None


_WHY_NOT = {
    "refused": "Bạn đã bấm Hủy trên điện thoại: tập tin chưa được ký.",
    "expired": "Đã hết thời gian xác nhận: tập tin chưa được ký.",
    "failed": "Tổ chức chứng thực chữ ký số báo lỗi: tập tin chưa được ký. Vui lòng ký lại.",
}


def _unsigned(outcome: Outcome, _content: bytes) -> Signed:
    """Every end but a signature leaves the file unsigned and says so (specs/ca.md 16.3)."""
    state = outcome.state if outcome.state in ("refused", "expired") else "failed"
    return Signed(state, message_vi=outcome.message_vi or _WHY_NOT[state])


def _offered(certificates: tuple[Offered, ...], user_id: str, now: datetime) -> tuple[Offered, ...]:
    """Certificates of the number that was typed, valid now: nothing else is offered (specs/ca.md 16.7)."""
    return tuple(
        c for c in certificates if c.usable and c.personal_id == user_id and c.not_before <= now <= c.not_after
    )


def _same_file(component: Component, signing: Signing) -> bool:
    """An answer counts only for the file that was sent, so a late one is not applied to another (specs/ca.md 16.5)."""
    return component.current is not None and component.current.file == signing.file


def _is_applicant(signature: Signature, dossier: Dossier) -> bool:
    """By identity number, never by name: names are shared."""
    return signature.personal_id == dossier.personal_id


def _unsigned_components(dossier: Dossier, procedure: Procedure) -> tuple[ComponentRule, ...]:
    """Components whose signature is demanded and not there."""
    return tuple(rule for rule in procedure.components if rule.sign and dossier.component(rule.id).state() != "signed")


@dataclass(frozen=True)
class SigningRules:
    offered: Callable[[tuple[Offered, ...], str, datetime], tuple[Offered, ...]] = _offered
    doc_id_shown: Callable[[str], str] = lambda doc_id: doc_id
    unsigned: Callable[[Outcome, bytes], Signed] = _unsigned
    busy: Callable[[Component], Signing | None] = Component.waiting
    same_file: Callable[[Component, Signing], bool] = _same_file
    marked: Callable[[Dossier, str], tuple[str, ...]] = lambda _dossier, component: (component,)
    is_signer: Callable[[Signature, Dossier], bool] = _is_applicant
    not_theirs: Callable[[Signature], str] = lambda _signature: "Chữ ký số không phải của người nộp hồ sơ."
    found: Callable[[bytes, tuple[Signature, ...], Dossier], tuple[Signature, ...]] = lambda _c, found, _d: found
    replaced: Callable[[Version | None, Mark], Mark] = lambda _old, examined: examined
    unsigned_components: Callable[[Dossier, Procedure], tuple[ComponentRule, ...]] = _unsigned_components
    strictness: Callable[[Occasion], Strictness] = field(default=lambda _occasion: Strictness())
