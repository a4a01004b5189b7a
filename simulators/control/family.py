"""The control side as a family: mounted after the others, because it is handed all of them."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.control.contracts import Contracts
from simulators.control.encryption import Encryption
from simulators.control.interventions import Interventions
from simulators.control.people import People
from simulators.control.reading import Reader
from simulators.control.variance import Variances
from simulators.world import Family, World


def mount(world: World, families: Sequence[Family]) -> Family:
    sites = {site: effects for family in families for site, effects in family.fault_sites.items()}
    parts = (
        Reader(world, sites),
        Variances(world, families),
        Contracts(world, families),
        People(world, families),
        Interventions(world, families, sites),
        Encryption(world),
    )
    return Family(name="control", routes=tuple(route for part in parts for route in part.routes()))
