"""What a CA asks of who enrols: packages, prices, windows, limits; frozen data, one CA a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from msgspec import Meta

from simulators.ca.enrolment.offers import LONGEST_TERM, Kind, Package, Promotion
from simulators.ca.spec import fact
from simulators.kernel.bounds import Count, Lifetime, Line, Milliseconds
from simulators.kernel.clock import DAY, MINUTE

Dong = Annotated[int, Meta(ge=0, le=100_000_000)]


@dataclass(frozen=True, kw_only=True)
class EnrolmentSpec:
    """Enrolment at the CA `ca`. Times in milliseconds, prices in đồng."""

    id: str
    name: Line
    source: str
    ca: Line
    packages: tuple[Package, ...]
    promotions: tuple[Promotion, ...] = ()
    kinds: Annotated[tuple[Kind, ...], Meta(min_length=1)] = fact(("person", "organisation"), "CONFIRMED")
    """Whom the CA enrols."""
    prices: Mapping[Line, Dong] = field(default_factory=dict, metadata={"mark": "DESIGN"})
    """Package -> its price, instead of the package's own (test data: price lists change)."""
    turn_packs: Mapping[Line, Dong] = field(default_factory=dict, metadata={"mark": "DESIGN"})
    """So many turns -> their price."""
    means: Annotated[tuple[Line, ...], Meta(min_length=1)] = fact(("vnpt_money", "credit", "atm"), "CONFIRMED")
    sender: Line = fact("VNPT-CA", "UNKNOWN")
    """Of the SMS and the mail."""
    payment_window: Lifetime = fact(15 * MINUTE, "UNKNOWN")
    activation_window: Lifetime = fact(2 * DAY, "CONFIRMED")
    """Between the code's message and the activation."""
    code_tries: Count = fact(5, "UNKNOWN")
    """Wrong codes after which a new one must be asked for."""
    password_tries: Count = fact(5, "LIKELY")
    password_lock: Milliseconds = fact(5 * MINUTE, "LIKELY")
    password_length: Count = fact(8, "UNKNOWN")
    ekyc_tries: Count = fact(3, "UNKNOWN")
    """Failures of eKYC after which the file is refused, until it is updated."""
    provision_limit: Lifetime = fact(2 * DAY, "CONFIRMED")
    """Within which a CA serves who enrolled; the journal says of whom it did not (`enrolment_served`)."""
    renewal_while_suspended: Literal["refused", "served"] = fact("refused", "UNKNOWN")
    """Whether who suspended the certificate may renew it."""
    appraisal: Lifetime = fact(DAY, "DESIGN")
    """After which an appraisal that nobody decided by the control side is an approval."""

    def __post_init__(self) -> None:
        known = {package.id for package in self.packages}
        if unknown := sorted(set(self.prices) - known):
            raise ValueError(f"prices cannot have {unknown[0]!r}: there are the packages {', '.join(sorted(known))}")
        if wrong := [turns for turns in self.turn_packs if not turns.isdecimal() or not 0 < int(turns) <= 1000]:
            raise ValueError(f"turn_packs cannot have {wrong[0]!r}: a pack is named by its turns, 1 to 1000")
        if self.appraisal > self.provision_limit:
            raise ValueError(f"appraisal cannot be {self.appraisal}: provision_limit is {self.provision_limit}")
        assert all(0 < package.months <= LONGEST_TERM for package in self.packages), "NĐ 23/2025"

    def package(self, identity: str) -> Package | None:
        """At its present price."""
        found = next((one for one in self.packages if one.id == identity), None)
        return found and replace(found, price=self.prices.get(identity, found.price))
