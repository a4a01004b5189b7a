"""Locust's successes against journal and books: equal, or the offender is named; what is unknown is counted apart."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from conformance.journal import Row
from loadtests.reconcile import Compared, Found, found_in_books, found_in_journal, reconcile
from loadtests.summary import Summary, summed
from loadtests.tally import ARRIVED, BROKEN, SUFFIX, Begun, Deed, Hop, Over, Result, Tally, TallyRow, rows


def hop(name: str, journey: str = "j1", result: Result = "success", milliseconds: float = 1.0) -> Hop:
    return Hop(name=name, result=result, status=200, milliseconds=milliseconds, at=0.0, journey=journey)


def begun(journey: str = "j1", citizen: str = "001", techid: str = "t1") -> Begun:
    return Begun(journey=journey, citizen=citizen, techid=techid, at=0.0)


def over(journey: str = "j1", end: str = ARRIVED, why: str = "") -> Over:
    return Over(journey=journey, end=end, at=1.0, why=why)


def deed(what: str, ref: str, journey: str = "j1") -> Deed:
    return Deed(what=what, ref=ref, journey=journey)


def compared(told: Summary, found: Found, counterpart: str) -> Compared:
    return next(one for one in reconcile(told, found) if one.pair.counterpart == counterpart)


def settled(*refs: str) -> Found:
    return found_in_journal([Row(seq=n, word="payment_settled", ref=ref) for n, ref in enumerate(refs, 1)], after=0)


def paying(*more: TallyRow) -> Summary:
    return summed([begun(), hop("pay"), deed("payment_begun", "T1"), *more])


def test_equal_counts_of_the_same_references_agree() -> None:
    assert compared(paying(over()), settled("T1"), "payment_settled").agrees


def test_a_success_without_a_row_is_named_with_its_citizen() -> None:
    one = compared(paying(over()), settled(), "payment_settled")
    assert len(one.offenders) == 1
    assert "T1" in one.offenders[0]
    assert "001" in one.offenders[0]


def test_a_row_without_a_success_is_named() -> None:
    one = compared(paying(over()), settled("T1", "T2"), "payment_settled")
    assert [offender.partition(":")[0] for offender in one.offenders] == ["T2"]


def test_as_many_rows_of_other_references_do_not_make_up_for_a_missing_one() -> None:
    one = compared(paying(over()), settled("T9"), "payment_settled")
    assert {offender.partition(":")[0] for offender in one.offenders} == {"T1", "T9"}


def test_a_row_that_is_there_twice_is_named() -> None:
    assert compared(paying(over()), settled("T1", "T1"), "payment_settled").offenders


def test_a_hop_without_an_answer_may_have_its_row_or_not() -> None:
    doubt = summed([begun(), hop("pay", result="unknown"), over(end=BROKEN, why="Unreachable")])
    for rows_there in (settled(), settled("T1")):
        one = compared(doubt, rows_there, "payment_settled")
        assert one.agrees
        assert (one.successes, one.unknown) == (0, 1)
    assert not compared(doubt, settled("T1", "T2"), "payment_settled").agrees


def test_a_journey_that_was_cut_off_is_no_violation() -> None:
    assert compared(paying(), settled(), "payment_settled").agrees


def test_a_broken_journey_excuses_nothing() -> None:
    assert not compared(paying(over(end=BROKEN, why="Astray")), settled(), "payment_settled").agrees


def test_successes_are_counted_even_where_no_reference_is_known() -> None:
    told = summed([begun(), hop("login"), hop("login"), over()])
    asked = found_in_journal([Row(seq=1, word="authorization_requested", ref="k1")], after=0)
    assert not compared(told, asked, "authorization_requested").agrees


def test_logins_are_told_apart_by_citizen() -> None:
    told = summed([begun(), hop("callback"), deed("logged_in", "001"), over()])
    right = found_in_journal([Row(seq=1, word="code_redeemed", ref="k1", subject="001")], after=0)
    wrong = found_in_journal([Row(seq=1, word="code_redeemed", ref="k1", subject="002")], after=0)
    assert compared(told, right, "code_redeemed").agrees
    assert not compared(told, wrong, "code_redeemed").agrees


def test_a_signature_is_found_by_its_document() -> None:
    told = summed([begun(), hop("sign"), deed("signing_begun", "D1"), over()])
    row = Row(seq=1, word="signing_approved", ref="any", body={"docs": [{"doc_id": "D1"}]})
    assert compared(told, found_in_journal([row], after=0), "signing_approved").agrees


def test_rows_from_before_the_run_do_not_count() -> None:
    old = Row(seq=7, word="payment_settled", ref="T0")
    assert not found_in_journal([old], after=7)


def test_books_count_for_the_runs_own_people_only() -> None:
    books = [
        {"book": "payment", "dossier": "d1", "ref": "T1", "state": "paid"},
        {"book": "dossier", "id": "d1", "subject": "t1", "state": 1},
        {"book": "dossier", "id": "d2", "subject": "t1", "state": 0},
        {"book": "dossier", "id": "d3", "subject": "somebody else", "state": 1},
        {"book": "signature", "dossier": "d1", "component": "c1"},
        {"book": "payment", "dossier": "d3", "ref": "T3", "state": "paid"},
    ]
    found = found_in_books(books, {"t1"})
    assert found == {
        ("books", "dossier"): Counter({"d1": 1, "d2": 1}),
        ("books", "submitted dossier"): Counter({"d1": 1}),
        ("books", "payment"): Counter({"T1": 1}),
        ("books", "payment that is paid"): Counter({"T1": 1}),
        ("books", "signature"): Counter({"d1/c1": 1}),
    }


def test_a_tally_is_read_from_every_process_and_half_a_line_is_no_row(tmp_path: Path) -> None:
    with closing(Tally(tmp_path)) as tally:
        tally.write(begun())
    (tmp_path / f"other{SUFFIX}").write_bytes(b'{"row":"over","journey":"j1","end":"arrived","at":1.0}\n{"row":"ho')
    assert {type(row) for row in rows(tmp_path)} == {Begun, Over}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 51.0), (0.95, 96.0), (1.0, 100.0)])
def test_latencies_are_exact(share: float, expected: float) -> None:
    told = summed([begun(), *(hop("read", milliseconds=float(n)) for n in range(1, 101))])
    assert told.hops["read"].percentile(share) == expected
