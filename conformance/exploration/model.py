"""The small model of one walk's world: dossiers and their states, signings on phones, payments; pure and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

(DRAFT, SUBMITTED, ACCEPTED, REFUSED, PROCESSING, SUPPLEMENT, PAYING, WITHDRAWN, STOPPED, FINISHED, HANDED_OVER) = (
    range(11)
)
FOR_GOOD = frozenset({REFUSED, WITHDRAWN, HANDED_OVER})
"""Where a dossier stays (specs/portal.md 2.4); a stopped one may be recalled."""
BEFORE, LATER = "before", "later"
"""When a fee is collected: before acceptance, or when an officer asks it."""


@dataclass(frozen=True)
class Slot:
    """What a procedure says of one component."""

    required: bool = False
    sign: bool = False
    form: bool = False


@dataclass(frozen=True)
class Kind:
    """A role of the portal's test procedures, at one agency."""

    slots: tuple[Slot, ...]
    prepaid: bool = False


@dataclass(frozen=True)
class Part:
    """What lies in a component: the `given`-th content of the walk (0: nothing), `way` attach or fill."""

    given: int = 0
    way: str = ""
    signed: bool = False


@dataclass(frozen=True)
class Dossier:
    """`before` is the state to which an answered supplement or a paid fee goes back; `mended` was given since it was asked."""

    owner: str
    kind: str
    parts: tuple[Part, ...]
    state: int = DRAFT
    before: int = DRAFT
    asked: frozenset[int] = frozenset()
    mended: frozenset[int] = frozenset()
    answered: bool = False
    was_asked: bool = False
    owed: tuple[str, ...] = ()
    paid: bool = False
    copy_of: int = 0

    def part(self, number: int) -> Part:
        return self.parts[number - 1]

    def with_part(self, number: int, part: Part) -> "Dossier":
        parts = (*self.parts[: number - 1], part, *self.parts[number:])
        return replace(self, parts=parts, mended=self.mended | {number})

    def is_open(self, part: int) -> bool:
        """Whether its applicant may change this component now."""
        return self.state == DRAFT or (self.state == SUPPLEMENT and not self.answered and part in self.asked)


@dataclass(frozen=True)
class Waiting:
    """A signing that waits on its owner's phone; `given` is the content that was sent to the CA."""

    who: str
    dossier: int
    part: int
    given: int


@dataclass(frozen=True)
class Bill:
    """A payment at the gateway: whether money moved, a notice is still to come, the portal has proof, the browser returned."""

    dossier: int
    fee: str
    settled: bool = True
    due: bool = False
    proven: bool = False
    returned: bool = False


@dataclass(frozen=True)
class World:
    """`out`: who has logged out; `given`: how many contents were tried so far."""

    kinds: Mapping[str, Kind] = field(hash=False)
    dossiers: tuple[Dossier, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    bills: tuple[Bill, ...] = ()
    out: frozenset[str] = frozenset()
    given: int = 0

    def of(self, number: int) -> Dossier:
        return self.dossiers[number - 1]

    def slots(self, number: int) -> tuple[Slot, ...]:
        return self.kinds[self.of(number).kind].slots

    def put(self, number: int, dossier: Dossier) -> "World":
        return replace(self, dossiers=(*self.dossiers[: number - 1], dossier, *self.dossiers[number:]))

    def moved(self, number: int, state: int) -> "World":
        return self.put(number, replace(self.of(number), state=state))

    def is_complete(self, number: int) -> bool:
        """Every mandatory component is there, and every signature that is demanded."""
        pairs = tuple(zip(self.slots(number), self.of(number).parts, strict=True))
        return all(part.given for slot, part in pairs if slot.required) and all(
            part.signed for slot, part in pairs if slot.sign and slot.required
        )

    def proved(self, place: int) -> "World":
        """The bill at this place has proof: its fee is no longer owed, and a dossier that waited for it goes on."""
        bill = self.bills[place]
        bills = (*self.bills[:place], replace(bill, proven=True, due=False), *self.bills[place + 1 :])
        dossier = self.of(bill.dossier)
        owed = tuple(fee for fee in dossier.owed if fee != bill.fee)
        back = dossier.before if dossier.state == PAYING and not owed else dossier.state
        return replace(self, bills=bills).put(bill.dossier, replace(dossier, owed=owed, paid=True, state=back))

    @property
    def unproven(self) -> tuple[int, ...]:
        """Places of bills that were settled and of which the portal need not know."""
        return tuple(place for place, bill in enumerate(self.bills) if bill.settled and not bill.proven)

    def reconciled(self) -> "World":
        """With proof of everything that was settled: a portal may ask the gateway whenever it likes."""
        world = self
        for place in self.unproven:
            world = world.proved(place)
        return world
