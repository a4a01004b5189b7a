"""Sections C and L: filing a dossier, its code, its agency, and whose it is."""

import re
from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from conformance.adapter import Dossiers
from conformance.desk import Officer
from conformance.dossiers import DRAFT, differences, letters
from conformance.failures import came
from conformance.filing import Filing
from conformance.lab import Lab, Visitor
from conformance.records import Capabilities, ComponentRule, Dossier, Refused
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.samples import attachment
from conformance.sources import ASVS, CWE, LAW_91, ND45, ND61, TT01, TT03

Got = TypeVar("Got")
CODE = re.compile(r"(\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(\.\d{1,3})*)-\d{6}-\d{4,}")
"""Agency (as TT 01/2018, or as QĐ 20/2020), day, number of the day; five digits and more when a day overflows."""
REASON = "Đề nghị bổ sung: bản chụp “Giấy xác nhận” bị mờ, không đọc được ngày sinh."


@requirement(
    "C05",
    MUST,
    "Máy chủ không nhận hồ sơ thiếu thành phần bắt buộc, và nêu tên thành phần còn thiếu.",
    "The server takes no dossier without its mandatory components, and names the one that is missing.",
    basis=(
        ND61.at("Điều 15 khoản 3; Điều 17 khoản 2"),
        ND45.at("nộp hồ sơ trực tuyến", "checked for completeness by the system; read in summaries"),
    ),
)
def test_a_dossier_without_a_mandatory_component_is_not_taken(filing: Filing, dossiers: Dossiers) -> None:
    components = filing.procedure("free").components
    mandatory = [rule for rule in components if rule.required]
    draft = filing.blank("free")
    for rule in [*[rule for rule in components if not rule.required][:1], *mandatory]:
        filing.give(draft, rule)
    dossiers.take_away(draft, mandatory[-1].id)

    with may_be_refused() as submission:
        dossiers.act(draft, "submit")

    now = dossiers.read(draft)
    assert now.state == DRAFT, came(
        f"hồ sơ thiếu thành phần chuyển sang “{now.state_text}”", f"the incomplete dossier went to state {now.state}"
    )
    assert _named(submission.refused, mandatory[-1]), came(
        f"lời từ chối không nêu “{mandatory[-1].name}”: {submission.refused}",
        f"the refusal does not name the component that is missing: {submission.refused}",
    )
    with good_twin():
        filing.give(draft, mandatory[-1])
        assert dossiers.act(draft, "submit").state != DRAFT


@requirement(
    "C10",
    MUST,
    "Tập tin tải lên được giữ nguyên từng byte, tên tập tin giữ nguyên chữ tiếng Việt.",
    "An uploaded file is kept byte for byte, and its name keeps its Vietnamese letters.",
    basis=(
        ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not altered"),
        TT01.at("Điều 16 khoản 2 điểm d"),
    ),
)
def test_a_file_is_kept_as_it_was_sent(filing: Filing, dossiers: Dossiers) -> None:
    rule = min(filing.procedure("free").components, key=lambda one: bool(one.form))
    content, name = attachment(rule.media, "C10")
    draft = filing.blank("free")

    dossiers.attach(draft, rule.id, content, name)

    kept = dossiers.read(draft).component(rule.id)
    stored = dossiers.file(draft, kept.file or "")
    assert stored == content, came(
        f"gửi {len(content)} byte, nhận lại {len(stored)} byte khác",
        f"{len(content)} bytes were sent, {len(stored)} other bytes came back",
    )
    assert letters(kept.file_name) == letters(name), came(
        f"tên “{name}” thành “{kept.file_name}”", f"the name “{name}” became “{kept.file_name}”"
    )


