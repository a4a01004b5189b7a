"""Flaws of handling a dossier at the desk: supplement requests, stopping, withdrawal, what is kept and what is shown."""

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from reference_portal.books import Books, Change, Record
from reference_portal.components import Component, Version
from reference_portal.dossiers import (
    ACCEPTED,
    FINISHED,
    HANDED_OVER,
    PROCESSING,
    STOPPED,
    SUBMITTED,
    Dossier,
    Step,
    target,
)
from reference_portal.flaws.row import Flaw, ids, ruled
from reference_portal.parts import RIGHT

T = TypeVar("T")
_RIGHT = RIGHT.rules
_BREATH = 0.05


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


def _goto(state: int, deed: str) -> int:
    return HANDED_OVER if (deed, state) == ("hand_over", PROCESSING) else target(state, deed)


def _stopped_goes_on(state: int, deed: str) -> int:
    return FINISHED if (deed, state) == ("finish", STOPPED) else target(state, deed)


def _rewritten(dossier: Dossier, _now: datetime) -> Dossier:
    return replace(dossier, history=tuple(replace(step, reason=None) for step in dossier.history))


async def _check_then_act(books: Books, decide: Callable[[Change], T]) -> T:
    """Where an officer acts: decides on what was read, takes a breath, and writes over what happened meanwhile."""
    change = Change(books)
    answer = decide(change)
    if not any(_by_officer(record) for record in change.records.values()):
        return books.transact(decide)
    await asyncio.sleep(_BREATH)
    books.overwrite(change)
    return answer


def _by_officer(record: Record) -> bool:
    return isinstance(record, Dossier) and bool(record.history) and record.history[-1].role == "officer"


def _taken_back(history: tuple[Step, ...]) -> tuple[Step, ...]:
    return history[:-2]


def _even_a_result(state: int, deed: str) -> int:
    return FINISHED if (deed, state) == ("rollback", HANDED_OVER) else target(state, deed)


def _not_on_rollback(step: Step) -> bool:
    return _RIGHT.notices.tells(step) and step.deed != "rollback"


def _without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda slip: {name: value for name, value in slip.items() if name not in names}


ROWS = (
    Flaw(
        "result_before_its_time",
        ruled("filing", target=_goto),
        ids("E01"),
        "specs/portal.md 2.14.1: action 9999 goes to any step",
        "Trả kết quả khi hồ sơ còn đang xử lý.",
        "A result is handed over while the dossier is still handled.",
    ),
    Flaw(
        "stopped_goes_on",
        ruled("filing", target=_stopped_goes_on),
        ids("E01"),
        "specs/portal.md 2.14.1: unknown text of a precondition is ignored, so that the action is open",
        "Hồ sơ đã dừng vẫn xử lý xong được.",
        "A dossier that was stopped can be finished.",
    ),
    Flaw(
        "receipt_without_place",
        ruled("handling", slip=_without("place_of_return")),
        ids("E03"),
        "specs/portal.md 2.14.2: documents are printed from a template; here one without this field",
        "Giấy tiếp nhận không ghi nơi trả kết quả.",
        "The receipt names no place of return.",
    ),
    Flaw(
        "receipt_without_components",
        ruled("handling", slip=_without("components")),
        ids("E03"),
        "specs/portal.md 2.14.2: documents are printed from a template; here one without this field",
        "Giấy tiếp nhận không ghi đã nhận những gì.",
        "The receipt does not say what was handed in.",
    ),
    Flaw(
        "asked_again_and_again",
        ruled("handling", may_ask_again=lambda _dossier: True),
        ids("E08"),
        "specs/portal.md 4.1 row 3: more than one supplement, without the field for its legal basis",
        "Yêu cầu bổ sung bao nhiêu lần cũng được.",
        "More is asked for again and again.",
    ),
    Flaw(
        "basis_not_recorded",
        ruled("handling", founded=lambda reason, _basis: reason),
        ids("E08"),
        "specs/portal.md 4.1 row 3: more than one supplement, without the field for its legal basis",
        "Yêu cầu thêm có nêu căn cứ nhưng không ghi lại căn cứ.",
        "The legal basis of a further request is not kept.",
    ),
    Flaw(
        "history_rewritten",
        ruled("handling", handed_on=_rewritten),
        ids("E25"),
        "specs/portal.md 2.14.2: rollback, restore and goto act on a dossier that has a history; here one of them rewrites it",
        "Chuyển bộ phận là mất lý do trong các dòng nhật ký cũ.",
        "Handing a dossier on empties the reasons of earlier rows.",
    ),
    Flaw(
        "officers_race",
        lambda parts: dataclasses.replace(parts, discipline=_check_then_act),
        ids("E27"),
        "specs/portal.md 2.14.1: an action is tied to preStepCode; here that is checked on what was read before",
        "Hai cán bộ bấm cùng lúc thì cả hai đều được, người sau ghi đè.",
        "Of two officers at once both succeed, and the later overwrites.",
    ),
    Flaw(
        "rollback_erases",
        ruled("handling", recalled=_taken_back),
        ids("E28"),
        "specs/portal.md 2.14.2: POST rollback; here it removes the last row instead of adding one",
        "Thu hồi là xóa dòng nhật ký.",
        "A rollback removes the row of history.",
    ),
    Flaw(
        "rollback_of_a_result",
        ruled("filing", target=_even_a_result),
        ids("E28"),
        "specs/portal.md 2.14.1: action 9000 and the field rollbackable; here even a result given is",
        "Thu hồi được cả kết quả đã trả.",
        "Even a result that was given is taken back.",
    ),
    Flaw(
        "silent_rollback",
        ruled("notices", tells=_not_on_rollback),
        ids("E28"),
        "specs/portal.md 2.11: a template for each change, one of them not sent",
        "Thu hồi mà không báo người nộp.",
        "A rollback is not told.",
    ),
    Flaw(
        "supplement_without_content",
        ruled("filing", reason_given=_blank_allowed("supplement")),
        ids("E07"),
        "specs/portal.md 2.14.1: action 4000 returns a dossier for completion; here its note may be empty",
        "Yêu cầu bổ sung được mà không nêu nội dung.",
        "A supplement is asked for without saying what.",
    ),
    Flaw(
        "supplement_without_components",
        ruled("filing", components_named=lambda _dossier, _asked: True),
        ids("E07"),
        "specs/portal.md 2.14.1: correcting is a flag of the whole dossier; here no part of it is named",
        "Yêu cầu bổ sung được mà không nêu thành phần nào.",
        "A supplement is asked for without a list of components.",
    ),
    Flaw(
        "old_versions_dropped",
        ruled("filing", kept=_newest_alone),
        ids("E16"),
        "specs/portal.md 2.14.2: POST of files/{ref} gives a file new content; here nothing of the old one is kept",
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
        "specs/portal.md 2.14.2: an action carries an actionNote; here it may be empty",
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
        "specs/portal.md 2.14.1: dossierStatus and dossierSubStatus are kept apart; here the list shows the one that lags",
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
        also=ids("E02"),
    ),
    Flaw(
        "withdrawn_by_a_link",
        ruled("filing", acts_by_link=True),
        ids("E31"),
        "specs/portal.md 2.14.1: GET /dossiers/{id}/cancelling changes the state",
        "Rút hồ sơ bằng một đường dẫn (GET): chỉ tải trang là rút.",
        "A link withdraws the dossier: loading it is enough.",
    ),
)
