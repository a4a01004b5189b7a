"""Phones as a family: mounted after the others, because it is handed their kinds of prompts."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.kernel.gate import Gate
from simulators.phone.desk.answering import Desk
from simulators.phone.desk.scripts import Scripts
from simulators.phone.pages import PhonePage
from simulators.phone.wires.api import Api
from simulators.world import Family, World


def mount(world: World, families: Sequence[Family]) -> Family:
    desk = Desk(world.store, [kind for family in families for kind in family.prompt_kinds])
    gate = Gate(world.key, world.url)
    scripts = Scripts(world.store, desk)
    return Family(
        name="phone",
        routes=(*Api(world.store, desk, scripts).routes(), *PhonePage(world.store, desk, gate).routes()),
        journal_words={
            "prompt_answered": "a citizen (or their script) answered a prompt, and its owner took the answer"
        },
        background=(scripts.run,),
    )
