"""Flaws of drafting, submitting, refusing and copying."""

from msgspec.structs import replace

from reference_portal.catalogue import ComponentRule, Procedure
from reference_portal.components import Component
from reference_portal.dossiers import DRAFT, REFUSED, SUBMITTED, SUPPLEMENT, Dossier, Step, target
from reference_portal.flaws.row import Flaw, ids, ruled
from reference_portal.parts import RIGHT

_RIGHT = RIGHT.rules.filing


def _nothing_missing(_dossier: Dossier, _procedure: Procedure) -> tuple[()]:
    return ()


def _any_is_enough(dossier: Dossier, procedure: Procedure) -> tuple[ComponentRule, ...]:
    return () if any(one.present for one in dossier.components) else _RIGHT.missing(dossier, procedure)


def _ascii_name(name: str) -> str:
    return "".join(letter for letter in _RIGHT.file_name(name) if letter.isascii())


def _new_code(code: str) -> str:
    head, _, number = code.rpartition("-")
    return f"{head}-{int(number) + 5000:04d}"


def _first_agency(procedure: Procedure, _asked: str) -> str:
    return procedure.agencies[0]


def _all_editable(dossier: Dossier, _component: str) -> bool:
    return dossier.state in (DRAFT, SUPPLEMENT)


def _refused_again(state: int, deed: str) -> int:
    return SUBMITTED if (state, deed) == (REFUSED, "submit") else target(state, deed)


def _with_signature(component: Component) -> Component:
    current = component.current
    return Component(
        id=component.id, form=component.form, versions=(current,) if current else (), present=component.present
    )


def _without_form(component: Component) -> Component:
    return replace(_RIGHT.copied(component), form=None)


def _shared(dossier: Dossier) -> tuple[str, ...]:
    return (dossier.id, dossier.copy_of) if dossier.copy_of else (dossier.id,)


def _nobody(step: Step) -> Step:
    return replace(step, who="")


