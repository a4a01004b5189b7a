"""The whole table: of every step of a walk what must, may or must not come of it now; None is a step that nobody judges."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from conformance.exploration import applicants, money, officers
from conformance.exploration.due import Due, Expectation, must
from conformance.exploration.model import World
from conformance.exploration.steps import Step, every

FEWEST_PARTS = 2
"""Components that are tried of each dossier, or as many as it takes to come to the last mandatory one."""


def expected(world: World, step: Step) -> Expectation | None:
    """None where the step cannot be done now, or where law and documents leave open what comes of it."""
    if step.dossier > len(world.dossiers) or (step.dossier and step.part > len(world.slots(step.dossier))):
        return None
    return _TABLE[step.verb](world, step)


def steps(world: World) -> Iterable[tuple[Step, Due]]:
    """Every step that is judged now, and how."""
    needed = (place for kind in world.kinds.values() for place, slot in enumerate(kind.slots, 1) if slot.required)
    for step in every(len(world.dossiers), max(FEWEST_PARTS, *needed)):
        if (told := expected(world, step)) is not None:
            yield step, told.due


def _logout(world: World, step: Step) -> Expectation | None:
    return None if step.who in world.out else must(world, replace(world, out=world.out | {step.who}))


def _login(world: World, step: Step) -> Expectation | None:
    return must(world, replace(world, out=world.out - {step.who})) if step.who in world.out else None


_TABLE: Mapping[str, Callable[[World, Step], Expectation | None]] = {
    "draft": applicants.draft,
    "attach": applicants.put,
    "fill": applicants.put,
    "remove": applicants.remove,
    "sign": applicants.sign,
    "approve": applicants.answer_phone,
    "cancel": applicants.answer_phone,
    "submit": applicants.submit,
    "answer": applicants.answer,
    "withdraw": applicants.withdraw,
    "copy": applicants.copy,
    "accept": officers.accept,
    "process": officers.process,
    "ask": officers.ask,
    "refuse": officers.refuse,
    "fee": officers.fee,
    "finish": officers.finish,
    "hand_over": officers.hand_over,
    "pay": money.pay,
    "notice": money.notice,
    "back": money.way_back,
    "reconcile": money.reconcile,
    "logout": _logout,
    "login": _login,
}
