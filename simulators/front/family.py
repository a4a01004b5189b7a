"""The front page as a family: mounted last, because it shows all the others."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.front.openapi import OpenApi
from simulators.front.pages import FrontPages
from simulators.kernel.gate import Gate
from simulators.world import Family, World


def mount(world: World, families: Sequence[Family]) -> Family:
    pages = FrontPages(world, families, Gate(world.key, world.url))
    description = OpenApi(world.url, families)
    front = Family(name="front", routes=(*pages.routes(), description.route()))
    description.add(front)
    return front
