"""What must, may or must not come of a step, as the worlds of which one is to be seen afterwards."""

from dataclasses import dataclass
from enum import StrEnum

from conformance.exploration.model import World


class Due(StrEnum):
    MUST = "must"
    MAY = "may"
    NEVER = "never"


@dataclass(frozen=True)
class Expectation:
    """The worlds of which one is to be seen when the portal took the step; after a refusal nothing but `before` is."""

    due: Due
    before: World
    after: tuple[World, ...]

    @property
    def seen(self) -> tuple[World, ...]:
        """After a step that must change nothing, nothing has changed, whatever the portal answered."""
        worlds = (self.before,) if self.due is Due.NEVER else self.after
        return tuple(dict.fromkeys(late for world in worlds for late in (world, world.reconciled())))

    @property
    def unseen(self) -> tuple[World, ...]:
        """The same after a refusal."""
        return tuple(dict.fromkeys((self.before, self.before.reconciled())))


def must(world: World, *after: World) -> Expectation:
    return Expectation(Due.MUST, world, after)


def may(world: World, *after: World) -> Expectation:
    return Expectation(Due.MAY, world, after)


def never(world: World) -> Expectation:
    return Expectation(Due.NEVER, world, (world,))
