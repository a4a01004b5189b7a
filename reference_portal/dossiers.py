"""The life of a dossier: states 0 to 10, what may follow what (specs/portal.md 2.4), and its records; pure."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from reference_portal.books import Record
from reference_portal.catalogue import Fee
from reference_portal.components import Component

STATES = (
    "Bản nháp",
    "Mới đăng ký",
    "Được tiếp nhận",
    "Không được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã trả kết quả",
)
(DRAFT, SUBMITTED, ACCEPTED, REFUSED, PROCESSING, SUPPLEMENT, PAYING, WITHDRAWN, STOPPED, FINISHED, HANDED_OVER) = (
    range(11)
)

# (deed, from) -> to. An answered supplement and a paid fee go back to where the dossier was before it was asked.
MOVES = {
    ("submit", DRAFT): SUBMITTED,
    ("accept", SUBMITTED): ACCEPTED,
    ("accept", SUPPLEMENT): ACCEPTED,
    ("refuse", SUBMITTED): REFUSED,
    ("refuse", SUPPLEMENT): REFUSED,
    ("process", ACCEPTED): PROCESSING,
    ("process", SUPPLEMENT): PROCESSING,
    ("process", STOPPED): PROCESSING,
    ("rollback", PROCESSING): ACCEPTED,
    ("rollback", STOPPED): PROCESSING,
    ("reschedule", ACCEPTED): ACCEPTED,
    ("reschedule", PROCESSING): PROCESSING,
    ("supplement", SUBMITTED): SUPPLEMENT,
    ("supplement", ACCEPTED): SUPPLEMENT,
    ("supplement", PROCESSING): SUPPLEMENT,
    ("answer", SUPPLEMENT): SUPPLEMENT,
    ("fee", ACCEPTED): PAYING,
    ("fee", PROCESSING): PAYING,
    ("withdraw", SUBMITTED): WITHDRAWN,
    ("withdraw", ACCEPTED): WITHDRAWN,
    ("withdraw", PROCESSING): WITHDRAWN,
    ("withdraw", SUPPLEMENT): WITHDRAWN,
    ("withdraw", PAYING): WITHDRAWN,
    ("stop", ACCEPTED): STOPPED,
    ("stop", PROCESSING): STOPPED,
    ("finish", ACCEPTED): FINISHED,
    ("finish", PROCESSING): FINISHED,
    ("hand_over", FINISHED): HANDED_OVER,
}


class Refused(Exception):
    """What the portal will not do, in a sentence for the person who asked."""

    def __init__(self, error: str, message_vi: str, *, status: int = 409, field: str | None = None) -> None:
        super().__init__(message_vi)
        self.error, self.message_vi, self.status, self.field = error, message_vi, status, field


class Step(Struct, frozen=True, kw_only=True):
    """A row of history; `deed` is the key of the table that made it, "" where an answer or a payment did."""

    at: str
    who: str
    role: Literal["citizen", "officer", "system"]
    source: int
    target: int
    reason: str | None = None
    deed: str = ""


class Request(Struct, frozen=True, kw_only=True):
    """An officer's supplement request; `before` is the state to which the dossier goes back."""

    reason: str
    components: tuple[str, ...]
    until: str
    before: int
    answered: bool = False


class Dossier(Record, frozen=True, kw_only=True):
    """`about` is the account of the applicant."""

    procedure: str
    agency: str
    applicant: str
    personal_id: str
    components: tuple[Component, ...]
    fees: tuple[Fee, ...] = ()
    code: str | None = None
    state: int = DRAFT
    before: int = DRAFT
    refusal: str | None = None
    copy_of: str | None = None
    supplement: Request | None = None
    history: tuple[Step, ...] = ()
    created: str
    submitted: str | None = None
    received: str | None = None
    due: str | None = None

    def component(self, component_id: str) -> Component:
        for component in self.components:
            if component.id == component_id:
                return component
        raise Refused("no_such_component", "Hồ sơ không có thành phần này.", status=404, field=component_id)

    def with_component(self, component: Component) -> "Dossier":
        changed = tuple(component if old.id == component.id else old for old in self.components)
        return replace(self, components=changed)


class Numbered(Record, frozen=True, kw_only=True):
    """A dossier code that was given; `about` is the dossier, so that one code is one record."""


def target(state: int, deed: str) -> int:
    """Where the deed leads, or Refused: every move that the table does not hold is none."""
    to = MOVES.get((deed, state))
    if to is None:
        raise Refused("not_in_this_state", f"Không thể thực hiện khi hồ sơ ở trạng thái “{STATES[state]}”.")
    return to


def moved(dossier: Dossier, to: int, step: Step) -> Dossier:
    """The dossier in its new state, with one more row of history."""
    return replace(dossier, state=to, history=(*dossier.history, step))


def answered(dossier: Dossier) -> Dossier:
    """The supplement was sent: back to the desk if the desk had asked, else it waits for the officer."""
    assert dossier.supplement is not None, f"{dossier.id} has no supplement request"
    if dossier.supplement.before == SUBMITTED:
        return replace(dossier, supplement=None)
    return replace(dossier, supplement=replace(dossier.supplement, answered=True))


def aged(dossier: Dossier, seconds: int) -> Dossier:
    """The same dossier as if everything had happened so much earlier."""

    def back(at: str | None) -> str | None:
        return None if at is None else (datetime.fromisoformat(at) - timedelta(seconds=seconds)).isoformat()

    request = dossier.supplement
    return replace(
        dossier,
        submitted=back(dossier.submitted),
        received=back(dossier.received),
        due=back(dossier.due),
        supplement=None if request is None else replace(request, until=back(request.until) or ""),
        history=tuple(replace(step, at=back(step.at) or "") for step in dossier.history),
    )
