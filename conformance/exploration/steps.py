"""One step of a walk, and how it is written: `attach A 2 c1` is a verb, who does it, on which dossier, on which component."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.failures import WrongOption

CITIZENS, OFFICERS, BANK = ("A", "B"), ("an", "binh"), ("bank",)
BETWEEN = "; "


@dataclass(frozen=True)
class Verb:
    """Who may be named, whether a dossier and a component are, and the details, of which the first is not written."""

    actors: tuple[str, ...] = CITIZENS
    on_dossier: bool = True
    on_part: bool = False
    details: tuple[str, ...] = ("",)


VERBS: Mapping[str, Verb] = {
    "draft": Verb(on_dossier=False, details=("free", "signed", "paid", "elsewhere")),
    "attach": Verb(on_part=True),
    "fill": Verb(on_part=True),
    "remove": Verb(on_part=True),
    "sign": Verb(on_part=True),
    "approve": Verb(on_dossier=False),
    "cancel": Verb(on_dossier=False),
    "submit": Verb(),
    "answer": Verb(),
    "withdraw": Verb(),
    "copy": Verb(),
    "pay": Verb(details=("told", "doubled", "lost", "late", "forged", "short", "cancelled", "abandoned")),
    "back": Verb(),
    "notice": Verb(BANK),
    "accept": Verb(OFFICERS),
    "process": Verb(OFFICERS),
    "ask": Verb(OFFICERS, on_part=True),
    "refuse": Verb(OFFICERS, details=("", "silently")),
    "fee": Verb(OFFICERS),
    "finish": Verb(OFFICERS),
    "hand_over": Verb(OFFICERS),
    "reconcile": Verb(OFFICERS, on_dossier=False),
    "logout": Verb(on_dossier=False),
    "login": Verb(on_dossier=False),
}


@dataclass(frozen=True)
class Step:
    """`dossier` and `part` count from 1; 0 where the verb has none."""

    verb: str
    who: str
    dossier: int = 0
    part: int = 0
    detail: str = ""

    def __str__(self) -> str:
        verb = VERBS[self.verb]
        said = [self.verb, self.who]
        said += [str(self.dossier)] if self.dossier > 1 else []
        said += [f"c{self.part}"] if self.part > 1 else []
        said += [self.detail] if self.detail != verb.details[0] else []
        return " ".join(said)


def written(steps: Sequence[Step]) -> str:
    """The line that `--replay` reads."""
    return BETWEEN.join(str(step) for step in steps)


def read(line: str) -> tuple[Step, ...]:
    """The steps of a `--replay` line; WrongOption names the first that is none."""
    steps = tuple(_step(words) for words in (text.split() for text in line.split(";")) if words)
    if not steps:
        raise WrongOption("--replay: no step was given; one is written like `draft A` or `attach A 2 c1`.")
    return steps


def every(dossiers: int, parts: int) -> Iterator[Step]:
    """All steps that can be written about so many dossiers of at most so many components."""
    for name, verb in VERBS.items():
        for who in verb.actors:
            for number in range(1, dossiers + 1) if verb.on_dossier else (0,):
                for part in range(1, parts + 1) if verb.on_part else (0,):
                    for detail in verb.details:
                        yield Step(name, who, number, part, detail)


def plainer(step: Step) -> Iterator[Step]:
    """The same step with one thing as it usually is: a file, the first component, the first officer, the first detail."""
    verb = VERBS[step.verb]
    if step.verb == "fill":
        yield Step("attach", step.who, step.dossier, step.part)
    if step.part > 1:
        yield Step(step.verb, step.who, step.dossier, 1, step.detail)
    if step.who in OFFICERS[1:]:
        yield Step(step.verb, OFFICERS[0], step.dossier, step.part, step.detail)
    for detail in verb.details[: verb.details.index(step.detail)]:
        yield Step(step.verb, step.who, step.dossier, step.part, detail)


def _step(words: Sequence[str]) -> Step:
    said = " ".join(words)
    verb = VERBS.get(words[0])
    if verb is None:
        raise WrongOption(f"--replay: `{said}` begins with no verb; the verbs are {', '.join(VERBS)}.")
    if len(words) < 2 or words[1] not in verb.actors:
        raise WrongOption(f"--replay: `{said}` needs after `{words[0]}` who does it: {' or '.join(verb.actors)}.")
    number, part, detail = int(verb.on_dossier), int(verb.on_part), verb.details[0]
    for word in words[2:]:
        if verb.on_dossier and word.isdecimal() and int(word):
            number = int(word)
        elif verb.on_part and word[:1] == "c" and word[1:].isdecimal() and int(word[1:]):
            part = int(word[1:])
        elif word in verb.details:
            detail = word
        else:
            raise WrongOption(f"--replay: `{said}`: `{word}` is no dossier (2), component (c2) or detail of this verb.")
    return Step(words[0], words[1], number, part, detail)
