"""What makes a series of runs unsteady: a verdict that changed or is missing, a run that failed, variance never drawn."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from conformance import judging, steadiness
from conformance.steadiness import ELSEWHERE, Account, Pass

ALL = {"vnpt.crlf": {"base64 in one line": 3, "base64 with CRLF": 1}}


def account(*passes: Pass) -> Account:
    made = Account()
    for done in passes:
        made.add(done)
    return made


def test_the_same_verdicts_with_all_variance_are_steady() -> None:
    both = account(Pass(1, {"A01": "passed"}, ALL, 9.0), Pass(2, {"A01": "passed"}, ALL, 9.0))

    assert both.problems() == []
    assert both.drawn()["vnpt.crlf", "base64 with CRLF"] == 2


@pytest.mark.parametrize("later", [{"A01": "failed"}, {}, {"A01": "passed", "A02": "passed"}])
def test_a_verdict_that_changed_is_named_with_its_seed(later: dict[str, str]) -> None:
    unsteady = account(Pass(1, {"A01": "passed"}, ALL, 9.0), Pass(7, later, ALL, 9.0))

    (problem,) = unsteady.problems()
    assert problem.startswith("seed 7: A0")


def test_a_first_run_that_fails_is_a_problem_though_nothing_changed() -> None:
    assert account(Pass(1, {"A01": "failed"}, ALL, 9.0, "A01 failed")).problems() == ["seed 1: A01 failed"]


def test_variance_that_no_seed_drew_is_a_problem_once_over_all_seeds() -> None:
    first = Pass(1, {}, {"x": {"a": 1, "b": 0}}, 9.0)

    assert account(first).problems() == ["never drawn: x, b"]
    assert account(first, Pass(2, {}, {"x": {"a": 0, "b": 4}}, 9.0)).problems() == []


def test_what_this_portal_cannot_meet_is_excused_until_it_is_met() -> None:
    label = next(iter(ELSEWHERE))

    assert account(Pass(1, {}, {label: {"a": 0, "b": 0}}, 9.0)).problems() == []
    (problem,) = account(Pass(1, {}, {label: {"a": 2, "b": 0}}, 9.0)).problems()
    assert problem.startswith(f"drawn after all: {label}")


def test_the_exit_code_follows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = iter(["passed", "passed", "passed", "failed"])
    monkeypatch.setattr(
        steadiness, "_passed", lambda seed, _workers, _check: Pass(seed, {"A01": next(outcomes)}, ALL, 1.0)
    )
    arguments = ["--seeds", "2", "--burners", "1"]

    assert [steadiness.main(arguments), steadiness.main(arguments)] == [0, 1]
    assert "| 2 | 1 | A01: passed then failed |" in capsys.readouterr().out


@dataclass(eq=False)
class Item:
    """A check as the plugin sorts it."""

    name: str
    alone: bool = False

    def get_closest_marker(self, _name: str) -> object | None:
        return self if self.alone else None


def in_order(shuffle: str | None) -> list[str]:
    items: list[Any] = [Item("alone", alone=True), *(Item(f"check {number}") for number in range(20))]
    config: Any = SimpleNamespace(option=SimpleNamespace(shuffle=shuffle), stash=pytest.Stash())
    judging.pytest_collection_modifyitems(config, items)
    return [item.name for item in items]


def test_a_seed_is_one_order_of_all_checks_and_who_must_be_alone_stays_last() -> None:
    usual, once, again, other = (in_order(seed) for seed in (None, "1", "1", "2"))

    assert once == again
    assert len({tuple(order) for order in (usual, once, other)}) == 3
    assert sorted(usual) == sorted(once) == sorted(other)
    assert {order[-1] for order in (usual, once, other)} == {"alone"}
