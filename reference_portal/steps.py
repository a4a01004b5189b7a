"""The steps that citizens, officers and the portal share: whose dossier it is, one state further, what is stored."""

from dataclasses import dataclass
from typing import Literal

from reference_portal.accounts import Account
from reference_portal.books import Record
from reference_portal.dossiers import PAYING, Dossier, Refused, Step, answered, moved
from reference_portal.office import Office


@dataclass(frozen=True)
class Actor:
    """Who does something, as the history tells it."""

    name: str
    role: Literal["citizen", "officer", "system"]


class Counter(Record, frozen=True, kw_only=True):
    """The last number given to an agency on a day; `id` is agency and day."""

    last: int = 0


def not_signed_in() -> Refused:
    return Refused("not_signed_in", "Vui lòng đăng nhập để thực hiện.", status=401)


def owned(office: Office, person: Account | None, dossier_id: str, deed: str) -> Dossier:
    """The dossier if this person may do this to it; otherwise it is as if it did not exist."""
    if person is None:
        raise not_signed_in()
    dossier = office.books.get(Dossier, dossier_id)
    if dossier is None or not office.parts.rules.filing.owns(person.id, dossier, deed):
        raise Refused("no_such_dossier", "Không tìm thấy hồ sơ.", status=404)
    return dossier


def advance(office: Office, dossier: Dossier, deed: str, actor: Actor, reason: str | None = None) -> Dossier:
    """The dossier one state further, with its row of history."""
    to = office.parts.rules.filing.target(dossier.state, deed)
    return _step(office, dossier, to, actor, _Told(reason, deed))


def answer(office: Office, dossier: Dossier, actor: Actor) -> Dossier:
    """The supplement is sent: back to the desk, or waiting for the officer who asked."""
    request = dossier.supplement
    if request is None or request.answered:
        raise Refused("nothing_asked", "Hồ sơ không có yêu cầu bổ sung đang chờ.")
    sent = answered(dossier)
    to = sent.state if sent.supplement else request.before
    return _step(office, sent, to, actor, _Told("Công dân đã gửi bổ sung"))


def settle_back(office: Office, dossier: Dossier) -> Dossier:
    """From waiting for money back to where the dossier was, once all is paid."""
    if dossier.state != PAYING or any(not fee.paid for fee in dossier.fees):
        return dossier
    system = Actor("Cổng dịch vụ công", "system")
    return _step(office, dossier, dossier.before, system, _Told("Đã nộp phí, lệ phí"))


def stored(office: Office, dossier_id: str) -> Dossier:
    dossier = office.books.get(Dossier, dossier_id)
    assert dossier is not None, f"{dossier_id} was not saved"
    return dossier


@dataclass(frozen=True)
class _Told:
    reason: str | None
    deed: str = ""


def _step(office: Office, dossier: Dossier, to: int, actor: Actor, told: _Told) -> Dossier:
    at, source = office.now().isoformat(), dossier.state
    step = Step(at=at, who=actor.name, role=actor.role, source=source, target=to, reason=told.reason, deed=told.deed)
    return moved(dossier, to, office.parts.rules.filing.step(step))
