"""What may come of what an officer does to a dossier: specs/portal.md 2.4; None is not judged."""

from dataclasses import replace

from conformance.exploration.due import Expectation, may, must, never
from conformance.exploration.model import (
    ACCEPTED,
    BEFORE,
    DRAFT,
    FINISHED,
    FOR_GOOD,
    HANDED_OVER,
    LATER,
    PAYING,
    PROCESSING,
    REFUSED,
    SUBMITTED,
    SUPPLEMENT,
    World,
)
from conformance.exploration.steps import Step

CLOSED = FOR_GOOD | {DRAFT}
"""Where an officer has no business."""


def accept(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if dossier.state in CLOSED:
        return never(world)
    if dossier.state == SUPPLEMENT and dossier.answered:
        return _taken_up(world, step)
    if dossier.state != SUBMITTED:
        return None
    if BEFORE not in dossier.owed:
        return must(world, world.moved(step.dossier, ACCEPTED))
    return None if world.unproven else never(world)


def _taken_up(world: World, step: Step) -> Expectation:
    """An answered supplement goes back to where it was, or to the start (variant B)."""
    over = replace(world.of(step.dossier), answered=False, asked=frozenset())
    return may(world, *(world.put(step.dossier, replace(over, state=state)) for state in (ACCEPTED, PROCESSING)))


def process(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if dossier.state in CLOSED | {SUBMITTED}:
        return never(world)
    if dossier.state == SUPPLEMENT and dossier.answered:
        return _taken_up(world, step)
    return may(world, world.moved(step.dossier, PROCESSING)) if dossier.state == ACCEPTED else None


def ask(world: World, step: Step) -> Expectation | None:
    """Once and completely (NĐ 61/2018 art. 17.2): asking again is a portal's own decision."""
    dossier = world.of(step.dossier)
    if dossier.state in CLOSED | {FINISHED}:
        return never(world)
    if dossier.state not in {SUBMITTED, ACCEPTED, PROCESSING}:
        return None
    fresh = replace(dossier, before=dossier.state, mended=frozenset(), answered=False, was_asked=True)
    asked = world.put(step.dossier, replace(fresh, state=SUPPLEMENT, asked=frozenset({step.part})))
    return may(world, asked) if dossier.was_asked else must(world, asked)


def refuse(world: World, step: Step) -> Expectation | None:
    """Not without a reason, not while a supplement has time left; from 2 and 4 it is nowhere said."""
    dossier = world.of(step.dossier)
    if dossier.state == SUBMITTED:
        return never(world) if step.detail else must(world, world.moved(step.dossier, REFUSED))
    waits = dossier.state == SUPPLEMENT and not dossier.answered
    return never(world) if not step.detail and (waits or dossier.state in CLOSED) else None


def fee(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if dossier.state in CLOSED:
        return never(world)
    if dossier.state not in {ACCEPTED, PROCESSING} or LATER in dossier.owed:
        return None
    owing = replace(dossier, owed=(*dossier.owed, LATER))
    waits = replace(owing, state=PAYING, before=dossier.state)
    return may(world, world.put(step.dossier, waits), world.put(step.dossier, owing))


def finish(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if dossier.state in CLOSED | {SUBMITTED}:
        return never(world)
    done = world.moved(step.dossier, FINISHED)
    if dossier.state == PROCESSING and not dossier.owed:
        return must(world, done)
    return may(world, done) if dossier.state in {ACCEPTED, PROCESSING} else None


def hand_over(world: World, step: Step) -> Expectation | None:
    dossier = world.of(step.dossier)
    if dossier.state == FINISHED:
        return may(world, world.moved(step.dossier, HANDED_OVER))
    return never(world)