@requirement(
    "C18",
    MUST,
    "Mã hồ sơ đúng cấu trúc, đã báo cho công dân thì không bao giờ đổi, và tra cứu được.",
    "A dossier's code has the national form, never changes once it was shown, and finds the dossier.",
    basis=(ND61.at("Điều 17 khoản 3; Điều 26"), TT01.at("Điều 19"), TT03.at("mã số hồ sơ")),
)
def test_a_code_once_shown_never_changes(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    accepted = officer.accept(dossier)
    later = dossiers.read(dossier)

    listed = [line for line in dossiers.list() if line.id == dossier.id]
    shown = [code for code in (dossier.code, accepted.code, later.code, *(line.code for line in listed)) if code]

    assert len(set(shown)) == 1, came(f"mã đã báo lần lượt: {shown}", f"the codes shown, one after the other: {shown}")
    assert CODE.fullmatch(shown[0]), came(f"mã {shown[0]} sai cấu trúc", f"{shown[0]} is not of the national form")
    found = [line.id for line in dossiers.list() if line.code == shown[0]]
    assert found == [dossier.id], came(
        f"tra theo mã thấy {len(found)} hồ sơ", f"the code finds {len(found)} dossiers in the list"
    )


@requirement(
    "C20",
    MUST,
    "Hồ sơ đến đúng cơ quan mà người nộp đã chọn, và mang mã của cơ quan đó.",
    "A dossier goes to the agency that its applicant chose, and its code begins with that agency's.",
    basis=(ND61.at("Điều 17 khoản 2; Điều 18"), TT01.at("Điều 19", "the agency's code begins the dossier's")),
)
def test_a_dossier_goes_to_the_agency_that_was_chosen(
    filing: Filing, dossiers: Dossiers, officer: Officer, capabilities: Capabilities
) -> None:
    agencies = capabilities.procedures["two_agencies"].agencies
    last = agencies[-1]

    kept = tuple(dossiers.read(filing.blank("two_agencies", agency)).agency for agency in agencies)
    filed = officer.accept(filing.filed("two_agencies", last))

    assert kept == agencies, came(f"chọn {agencies}, hồ sơ ghi {kept}", f"chosen {agencies}, kept {kept}")
    assert filed.agency == last, came(
        f"chọn {last}, hồ sơ đến {filed.agency}", f"chosen {last}, it went to {filed.agency}"
    )
    assert (filed.code or "").startswith(f"{last}-"), came(
        f"nộp cho {last}, mã hồ sơ {filed.code}", f"filed at {last}, its code is {filed.code}"
    )


@requirement(
    "E12",
    MUST,
    "Chỉ người nộp được bổ sung, sửa, rút hồ sơ của mình; người khác không làm được gì.",
    "Only the applicant answers a supplement request, changes or withdraws a dossier; nobody else can.",
    basis=(
        CWE.at("CWE-639", "who is logged in is not yet who owns the dossier"),
        ASVS.at("8.2.2", "access to each record is decided on the server"),
        LAW_91.at("Điều 3", "personal data are protected against change by others"),
    ),
)
def test_only_the_applicant_answers_a_supplement_request(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, stranger: Visitor, officer: Officer
) -> None:
    rule = filing.first("free")
    officer.supplement(dossier, REASON, [rule.id])
    before = dossiers.read(dossier)

    with may_be_refused():
        stranger.dossiers.attach(dossier, rule.id, *attachment(rule.media, "another person's"))
    with may_be_refused():
        stranger.dossiers.take_away(dossier, rule.id)
    with may_be_refused():
        stranger.dossiers.act(dossier, "supplement")
    with may_be_refused():
        stranger.dossiers.act(dossier, "withdraw")

    changed = differences(before, dossiers.read(dossier))
    assert not changed, came(f"người khác đã làm đổi: {changed}", f"another citizen changed: {changed}")
    assert dossier.id not in [line.id for line in stranger.dossiers.list()], came(
        "hồ sơ hiện trong danh sách của người khác", "the dossier stands in another citizen's list"
    )
    with good_twin():
        filing.give(dossier, rule)
        assert differences(before, dossiers.act(dossier, "supplement"))


@requirement(
    "L02",
    MUST,
    "Thay mã hồ sơ, mã định danh hay mã tập tin trong yêu cầu không bao giờ xem được dữ liệu của người khác.",
    "Changing a code, an id or a file's reference never shows another person's data.",
    basis=(
        LAW_91.at("Điều 3"),
        TT01.at("Điều 16 khoản 2 điểm d", "own documents after login, nothing but the code without"),
        CWE.at("CWE-639"),
        ASVS.at("8.2.2"),
    ),
)
def test_nobody_reads_another_persons_dossier(
    applicant: Visitor, dossier: Dossier, stranger: Visitor, lab: Lab, filing_of: Callable[[Visitor], Filing]
) -> None:
    file = applicant.dossiers.read(dossier).files[0]
    content = applicant.dossiers.file(dossier, file)
    own = filing_of(stranger).blank("free")
    by_code = replace(dossier, id=dossier.code or dossier.id)

    others = (stranger.dossiers, lab.visitor().dossiers)
    read = [got for who in others for which in (dossier, by_code) for got in _got(who.read, which)]
    files = [got for who in others for which in (dossier, own) for got in _got(who.file, which, file)]

    assert not read, came("người khác đọc được hồ sơ", "another person reads the dossier")
    assert content not in files, came("người khác tải được tập tin", "another person fetches the file")
    with good_twin():
        assert applicant.dossiers.file(dossier, file) == content


@requirement(
    "L02.draft",
    MUST,
    "Bản nháp của người này thì người khác không xem, không sửa, không xóa tập tin, không nộp được.",
    "Nobody reads, changes, empties or submits another person's draft.",
    basis=(LAW_91.at("Điều 3"), CWE.at("CWE-639"), ASVS.at("8.2.2", "access to each record is decided on the server")),
)
def test_nobody_touches_another_persons_draft(
    filing: Filing, dossiers: Dossiers, draft: Dossier, stranger: Visitor
) -> None:
    rule, before = filing.first("free"), dossiers.read(draft)
    kept = before.files[0]
    content = dossiers.file(draft, kept)

    read = _got(stranger.dossiers.read, draft)
    files = _got(stranger.dossiers.file, draft, kept)
    deeds: tuple[Callable[[], object], ...] = (
        lambda: stranger.dossiers.attach(draft, rule.id, *attachment(rule.media, "another person's")),
        lambda: stranger.dossiers.fill(draft, rule.id, dict.fromkeys(rule.form, "của người khác")),
        lambda: stranger.dossiers.take_away(draft, rule.id),
        lambda: stranger.dossiers.act(draft, "submit"),
    )
    for deed in deeds:
        with may_be_refused():
            deed()

    changed = differences(before, dossiers.read(draft))
    assert not changed, came(f"người khác đã làm đổi bản nháp: {changed}", f"another citizen changed: {changed}")
    assert not read, came("người khác đọc được bản nháp", "another person reads the draft")
    assert content not in files, came("người khác tải được tập tin", "another person fetches the draft's file")
    with good_twin():
        assert dossiers.act(draft, "submit").state != DRAFT


@requirement(
    "E12.copy",
    MUST,
    "Không sao chép được hồ sơ của người khác, kể cả hồ sơ đã bị từ chối.",
    "Nobody copies another person's dossier, refused or not.",
    basis=(LAW_91.at("Điều 3"), CWE.at("CWE-639", "a copy shows all that was declared"), ASVS.at("8.2.2")),
)
def test_nobody_copies_another_persons_dossier(
    dossiers: Dossiers, dossier: Dossier, stranger: Visitor, officer: Officer
) -> None:
    officer.refuse(dossier, REASON)

    copies = _got(lambda: stranger.dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier))

    taken = [one for copy in copies for one in copy.components if one.file or one.form]
    assert not taken, came("bản sao mang dữ liệu của người khác", "the copy holds another person's data")
    assert dossier.id not in [copy.copy_of for copy in copies], came(
        "bản sao liên kết với hồ sơ của người khác", "the copy is linked to another person's dossier"
    )
    with good_twin():
        assert dossiers.draft(dossier.procedure, dossier.agency, copy_of=dossier).copy_of == dossier.id


def _named(refused: Refused | None, rule: ComponentRule) -> bool:
    """Whether the refusal says that this component is missing, by its field or in its words."""
    if refused is None:
        return False
    return rule.id == refused.field or rule.name.strip(" .,;*").casefold() in refused.message_vi.casefold()


def _got(ask: Callable[..., Got], *which: object) -> list[Got]:
    """What the portal handed out; nothing where it said no."""
    got: list[Got] = []
    with may_be_refused():
        got.append(ask(*which))
    return got
