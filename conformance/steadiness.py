"""Does a verdict depend on luck? The suite over many seeds, its checks in random order, four at a time, on a busy machine."""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from conformance.control import Control
from conformance.failures import Ours
from conformance.judges import NoVerdicts, judged
from conformance.launch import launched
from conformance.verdicts import Exit

SEEDS, WORKERS, BURNERS = 20, 4, 2
BURN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(100_000))"
"""Until whoever started it is gone."""
ELSEWHERE = {
    **dict.fromkeys(
        ("ca2.array", "ca2.value", "ca2.root_null"),
        "the reference portal reaches CA2 through the hub: tests/simulators/ca/test_ca2.py draws it",
    ),
    **dict.fromkeys(
        [f"{ca}.{what}" for ca in ("bkav", "fpt", "mobifone") for what in ("crlf", "extra", "list_word", "order")],
        "the reference portal does not sign there: tests/simulators/ca/test_generic.py draws it",
    ),
    "misa.document_id": "the reference portal does not sign there: tests/simulators/ca/test_misa.py draws it",
    "mysign.crlf": "the reference portal does not sign there: tests/simulators/ca/test_mysign.py draws it",
}
"""Legal variance that this portal cannot meet. What is drawn all the same has no place here."""
Variance = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Pass:
    """The whole suite once."""

    seed: int
    verdicts: Mapping[str, str]
    variance: Variance
    seconds: float
    problem: str = ""


@dataclass
class Account:
    """All passes; the first says which verdicts are expected."""

    passes: list[Pass] = field(default_factory=list)

    def add(self, done: Pass) -> str:
        """The table's row."""
        self.passes.append(done)
        changed = self.changed(done)
        drawn = sum(1 for names in done.variance.values() for count in names.values() if count)
        total = sum(len(names) for names in done.variance.values())
        told = done.problem or (", ".join(changed) if changed else "none")
        return f"| {done.seed} | {len(done.verdicts)} | {told} | {done.seconds:.0f} | {drawn} of {total} |"

    def changed(self, done: Pass) -> list[str]:
        """Checks whose verdict is another than in the first pass (or is missing), with both."""
        first = self.passes[0].verdicts
        names = sorted({*first, *done.verdicts})
        pairs = ((name, first.get(name, "absent"), done.verdicts.get(name, "absent")) for name in names)
        return [f"{name}: {before} then {now}" for name, before, now in pairs if before != now]

    def drawn(self) -> dict[tuple[str, str], int]:
        """How often each alternative came, over all seeds."""
        counted: Counter[tuple[str, str]] = Counter()
        for done in self.passes:
            for label, names in done.variance.items():
                counted.update({(label, name): count for name, count in names.items()})
        return dict(sorted(counted.items()))

    def problems(self) -> list[str]:
        """What makes the whole unsteady."""
        found = [f"seed {done.seed}: {done.problem}" for done in self.passes if done.problem]
        found += [f"seed {done.seed}: {one}" for done in self.passes for one in self.changed(done)]
        for (label, name), count in self.drawn().items():
            if not count and label not in ELSEWHERE:
                found.append(f"never drawn: {label}, {name}")
        unexpected = {label for (label, _name), count in self.drawn().items() if count and label in ELSEWHERE}
        return found + [f"drawn after all: {label}; take it from ELSEWHERE" for label in sorted(unexpected)]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    account, began = Account(), time.monotonic()
    print(
        "| seed | checks | verdicts that changed | seconds | legal variance drawn |\n|---|---|---|---|---|", flush=True
    )
    try:
        with _burning(options.burners):
            for seed in range(options.first, options.first + options.seeds):
                print(account.add(_passed(seed, options.workers, options.check)), flush=True)
    except Ours as error:
        print(error)
        return Exit.OUR_ERROR
    print("\n| legal variance | alternative | times |\n|---|---|---|")
    for (label, name), count in account.drawn().items():
        print(f"| {label} | {name} | {count or ELSEWHERE.get(label, 0)} |")
    problems = account.problems()
    for problem in problems:
        print(problem)
    print(f"{options.seeds} seeds, {len(problems)} problems, {time.monotonic() - began:.0f} s")
    return Exit.NOT_CONFORMANT if problems else Exit.CONFORMANT


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m conformance.steadiness", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many worlds (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default: %(default)s)")
    parser.add_argument("-n", "--workers", type=int, default=WORKERS, help="checks at a time (default: %(default)s)")
    parser.add_argument(
        "--burners", type=int, default=BURNERS, help="processes that burn a CPU each (default: %(default)s)"
    )
    parser.add_argument("-k", dest="check", default="", help="only these checks, as pytest's -k")
    return parser.parse_args(arguments)


@contextmanager
def _burning(count: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(count):
            burner = stack.enter_context(subprocess.Popen([sys.executable, "-c", BURN]))  # noqa: S603  # ours
            stack.callback(burner.kill)
        yield


def _passed(seed: int, workers: int, check: str) -> Pass:
    """A world of this seed, a right portal in it, and the suite in an order of this seed."""
    began = time.monotonic()
    more = ["-p", "xdist", "-n", str(workers), "--shuffle", str(seed), *(["-k", check] if check else [])]
    world = f'seed = "{seed}"'
    with tempfile.TemporaryDirectory(prefix="hopchuan-steady-") as folder, launched(world=world) as running:
        try:
            told = judged(running, running.portals[0], Path(folder) / "run", *more)
        except NoVerdicts as error:
            return Pass(seed, {}, {}, time.monotonic() - began, str(error))
        seconds = time.monotonic() - began
        with Control(running.url, running.key) as control:
            variance = control.get("/control/variance")["variance"]
    wrong = [f"not run: {name}" for name in (*told["missing"], *told["unclaimed"]) if not check]
    verdicts = {verdict["check"]: verdict["outcome"] for verdict in told["verdicts"]}
    wrong += [f"{name} {outcome}" for name, outcome in verdicts.items() if outcome != "passed"]
    wrong += [f"law {violation['law']}: {violation['text_en']}" for violation in told["violations"]]
    return Pass(seed, verdicts, variance, seconds, "; ".join([told["void"], *wrong] if told["void"] else wrong))


if __name__ == "__main__":
    raise SystemExit(main())
