"""Where a walk begins: somewhere on a usual way of a dossier, from its draft to its end; and how many walks are asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conformance.exploration.model import Kind
from conformance.exploration.steps import CITIZENS, OFFICERS, Step

ENDS: Mapping[str, tuple[str, ...]] = {
    "result": ("accept", "process", "finish", "hand_over"),
    "refusal": ("refuse", "copy"),
    "supplement": ("ask", "attach", "answer"),
    "late supplement": ("accept", "ask", "attach", "answer"),
    "fee": ("accept", "fee", "pay"),
}
"""What follows the submission."""


@dataclass(frozen=True)
class Search:
    """So many walks of so many steps, the same for the same seed and portal; `seconds` ends it earlier."""

    seed: int = 1
    walks: int = 80
    steps: int = 12
    seconds: float = 600.0


def way(word: str, kind: Kind, end: str, payment: str) -> Iterator[Step]:
    """Dossier 1, drafted by the first citizen as `word` says; `payment` is what becomes of each notice."""
    citizen = CITIZENS[0]
    yield Step("draft", citizen, detail=word)
    for place, slot in enumerate(kind.slots, 1):
        if slot.required:
            yield Step("fill" if slot.form else "attach", citizen, 1, place)
            if slot.sign:
                yield Step("sign", citizen, 1, place)
                yield Step("approve", citizen)
    yield Step("submit", citizen, 1)
    if kind.prepaid:
        yield Step("pay", citizen, 1, detail=payment)
    for verb in ENDS[end]:
        yield _after(verb, payment)


def _after(verb: str, payment: str) -> Step:
    if verb == "pay":
        return Step(verb, CITIZENS[0], 1, detail=payment)
    if verb in {"copy", "answer"}:
        return Step(verb, CITIZENS[0], 1)
    if verb == "attach":
        return Step(verb, CITIZENS[0], 1, 1)
    return Step(verb, OFFICERS[0], 1, int(verb == "ask"))
