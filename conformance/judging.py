"""The pytest plugin's side of a check: which are run, how long each may take, and the verdict that each gets."""

import contextlib
import random
import signal
import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType

import pytest

from conformance.evidence import LANE
from conformance.explain import explained, rerun_of
from conformance.failures import NotExercised, Words
from conformance.profiles import load
from conformance.requirement import Requirement, requirement_of
from conformance.stashes import BENCH, OPTIONS, RUN, SECRET_OPTIONS, SEEN, UNCLAIMED
from conformance.target import HTTP_ADAPTER, Baseline
from conformance.verdicts import Outcome, Verdict, cited, judged

CHECK_SECONDS = 150
"""Besides what the portal says that it may take itself."""
FAILED = pytest.StashKey[bool]()
SPENT = pytest.StashKey[float]()


def pytest_itemcollected(item: pytest.Item) -> None:
    """`-k A04` and `-k A07.alg_none` find a check by its requirement."""
    if asked := _asked(item):
        item.extra_keyword_matches |= {asked.id, asked.number}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is not claimed is not run; what must be alone runs last; the rest in the order of the files, or in any."""
    if seed := config.option.shuffle:
        random.Random(seed).shuffle(items)  # noqa: S311  # an order, no secret
    items.sort(key=lambda item: item.get_closest_marker("alone") is not None)
    if (seen := config.stash.get(SEEN, None)) is None:
        return
    profile = load(config.option.profile)
    unclaimed = {number for part in profile.unclaimed(seen[0].claims) for number in part.requirements}
    _without_tls(config, items, seen[0])
    gone = [item for item in items if (asked := _asked(item)) and asked.number in unclaimed]
    rows = [_verdict(item, asked, Outcome.NOT_CLAIMED) for item in gone if (asked := _asked(item))]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]
    if (output := getattr(config, "workeroutput", None)) is not None:
        output[UNCLAIMED] = [row.plain() for row in rows]
    elif (run := config.stash.get(RUN, None)) is not None:
        run.add(rows)


def _without_tls(config: pytest.Config, items: list[pytest.Item], baseline: Baseline) -> None:
    """What needs TLS of the simulators is not run where they speak none; the profile does not score it."""
    if baseline.target.simulators.startswith("https://"):
        return
    if gone := [item for item in items if item.get_closest_marker("tls") is not None]:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if (bench := item.config.stash.get(BENCH, None)) is None:
        return (yield)
    asked = _asked(item)
    bench.log.check = asked.id if asked else item.name
    with _lane(item, item.config.stash[SEEN][1]):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    with _patience(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    with _patience(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    made = yield
    spent = item.stash[SPENT] = item.stash.get(SPENT, 0.0) + call.duration
    asked, bench = _asked(item), item.config.stash.get(BENCH, None)
    if asked is None or bench is None or (call.excinfo is None and (call.when != "call" or FAILED in item.stash)):
        return made
    error = call.excinfo.value if call.excinfo else None
    outcome, exercised, expected, came = judged(asked, error, in_setup=call.when != "call")
    mask = bench.log.redactor.text
    verdict = replace(
        _verdict(item, asked, outcome),
        exercised=exercised,
        expected=expected,
        came=Words(mask(came.vi), mask(came.en)),
        where=_where(call, item),
        seconds=round(spent, 3),
    )
    if error is not None:
        item.stash[FAILED] = True
        made.longrepr = explained(verdict)
        made.outcome = "passed" if outcome is Outcome.WARNED else "failed"
    made.hopchuan = verdict.plain()  # type: ignore[attr-defined]  # travels from worker to controller with the report
    return made


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    told = getattr(report, "hopchuan", None)
    if told is None or told["outcome"] != Outcome.WARNED:
        return None
    return "warned", "w", ("WARNED", {"yellow": True})


def _asked(item: pytest.Item) -> Requirement | None:
    """The requirement of this check; a parametrised one is a variant of it."""
    asked = requirement_of(getattr(item, "function", None))
    variant = getattr(getattr(item, "callspec", None), "id", "")
    return replace(asked, id=f"{asked.id}.{variant}") if asked and variant else asked


def _verdict(item: pytest.Item, asked: Requirement, outcome: Outcome) -> Verdict:
    options = {name: item.config.getoption(f"--{name.replace('_', '-')}") for name in OPTIONS}
    told = {name: value for name, value in options.items() if value and name not in SECRET_OPTIONS}
    if item.config.option.tls:
        told["tls"] = ""
    if legal := item.config.option.legal:
        told["legal"] = legal
    if (adapter := item.config.option.adapter) != HTTP_ADAPTER:
        told["adapter"] = adapter
    return Verdict(
        check=asked.id,
        number=asked.number,
        level=str(asked.level),
        nodeid=item.nodeid,
        outcome=outcome,
        expected=Words(asked.vi, asked.en),
        basis=cited(asked),
        rerun=rerun_of(item.nodeid, told),
    )


def _where(call: pytest.CallInfo[None], item: pytest.Item) -> str:
    """The line of the check at which it ended."""
    if call.excinfo is None:
        return ""
    own = [entry for entry in call.excinfo.traceback if Path(str(entry.path)) == item.path]
    return f"{item.nodeid.partition('::')[0]}:{own[-1].lineno + 1}" if own else ""


@contextlib.contextmanager
def _patience(item: pytest.Item) -> Iterator[None]:
    """Nothing hangs: a check that takes too long could not be exercised."""
    able = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not able or BENCH not in item.config.stash:
        yield
        return

    told = item.config.stash[BENCH].lab.capabilities
    longest = CHECK_SECONDS + told.signing_patience_seconds + 2 * told.notice_patience_seconds

    def over(_number: int, _frame: FrameType | None) -> None:
        raise NotExercised(f"the check was not over after {longest} seconds")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, longest)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _lane(item: pytest.Item, folder: Path) -> Iterator[None]:
    """One lock for all processes of the run: shared by all checks, held alone by those that must be alone."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows, where only one process is supported
    except ImportError:
        yield
        return
    with (folder / LANE).open("a") as lane:
        fcntl.flock(lane, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        yield
