"""python -m loadtests run | audit | kills: journeys under load, or deaths under load, then the judgement and its exit code."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from conformance.failures import NotExercised, Ours, WrongOption
from conformance.records import Refused
from conformance.transport import Unreachable
from loadtests.assignment import ADAPTER
from loadtests.audit import audit
from loadtests.journeys import PARALLEL, Unfit
from loadtests.kills.report import kills
from loadtests.report import as_json, as_text
from loadtests.run import Given, Order, run

VIETNAM = timezone(timedelta(hours=7))
USAGE, OURS = 4, 3
NEEDED = ("simulators", "contract", "portal_key", "run_key")


def main(arguments: Sequence[str]) -> int:
    own, mark, passed_on = _split(arguments)
    options = _parser().parse_args(own)
    if options.command == "audit":
        return _audit(options.folder)
    if options.command == "kills":
        return _kills(options)
    lacking = [name for name in NEEDED if options.portal and not getattr(options, name)]
    if lacking:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in lacking)
        print(f"--portal needs {names} too: the simulators that this portal speaks to.", file=sys.stderr)
        return USAGE
    try:
        return run(_order(options, passed_on if mark else _locust_arguments(options)))
    except (WrongOption, Unreachable, Refused, Unfit, NotExercised) as error:
        print(f"loadtests: {error}", file=sys.stderr)
        return USAGE
    except Ours as error:
        print(f"loadtests: {error}", file=sys.stderr)
        return OURS


def _split(arguments: Sequence[str]) -> tuple[list[str], bool, list[str]]:
    """Ours, and after `--` Locust's own."""
    words = list(arguments)
    if "--" not in words:
        return words, False, []
    at = words.index("--")
    return words[:at], True, words[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("run", help="world, Locust, quiet, audit; after -- come options of Locust")
    load.add_argument("--users", type=int, default=20)
    load.add_argument("--seconds", type=int, default=60)
    load.add_argument("--processes", type=int, default=1, help="of the generator")
    load.add_argument("--flaw", help="a flawed reference portal, such as races")
    load.add_argument("--notices", default=PARALLEL, help="effect at vnpay.notice about every payment; '' for none")
    load.add_argument("--results", type=Path, help="folder; results/load-<time> without")
    load.add_argument("--adapter", default=ADAPTER, help="module:Class")
    load.add_argument("--portal", help="a portal that runs already")
    load.add_argument("--simulators", help="URL of the simulators that it speaks to")
    load.add_argument("--contract")
    load.add_argument("--portal-key", default=os.environ.get("HOPCHUAN_PORTAL_KEY"), help="of books and officers")
    load.add_argument("--run-key", default=os.environ.get("HOPCHUAN_RUN_KEY"), help="of the simulators' control side")
    deaths = commands.add_parser("kills", help="SIGKILL simulators and reference portal under load: is anything lost?")
    deaths.add_argument("--kills", type=int, default=16)
    deaths.add_argument("--seed", default="1", help="of victims, steps and instants")
    deaths.add_argument("--results", type=Path, help="folder; results/kills-<time> without")
    judge = commands.add_parser("audit", help="judge (again) what a run left in its folder")
    judge.add_argument("folder", type=Path)
    return parser


def _order(options: argparse.Namespace, locust: Sequence[str]) -> Order:
    folder = options.results or Path("results") / f"load-{datetime.now(VIETNAM):%Y%m%d-%H%M%S}"
    given = None
    if options.portal:
        given = Given(options.portal, options.simulators, options.contract, options.portal_key, options.run_key)
    return Order(
        folder=folder,
        arguments=locust,
        flaw=options.flaw,
        given=given,
        adapter=options.adapter,
        notice_effect=options.notices,
    )


def _locust_arguments(options: argparse.Namespace) -> list[str]:
    users = ["--headless", "--users", str(options.users), "--spawn-rate", str(options.users)]
    several = ["--processes", str(options.processes)] if options.processes > 1 else []
    return [*users, "--run-time", f"{options.seconds}s", "--stop-timeout", "60", "--only-summary", *several]


def _kills(options: argparse.Namespace) -> int:
    folder = options.results or Path("results") / f"kills-{datetime.now(VIETNAM):%Y%m%d-%H%M%S}"
    try:
        return kills(options.kills, options.seed, folder.resolve())
    except Ours as error:
        print(f"loadtests: {error}", file=sys.stderr)
        return OURS


def _audit(folder: Path) -> int:
    verdict = audit(folder)
    text = "\n".join(as_text(verdict))
    (folder / "load.json").write_text(json.dumps(as_json(verdict), ensure_ascii=False, indent=2), encoding="utf-8")
    (folder / "load.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    print(f"Report      {folder / 'load.txt'}, {folder / 'load.json'}")
    return verdict.code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
