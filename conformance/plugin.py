"""The pytest plugin's session: options, the probe before anything is judged, workers, and the run's end."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from conformance import evidence, report
from conformance.failures import Ours, WrongOption
from conformance.launch import launched
from conformance.legal import chosen
from conformance.profiles import load
from conformance.run import Bench, Run, from_controller, to_worker
from conformance.stashes import BENCH, ENDING, MARKERS, OPTIONS, RUN, SEEN, UNCLAIMED
from conformance.target import HTTP_ADAPTER, Baseline, Target, given, probe
from conformance.verdicts import Exit, Verdict

INPUT = "hopchuan"


class Gathering:
    """In the first process: every verdict, as it comes; a check that died without one (its worker crashed) voids the run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if (told := getattr(report, "hopchuan", None)) is not None:
            self._run.add([Verdict.from_plain(told)])
        elif report.failed:
            self._run.void = self._run.void or f"{report.nodeid} ended without a verdict: {report.longreprtext[:200]}"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hopchuan", "Hợp Chuẩn: certify a public-service portal")
    for name, text in OPTIONS.items():
        group.addoption(f"--{name.replace('_', '-')}", help=text)
    group.addoption("--tls", action="store_true", help="start the simulators with TLS (with --portal: as they are)")
    group.addoption("--adapter", default=HTTP_ADAPTER, help="module:Class of the client that reaches the portal")
    group.addoption("--profile", default="basic", help="what is scored (conformance/profiles)")
    group.addoption("--legal", help="numbers of the law (conformance/profiles/legal); else what the portal names")
    group.addoption("--shuffle", metavar="SEED", help="run the checks in another order, the same for the same seed")
    group.addoption("--results", default="results", help="folder in which each run leaves its evidence")
    group.addoption(
        "--verdicts-only", action="store_true", help="write verdicts.json, but no exchanges, journal and report"
    )


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    if (told := getattr(config, "workerinput", {}).get(INPUT)) is not None:
        _set_up(config, *from_controller(told), part="-" + config.workerinput["workerid"])  # type: ignore[attr-defined]  # xdist's


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    try:
        profile = load(config.option.profile)
        baseline = probe(_target(config, stack))
        legal = chosen(config.option.legal, baseline.capabilities.legal)
    except WrongOption as error:
        raise pytest.UsageError(str(error)) from error
    except Ours as error:
        pytest.exit(f"our error: {error}", returncode=Exit.OUR_ERROR)
    if not baseline.claims:
        lacking = f"; the adapter lacks {', '.join(baseline.lacking)}" if baseline.lacking else ""
        pytest.exit(
            f"the portal {baseline.target.portal} claims nothing that can be tried (capabilities.claims{lacking}): "
            "nothing was executed",
            returncode=Exit.NOTHING_EXECUTED,
        )
    folder = evidence.new_folder(config.rootpath / config.option.results)
    config.stash[RUN] = run = Run(baseline, profile, folder, stack, legal.name, keeps=not config.option.verdicts_only)
    config.pluginmanager.register(Gathering(run), "hopchuan-gathering")
    _set_up(config, baseline, folder, part="")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if (run := node.config.stash.get(RUN, None)) is not None:
        node.workerinput[INPUT] = to_worker(run.baseline, run.folder)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if (run := node.config.stash.get(RUN, None)) is not None:
        run.add(Verdict.from_plain(told) for told in getattr(node, "workeroutput", {}).get(UNCLAIMED, ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In the first process, whatever happened: laws, evidence, report, exit code; then everything that was started ends."""
    config = session.config
    if (bench := config.stash.get(BENCH, None)) is not None:
        bench.close()
    if (run := config.stash.get(RUN, None)) is None:
        return
    try:
        ending = run.finish(interrupted=session.exitstatus == pytest.ExitCode.INTERRUPTED)
    finally:
        run.stack.close()
    config.stash[ENDING] = ending
    if session.exitstatus in {pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}:
        return
    session.exitstatus = ending.tally.exit()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if (ending := config.stash.get(ENDING, None)) is None:
        return
    terminalreporter.section("Hợp Chuẩn")
    for text, bad in report.summary(ending.plain(), ending.run.folder):
        terminalreporter.line(text, red=bad)


def _target(config: pytest.Config, stack: ExitStack) -> Target:
    """The portal that the options name, or the reference portal, started now."""
    options = {name: config.getoption(f"--{name.replace('_', '-')}") for name in OPTIONS}
    if options["portal"]:
        if config.option.tls and not str(options["simulators"]).startswith("https://"):
            raise WrongOption(
                f"--tls: the simulators at {options['simulators']} speak none; start them with serve --tls."
            )
        return given(options | {"adapter": config.option.adapter})
    if said := [f"--{name.replace('_', '-')}" for name, value in options.items() if value]:
        raise WrongOption(
            f"{', '.join(said)}: without --portal the reference portal is started, and needs none of them."
        )
    return Target.launched(stack.enter_context(launched(tls=config.option.tls)), config.option.adapter)


def _set_up(config: pytest.Config, baseline: Baseline, folder: Path, *, part: str) -> None:
    config.stash[SEEN] = (baseline, folder)
    config.stash[BENCH] = Bench.set_up(baseline, folder, part, hops=not config.option.verdicts_only)
