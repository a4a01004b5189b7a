"""Flaws of handling a dossier at the desk: supplement requests, stopping, withdrawal, what is kept and what is shown."""

from collections.abc import Callable

from msgspec.structs import replace

from reference_portal.components import Component, Version
from reference_portal.dossiers import ACCEPTED, PROCESSING, STOPPED, SUBMITTED, Dossier, Step, target
from reference_portal.flaws.row import Flaw, ids, ruled
from reference_portal.parts import RIGHT

_RIGHT = RIGHT.rules


def _blank_allowed(of: str) -> Callable[[str, str], bool]:
    return lambda deed, reason: deed == of or _RIGHT.filing.reason_given(deed, reason)


def _newest_alone(component: Component, version: Version) -> Component:
    return Component(id=component.id, versions=(version,), present=True)


def _opening_takes_charge(dossier: Dossier) -> Dossier:
    return replace(dossier, state=PROCESSING) if dossier.state == SUBMITTED else dossier


def _withdrawn_as_stopped(state: int, deed: str) -> int:
    to = target(state, deed)
    return STOPPED if deed == "withdraw" else to


def _listed_before_handling(dossier: Dossier) -> int:
    return ACCEPTED if dossier.state == PROCESSING else dossier.state


def _not_on_stop(step: Step) -> bool:
    return _RIGHT.notices.tells(step) and step.target != STOPPED


ROWS = (
    Flaw(
        "supplement_without_content",
        ruled("filing", reason_given=_blank_allowed("supplement")),
        ids("E07"),
        "specs/portal.md 2.14.1: action 4000 returns a dossier for completion, its note is optional",
        "Yêu cầu bổ sung được mà không nêu nội dung.",
        "A supplement is asked for without saying what.",
    ),
    Flaw(
        "supplement_without_components",
        ruled("filing", components_named=lambda _dossier, _asked: True),
        ids("E07"),
        "specs/portal.md 2.14.1: correcting opens the dossier without a list of its parts",
        "Yêu cầu bổ sung được mà không nêu thành phần nào.",
        "A supplement is asked for without a list of components.",
    ),
    Flaw(
        "old_versions_dropped",
        ruled("filing", kept=_newest_alone),
        ids("E16"),
        "specs/portal.md 2.14.2: PUT of a dossier's file overwrites it in place",
        "Tệp thay thế ghi đè tệp cũ.",
        "A replaced file is written over the old one.",
    ),
    Flaw(
        "withdrawal_is_a_stop",
        ruled("filing", target=_withdrawn_as_stopped),
        ids("E21"),
        "specs/portal.md 2.4: OpenCPS states without a fixed national code (cancelling) are mapped by a table",
        "Công dân rút hồ sơ mà cổng ghi là cơ quan dừng xử lý.",
        "A withdrawal is recorded as if the agency had stopped.",
    ),
    Flaw(
        "stop_without_reason",
        ruled("filing", reason_given=_blank_allowed("stop")),
        ids("E22"),
        "specs/portal.md 2.14.1: the note of an action (actionNote) is optional",
        "Dừng xử lý được mà không nêu lý do.",
        "A dossier is stopped without a reason.",
    ),
    Flaw(
        "silent_stop",
        ruled("notices", tells=_not_on_stop),
        ids("E22"),
        "specs/portal.md 2.11: a template for each change, one of them not sent",
        "Dừng xử lý mà không báo người nộp.",
        "Stopping is not told.",
    ),
    Flaw(
        "list_is_stale",
        ruled("filing", listed_state=_listed_before_handling),
        ids("E26"),
        "specs/portal.md 2.14.1: dossierStatus and dossierSubStatus are kept apart, and lists show one of them",
        "Danh sách hiện trạng thái cũ sau khi hồ sơ đã chuyển xử lý.",
        "The list shows the state before the last one.",
    ),
    Flaw(
        "opening_takes_charge",
        ruled("filing", seen=_opening_takes_charge),
        ids("E31"),
        "specs/portal.md 2.14.1: GET cancelling, correcting and reset change the dossier's state",
        "Cán bộ chỉ mở xem mà hồ sơ đổi trạng thái.",
        "Opening a dossier changes its state.",
    ),
)
