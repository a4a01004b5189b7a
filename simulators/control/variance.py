"""Which legal variance was drawn how often since the server began: a run is worth the more, the more of it was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from simulators.kernel.plain import operation
from simulators.kernel.wire import Route, answer
from simulators.world import Family, World


class Drawn(msgspec.Struct):
    """Label -> what was chosen -> how often; what was never chosen is there with 0."""

    variance: dict[str, dict[str, int]]


class Variances:
    """Answers for all families."""

    def __init__(self, world: World, families: Sequence[Family]) -> None:
        self._world = world
        self._labels = {label: names for family in families for label, names in family.variances.items()}

    def routes(self) -> tuple[Route, ...]:
        text = "Legal variance: how often each alternative was drawn since the server began."
        return (operation("GET", "/control/variance", text, self.drawn, gives=Drawn),)

    async def drawn(self, _request: Request, _given: None) -> Response:
        told: dict[str, dict[str, int]] = {}
        for label, names in sorted(self._labels.items()):
            counted = self._world.entropy.choices.get(label, Counter())
            told[label] = dict.fromkeys(names, 0)
            for number, name in enumerate(names):
                told[label][name] += counted[number]
        return answer(Drawn(told))
