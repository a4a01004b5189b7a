"""The package of a subscriber at a CA: how many turns of signing are left; pure."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace

from simulators.ca.signing import SigningRequest, event
from simulators.ca.spec import CaSpec
from simulators.kernel.records import Event, Key, Record


class Turns(Record, frozen=True, kw_only=True):
    """`id` is ca/citizen. Who has no record has no package that counts: `left` None says the same."""

    KIND: ClassVar[str] = "signing_turns"

    left: int | None = None


def key(ca: str, citizen: str) -> Key[Turns]:
    return Key(Turns, f"{ca}/{citizen}")


def needed(spec: CaSpec, documents: int) -> int:
    """Turns that a request of so many documents uses up."""
    return documents if spec.turns_per == "document" else 1


def enough(package: Turns | None, wanted: int) -> bool:
    return package is None or package.left is None or wanted <= package.left


def used(package: Turns | None, wanted: int, request: SigningRequest) -> tuple[tuple[Turns, ...], tuple[Event, ...]]:
    """What an approval changes; nothing where nothing is counted. There must be enough."""
    if package is None or package.left is None:
        return (), ()
    assert wanted <= package.left, f"{package.id} has {package.left} turns, {wanted} are wanted"
    after = replace(package, left=package.left - wanted)
    return (after,), (event(request, "turns_used", {"used": wanted, "left": after.left}),)
