"""What may come of what a citizen does to a dossier, an own one or another's: specs/portal.md 2.4; None is not judged."""

from dataclasses import replace
from itertools import product

from conformance.exploration.due import Expectation, may, must, never
from conformance.exploration.model import (
    ACCEPTED,
    BEFORE,
    DRAFT,
    FOR_GOOD,
    PAYING,
    PROCESSING,
    REFUSED,
    SUBMITTED,
    SUPPLEMENT,
    WITHDRAWN,
    Dossier,
    Part,
    Waiting,
    World,
)
from conformance.exploration.steps import Step

MOST_DRAFTS, MOST_DOSSIERS = 2, 3


def _is_intruder(world: World, step: Step) -> bool:
    return step.who != world.of(step.dossier).owner


def draft(world: World, step: Step) -> Expectation | None:
    if step.detail not in world.kinds:
        return None
    if step.who in world.out:
        return never(world) if step.detail == "free" else None
    if sum(1 for dossier in world.dossiers if not dossier.copy_of) >= MOST_DRAFTS:
        return None
    kind = world.kinds[step.detail]
    owed = (BEFORE,) if kind.prepaid else ()
    made = Dossier(step.who, step.detail, tuple(Part() for _ in kind.slots), owed=owed)
    return must(world, replace(world, dossiers=(*world.dossiers, made)))


def put(world: World, step: Step) -> Expectation | None:
    """Attach and fill."""
    dossier, slot = world.of(step.dossier), world.slots(step.dossier)[step.part - 1]
    if step.verb == "fill" and not slot.form:
        return None
    tried = replace(world, given=world.given + 1)
    if _is_intruder(world, step):
        return None if step.who in world.out else never(tried)
    if step.who in world.out:
        return never(tried) if step.verb == "attach" else None
    if not dossier.is_open(step.part):
        return None if dossier.answered else never(tried)
    given = tried.put(step.dossier, dossier.with_part(step.part, Part(tried.given, step.verb)))
    waits = any((one.dossier, one.part) == (step.dossier, step.part) for one in world.waiting)
    sure = dossier.state == DRAFT or step.verb == "attach"
    return must(tried, given) if sure and not waits else may(tried, given)


def remove(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if not dossier.part(step.part).given or step.who in world.out:
        return None
    if _is_intruder(world, step):
        return never(world)
    if not dossier.is_open(step.part):
        return None if dossier.answered else never(world)
    return may(world, world.put(step.dossier, dossier.with_part(step.part, Part())))


def sign(world: World, step: Step) -> Expectation | None:
    """The request alone; the phone comes later. One that must not be is approved at once, to see what comes of it."""
    dossier, slot = world.of(step.dossier), world.slots(step.dossier)[step.part - 1]
    part = dossier.part(step.part)
    if not part.given or part.signed or step.who in world.out:
        return None
    if any((one.dossier, one.part) == (step.dossier, step.part) for one in world.waiting):
        return None
    if _is_intruder(world, step):
        return never(world)
    if not dossier.is_open(step.part):
        return None if dossier.answered else never(world)
    asked = replace(world, waiting=(*world.waiting, Waiting(step.who, step.dossier, step.part, part.given)))
    return must(world, asked) if slot.sign and dossier.state == DRAFT else may(world, asked)


def answer_phone(world: World, step: Step) -> Expectation | None:
    """Approve and cancel: what the phone shows last. An approval counts for the file that was sent, while it lies there."""
    mine = [one for one in world.waiting if one.who == step.who]
    if not mine or step.who in world.out:
        return None
    one = mine[-1]
    over = replace(world, waiting=tuple(other for other in world.waiting if other is not one))
    dossier = world.of(one.dossier)
    part = dossier.part(one.part)
    if step.verb == "cancel" or part.given != one.given or not dossier.is_open(one.part):
        return must(world, over)
    return must(world, over.put(one.dossier, dossier.with_part(one.part, replace(part, signed=True))))


def submit(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if _is_intruder(world, step):
        return None if step.who in world.out else never(world)
    if step.who in world.out:
        return never(world)
    if dossier.state == SUPPLEMENT:
        return None
    if dossier.state != DRAFT or not world.is_complete(step.dossier):
        return never(world)
    sent = world.moved(step.dossier, SUBMITTED)
    unsettled = any(one.dossier == step.dossier for one in world.waiting) or any(
        slot.sign and part.given and not part.signed
        for slot, part in zip(world.slots(step.dossier), dossier.parts, strict=True)
    )
    return may(world, sent) if unsettled else must(world, sent)


def answer(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if step.who in world.out:
        return None
    if _is_intruder(world, step):
        return never(world)
    if dossier.state != SUPPLEMENT:
        return never(world)
    if dossier.answered:
        return None
    back = replace(dossier, state=SUBMITTED, asked=frozenset())
    after = world.put(step.dossier, back if dossier.before == SUBMITTED else replace(dossier, answered=True))
    sure = dossier.asked <= dossier.mended and world.is_complete(step.dossier)
    waits = any(one.dossier == step.dossier for one in world.waiting)
    return must(world, after) if sure and not waits else may(world, after)


def withdraw(world: World, step: Step) -> Expectation | None:
    """Whether it takes effect at once, and from which states, is left to the portal."""
    dossier = world.of(step.dossier)
    if step.who in world.out:
        return None
    if _is_intruder(world, step) or dossier.state in FOR_GOOD:
        return never(world)
    if dossier.state not in {SUBMITTED, ACCEPTED, PROCESSING, SUPPLEMENT, PAYING}:
        return None
    return may(world, world.moved(step.dossier, WITHDRAWN), world)


def copy(world: World, step: Step) -> Expectation | None:
    """Forms are kept, files may be; no signature is."""
    old = world.of(step.dossier)
    if step.who in world.out:
        return None
    if _is_intruder(world, step):
        return never(world)
    if old.state != REFUSED or len(world.dossiers) >= MOST_DOSSIERS:
        return None
    kept = [
        (replace(part, signed=False), Part()) if part.way == "attach" else (replace(part, signed=False),)
        for part in old.parts
    ]
    owed = (BEFORE,) if world.kinds[old.kind].prepaid else ()
    made = (Dossier(old.owner, old.kind, parts, owed=owed, copy_of=step.dossier) for parts in product(*kept))
    return must(world, *(replace(world, dossiers=(*world.dossiers, one)) for one in made))
