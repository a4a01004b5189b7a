"""python -m conformance.exploration: chance walks through dossiers on any portal; what it finds is told as a short story."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TextIO

from conformance.bite import listed
from conformance.exploration.course import Search
from conformance.exploration.stage import Stage, staged
from conformance.exploration.steps import VERBS, Step, read
from conformance.exploration.story import Story, sentences
from conformance.exploration.trial import tried
from conformance.failures import NotExercised, Ours, WrongOption
from conformance.launch import launched
from conformance.stashes import OPTIONS
from conformance.target import HTTP_ADAPTER, Target, given, probe
from conformance.verdicts import Exit

TEACHING = f"""
Two citizens, A and B, and two officers, an and binh, do by chance what people do: draft, attach, sign, submit, pay, ask,
refuse, copy … also out of turn, and to each other's dossiers. After each step a small model of dossiers (states 0 to 10) says
what may be so; history, codes, files, signatures, payments and privacy are watched, and laws are judged at the end of each
walk. What no conforming portal may do is told in numbered sentences, as short as it was found to come, with a line that does
it again:

  python -m conformance.exploration --flaw empty_reason_accepted
  python -m conformance.exploration --flaw empty_reason_accepted --replay "draft A; attach A; submit A; refuse an silently"
  python -m conformance.exploration --portal http://localhost:8080 --simulators http://127.0.0.1:8400 \\
      --contract c… --portal-key … --simulators-key … --seed 7

A step is a verb, who does it, and where it is not the first of each: the number of the dossier, the component, a detail:
`attach A 2 c2`, `pay A doubled`, `refuse an silently`. The verbs are
  {", ".join(VERBS)}.

Exit codes: 0 nothing found, 1 found, 3 our own error, 4 a wrong option, 5 no step was walked.
"""


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.survey:
            return _surveyed(options)
        steps = read(options.replay) if options.replay else ()
        with _stage(options) as stage:
            return _replayed(stage, steps, options) if steps else _explored(stage, options)
    except WrongOption as error:
        print(error, file=sys.stderr)
        return Exit.USAGE
    except (Ours, NotExercised) as error:
        print(f"our error: {error}", file=sys.stderr)
        return Exit.OUR_ERROR
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m conformance.exploration",
        description=__doc__,
        epilog=TEACHING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--steps", type=_count, default=Search.steps, help="of a walk, after its beginning (%(default)s)"
    )
    parser.add_argument("--examples", type=_count, default=Search.walks, help="walks (%(default)s)")
    parser.add_argument(
        "--seed", type=int, default=Search.seed, help="of all chance: the same walks again (%(default)s)"
    )
    parser.add_argument(
        "--seconds", type=float, default=Search.seconds, help="after which no walk begins (%(default)s)"
    )
    parser.add_argument("--replay", metavar="STEPS", help="walk by these steps and no others")
    parser.add_argument("--flaw", help="a flawed reference portal (python -m reference_portal --flaws)")
    parser.add_argument("--survey", action="store_true", help="every flawed portal; rewrites docs/exploration.md")
    parser.add_argument("--adapter", default=HTTP_ADAPTER, help="module:Class of the client that reaches the portal")
    for name, text in OPTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=text)
    return parser


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1")
    return number


@contextmanager
def _stage(options: argparse.Namespace) -> Iterator[Stage]:
    """The portal that the options name, or a reference portal, started now."""
    told = {name: getattr(options, name) for name in OPTIONS}
    if options.portal:
        if options.flaw:
            raise WrongOption("--flaw: it is a reference portal's; leave out --portal, or --flaw.")
        with staged(probe(given(told | {"adapter": options.adapter}))) as stage:
            yield stage
        return
    if said := [f"--{name.replace('_', '-')}" for name, value in told.items() if value]:
        raise WrongOption(
            f"{', '.join(said)}: without --portal the reference portal is started, and needs none of them."
        )
    if options.flaw and options.flaw not in {flaw.name for flaw in listed()}:
        raise WrongOption(f"--flaw {options.flaw}: python -m reference_portal --flaws names those that there are.")
    with launched((options.flaw,)) as running, staged(probe(Target.launched(running, options.adapter))) as stage:
        yield stage


def _explored(stage: Stage, options: argparse.Namespace) -> int:
    _demand_engine()
    from conformance.exploration.exploring import explore  # noqa: PLC0415 -- it needs the engine

    progress = Progress(options.examples, sys.stderr)
    story = explore(stage, _asked(options), progress.tell)
    progress.close()
    if story is not None:
        return _told(story, options)
    print(
        f"{progress.number} lượt, không thấy gì sai / {progress.number} walks, nothing found "
        f"(--seed {options.seed} --examples {options.examples} --steps {options.steps})"
    )
    return Exit.CONFORMANT if progress.number else Exit.NOTHING_EXECUTED


def _replayed(stage: Stage, steps: Sequence[Step], options: argparse.Namespace) -> int:
    taken, finding = tried(stage, steps)
    if left := [str(step) for step in steps if step not in taken] if finding is None else []:
        print(f"không làm được lúc này / not possible then: {', '.join(left)}")
    if finding is not None:
        return _told(Story(tuple(taken), finding, len(steps), 1), options)
    print("\n".join(sentences(taken)))
    print(f"{len(taken)} bước, không thấy gì sai / {len(taken)} steps, nothing found")
    return Exit.CONFORMANT if taken else Exit.NOTHING_EXECUTED


def _surveyed(options: argparse.Namespace) -> int:
    _demand_engine()
    from conformance.exploration.survey import survey  # noqa: PLC0415 -- it needs the engine

    return survey(_asked(options), lambda line: print(line, flush=True))


def _told(story: Story, options: argparse.Namespace) -> int:
    print("\n".join(story.told(f" --flaw {options.flaw}" if options.flaw else _where(options))))
    return Exit.NOT_CONFORMANT


def _where(options: argparse.Namespace) -> str:
    """The portal as the command line names it; keys stay out of what is printed."""
    named = ("portal", "simulators", "contract", "simulators_root")
    told = "".join(f" --{name.replace('_', '-')} {value}" for name in named if (value := getattr(options, name)))
    return told + (f" --adapter {options.adapter}" if options.adapter != HTTP_ADAPTER else "")


def _asked(options: argparse.Namespace) -> Search:
    return Search(options.seed, options.examples, options.steps, options.seconds)


def _demand_engine() -> None:
    if find_spec("hypothesis") is None:
        raise WrongOption('exploration walks by Hypothesis: pip install "hopchuan[explore]" (--replay needs no more).')


@dataclass
class Progress:
    """The number of the walk on a terminal; nothing where nobody watches."""

    walks: int
    out: TextIO
    number: int = 0

    def tell(self, number: int) -> None:
        self.number = number
        if self.out.isatty():
            self.out.write(f"\rlượt / walk {number}/{self.walks} ")
            self.out.flush()

    def close(self) -> None:
        if self.out.isatty():
            self.out.write("\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
