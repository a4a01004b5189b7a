"""What may come of payments, notices and the browser's way back; None is not judged."""

from dataclasses import replace

from conformance.exploration.due import Expectation, may, must
from conformance.exploration.model import DRAFT, FINISHED, FOR_GOOD, PAYING, SUBMITTED, Bill, World
from conformance.exploration.steps import Step

MOST_BILLS = 3


def pay(world: World, step: Step) -> Expectation | None:
    """Through the gateway's pages; the detail is what becomes of the notice. The browser's way back is a step of its own."""
    dossier = world.of(step.dossier)
    if step.who != world.of(step.dossier).owner or step.who in world.out or len(world.bills) >= MOST_BILLS:
        return None
    if not dossier.owed or dossier.state in {DRAFT, FINISHED, *FOR_GOOD}:
        return None
    bill = Bill(
        step.dossier,
        dossier.owed[0],
        settled=step.detail not in {"cancelled", "abandoned"},
        due=step.detail in {"late", "forged", "short"},
    )
    begun = replace(world, bills=(*world.bills, bill))
    after = begun.proved(len(world.bills)) if step.detail in {"told", "doubled"} else begun
    sure = dossier.state in {SUBMITTED, PAYING} and not world.unproven
    return must(world, after) if sure else may(world, after)


def notice(world: World, step: Step) -> Expectation | None:
    """The right notice that was put off comes."""
    due = [place for place, bill in enumerate(world.bills) if bill.due and bill.dossier == step.dossier]
    return must(world, world.proved(due[-1])) if due else None


def way_back(world: World, step: Step) -> Expectation | None:
    """The browser comes back from the gateway, which proves nothing: a portal may ask the gateway then."""
    places = [p for p, bill in enumerate(world.bills) if bill.dossier == step.dossier and not bill.returned]
    if not places or step.who != world.of(step.dossier).owner or step.who in world.out:
        return None
    bills = tuple(
        replace(bill, returned=bill.returned or place == places[-1]) for place, bill in enumerate(world.bills)
    )
    return must(world, replace(world, bills=bills))


def reconcile(world: World, _step: Step) -> Expectation | None:
    return must(world, world.reconciled()) if any(not bill.proven for bill in world.bills) else None
