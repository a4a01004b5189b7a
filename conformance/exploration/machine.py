"""The state machine by which Hypothesis walks: a rule for each verb, one for what an intruder tries, two for what is forbidden."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count, islice
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from conformance.exploration.course import ENDS, Search, way
from conformance.exploration.due import Due
from conformance.exploration.finding import Finding
from conformance.exploration.stage import FREE, ROLES, Stage
from conformance.exploration.steps import CITIZENS, VERBS, Step
from conformance.exploration.table import steps
from conformance.exploration.trial import Trial

INTRUDER, APPLICANT, OFFICER = "intrude", "overstep", "overreach"
"""Rules for steps that must change nothing: by another citizen, by the applicant, by an officer."""


LONGEST_WAY = 9
BATCH = 10
"""Walks of one run of the engine: until so many were valid it changes none of those before, which would find little new."""
BATCHES = 1_000_003
"""Of one seed: a run's own is seed × BATCHES + its number."""


class Found(BaseException):
    """Ends the search at once: neither the engine nor a teardown goes on after it."""

    def __init__(self, taken: Sequence[Step], finding: Finding) -> None:
        super().__init__(str(finding))
        self.taken, self.finding = tuple(taken), finding


class _Broke(BaseException):
    """The lab or the suite failed: no statement about the portal."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class _Over(BaseException):
    """As many walks as were asked, or as long as the search may take."""


def search(stage: Stage, asked: Search, tell: Callable[[int], None]) -> Found | None:
    """The first finding; `tell` is told the number of each walk that begins."""
    end = time.monotonic() + asked.seconds
    ended: list[BaseException] = []
    numbers = count(1)

    class Walking(_Machine):
        def __init__(self) -> None:
            number = next(numbers)
            if number > asked.walks or time.monotonic() > end:
                raise _noted(ended, _Over())
            tell(number)
            super().__init__(stage, ended)

    for number in count():
        with suppress(Found, _Over, _Broke, Flaky):
            run_state_machine_as_test(seed(asked.seed * BATCHES + number)(Walking), settings=_settings(asked))
        if ended and isinstance(ended[0], _Broke):
            raise ended[0].error
        if ended:
            return ended[0] if isinstance(ended[0], Found) else None
    raise AssertionError("only a finding or the end of the walks ends the search")


T = TypeVar("T", bound=BaseException)


def _noted(ended: list[Any], end: T) -> T:
    """Kept, for the engine may answer it with a complaint of its own: that the same choices led elsewhere before."""
    ended.append(end)
    return end


def _settings(asked: Search) -> settings:
    """Only generation: what it finds is shrunk by steps (shrinking.py)."""
    return settings(
        max_examples=BATCH,
        stateful_step_count=asked.steps,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=tuple(HealthCheck),
    )


class _Machine(RuleBasedStateMachine):
    """One walk; its rules are those of every verb, added below."""

    def __init__(self, stage: Stage, ended: list[Any]) -> None:
        super().__init__()
        self.ended = ended
        self.stage = stage
        self.trial = Trial.begun(stage)
        self.choices: dict[str, list[Step]] = {}
        self.is_over = False
        self._choose()

    @initialize(
        word=st.sampled_from(tuple(ROLES)),
        end=st.sampled_from(tuple(ENDS)),
        payment=st.sampled_from(VERBS["pay"].details),
        length=st.just(LONGEST_WAY) | st.integers(1, 3) | st.integers(4, LONGEST_WAY),
    )
    def begin(self, word: str, end: str, payment: str, length: int) -> None:
        """Somewhere on a usual way of some dossier."""
        offered = word if word in self.stage.kinds else FREE
        for step in islice(way(offered, self.stage.kinds[offered], end, payment), length):
            self.take(step)

    def take(self, step: Step) -> None:
        self._end_by(lambda: self.trial.take(step))
        self._choose()

    def teardown(self) -> None:
        if not self.is_over:
            self._end_by(self.trial.end)

    def _end_by(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except Finding as found:
            self.is_over = True
            raise _noted(self.ended, Found(self.trial.taken, found)) from found
        except Exception as error:
            self.is_over = True
            raise _noted(self.ended, _Broke(error)) from error

    def _choose(self) -> None:
        """Every step that is judged now, by the rule that takes it."""
        self.choices = {}
        for step, due in steps(self.trial.world):
            if step.verb in self.stage.verbs:
                name = step.verb if due is not Due.NEVER else self._forbidden(step)
                self.choices.setdefault(name, []).append(step)

    def _forbidden(self, step: Step) -> str:
        if step.who not in CITIZENS:
            return OFFICER
        is_owner = not step.dossier or self.trial.world.of(step.dossier).owner == step.who
        return APPLICANT if is_owner else INTRUDER


def _rule(name: str) -> Any:
    """A rule that takes one of the steps that it may take now."""

    def perform(self: _Machine, data: st.DataObject) -> None:
        self.take(data.draw(st.sampled_from(self.choices[name])))

    perform.__name__ = name
    return precondition(lambda self: name in self.choices)(rule(data=st.data())(perform))


for _name in (*VERBS, INTRUDER, APPLICANT, OFFICER):
    setattr(_Machine, f"rule_{_name}", _rule(_name))