ROWS = (
    Flaw(
        "mandatory_not_enforced",
        ruled("filing", missing=_nothing_missing),
        ids("C05"),
        "specs/portal.md 2.14.1: a precondition enforced by the button only",
        "Máy chủ nhận hồ sơ thiếu thành phần bắt buộc.",
        "The server takes a dossier without its mandatory component.",
    ),
    Flaw(
        "any_component_is_enough",
        ruled("filing", missing=_any_is_enough),
        ids("C05"),
        "specs/portal.md 2.14.1: a precondition enforced by the button only",
        "Có một thành phần bất kỳ là nộp được hồ sơ.",
        "One component, whichever it is, makes a dossier complete.",
    ),
    Flaw(
        "file_name_stripped",
        ruled("filing", file_name=_ascii_name),
        ids("C10"),
        "specs/portal.md 1.14 RP-17: Vietnamese names mangled",
        "Tên tập tin mất chữ tiếng Việt.",
        "File names lose their Vietnamese letters.",
    ),
    Flaw(
        "code_changes_at_acceptance",
        ruled("filing", code_at_acceptance=_new_code),
        ids("C18"),
        "specs/portal.md 4.1 row 1: a code at submission and another at acceptance",
        "Mã hồ sơ đổi khi tiếp nhận.",
        "The dossier's code changes at acceptance.",
        also=ids("G01"),
    ),
    Flaw(
        "agency_ignored",
        ruled("filing", agency=_first_agency),
        ids("C20"),
        "specs/portal.md 2.14.1: the agency given is computed but never applied; seed 003: two agencies",
        "Hồ sơ luôn đến cơ quan đầu tiên của thủ tục.",
        "Every dossier goes to the procedure's first agency.",
    ),
    Flaw(
        "empty_reason_accepted",
        ruled("filing", reason_given=lambda deed, reason: deed == "refuse" or _RIGHT.reason_given(deed, reason)),
        ids("E05"),
        "specs/portal.md 2.15: LyDoTuChoi may be empty",
        "Từ chối được mà không nêu lý do.",
        "A refusal without a reason is taken.",
    ),
    Flaw(
        "reason_not_in_list",
        ruled("filing", listed_refusal=lambda _dossier: None),
        ids("E06"),
        "specs/portal.md 2.7 row 6a: the reason belongs in the lookup list",
        "Danh sách hồ sơ không hiện lý do từ chối.",
        "The list does not show the reason of refusal.",
    ),
    Flaw(
        "any_component_editable",
        ruled("filing", editable=_all_editable),
        ids("E11"),
        "specs/portal.md 2.14.1: correcting opens the whole dossier",
        "Khi bổ sung sửa được cả thành phần không được yêu cầu.",
        "During a supplement everything can be changed.",
    ),
    Flaw(
        "supplement_by_anyone",
        ruled("filing", owns=lambda who, dossier, deed: deed == "supplement" or _RIGHT.owns(who, dossier, deed)),
        ids("E12"),
        "specs/portal.md 2.14.1: the ownership check of correcting is commented out",
        "Ai đăng nhập cũng gửi bổ sung được.",
        "Anyone who is logged in can answer the supplement request.",
    ),
    Flaw(
        "drafts_of_anyone",
        ruled(
            "filing",
            owns=lambda who, dossier, deed: (who != "" and dossier.state == DRAFT) or _RIGHT.owns(who, dossier, deed),
        ),
        ids("L02"),
        "specs/portal.md 2.15: lookups by id without a check of the owner; C13: drafts are their owner's",
        "Ai đăng nhập cũng mở, sửa, nộp được bản nháp của người khác.",
        "Anyone who is logged in opens, changes and submits another's draft.",
        also=ids("D01"),
    ),
    Flaw(
        "form_always_open",
        ruled("filing", fillable=lambda _dossier, _component: True),
        ids("E17"),
        "specs/portal.md 2.14.1: reset has no check at all",
        "Tờ khai sửa được ở mọi trạng thái.",
        "The form can be filled anew in any state.",
    ),
    Flaw(
        "copied_by_anyone",
        ruled("filing", owns=lambda who, dossier, deed: deed == "copy" or _RIGHT.owns(who, dossier, deed)),
        ids("E12"),
        "specs/portal.md 2.14.2: cloning by id; 2.15: lookups by id without a check of the owner",
        "Ai đăng nhập cũng sao chép được hồ sơ bị từ chối của người khác.",
        "Anyone who is logged in copies another's refused dossier.",
    ),
    Flaw(
        "refused_can_resubmit",
        ruled("filing", target=_refused_again),
        ids("E17"),
        "specs/portal.md 2.14.1: reset has no check at all",
        "Nộp lại được hồ sơ đã bị từ chối.",
        "A refused dossier can be submitted again.",
        also=ids("E01"),
    ),
    Flaw(
        "copy_carries_signature",
        ruled("filing", copied=_with_signature),
        ids("E18"),
        "specs/portal.md 2.14.2: cloning copies files with their signCheck",
        "Bản sao mang theo chữ ký số cũ.",
        "The copy carries the old signature.",
    ),
    Flaw(
        "copy_loses_form",
        ruled("filing", copied=_without_form),
        ids("E18"),
        "specs/portal.md 2.7 row 6a: “Sao chép” copies the data",
        "Bản sao mất dữ liệu tờ khai.",
        "The copy loses the form's data.",
    ),
    Flaw(
        "copy_shares_components",
        ruled("filing", homes=_shared),
        ids("E19"),
        "specs/portal.md 2.14.2: cloning shares files by reference",
        "Sửa bản sao làm đổi hồ sơ cũ.",
        "Editing the copy changes the old dossier.",
    ),
    Flaw(
        "history_without_actor",
        ruled("filing", step=_nobody),
        ids("E25"),
        "specs/portal.md 2.14.3: actionUser left empty",
        "Nhật ký không ghi người thực hiện.",
        "History rows do not say who acted.",
    ),
    Flaw(
        "history_by_the_system",
        ruled("filing", step=lambda step: replace(step, who="Hệ thống")),
        ids("E25"),
        "specs/portal.md 2.14.3: actionUser is not the person who acted",
        "Nhật ký ghi mọi thao tác là của “Hệ thống”.",
        "History says that the system did everything.",
    ),
    Flaw(
        "files_by_id",
        ruled("filing", owns=lambda who, dossier, deed: deed == "file" or _RIGHT.owns(who, dossier, deed)),
        ids("L02"),
        "specs/portal.md 2.15: lookups by id without a check of the owner",
        "Tải được tập tin của người khác khi biết mã.",
        "A file of another citizen can be fetched by its id.",
        also=ids("E12"),
    ),
)
