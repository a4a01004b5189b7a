"""From what happened in a check to its verdict, from verdicts to the exit code."""

import json

import pytest

from conformance.failures import Missed, NotExercised, NotThere, Ours, Words, came
from conformance.records import Broken, Refused
from conformance.requirement import MUST, SHOULD, good_twin, may_be_refused, requirement, requirement_of
from conformance.sources import ND61
from conformance.transport import Unreachable
from conformance.verdicts import Exit, Outcome, Tally, Verdict, cited, judged


def asked(level=MUST):
    @requirement("Z01.x", level, "Phải thế.", "It must be so.", basis=ND61.at("Điều 1"))
    def check() -> None:
        """Nothing."""

    found = requirement_of(check)
    assert found is not None
    return found


def verdict(outcome: Outcome, number: str = "Z01") -> Verdict:
    return Verdict(check=number, number=number, level="MUST", nodeid=number + outcome, outcome=outcome)


@pytest.mark.parametrize(
    ("error", "outcome", "exercised"),
    [
        (None, Outcome.PASSED, True),
        (AssertionError("assert 2 == 1"), Outcome.FAILED, True),
        (Missed(Words("a", "b"), Words("c", "d")), Outcome.FAILED, True),
        (NotExercised("no"), Outcome.FAILED, False),
        (NotThere("no"), Outcome.WARNED, False),
        (Refused("read", 404, "không thấy"), Outcome.FAILED, False),
        (Unreachable("gone"), Outcome.FAILED, False),
        (IndexError("list index out of range"), Outcome.FAILED, False),
        (NotImplementedError("adapter"), Outcome.FAILED, False),
        (Ours("simulators down"), Outcome.ERROR, False),
        (TypeError("our typing error"), Outcome.ERROR, False),
    ],
)
def test_what_a_check_dies_of_decides_whose_failure_it_is(error, outcome, exercised) -> None:
    assert judged(asked(), error, in_setup=False)[:2] == (outcome, exercised)


def test_a_should_warns_but_what_could_not_be_exercised_fails() -> None:
    assert judged(asked(SHOULD), AssertionError("no"), in_setup=False)[0] is Outcome.WARNED
    assert judged(asked(SHOULD), AssertionError("no"), in_setup=True)[0] is Outcome.FAILED
    assert judged(asked(SHOULD), NotExercised("no"), in_setup=False)[0] is Outcome.FAILED


def test_what_came_is_told_in_both_languages_and_not_at_length() -> None:
    told = judged(asked(), AssertionError(came("có hai", "two of them") + "\nassert 2 == 1"), in_setup=False)[3]
    assert told == Words("có hai", "two of them")
    endless = "assert 2 == 1\n" + "\n".join(" +  where " + "x" * 900 for _ in range(50))
    long = judged(asked(), AssertionError(endless), in_setup=False)[3]
    assert len(long.vi) < 1500


def test_a_failure_in_the_good_twin_says_that_the_check_could_not_be_exercised() -> None:
    with pytest.raises(NotExercised, match="twin"), good_twin():
        raise AssertionError("the good one was refused")
    with pytest.raises(Ours), good_twin():
        raise Ours("down")


def test_a_refusal_is_remembered_and_a_broken_answer_is_one_too() -> None:
    with may_be_refused() as attempt:
        raise Broken("act", 500, "trang lỗi")
    assert attempt.refused is not None and attempt.refused.status == 500
    with may_be_refused() as attempt:
        pass
    assert attempt.refused is None


def test_a_verdict_survives_the_way_between_processes() -> None:
    whole = Verdict(
        check="Z01",
        number="Z01",
        level="MUST",
        nodeid="n",
        outcome=Outcome.FAILED,
        came=Words("a", "b"),
        basis=cited(asked()),
    )
    assert Verdict.from_plain(json.loads(json.dumps(whole.plain()))) == whole


@pytest.mark.parametrize(
    ("tally", "code"),
    [
        (Tally([verdict(Outcome.PASSED)], {"Z01"}), Exit.CONFORMANT),
        (Tally([verdict(Outcome.PASSED), verdict(Outcome.WARNED)], {"Z01"}), Exit.CONFORMANT),
        (Tally([verdict(Outcome.PASSED), verdict(Outcome.FAILED)], {"Z01"}), Exit.NOT_CONFORMANT),
        (Tally([verdict(Outcome.PASSED), verdict(Outcome.NOT_CLAIMED)], {"Z01"}), Exit.NOT_CONFORMANT),
        (Tally([verdict(Outcome.PASSED)], {"Z01"}, unclaimed=("payment",)), Exit.NOT_CONFORMANT),
        (
            Tally([verdict(Outcome.PASSED), verdict(Outcome.NOT_CLAIMED, "Z02")], {"Z01", "Z02"}, optional={"Z02"}),
            Exit.CONFORMANT,
        ),
        (Tally([verdict(Outcome.PASSED)], {"Z01"}, violations=1), Exit.NOT_CONFORMANT),
        (Tally([verdict(Outcome.NOT_CLAIMED)], {"Z01"}), Exit.NOTHING_EXECUTED),
        (Tally([], {"Z01"}), Exit.NOTHING_EXECUTED),
        (Tally([verdict(Outcome.FAILED), verdict(Outcome.ERROR)], {"Z01"}), Exit.OUR_ERROR),
        (Tally([verdict(Outcome.PASSED)], {"Z01"}, void="crashed"), Exit.OUR_ERROR),
        (Tally([verdict(Outcome.PASSED)], {"Z01"}, interrupted=True), Exit.INTERRUPTED),
    ],
)
def test_only_a_whole_green_run_is_0(tally: Tally, code: Exit) -> None:
    assert tally.exit() is code


def test_scored_requirements_without_a_run_are_named() -> None:
    assert Tally([verdict(Outcome.PASSED)], {"Z01", "Z02"}).missing == ["Z02"]
