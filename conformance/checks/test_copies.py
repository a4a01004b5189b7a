"""Section E: copies of refused dossiers."""

import pytest

from conformance.adapter import Dossiers
from conformance.desk import Officer
from conformance.dossiers import DRAFT, differences
from conformance.failures import came
from conformance.filing import Filing
from conformance.records import Dossier
from conformance.requirement import MUST, good_twin, requirement
from conformance.samples import attachment
from conformance.sources import GUIDE_KBNN, ISO32000, LAW_20, ND61, TT01

REASON = "Bản chụp “Giấy khai sinh” bị mờ & thiếu trang 2, không đọc được ngày, tháng, năm sinh."


@requirement(
    "E18",
    MUST,
    "“Sao chép” hồ sơ bị từ chối tạo bản nháp mới: giữ dữ liệu đã khai, không mang chữ ký số cũ, có liên kết với hồ sơ cũ.",
    "A copy of a refused dossier is a new draft: the form's data kept, no signature carried over, linked to the old one.",
    basis=(
        GUIDE_KBNN.at("nút Sao chép"),
        LAW_20.at("Điều 22", "a signature attests the very data that its owner saw and approved"),
        ISO32000.at("12.8", "a signature belongs to one document"),
    ),
)
def test_a_copy_keeps_the_data_and_no_signature(filing: Filing, dossiers: Dossiers, officer: Officer) -> None:
    first, old = filing.first("signed"), filing.filed("signed")
    officer.refuse(old, REASON)
    declared = dossiers.read(old).component(first.id).form

    copy = dossiers.draft(old.procedure, old.agency, copy_of=old)

    component = copy.component(first.id)
    assert declared, "the dossier that was filed shows no form data to copy"
    assert component.form == declared, came(
        f"dữ liệu tờ khai trong bản sao: {component.form}", f"the form's data in the copy: {component.form}"
    )
    sealed = {one.id for one in copy.components if one.file and b"/ByteRange" in dossiers.file(copy, one.file)}
    carried = sealed | {one.id for one in copy.components if one.state == "signed" or one.signatures}
    assert not carried, came(f"bản sao mang chữ ký cũ: {carried}", f"the copy carries the old signature: {carried}")
    assert (copy.state, copy.copy_of) == (DRAFT, old.id), came(
        f"bản sao ở trạng thái {copy.state}, liên kết {copy.copy_of}",
        f"the copy's state is {copy.state}, its link {copy.copy_of}",
    )
    assert copy.id != old.id, came("bản sao chính là hồ sơ cũ", "the copy is the old dossier itself")
    assert copy.code is None or copy.code != old.code, came("bản sao giữ mã cũ", "the copy kept the old code")


@requirement(
    "E19",
    MUST,
    "Sửa và nộp bản sao không làm đổi hồ sơ cũ: tập tin, tờ khai và lý do từ chối còn nguyên.",
    "Editing and filing the copy leaves the old dossier untouched: its files, its form and the reason of refusal.",
    basis=(
        ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not altered"),
        TT01.at("Điều 17 khoản 1 điểm b", "history is kept"),
        GUIDE_KBNN.at("nút Sao chép"),
    ),
)
def test_editing_the_copy_leaves_the_old_dossier_alone(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    first = filing.first("free")
    officer.refuse(dossier, REASON)
    before = dossiers.read(dossier)
    content = dossiers.file(before, before.component(first.id).file or "")

    copy = dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier)
    filing.give_all(copy)
    dossiers.attach(copy, first.id, *attachment(first.media, "mended in the copy"))
    filed = dossiers.act(copy, "submit")

    now = dossiers.read(dossier)
    changed = differences(before, now)
    assert not changed, came(f"trong hồ sơ cũ đã đổi: {changed}", f"changed in the old dossier: {changed}")
    assert dossiers.file(now, now.component(first.id).file or "") == content, came(
        "tập tin của hồ sơ cũ đã đổi", "the old dossier's file was changed"
    )
    assert not filed.code or filed.code != before.code, came("hai hồ sơ cùng một mã", "both dossiers have one code")


@requirement(
    "E19.form",
    MUST,
    "Khai lại tờ khai hoặc xóa tập tin trong bản sao không làm đổi hồ sơ cũ đã ký.",
    "Filling the form anew in the copy, or deleting its file, changes nothing in the old signed dossier.",
    basis=(ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not altered"), GUIDE_KBNN.at("nút Sao chép")),
)
@pytest.mark.role("signed")
def test_filling_the_copy_leaves_the_old_form_alone(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    first = filing.first("signed")
    officer.refuse(dossier, REASON)
    before = dossiers.read(dossier)

    copy = dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier)
    refilled = dossiers.fill(copy, first.id, dict.fromkeys(first.form, "Đã sửa trong bản sao")).component(first.id)
    dossiers.take_away(copy, first.id)

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(f"trong hồ sơ cũ đã đổi: {changed}", f"changed in the old dossier: {changed}")
    with good_twin():
        assert refilled.form != before.component(first.id).form
