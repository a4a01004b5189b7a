"""Section E: which steps there are, who wins when two act at once, how often more is asked, and what a step leaves behind."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from conformance.adapter import Dossiers
from conformance.desk import Officer
from conformance.dossiers import (
    ACCEPTED,
    DRAFT,
    HANDED_OVER,
    PROCESSING,
    REFUSED,
    SUBMITTED,
    differences,
    written,
)
from conformance.failures import came
from conformance.filing import Filing
from conformance.legal import Legal
from conformance.people import Inbox
from conformance.records import Dossier, Slip
from conformance.requirement import MUST, good_twin, may_be_refused, requirement
from conformance.rivals import at_once, mixture
from conformance.samples import attachment
from conformance.sources import ASVS, CWE, ND61, TT01
from conformance.transitions import LIVES, forbidden

REQUEST = "Đề nghị bổ sung bản sao có chứng thực, đủ các trang."
REASON = "Không thuộc thẩm quyền giải quyết của cơ quan."
OTHER_REASON = "Thành phần hồ sơ không đúng quy định."
LEGAL_BASIS = "Điều 8 khoản 2 Thông tư 99/2024"
NUMBER = "4129/TB-DVC"
"""Plain letters, so that an SMS without accents has them too."""
RECALL = f"{NUMBER}: chuyển nhầm bộ phận, thu hồi để xem lại."
ROUNDS = 3


def deeds_on(dossier: Dossier, dossiers: Dossiers, officer: Officer) -> dict[str, Callable[[], Dossier]]:
    """What applicant and desk can try, by the names of conformance/transitions.py."""
    return {
        "look": partial(dossiers.read, dossier),
        "submit": partial(dossiers.act, dossier, "submit"),
        "answer": partial(dossiers.act, dossier, "supplement"),
        "withdraw": partial(dossiers.act, dossier, "withdraw"),
        "accept": partial(officer.accept, dossier),
        "process": partial(officer.process, dossier),
        "ask": partial(officer.supplement, dossier, REQUEST, [dossier.components[0].id]),
        "refuse": partial(officer.refuse, dossier, REASON),
        "fee": partial(officer.fee, dossier, "Phí thẩm định", 20_000),
        "stop": partial(officer.stop, dossier, REASON),
        "finish": partial(officer.finish, dossier),
        "hand_over": partial(officer.hand_over, dossier),
    }


def changed_by(deeds: dict[str, Callable[[], Dossier]], names: Iterable[str]) -> Iterator[str]:
    """Of these deeds, each of which is to be refused, those that changed something."""
    for name in names:
        before = deeds["look"]()
        with may_be_refused():
            deeds[name]()
        if what := differences(before, deeds["look"]()):
            yield f"{before.state} {name}: {what}"


@requirement(
    "E01",
    MUST,
    "Chỉ có những bước chuyển trạng thái theo quy định; mọi thao tác khác bị từ chối và không làm đổi gì.",
    "Only the transitions of the official table exist; every other deed is refused and changes nothing.",
    basis=(
        TT01.at("Điều 17 khoản 1 điểm b", "the steps of a dossier, recorded as they happen"),
        ND61.at("Điều 17; Điều 19; Điều 20", "reception, handling, result, in this order"),
        CWE.at("CWE-841", "a step that is not due must not be possible"),
    ),
)
def test_no_step_is_possible_that_the_table_does_not_hold(filing: Filing, dossiers: Dossiers, officer: Officer) -> None:
    seen: set[int] = set()
    changes: list[str] = []
    for life in LIVES:
        dossier = filing.draft("free")
        deeds = deeds_on(dossier, dossiers, officer)
        for step in ("look", *life):
            with may_be_refused():  # a portal may offer fewer steps
                deeds[step]()
            state = dossiers.read(dossier).state
            changes += changed_by(deeds, [name for name in forbidden(state) if state not in seen])
            seen.add(state)

    assert not changes, came(
        f"thao tác không được phép đã làm đổi hồ sơ (trạng thái, thao tác: đổi gì): {changes[:3]}",
        f"what was not due changed the dossier (state, deed: what changed): {changes[:3]}",
    )
    with good_twin():
        assert {DRAFT, SUBMITTED, ACCEPTED, REFUSED} <= seen, f"the dossiers went through {sorted(seen)} only"


@requirement(
    "E08",
    MUST,
    "Trong một giai đoạn không được yêu cầu bổ sung quá số lần luật định, trừ khi ghi rõ căn cứ pháp lý.",
    "In one stage more is asked for no more often than the law allows, unless a legal basis is recorded.",
    basis=ND61.at("Điều 15 khoản 3", "the applicant is guided once, completely and exactly"),
)
def test_more_is_asked_for_only_once(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer, legal: Legal
) -> None:
    rule = filing.first("free")
    with good_twin():
        for number in range(legal.most_supplements):
            officer.supplement(dossier, REQUEST, [rule.id])
            dossiers.attach(dossier, rule.id, *attachment(rule.media, f"supplement {number}"))
            dossiers.act(dossier, "supplement")
    before = dossiers.read(dossier)

    with may_be_refused():
        officer.supplement(dossier, REQUEST, [rule.id])
    changed = differences(before, dossiers.read(dossier))
    with may_be_refused():
        officer.supplement(dossier, REQUEST, [rule.id], legal_basis=LEGAL_BASIS)
    founded = dossiers.read(dossier)

    assert not changed, came(
        f"đã yêu cầu {legal.most_supplements} lần, yêu cầu thêm không căn cứ vẫn được: {changed}",
        f"after {legal.most_supplements} requests another without a legal basis is taken: {changed}",
    )
    recorded = [row for row in founded.history[len(before.history) :] if LEGAL_BASIS in written(row.reason)]
    assert recorded or not differences(before, founded), came(
        "yêu cầu thêm được, nhưng nhật ký không ghi căn cứ pháp lý",
        "a further request is taken, and the history does not hold its legal basis",
    )


@requirement(
    "E25.kept",
    MUST,
    "Dòng nhật ký đã ghi không bị sửa, không bị xóa qua suốt quá trình giải quyết.",
    "Rows of the history, once written, are neither changed nor removed by any later step.",
    basis=(TT01.at("Điều 17 khoản 1 điểm b"), ASVS.at("16.4.2", "logs cannot be modified")),
)
def test_no_later_step_touches_earlier_rows(
    filing: Filing, dossiers: Dossiers, dossier: Dossier, officer: Officer
) -> None:
    rule = filing.first("free")
    deeds = deeds_on(dossier, dossiers, officer)
    deeds["ask"]()
    dossiers.attach(dossier, rule.id, *attachment(rule.media, "the supplement"))
    for name in ("answer", "accept", "process", "finish", "hand_over"):
        before = dossiers.read(dossier).history
        deeds[name]()
        now = dossiers.read(dossier).history
        assert now[: len(before)] == before, came(
            f"sau “{name}” các dòng cũ của nhật ký đã đổi", f"{name} changed earlier rows of the history"
        )
        assert len(now) > len(before), came(f"“{name}” không được ghi", f"{name} is not written down")


@requirement(
    "E27",
    MUST,
    "Hai cán bộ thao tác cùng lúc: một người được, người kia bị báo xung đột; hồ sơ không bao giờ lẫn lộn hai kết quả.",
    "Of two officers who act at the same moment one wins and the other is refused; the dossier is never a mixture.",
    basis=(
        CWE.at("CWE-362", "two at once on one record, without an order between them"),
        TT01.at("Điều 17 khoản 1 điểm b", "each step is recorded"),
    ),
)
def test_of_two_officers_at_once_one_wins(filing: Filing, dossiers: Dossiers, officer: Officer) -> None:
    other = Officer(officer.portal, "binh")
    for _ in range(ROUNDS):
        refused, mixed = filing.filed("free"), filing.filed("free")
        twice = at_once(partial(officer.refuse, refused, REASON), partial(other.refuse, refused, OTHER_REASON))
        each = at_once(partial(officer.accept, mixed), partial(other.refuse, mixed, OTHER_REASON))

        won = [reason for reason, end in zip((REASON, OTHER_REASON), twice, strict=True) if end.refused is None]
        now = dossiers.read(refused)
        assert len(won) == 1, came(f"{len(won)} trong 2 lượt từ chối được nhận", f"{len(won)} of 2 refusals were taken")
        assert [written(now.refusal), written(now.history[-1].reason)] == won * 2, came(
            f"lượt được nhận nêu “{won[0]}”, hồ sơ ghi “{now.refusal}”",
            f"the one that was taken says “{won[0]}”, the dossier “{now.refusal}”",
        )
        for before, ends in ((refused, twice), (mixed, each)):
            found = mixture(before, dossiers.read(before), len([end for end in ends if end.refused is None]))
            assert not found, came(f"hồ sơ lẫn lộn hai kết quả: {found}", f"the dossier is a mixture: {found}")


@requirement(
    "E28",
    MUST,
    "Cán bộ thu hồi một bước: được ghi thêm vào nhật ký, được báo cho người nộp, và không lấy lại kết quả đã trả.",
    "A step that an officer takes back is added to the history and told, and never takes back a result already given.",
    basis=(
        TT01.at("Điều 17 khoản 1 điểm b"),
        ND61.at("Điều 5 khoản 1", "electronic data of a dossier are not removed"),
    ),
)
def test_a_rollback_is_written_down_and_told(
    dossiers: Dossiers, dossier: Dossier, officer: Officer, inbox: Inbox
) -> None:
    officer.accept(dossier)
    before = officer.process(dossier)

    officer.rollback(dossier, RECALL)

    now = dossiers.read(dossier)
    assert now.history[: len(before.history)] == before.history, came(
        "thu hồi đã xóa dòng nhật ký cũ", "the rollback changed earlier rows"
    )
    added = [(row.source, row.role) for row in now.history[len(before.history) :]]
    assert added == [(PROCESSING, "officer")], came(f"nhật ký thêm {added}", f"the history gained {added}")
    inbox.heard(NUMBER)

    for deed in (officer.process, officer.finish, officer.hand_over):
        deed(dossier)
    given = dossiers.read(dossier)
    with may_be_refused():
        officer.rollback(dossier, RECALL)
    changed = differences(given, dossiers.read(dossier))
    assert (given.state, changed) == (HANDED_OVER, ""), came(
        f"thu hồi sau khi đã trả kết quả làm đổi: {changed}",
        f"after the result was given a rollback changed: {changed}",
    )


@requirement(
    "E03",
    MUST,
    "Tiếp nhận thì có giấy tiếp nhận: mã hồ sơ, thành phần đã nhận, ngày hẹn trả và nơi trả kết quả.",
    "Acceptance gives a receipt with the code, the components, the due date and the place of return.",
    basis=(ND61.at("Điều 17 khoản 1 điểm c"), TT01.at("mẫu số 01: giấy tiếp nhận hồ sơ và hẹn trả kết quả")),
)
def test_acceptance_gives_a_receipt(dossiers: Dossiers, dossier: Dossier, officer: Officer) -> None:
    officer.accept(dossier)

    now = dossiers.read(dossier)
    slip = acceptance_of(now)
    handed_in = {one.id for one in now.components if one.file}
    assert (slip.code or "-") == now.code, came(f"giấy ghi mã {slip.code}", f"it gives the code {slip.code}")
    assert set(slip.components) == handed_in, came(
        f"đã nộp {sorted(handed_in)}, giấy ghi {sorted(slip.components)}",
        f"handed in: {sorted(handed_in)}, on the receipt: {sorted(slip.components)}",
    )
    assert (slip.due or "-") == now.due, came(f"giấy hẹn {slip.due}", f"it promises {slip.due}")
    assert written(slip.place_of_return), came("giấy không ghi nơi trả kết quả", "it names no place of return")


def acceptance_of(dossier: Dossier) -> Slip:
    found = [slip for slip in dossier.slips if slip.kind == "acceptance"]
    assert found, came("không có giấy tiếp nhận", "there is no receipt of acceptance")
    return found[-1]
